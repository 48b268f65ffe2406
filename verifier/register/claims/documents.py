"""Documents: every spelling of one number becomes one identity, so that one person is one lender (protocol §18.4)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from verifier.register.claims.numbers import credit_code, is_credit_code, is_resident, organisation_code, resident
from verifier.register.claims.rules import RuleBroken
from verifier.register.claims.text import compact, same_key

RESIDENTS, ORGANISATIONS = "gb11643", "gb11714"
#: Kinds whose numbers every country gives out for itself.
BY_COUNTRY = frozenset({"passport", "foreign_company"})
COMPANIES = frozenset({"credit_code", "organisation_code", "registration_number", "foreign_company"})
_OLD_LICENCE = re.compile("[0-9]{13}|[0-9]{15}")

_WORDS = {
    "resident_id": "居民身份证 身份证 二代身份证 第二代居民身份证 临时居民身份证 临时身份证 户口簿 户口本",
    "residence_permit": "港澳台居民居住证 居住证 港澳居民居住证 台湾居民居住证",
    "foreigner_card": "外国人永久居留身份证 外国人永久居留证",
    "passport": "护照 中国护照 外国护照 外国人护照",
    "hk_macao_permit": "港澳居民来往内地通行证 港澳通行证 回乡证",
    "taiwan_permit": "台湾居民来往大陆通行证 台胞证",
    "military_id": "军官证 士兵证 军人证 文职干部证 警官证 武警警官证 军官离退休证 离休干部荣誉证",
    "credit_code": "统一社会信用代码 营业执照",
    "organisation_code": "组织机构代码 组织机构代码证",
    "registration_number": "工商注册号 营业执照注册号 注册号 工商登记号",
    "foreign_company": "境外公司注册号 境外企业注册号 外国公司注册号 境外公司登记号 商业登记证 商业登记号码 公司注册证书",
    "other": "其他 其它 其他证件 其它证件 香港居民身份证 香港身份证 澳门居民身份证 澳门身份证 台湾居民身份证 台湾身份证",
}
_KINDS = {word: kind for kind, words in _WORDS.items() for word in (kind, *words.split())}

# The group is the holder's lasting number; what follows it counts renewals of the card.
_FORMS = {
    "passport": re.compile("((?=[A-Z]*[0-9])[A-Z0-9]{5,12})"),
    "hk_macao_permit": re.compile("([HM][0-9]{8})(?:[0-9]{2})?"),
    "taiwan_permit": re.compile(r"([0-9]{8})(?:[0-9]{2}|\([A-Z0-9]{1,2}\)|[0-9]{2}\([A-Z]\))?"),
    "foreigner_card": re.compile("([A-Z]{3}[0-9]{12})"),
    "military_id": re.compile("([\u4e00-\u9fff]{1,6}字第?[0-9]{4,10})号?"),
    "registration_number": re.compile("([0-9]{13}|[0-9]{15})"),
    "foreign_company": re.compile("((?=.*[0-9])[A-Z0-9/.]{3,30})"),
    "other": re.compile("((?=.*[0-9])[A-Z0-9\u4e00-\u9fff/.]{4,30})"),
}


@dataclass(frozen=True, slots=True)
class Identity:
    """One document: the family of numbers it belongs to, who issued it where countries do, its number, and the number as written."""

    family: str
    country: str
    number: str
    written: str

    @property
    def key(self) -> str:
        """What claims are merged by."""
        return ":".join(part for part in (self.family, self.country, self.number) if part)


def kind_of(text: str) -> str:
    """The kind of document that a word names. Raises: RuleBroken."""
    kind = _KINDS.get(text) or _KINDS.get(same_key(text))
    if kind is None:
        raise RuleBroken("ValueUnknown")
    return kind


def country_in(text: str) -> str:
    """The country that the kind's own word names; nothing for most."""
    return "CHN" if same_key(text) == "中国护照" else ""


def licence_kind(kind: str, text: str) -> str:
    """A business licence of before 2015 has a registration number instead of a credit code."""
    return "registration_number" if kind == "credit_code" and _OLD_LICENCE.fullmatch(compact(text)) else kind


def identity_of(kind: str, text: str, country: str) -> Identity:
    """The document's identity. Raises: RuleBroken."""
    number = compact(text)
    if kind in {"resident_id", "residence_permit"} or (kind == "foreigner_card" and len(number) == 18):
        return Identity(RESIDENTS, "", resident(number), number)
    if len(number) == 18:
        _refuse_another(kind, number)
    if kind == "credit_code":
        return Identity(ORGANISATIONS, "", credit_code(number)[8:17], number)
    if kind == "organisation_code":
        return Identity(ORGANISATIONS, "", organisation_code(number), number)
    lasting = _lasting(kind, number)
    if kind in {"passport", "other"} and not country:
        _refuse_permit(kind, lasting)
    return Identity(kind, country if kind in BY_COUNTRY else "", lasting, number)


def _refuse_another(kind: str, number: str) -> None:
    """18 characters with a right check digit are what they are, whatever the file says."""
    if is_resident(number) or (kind != "credit_code" and is_credit_code(number)):
        raise RuleBroken("NumberOfAnotherDocument")


def _refuse_permit(kind: str, number: str) -> None:
    permits = ("hk_macao_permit", "foreigner_card") if kind == "other" else ("hk_macao_permit", "taiwan_permit", "foreigner_card")
    if any(_FORMS[permit].fullmatch(number) for permit in permits):
        raise RuleBroken("NumberOfAnotherDocument" if kind == "other" else "IssuingCountryNeeded")


def _lasting(kind: str, number: str) -> str:
    bare = number.translate(_NO_BRACKETS) if kind in {"other", "foreign_company"} else number
    found = _FORMS[kind].fullmatch(bare)
    if found is None:
        raise RuleBroken("TravelDocumentMalformed", form=kind)
    return found[1].replace("第", "") if kind == "military_id" else found[1]


_NO_BRACKETS = dict.fromkeys(map(ord, "()（）[]"))
