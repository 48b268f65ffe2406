"""Phone numbers: mainland mobiles, by which lenders sign in, and all others, behind which a person has to be reached."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from backend.case.register.errors import MobileMalformed
from backend.case.register.rules.text import compact
from backend.ground.common.text import same_key

_MOBILE = re.compile(r"(?:\+86|0086|86)?(1[0-9]{10})")
_ABROAD = re.compile(r"(?:\+|00)([1-9][0-9]{6,14})")
#: Hong Kong, Macao and Taiwan are often written with their code and no plus.
_NEAR = re.compile(r"((?:852|853)[0-9]{8}|886[0-9]{8,9})")
_LANDLINE = re.compile(r"(?:\+?86)?(0[1-9][0-9]{1,2}[2-9][0-9]{6,7})")
_NONE = frozenset({"无", "没有", "暂无", "未知", "不详", "无手机", "无手机号", "/", "\\", "-", "--", "n/a", "na", "none", "null"})


class PhoneKind(StrEnum):
    """What a number is good for: only a mainland mobile gets codes."""

    MOBILE = "mobile"
    ABROAD = "abroad"
    LANDLINE = "landline"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Phone:
    """A number in its one spelling: 11 digits, `+` and digits, or `0` and digits; empty for none."""

    kind: PhoneKind
    number: str = ""


NO_PHONE = Phone(PhoneKind.NONE)


def canonical_phone(text: str) -> str:
    """The 11 digits of a mainland mobile; takes +86, spaces, hyphens, full-width digits. Raises: MobileMalformed."""
    found = _MOBILE.fullmatch(compact(text))
    if found is None:
        raise MobileMalformed
    return found.group(1)


def read_phone(text: str) -> Phone:
    """A phone cell, which may be empty or say that there is none. Raises: MobileMalformed."""
    if text == "" or same_key(text) in _NONE:
        return NO_PHONE
    number = compact(text)
    mobile = _MOBILE.fullmatch(number)
    if mobile is not None:
        return Phone(PhoneKind.MOBILE, mobile.group(1))
    number = number.replace("(", "").replace(")", "")
    landline = _LANDLINE.fullmatch(number)
    if landline is not None:
        return Phone(PhoneKind.LANDLINE, landline.group(1))
    abroad = _ABROAD.fullmatch(number) or _NEAR.fullmatch(number)
    if abroad is not None and not abroad.group(1).startswith("86"):
        return Phone(PhoneKind.ABROAD, f"+{abroad.group(1)}")
    raise MobileMalformed


def is_abroad(text: str) -> bool:
    """Whether this is a number to which no code can be sent, though it is a number."""
    try:
        return read_phone(text).kind in {PhoneKind.ABROAD, PhoneKind.LANDLINE}
    except MobileMalformed:
        return False
