"""Which changes of an account there are, and who may propose and confirm them. Pure."""

from __future__ import annotations

from enum import StrEnum

from backend.people.accounts.errors import CaseBeingOpened
from backend.people.accounts.visitor import ADMIN, AccountView
from backend.people.administration.errors import (
    AdministratorsMadeOnServer,
    AlreadySo,
    ChangeKindUnknown,
    ChangeReasonMissing,
    NoPasskeyThere,
    NotSecondPerson,
    OwnAccount,
    SecondPersonNeeded,
    SignerFixed,
)

REASON_LETTERS, REASON_LENGTH = 4, 300


class ChangeKind(StrEnum):
    """What two people may do to an account."""

    DISABLE = "disable"
    ENABLE = "enable"
    PASSWORD = "password"  # noqa: S105  # the change's name
    SECOND_FACTOR = "second_factor"
    PASSKEY = "passkey"


class ChangeStatus(StrEnum):
    """Where a change stands."""

    OPEN = "open"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class Signing(StrEnum):
    """With what an account signs, or would sign in a case opened now."""

    NOTHING = ""
    """Nothing is known: no passkey. Whoever uses a key file has its address named when the case is opened."""
    PASSKEY = "passkey"
    KEY_FILE = "key_file"


def signing_with(signer: bytes | None) -> Signing:
    """By the signer's length (protocol §1): 84 bytes are a passkey, 20 an address."""
    if signer is None:
        return Signing.NOTHING
    return Signing.KEY_FILE if len(signer) == 20 else Signing.PASSKEY


def check_new_role(role: str) -> None:
    """One administrator makes no other: together they could do alone what takes two. Raises: AdministratorsMadeOnServer."""
    if role == ADMIN:
        raise AdministratorsMadeOnServer


def kind_of(text: str) -> ChangeKind:
    """Raises: ChangeKindUnknown."""
    try:
        return ChangeKind(text)
    except ValueError as error:
        raise ChangeKindUnknown(kind=text, known=", ".join(ChangeKind)) from error


def check_reason(reason: str) -> None:
    """Raises: ChangeReasonMissing."""
    if sum(letter.isalnum() for letter in reason) < REASON_LETTERS or len(reason) > REASON_LENGTH:
        raise ChangeReasonMissing(least=REASON_LETTERS, most=REASON_LENGTH)


def check_change(kind: ChangeKind, subject: AccountView, *, has_passkey: bool) -> None:
    """Whether the change makes sense for the account as it stands. Raises: AlreadySo, SignerFixed, CaseBeingOpened, NoPasskeyThere."""
    if kind in (ChangeKind.DISABLE, ChangeKind.ENABLE) and subject.disabled == (kind is ChangeKind.DISABLE):
        raise AlreadySo(name=subject.name)
    if kind is ChangeKind.PASSKEY and subject.signer is not None:
        raise SignerFixed(name=subject.name)
    if kind is ChangeKind.PASSKEY and subject.held:
        raise CaseBeingOpened(name=subject.name)
    if kind is ChangeKind.PASSKEY and not has_passkey:
        raise NoPasskeyThere(name=subject.name)


def check_proposer(proposer_id: str, subject: AccountView) -> None:
    """Raises: OwnAccount."""
    if proposer_id == subject.id:
        raise OwnAccount


def check_second(second_id: str, role: str, proposer_id: str, subject: AccountView, officials: frozenset[str]) -> None:
    """Whether somebody may confirm a change; `officials` are the accounts of those who sit in each of the subject's cases.

    Raises: SecondPersonNeeded, OwnAccount, NotSecondPerson.
    """
    if second_id == proposer_id:
        raise SecondPersonNeeded
    if second_id == subject.id:
        raise OwnAccount
    if role != ADMIN and second_id not in officials:
        raise NotSecondPerson
