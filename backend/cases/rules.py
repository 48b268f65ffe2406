"""What a case has to be when it is opened. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backend.cases.errors import (
    CaseNameMissing,
    InstitutionIsOfficial,
    MeasureUnknown,
    OfficialCountOutOfRange,
    OfficialTwice,
    ResponsibleMissing,
    ThresholdNotMajority,
)

MAX_OFFICIALS = 32
NAME_LIMIT = 100
#: How an institution leaves the business (the guidance's cover letter, section 2): 转型, 清退, 立案查处.
MEASURES = {"transformation": ("转型", "transformation"), "wind_down": ("清退", "wind-down"), "prosecution": ("立案查处", "criminal case")}


@dataclass(frozen=True)
class NewOfficial:
    """An official to be; `account_id` is empty for one who has no account here."""

    name: str
    signer: bytes
    account_id: str = ""


@dataclass(frozen=True)
class NewCase:
    """A case to be opened; signers after ERC-7913, 20 bytes or more."""

    name: str
    institution_name: str
    credit_code: str
    institution_signer: bytes
    officials: tuple[NewOfficial, ...]
    threshold: int
    institution_account_id: str = ""


def check_case(case: NewCase) -> None:
    """Raises: CaseNameMissing, OfficialCountOutOfRange, OfficialTwice, ThresholdNotMajority, InstitutionIsOfficial."""
    named = [("name", case.name), ("institution.name", case.institution_name), ("institution.credit_code", case.credit_code)]
    for field, text in [*named, *(("officials.name", official.name) for official in case.officials)]:
        if not text.strip() or len(text) > NAME_LIMIT:
            raise CaseNameMissing(field=field, limit=NAME_LIMIT)
    count = len(case.officials)
    if not 1 <= count <= MAX_OFFICIALS:
        raise OfficialCountOutOfRange(count=count)
    _check_distinct(case.officials)
    if not count < 2 * case.threshold <= 2 * count:
        raise ThresholdNotMajority(threshold=case.threshold, officials=count, least=count // 2 + 1)
    if case.institution_signer in {official.signer for official in case.officials}:
        raise InstitutionIsOfficial


def check_listing(measure: str, responsible: str) -> None:
    """Raises: MeasureUnknown, ResponsibleMissing."""
    if measure not in MEASURES:
        raise MeasureUnknown(known=", ".join(MEASURES))
    if not responsible.strip() or len(responsible) > NAME_LIMIT:
        raise ResponsibleMissing(limit=NAME_LIMIT)


def _check_distinct(officials: Sequence[NewOfficial]) -> None:
    signers: set[bytes] = set()
    accounts: set[str] = set()
    for official in officials:
        if official.signer in signers or (official.account_id and official.account_id in accounts):
            raise OfficialTwice(name=official.name)
        signers.add(official.signer)
        accounts.add(official.account_id)
