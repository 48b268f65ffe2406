"""Columns whose cells hold one of a few words, in Chinese or English."""

from __future__ import annotations

import unicodedata
from enum import StrEnum

from backend.register.errors import ValueUnknown
from backend.register.rules.identity import IdType

DEFAULT_CLASS = "普通组"
MAX_CLASSES = 16


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
_ID_TYPES = {
    "居民身份证": IdType.RESIDENT,
    "身份证": IdType.RESIDENT,
    "港澳台居民居住证": IdType.RESIDENCE_PERMIT,
    "居住证": IdType.RESIDENCE_PERMIT,
    "港澳居民居住证": IdType.RESIDENCE_PERMIT,
    "台湾居民居住证": IdType.RESIDENCE_PERMIT,
    "外国人永久居留身份证": IdType.FOREIGNER_CARD,
    "护照": IdType.PASSPORT,
    "港澳居民来往内地通行证": IdType.HK_MACAO_PERMIT,
    "港澳通行证": IdType.HK_MACAO_PERMIT,
    "回乡证": IdType.HK_MACAO_PERMIT,
    "台湾居民来往大陆通行证": IdType.TAIWAN_PERMIT,
    "台胞证": IdType.TAIWAN_PERMIT,
    "统一社会信用代码": IdType.CREDIT_CODE,
    "营业执照": IdType.CREDIT_CODE,
    **{kind.value: kind for kind in IdType},
}
_YES_NO = {"是": True, "yes": True, "y": True, "true": True, "1": True, "否": False, "no": False, "n": False, "false": False, "0": False}


def lender_type(text: str) -> LenderType:
    """Person or company. Raises: ValueUnknown."""
    found = _LENDER_TYPES.get(_word(text))
    if found is None:
        raise ValueUnknown(text=text[:20], allowed="个人 (person) / 企业 (company)")
    return found


def id_type(text: str) -> IdType:
    """The kind of document. Raises: ValueUnknown."""
    found = _ID_TYPES.get(_word(text))
    if found is None:
        raise ValueUnknown(
            text=text[:20], allowed="居民身份证 / 护照 / 港澳居民来往内地通行证 / 台湾居民来往大陆通行证 / 居住证 / 统一社会信用代码"
        )
    return found


def yes_or_no(text: str) -> bool:
    """是 or 否. Raises: ValueUnknown."""
    found = _YES_NO.get(_word(text))
    if found is None:
        raise ValueUnknown(text=text[:20], allowed="是 (yes) / 否 (no)")
    return found


def _word(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()
