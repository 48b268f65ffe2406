"""Identity documents: every spelling of one number becomes one canonical number, so that one person is one lender (protocol §18.4).

Sources: GB 11643 (resident identity numbers), GB 32100 (unified social credit codes), GB 11714 (organisation codes).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from backend.case.register.cell_errors import IssuingCountryNeeded, NumberOfAnotherDocument, OrganisationCodeCheckDigitWrong
from backend.case.register.errors import CreditCodeCheckDigitWrong, CreditCodeMalformed, TravelDocumentMalformed
from backend.case.register.rules.resident import is_resident_number, resident_check_digit, resident_number
from backend.case.register.rules.text import compact
from backend.ground.common.credit_codes import credit_check_character, is_credit_code, is_written_right

__all__ = ["IdType", "Identity", "canonical_identity", "credit_check_character", "organisation_check_character", "resident_check_digit"]


class IdType(StrEnum):
    """Kinds of identity documents."""

    RESIDENT = "resident_id"
    RESIDENCE_PERMIT = "residence_permit"
    FOREIGNER_CARD = "foreigner_card"
    PASSPORT = "passport"
    HK_MACAO_PERMIT = "hk_macao_permit"
    TAIWAN_PERMIT = "taiwan_permit"
    MILITARY_ID = "military_id"
    CREDIT_CODE = "credit_code"
    ORGANISATION_CODE = "organisation_code"
    REGISTRATION_NUMBER = "registration_number"
    FOREIGN_COMPANY = "foreign_company"
    OTHER = "other"


COMPANY_TYPES = frozenset({IdType.CREDIT_CODE, IdType.ORGANISATION_CODE, IdType.REGISTRATION_NUMBER, IdType.FOREIGN_COMPANY})
UNUSUAL_TYPES = frozenset({IdType.MILITARY_ID, IdType.ORGANISATION_CODE, IdType.REGISTRATION_NUMBER, IdType.FOREIGN_COMPANY, IdType.OTHER})
"""Nothing but a look at the paper tells whether such a number is right: a person has to give it."""
COUNTRY_TYPES = frozenset({IdType.PASSPORT, IdType.FOREIGN_COMPANY})
"""Numbers that every country gives out for itself."""
RESIDENT_FAMILY, ORGANISATION_FAMILY = "gb11643", "gb11714"


@dataclass(frozen=True, slots=True)
class Identity:
    """A canonical document number; `family` keeps numbers of different kinds apart.

    Resident identity cards, residence permits and the new foreigners' cards share one number space, so they are one family; so do the
    credit codes and old codes of organisations. `written` is the number as it is in the file, in capitals and without blanks.
    """

    family: str
    number: str
    country: str = ""
    written: str = field(default="", compare=False)

    @property
    def key(self) -> str:
        """What a merge goes by."""
        return f"{self.family}:{self.country}:{self.number}" if self.country else f"{self.family}:{self.number}"


_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_BRACKETS = re.compile(r"[()（）\[\]]")


def canonical_identity(id_type: IdType, text: str, country: str = "") -> Identity:
    """The one spelling of a document number; `country` is the code of whoever issued it, where that is told.

    Raises: ResidentIdMalformed, ResidentIdBirthDateWrong, ResidentIdCheckDigitWrong, CreditCodeMalformed, CreditCodeCheckDigitWrong,
    OrganisationCodeCheckDigitWrong, TravelDocumentMalformed, NumberOfAnotherDocument, IssuingCountryNeeded.
    """
    number = compact(text)
    if id_type in {IdType.RESIDENT, IdType.RESIDENCE_PERMIT} or (id_type is IdType.FOREIGNER_CARD and len(number) == 18):
        return Identity(RESIDENT_FAMILY, resident_number(number), "", number)
    if len(number) == 18:
        _refuse_another(id_type, number)
    if id_type is IdType.CREDIT_CODE:
        return Identity(ORGANISATION_FAMILY, credit_code(number)[8:17], "", number)
    if id_type is IdType.ORGANISATION_CODE:
        return Identity(ORGANISATION_FAMILY, _organisation_code(number), "", number)
    canonical = _number_of_form(id_type, number)
    if id_type in {IdType.PASSPORT, IdType.OTHER} and not country:
        _refuse_permit(id_type, canonical)
    return Identity(id_type.value, canonical, country if id_type in COUNTRY_TYPES else "", number)


def organisation_check_character(first_8: str) -> str:
    """The last character of an organisation code (GB 11714)."""
    total = sum(weight * int(letter, 36) for weight, letter in zip(_ORGANISATION_WEIGHTS, first_8, strict=True))
    return "0123456789X0"[11 - total % 11] if total % 11 else "0"


def credit_code(number: str) -> str:
    """A right credit code. Raises: CreditCodeMalformed, CreditCodeCheckDigitWrong."""
    if not is_written_right(number):
        raise CreditCodeMalformed
    if not is_credit_code(number):
        raise CreditCodeCheckDigitWrong
    return number


def _organisation_code(number: str) -> str:
    if re.fullmatch("[0-9A-Z]{8}[0-9X]", number) is None:
        raise TravelDocumentMalformed(document="组织机构代码 organisation code", form="12345678-X")
    if number[8] != organisation_check_character(number[:8]):
        raise OrganisationCodeCheckDigitWrong
    return number


def _refuse_another(id_type: IdType, number: str) -> None:
    """18 characters with a right check digit are what they say, whatever the file calls them."""
    if is_resident_number(number):
        raise NumberOfAnotherDocument(document_zh="居民身份证", document_en="resident identity card")
    if id_type is not IdType.CREDIT_CODE and is_credit_code(number):
        raise NumberOfAnotherDocument(document_zh="统一社会信用代码", document_en="unified social credit code")


def _refuse_permit(id_type: IdType, number: str) -> None:
    for permit in (IdType.HK_MACAO_PERMIT, IdType.TAIWAN_PERMIT, IdType.FOREIGNER_CARD):
        form = _FORMS[permit]
        alike = form.pattern.fullmatch(number) and not (permit is IdType.TAIWAN_PERMIT and id_type is IdType.OTHER)
        if not alike:  # eight digits are a form that many other papers have
            continue
        if id_type is IdType.PASSPORT:
            raise IssuingCountryNeeded(document=form.zh)
        document_zh, _, document_en = form.zh.partition(" ")
        raise NumberOfAnotherDocument(document_zh=document_zh, document_en=document_en)


@dataclass(frozen=True)
class _Form:
    pattern: re.Pattern[str]
    zh: str
    form: str


# The first group is the holder's lasting number; what follows counts re-issued cards and must not make a second lender.
_FORMS = {
    IdType.PASSPORT: _Form(re.compile(r"((?=[A-Z]*[0-9])[A-Z0-9]{5,12})"), "护照 passport", "E12345678"),
    IdType.HK_MACAO_PERMIT: _Form(re.compile(r"([HM][0-9]{8})(?:[0-9]{2})?"), "港澳居民来往内地通行证 Hong Kong/Macao permit", "H12345678"),
    IdType.TAIWAN_PERMIT: _Form(
        re.compile(r"([0-9]{8})(?:[0-9]{2}|\([A-Z0-9]{1,2}\)|[0-9]{2}\([A-Z]\))?"), "台湾居民来往大陆通行证 Taiwan permit", "12345678"
    ),
    IdType.FOREIGNER_CARD: _Form(re.compile(r"([A-Z]{3}[0-9]{12})"), "外国人永久居留身份证 foreigner's card", "ABC123456789012"),
    IdType.MILITARY_ID: _Form(re.compile(r"([\u4e00-\u9fff]{1,6}字第?[0-9]{4,10})号?"), "军官证等军人证件 military ID", "军字第12345678号"),
    IdType.REGISTRATION_NUMBER: _Form(re.compile(r"([0-9]{13}|[0-9]{15})"), "工商注册号 registration number", "110000000000000"),
    IdType.FOREIGN_COMPANY: _Form(re.compile(r"((?=.*[0-9])[A-Z0-9/.]{3,30})"), "境外公司登记号 foreign company number", "1234567"),
    IdType.OTHER: _Form(re.compile(r"((?=.*[0-9])[A-Z0-9\u4e00-\u9fff/.]{4,30})"), "其他证件 other document", "A1234567"),
}


def _number_of_form(id_type: IdType, number: str) -> str:
    form = _FORMS[id_type]
    bare = _BRACKETS.sub("", number) if id_type in {IdType.OTHER, IdType.FOREIGN_COMPANY} else number
    found = form.pattern.fullmatch(bare)
    if found is None:
        raise TravelDocumentMalformed(document=form.zh, form=form.form)
    return found.group(1).replace("第", "") if id_type is IdType.MILITARY_ID else found.group(1)
