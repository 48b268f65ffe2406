"""What a case has to be when it is opened. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.case.cases.errors import (
    CaseNameMissing,
    CreditCodeWrong,
    InstitutionIsOfficial,
    MeasureUnknown,
    OfficialCountOutOfRange,
    OfficialsTooManyForCreation,
    OfficialTwice,
    RelayIsMember,
    ResponsibleMissing,
    SignerCannotSign,
    SignerNotUsable,
    ThresholdNotMajority,
    ThresholdNotReachable,
)
from backend.ground.common.credit_codes import is_credit_code
from backend.ground.common.errors import BadInput
from backend.ground.common.text import has_letters, line
from backend.people.accounts.visitor import INSTITUTION, OFFICIAL

MAX_OFFICIALS = 32
#: A chain takes 49,152 bytes for the creation of a contract, code and arguments together (EIP-3860); so much is left for officials.
OFFICIALS_BYTES = 22 * 96
#: A plain key's address, or a passkey: verifying contract, x, y (protocol §1). Nothing else signs.
SIGNER_BYTES = (20, 84)
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


class _Named:
    """What those who open a case and those who come after have alike: officials and institution."""

    institution_signer: bytes
    officials: tuple[NewOfficial, ...]
    institution_account_id: str

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON values; `case_from` and `people_from` read it back."""
        officials = [[official.name, official.signer.hex(), official.account_id] for official in self.officials]
        return vars(self) | {"institution_signer": self.institution_signer.hex(), "officials": officials}

    def bindings(self) -> list[tuple[str, str, bytes]]:
        """Account, role and key of everybody who signs by an account of this installation."""
        found = [(official.account_id, OFFICIAL, official.signer) for official in self.officials if official.account_id]
        if self.institution_account_id:
            found.append((self.institution_account_id, INSTITUTION, self.institution_signer))
        return found


@dataclass(frozen=True)
class NewCase(_Named):
    """A case to be opened; signers after protocol §1, of 20 or 84 bytes."""

    name: str
    institution_name: str
    credit_code: str
    institution_signer: bytes
    officials: tuple[NewOfficial, ...]
    threshold: int
    institution_account_id: str = ""
    rehearsal: bool = False


@dataclass(frozen=True)
class NewPeople(_Named):
    """Who shall come after those in office; the same names as in `NewCase`."""

    institution_name: str
    credit_code: str
    institution_signer: bytes
    officials: tuple[NewOfficial, ...]
    threshold: int
    institution_account_id: str = ""


def people_from(values: Mapping[str, Any]) -> NewPeople:
    """The people that `as_json` wrote down."""
    return NewPeople(**_read(values))


def case_from(values: Mapping[str, Any]) -> NewCase:
    """The case that `as_json` wrote down."""
    return NewCase(**_read(values))


def _read(values: Mapping[str, Any]) -> dict[str, Any]:
    officials = tuple(NewOfficial(name, bytes.fromhex(signer), account_id) for name, signer, account_id in values["officials"])
    return {**values, "institution_signer": bytes.fromhex(values["institution_signer"]), "officials": officials}


def check_case(case: NewCase, relay: bytes) -> None:
    """Whether a case can come to anything; checked before its contract is deployed, since nothing of it can be changed afterwards.

    `relay` is the address under which this installation signs receipts and tickets. Raises: CaseNameMissing, CreditCodeWrong,
    OfficialCountOutOfRange, OfficialTwice, OfficialsTooManyForCreation, ThresholdNotMajority, ThresholdNotReachable,
    SignerNotUsable, SignerCannotSign, InstitutionIsOfficial, RelayIsMember.
    """
    if not _is_name(case.name):
        raise CaseNameMissing(field="name", limit=NAME_LIMIT)
    check_people(case, relay, OFFICIALS_BYTES)


def check_people(people: NewCase | NewPeople, relay: bytes, most_bytes: int | None = None) -> None:
    """Whether these can be officials and institution together; `most_bytes` is what their signers may take. Raises: as `check_case`."""
    named = [("institution.name", people.institution_name), ("institution.credit_code", people.credit_code)]
    for field, text in [*named, *(("officials.name", official.name) for official in people.officials)]:
        if not _is_name(text):
            raise CaseNameMissing(field=field, limit=NAME_LIMIT)
    if not is_credit_code(people.credit_code):
        raise CreditCodeWrong
    count = len(people.officials)
    if not 1 <= count <= MAX_OFFICIALS:
        raise OfficialCountOutOfRange(count=count)
    _check_distinct(people.officials)
    if most_bytes is not None and sum(map(_argument_bytes, people.officials)) > most_bytes:
        raise OfficialsTooManyForCreation()
    if not count < 2 * people.threshold <= 2 * count:
        raise ThresholdNotMajority(threshold=people.threshold, officials=count, least=count // 2 + 1)
    with_account = sum(bool(official.account_id) for official in people.officials)
    if 0 < with_account < people.threshold:  # where nobody has one, they sign elsewhere
        raise ThresholdNotReachable(threshold=people.threshold, with_account=with_account)
    _check_signers(people, relay)


def check_listing(measure: str, responsible: str) -> None:
    """Raises: MeasureUnknown, ResponsibleMissing."""
    if measure not in MEASURES:
        raise MeasureUnknown(known=", ".join(MEASURES))
    if not _is_name(responsible):
        raise ResponsibleMissing(limit=NAME_LIMIT)


def _argument_bytes(official: NewOfficial) -> int:
    """What a signer takes among the arguments: where it stands, how long it is, and itself in words of 32 bytes."""
    return 64 + (len(official.signer) + 31) // 32 * 32


def _check_signers(case: NewCase | NewPeople, relay: bytes) -> None:
    """No key has two roles (protocol §6): the contract would refuse it now, or refuse every poll later."""
    signers = {official.signer: official.name for official in case.officials}
    for signer, name in [*signers.items(), (case.institution_signer, case.institution_name)]:
        if len(signer) not in SIGNER_BYTES:
            raise SignerNotUsable(name=name)
        if int.from_bytes(signer[:20], "big") < LEAST_ADDRESS:
            raise SignerCannotSign(name=name)
        if signer == relay:
            raise RelayIsMember(name=name)
    if case.institution_signer in signers:
        raise InstitutionIsOfficial


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
