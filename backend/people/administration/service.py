"""Accounts as the administrator sees them; changes that one person proposes and a second carries out."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.ground.common.clock import Clock, SystemClock
from backend.ground.common.errors import NotSignedIn
from backend.ground.common.ids import new_id
from backend.ground.db.sessions import Sessions
from backend.people.accounts.service import AccountService
from backend.people.accounts.visitor import ADMIN, AccountView, NewAccount, SignInPart, Visitor
from backend.people.administration import rules, store
from backend.people.administration.errors import ChangeOver, ChangeUnknown, ChangeWaits, ProposerGone
from backend.people.administration.rules import ChangeKind, ChangeStatus, Signing
from backend.people.passkeys.service import PasskeyService

#: 16 letters of 64: nobody has to remember it, and nobody guesses it.
PASSWORD_BYTES = 12

SecondPeople = Callable[[str], frozenset[str]]
"""Ids of the accounts that, besides administrators, may confirm changes of an account."""


@dataclass(frozen=True)
class AccountState:
    """An account, and with what it signs or would sign in a case opened now."""

    id: str
    name: str
    role: str
    case_id: str | None
    disabled: bool
    signing: Signing
    signer: bytes | None
    renewal_due: tuple[SignInPart, ...]


@dataclass(frozen=True)
class ChangeView:
    """A change of an account; people by their accounts' names."""

    id: str
    account_id: str
    account_name: str
    case_id: str | None
    kind: str
    reason: str
    status: str
    proposed_by: str
    proposed_at: datetime
    ended_by: str | None
    ended_at: datetime | None
    may_confirm: bool = False


@dataclass(frozen=True)
class NewSecrets:
    """What an account signs in with from now on; shown once, to whoever carried the change out. Empty: unchanged."""

    password: str = field(default="", repr=False)
    totp_secret: str = field(default="", repr=False)
    provisioning_uri: str = field(default="", repr=False)


class AdministrationService:
    """The administrator's desk over accounts."""

    def __init__(self, sessions: Sessions, accounts: AccountService, passkeys: PasskeyService, clock: Clock | None = None) -> None:
        self._sessions = sessions
        self._accounts = accounts
        self._passkeys = passkeys
        self._clock = clock or SystemClock()
        self._second_people: SecondPeople = lambda _: frozenset()

    def know_second_people_by(self, second_people: SecondPeople) -> None:
        """Ask this room who sits in an account's cases; `app.py` says which."""
        self._second_people = second_people

    def list_accounts(self) -> list[AccountState]:
        """Every account by name, with who is ready to sign. Raises: NodeNotAnswering."""
        return [_state(account, self._usable_passkey(account)) for account in self._accounts.list_accounts()]

    def list_registered(self) -> list[AccountState]:
        """The same without asking the chain, so also passkeys that an earlier release registered and that open no case any more."""
        return [_state(account, self._passkeys.registered_signer(account.id)) for account in self._accounts.list_accounts()]

    def make_account(self, name: str, role: str) -> tuple[NewAccount, NewSecrets]:
        """An official's or an institution's account with a password drawn at random; both secrets are shown this once.

        Raises: AdministratorsMadeOnServer, and what `AccountService.create_account` raises.
        """
        rules.check_new_role(role)
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        made = self._accounts.create_account(name, role, password, handed_over=True)
        return made, NewSecrets(password, made.totp_secret, made.provisioning_uri)

    def propose(self, account_id: str, kind: str, reason: str, visitor: Visitor) -> ChangeView:
        """Lay a change before a second person; nothing happens yet.

        Raises: AccountNotFound, ChangeKindUnknown, ChangeReasonMissing, OwnAccount, AlreadySo, SignerFixed, CaseBeingOpened,
        NoPasskeyThere, ChangeWaits.
        """
        change, subject, proposer = rules.kind_of(kind), self._accounts.get_account(account_id), _account_of(visitor)
        rules.check_reason(reason)
        rules.check_proposer(proposer, subject)
        rules.check_change(change, subject, has_passkey=self._passkeys.has_passkey(account_id))
        row = store.AccountChangeRow(
            id=new_id(),
            account_id=account_id,
            kind=change.value,
            reason=reason,
            status=ChangeStatus.OPEN.value,
            proposed_by=proposer,
            proposed_at=self._clock.now(),
        )
        try:
            with self._sessions.begin() as session:
                store.add(session, row)
        except IntegrityError as error:
            raise ChangeWaits(name=subject.name) from error
        return self.get_change(row.id, visitor)

    def list_changes(self, visitor: Visitor) -> list[ChangeView]:
        """Newest first: an administrator sees all, an official the open ones that are theirs to confirm."""
        with self._sessions.reading() as session:
            rows = store.all_changes(session)
        views = [self._view(row, visitor) for row in rows]
        return views if visitor.role == ADMIN else [view for view in views if view.may_confirm]

    def get_change(self, change_id: str, visitor: Visitor) -> ChangeView:
        """The change of that id. Raises: ChangeUnknown."""
        with self._sessions.reading() as session:
            return self._view(_known(store.change_by_id(session, change_id)), visitor)

    def check_confirmable(self, change_id: str, visitor: Visitor) -> ChangeView:
        """The change, when the visitor may carry it out now. Raises: as `confirm`."""
        change = self.get_change(change_id, visitor)
        with self._sessions.reading() as session:
            row = _known(store.change_by_id(session, change_id))
            self._check_confirmation(row, self._accounts.get_account(row.account_id), visitor)
        return change

    def confirm(self, change_id: str, visitor: Visitor) -> tuple[ChangeView, NewSecrets]:
        """Carry the change out as the second person; the account's sessions end at once, and new secrets are given this once.

        Raises: ChangeUnknown, ChangeOver, SecondPersonNeeded, OwnAccount, NotSecondPerson, ProposerGone, AlreadySo, SignerFixed,
        CaseBeingOpened, NoPasskeyThere, Busy.
        """
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        hashed = self._accounts.proof.hash_password(password)  # outside of the transaction: it takes its time on purpose
        with self._sessions.begin() as session:
            row = _known(store.change_by_id(session, change_id, hold=True))
            self._check_confirmation(row, self._accounts.hold_account(session, row.account_id), visitor)
            given = self._carry_out(session, row, password, hashed)
            self._end(row, ChangeStatus.DONE, visitor)
        return self.get_change(change_id, visitor), given

    def withdraw(self, change_id: str, visitor: Visitor) -> ChangeView:
        """Take an open change back. Raises: ChangeUnknown, ChangeOver."""
        with self._sessions.begin() as session:
            row = _known(store.change_by_id(session, change_id, hold=True))
            if row.status != ChangeStatus.OPEN:
                raise ChangeOver
            self._end(row, ChangeStatus.WITHDRAWN, visitor)
        return self.get_change(change_id, visitor)

    def _carry_out(self, session: Session, row: store.AccountChangeRow, password: str, hashed: str) -> NewSecrets:
        kind = ChangeKind(row.kind)
        if kind is ChangeKind.PASSWORD:
            self._accounts.renew_password(session, row.account_id, hashed)
            return NewSecrets(password=password)
        if kind is ChangeKind.SECOND_FACTOR:
            renewed = self._accounts.renew_second_factor(session, row.account_id)
            return NewSecrets(totp_secret=renewed.totp_secret, provisioning_uri=renewed.provisioning_uri)
        if kind is ChangeKind.PASSKEY:
            self._passkeys.forget(session, row.account_id)
            self._accounts.end_sessions(session, row.account_id)
        else:
            self._accounts.set_disabled(session, row.account_id, disabled=kind is ChangeKind.DISABLE)
        return NewSecrets()

    def _check_confirmation(self, row: store.AccountChangeRow, subject: AccountView, visitor: Visitor) -> None:
        if row.status != ChangeStatus.OPEN:
            raise ChangeOver
        rules.check_second(_account_of(visitor), visitor.role, row.proposed_by, subject, self._seconds_of(subject))
        if self._accounts.get_account(row.proposed_by).disabled:
            raise ProposerGone
        rules.check_change(ChangeKind(row.kind), subject, has_passkey=self._passkeys.has_passkey(subject.id))

    def _seconds_of(self, subject: AccountView) -> frozenset[str]:
        return self._second_people(subject.id)

    def _end(self, row: store.AccountChangeRow, status: ChangeStatus, visitor: Visitor) -> None:
        row.status, row.ended_by, row.ended_at = status.value, _account_of(visitor), self._clock.now()

    def _usable_passkey(self, account: AccountView) -> bytes | None:
        passkey = None if account.role == ADMIN or account.signer else self._passkeys.passkey_of(account.id)
        return passkey.signer if passkey else None

    def _view(self, row: store.AccountChangeRow, visitor: Visitor) -> ChangeView:
        subject = self._accounts.get_account(row.account_id)
        return ChangeView(
            id=row.id,
            account_id=row.account_id,
            account_name=subject.name,
            case_id=subject.case_id,
            kind=row.kind,
            reason=row.reason,
            status=row.status,
            proposed_by=self._accounts.get_account(row.proposed_by).name,
            proposed_at=row.proposed_at,
            ended_by=self._accounts.get_account(row.ended_by).name if row.ended_by else None,
            ended_at=row.ended_at,
            may_confirm=row.status == ChangeStatus.OPEN and self._may_confirm(row, subject, visitor),
        )

    def _may_confirm(self, row: store.AccountChangeRow, subject: AccountView, visitor: Visitor) -> bool:
        account_id = _account_of(visitor)
        second = account_id not in (row.proposed_by, subject.id)
        return second and (visitor.role == ADMIN or account_id in self._seconds_of(subject))


def _account_of(visitor: Visitor) -> str:
    if visitor.account_id is None:
        raise NotSignedIn
    return visitor.account_id


def _state(account: AccountView, passkey: bytes | None) -> AccountState:
    signer = account.signer or passkey
    signing = rules.signing_with(signer)
    return AccountState(account.id, account.name, account.role, account.case_id, account.disabled, signing, signer, account.renewal_due)


def _known(row: store.AccountChangeRow | None) -> store.AccountChangeRow:
    if row is None:
        raise ChangeUnknown
    return row
