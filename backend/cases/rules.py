"""What a case has to be when it is opened. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backend.cases.errors import (
    CaseNameMissing,
    CreditCodeWrong,
    InstitutionIsOfficial,
    MeasureUnknown,
    OfficialCountOutOfRange,
    OfficialTwice,
    ResponsibleMissing,
    SignerCannotSign,
    ThresholdNotMajority,
    ThresholdNotReachable,
)
from backend.common.credit_codes import is_credit_code
from backend.common.errors import BadInput
from backend.common.text import has_letters, line

MAX_OFFICIALS = 32
NAME_LIMIT = 100
LEAST_ADDRESS = 2**16
"""Below are the empty address and the chain's built-in contracts: nobody has a key to them."""
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
    """Whether a case can come to anything; checked before its contract is deployed, since nothing of it can be changed afterwards.

    Raises: CaseNameMissing, CreditCodeWrong, OfficialCountOutOfRange, OfficialTwice, ThresholdNotMajority, ThresholdNotReachable,
    InstitutionIsOfficial, SignerCannotSign.
    """
    named = [("name", case.name), ("institution.name", case.institution_name), ("institution.credit_code", case.credit_code)]
    for field, text in [*named, *(("officials.name", official.name) for official in case.officials)]:
        if not _is_name(text):
            raise CaseNameMissing(field=field, limit=NAME_LIMIT)
    if not is_credit_code(case.credit_code):
        raise CreditCodeWrong
    count = len(case.officials)
    if not 1 <= count <= MAX_OFFICIALS:
        raise OfficialCountOutOfRange(count=count)
    _check_distinct(case.officials)
    if not count < 2 * case.threshold <= 2 * count:
        raise ThresholdNotMajority(threshold=case.threshold, officials=count, least=count // 2 + 1)
    with_account = sum(bool(official.account_id) for official in case.officials)
    if 0 < with_account < case.threshold:  # where nobody has one, they sign elsewhere
        raise ThresholdNotReachable(threshold=case.threshold, with_account=with_account)
    if case.institution_signer in {official.signer for official in case.officials}:
        raise InstitutionIsOfficial
    for name, signer in [(case.institution_name, case.institution_signer), *((o.name, o.signer) for o in case.officials)]:
        if int.from_bytes(signer[:20], "big") < LEAST_ADDRESS:
            raise SignerCannotSign(name=name)


def check_listing(measure: str, responsible: str) -> None:
    """Raises: MeasureUnknown, ResponsibleMissing."""
    if measure not in MEASURES:
        raise MeasureUnknown(known=", ".join(MEASURES))
    if not _is_name(responsible):
        raise ResponsibleMissing(limit=NAME_LIMIT)


def _is_name(text: str) -> bool:
    """Whether this is a name that people can read and every part of the system can keep."""
    try:
        return has_letters(line(text, NAME_LIMIT))
    except BadInput:
        return False


def _check_distinct(officials: Sequence[NewOfficial]) -> None:
    signers: set[bytes] = set()
    accounts: set[str] = set()
    for official in officials:
        if official.signer in signers or (official.account_id and official.account_id in accounts):
            raise OfficialTwice(name=official.name)
        signers.add(official.signer)
        accounts.add(official.account_id)
