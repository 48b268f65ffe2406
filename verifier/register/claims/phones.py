"""Phones: a register does not hold them, but a row with a wrong one is refused (protocol §18.5)."""

from __future__ import annotations

import re

from verifier.register.claims.rules import RuleBroken
from verifier.register.claims.text import compact, same_key

_NONE = frozenset({"无", "没有", "暂无", "未知", "不详", "无手机", "无手机号", "/", "\\", "-", "--", "n/a", "na", "none", "null"})
_MOBILE = re.compile(r"(?:\+86|0086|86)?1[0-9]{10}")
_LANDLINE = re.compile(r"(?:\+?86)?0[1-9][0-9]{1,2}[2-9][0-9]{6,7}")
_ABROAD = re.compile(r"(?:\+|00)(?!86)[1-9][0-9]{6,14}|(?:852|853)[0-9]{8}|886[0-9]{8,9}")


def check_phone(text: str) -> None:
    """A mainland mobile, a landline, a number abroad, or none. Raises: RuleBroken."""
    number = compact(text)
    if _MOBILE.fullmatch(number) or not text or same_key(text) in _NONE:
        return
    bare = number.replace("(", "").replace(")", "")
    if not (_LANDLINE.fullmatch(bare) or _ABROAD.fullmatch(bare)):
        raise RuleBroken("MobileMalformed")
