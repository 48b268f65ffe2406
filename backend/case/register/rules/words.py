"""Columns whose cells hold one of a few words, in Chinese or English."""

from __future__ import annotations

from enum import StrEnum

from backend.case.register.errors import ValueUnknown
from backend.case.register.rules.identity import IdType
from backend.ground.common.text import has_letters, same_key

DEFAULT_CLASS = "普通组"
MAX_CLASSES = 16


class Mark(StrEnum):
    """Why a person has to look after a lender (protocol §18.6); such lenders are in the register and vote by the officials' ways."""

    NO_PHONE = "no_phone"
    PHONE_ABROAD = "phone_abroad"
    LANDLINE = "landline"
    UNUSUAL_DOCUMENT = "unusual_document"
    MAYBE_SAME_PERSON = "maybe_same_person"
    """Another lender has the same name and phone, or is a company of the same name."""


class LenderType(StrEnum):
    """A natural person or a company."""

    PERSON = "person"
    COMPANY = "company"


_LENDER_TYPES = {
    "个人": LenderType.PERSON,
    "自然人": LenderType.PERSON,
    "person": LenderType.PERSON,
    "企业": LenderType.COMPANY,
    "公司": LenderType.COMPANY,
    "机构": LenderType.COMPANY,
    "company": LenderType.COMPANY,
}
_ID_WORDS: dict[IdType, tuple[str, ...]] = {
    IdType.RESIDENT: ("居民身份证", "身份证", "二代身份证", "第二代居民身份证", "临时居民身份证", "临时身份证", "户口簿", "户口本"),
    IdType.RESIDENCE_PERMIT: ("港澳台居民居住证", "居住证", "港澳居民居住证", "台湾居民居住证"),
    IdType.FOREIGNER_CARD: ("外国人永久居留身份证", "外国人永久居留证"),
    IdType.PASSPORT: ("护照", "中国护照", "外国护照", "外国人护照"),
    IdType.HK_MACAO_PERMIT: ("港澳居民来往内地通行证", "港澳通行证", "回乡证"),
    IdType.TAIWAN_PERMIT: ("台湾居民来往大陆通行证", "台胞证"),
    IdType.MILITARY_ID: ("军官证", "士兵证", "军人证", "文职干部证", "警官证", "武警警官证", "军官离退休证", "离休干部荣誉证"),
    IdType.CREDIT_CODE: ("统一社会信用代码", "营业执照"),
    IdType.ORGANISATION_CODE: ("组织机构代码", "组织机构代码证"),
    IdType.REGISTRATION_NUMBER: ("工商注册号", "营业执照注册号", "注册号", "工商登记号"),
    IdType.FOREIGN_COMPANY: (
        "境外公司注册号",
        "境外企业注册号",
        "外国公司注册号",
        "境外公司登记号",
        "商业登记证",
        "商业登记号码",
        "公司注册证书",
    ),
    IdType.OTHER: (
        "其他",
        "其它",
        "其他证件",
        "其它证件",
        "香港居民身份证",
        "香港身份证",
        "澳门居民身份证",
        "澳门身份证",
        "台湾居民身份证",
        "台湾身份证",
    ),
}
_ID_TYPES = {word: kind for kind, words in _ID_WORDS.items() for word in (*words, kind.value)}
_IMPLIED_COUNTRY = {"中国护照": "CHN"}
_YES_NO = {"是": True, "yes": True, "y": True, "true": True, "1": True, "否": False, "no": False, "n": False, "false": False, "0": False}
_NO_CLASS = frozenset({"无", "没有", "暂无", "未分组", "n/a", "na", "none", "null"})
_ALL_KINDS = "、".join(words[0] for words in _ID_WORDS.values())


def lender_type(text: str) -> LenderType:
    """Person or company. Raises: ValueUnknown."""
    found = _LENDER_TYPES.get(text) or _LENDER_TYPES.get(same_key(text))
    if found is None:
        raise ValueUnknown(text=text[:20], allowed="个人 (person) / 企业 (company)")
    return found


def id_type(text: str) -> IdType:
    """The kind of document. Raises: ValueUnknown."""
    found = _ID_TYPES.get(text) or _ID_TYPES.get(same_key(text))
    if found is None:
        raise ValueUnknown(text=text[:20], allowed=_ALL_KINDS)
    return found


def implied_country(text: str) -> str:
    """The country that the kind of document names by itself; else empty."""
    return _IMPLIED_COUNTRY.get(same_key(text), "")


def voting_class(text: str) -> str:
    """The class's name; the common class for an empty cell. Raises: ValueUnknown for words that name none."""
    if not text:
        return DEFAULT_CLASS
    if not has_letters(text) or same_key(text) in _NO_CLASS:
        raise ValueUnknown(text=text[:20], allowed=f"表决组名称，或留空（{DEFAULT_CLASS}） / the class's name, or nothing")
    return text


def yes_or_no(text: str) -> bool:
    """是 or 否. Raises: ValueUnknown."""
    found = _YES_NO.get(text)
    if found is None:
        found = _YES_NO.get(same_key(text))
    if found is None:
        raise ValueUnknown(text=text[:20], allowed="是 (yes) / 否 (no)")
    return found
