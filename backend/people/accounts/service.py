"""Accounts of officials, institutions and administrators; sessions for them and for lenders."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import replace
from datetime import timedelta

import pyotp
from argon2 import PasswordHasher
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.ground.common.clock import Clock, SystemClock
from backend.ground.common.errors import NotSignedIn
from backend.ground.common.ids import new_id
from backend.ground.common.sealed import FieldCipher
from backend.ground.db.sessions import Sessions
from backend.people.accounts import rules, store
from backend.people.accounts.errors import (
    AccountBoundElsewhere,
    AccountHasOtherRole,
    AccountNameTaken,
    AccountNotFound,
    AccountOutOfUse,
    CaseBeingOpened,
)
from backend.people.accounts.proof import Proof, totp_place
from backend.people.accounts.visitor import LENDER, OFFICIAL, AccountView, NewAccount, OpenedSession, SignInPart, Visitor

ISSUER_NAME = "LenderVote"
#: How long an account is held to a signer while a case is opened; longer than a chain that is asked gives in.
HELD = timedelta(minutes=10)


class AccountService:
    """Creates accounts, opens and ends sessions."""

    def __init__(self, sessions: Sessions, cipher: FieldCipher, clock: Clock | None = None, hasher: PasswordHasher | None = None) -> None:
        self._sessions = sessions
        self._cipher = cipher
        self._clock = clock or SystemClock()
        self.proof = Proof(sessions, cipher, self._clock, hasher or PasswordHasher())

    def create_account(self, name: str, role: str, password: str, signer: bytes | None = None, *, handed_over: bool = False) -> NewAccount:
        """Create an account; the answer's `provisioning_uri` goes into the person's authenticator.

        `role` is admin, official or institution. Where somebody else makes it and hands it over, its owner renews password and second
        factor at the first sign-in. Raises: AccountNameNotUsable, RoleUnknown, PasswordTooShort, AccountNameTaken.
        """
        rules.check_new_account(name, role, password)
        account_id, secret, now = new_id(), pyotp.random_base32(), self._clock.now()
        row = store.AccountRow(
            id=account_id,
            name=name,
            role=role,
            password_hash=self.proof.hash_password(password),
            totp_secret=self._cipher.seal_text(secret, totp_place(account_id)),
            totp_step=0,
            signer=signer,
            created_at=now,
            password_given_at=now if handed_over else None,
            second_factor_given_at=now if handed_over else None,
        )
        try:
            with self._sessions.begin() as session:
                store.add_account(session, row)
        except IntegrityError as error:
            raise AccountNameTaken(name=name) from error
        return provisioned(row, secret)

    def list_accounts(self) -> list[AccountView]:
        """Every account, by name."""
        with self._sessions.reading() as session:
            return [self._view(row) for row in store.all_accounts(session)]

    def get_account(self, account_id: str) -> AccountView:
        """The account of that id. Raises: AccountNotFound."""
        with self._sessions.reading() as session:
            return self._view(_known(store.account_by_id(session, account_id), account_id))

    def find_account(self, name: str) -> AccountView:
        """The account of that name. Raises: AccountNotFound."""
        with self._sessions.reading() as session:
            return self._view(_known(store.account_by_name(session, name), name))

    def check_bindable(self, account_id: str, role: str, signer: bytes) -> None:
        """Whether `bind` would be refused.

        Raises: AccountNotFound, AccountHasOtherRole, AccountOutOfUse, AccountBoundElsewhere, CaseBeingOpened.
        """
        with self._sessions.reading() as session:
            self._check_bindable(_known(store.account_by_id(session, account_id), account_id), role, signer)

    def bind(self, session: Session, account_id: str, role: str, signer: bytes, case_id: str) -> None:
        """Give the account its case and its signing key, inside the caller's transaction.

        An official may sit in several cases with the same key; an institution has one. Raises: as `check_bindable`.
        """
        row = _known(store.account_by_id(session, account_id), account_id)
        self._check_bindable(row, role, signer)
        row.signer = signer
        row.held_signer = row.held_until = None
        row.case_id = row.case_id or case_id

    def unbind(self, session: Session, account_id: str) -> None:
        """The account has no case any more and may sign with another key, inside the caller's transaction: it was named and never came
        into office. Raises: AccountNotFound."""
        row = _known(store.account_by_id(session, account_id, hold=True), account_id)
        row.case_id = row.signer = None

    def hold_signer(self, session: Session, account_id: str, role: str, signer: bytes) -> None:
        """While a case is opened, nobody changes with what the account signs; inside the caller's transaction.

        It ends with `bind`, with `let_go`, and by itself after `HELD`. Raises: as `check_bindable`.
        """
        row = _known(store.account_by_id(session, account_id, hold=True), account_id)
        self._check_bindable(row, role, signer)
        row.held_signer, row.held_until = signer, self._clock.now() + HELD

    def let_go(self, session: Session, account_id: str, signer: bytes) -> None:
        """End what `hold_signer` began with this signer, inside the caller's transaction. Raises: AccountNotFound."""
        row = _known(store.account_by_id(session, account_id, hold=True), account_id)
        if row.held_signer == signer:
            row.held_signer = row.held_until = None

    def hold_account(self, session: Session, account_id: str) -> AccountView:
        """The account, which nobody else changes until the caller's transaction ends. Raises: AccountNotFound."""
        return self._view(_known(store.account_by_id(session, account_id, hold=True), account_id))

    def set_disabled(self, session: Session, account_id: str, *, disabled: bool) -> None:
        """Let the account sign in no more, or again; its sessions end. Raises: AccountNotFound."""
        self._renewed(session, account_id).disabled_at = self._clock.now() if disabled else None

    def renew_password(self, session: Session, account_id: str, password_hash: str) -> None:
        """Put a new password, hashed by `Proof.hash_password`, in place of the former one, until its owner changes it; sessions end.

        Raises: AccountNotFound.
        """
        row = self._renewed(session, account_id)
        row.password_hash, row.password_given_at = password_hash, self._clock.now()

    def renew_second_factor(self, session: Session, account_id: str) -> NewAccount:
        """Give the account a new secret for its authenticator, until its owner renews it; sessions end. Raises: AccountNotFound."""
        row, secret = self._renewed(session, account_id), pyotp.random_base32()
        row.totp_secret, row.totp_step = self._cipher.seal_text(secret, totp_place(account_id)), 0
        row.second_factor_given_at = self._clock.now()
        return provisioned(row, secret)

    def end_sessions(self, session: Session, account_id: str) -> None:
        """End the account's sessions, inside the caller's transaction. Raises: AccountNotFound."""
        self._renewed(session, account_id)

    def _renewed(self, session: Session, account_id: str) -> store.AccountRow:
        row = _known(store.account_by_id(session, account_id, hold=True), account_id)
        store.delete_sessions_of(session, account_id)
        return row

    def sign_in(self, name: str, password: str, code: str, address: str, former_token: str = "") -> OpenedSession:
        """Open a session for an account by password and one-time code; the former session ends.

        Raises: SignInThrottled, SignInRefused, CodeUsedAlready, AccountDisabled, Busy.
        """
        proved = self.proof.check(name, password, code, address)
        with self._sessions.begin() as session:
            row = self.proof.use(session, proved)
            store.delete_session(session, hash_of(former_token))
            self._sweep(session)
            visitor = Visitor(row.id, row.role, row.name, case_id=row.case_id, renewal_due=renewal_due(row))
            return self._open(session, visitor, rules.ACCOUNT_SESSION)

    def open_lender_session(self, case_id: str, poll_id: str, lender_index: int, name: str, former_token: str = "") -> OpenedSession:
        """Open a session for a lender whose phone was proved; `name` is the masked name. The former session ends."""
        with self._sessions.begin() as session:
            store.delete_session(session, hash_of(former_token))
            self._sweep(session)
            visitor = Visitor(None, LENDER, name, case_id=case_id, lender_index=lender_index, poll_id=poll_id)
            return self._open(session, visitor, rules.LENDER_SESSION)

    def visitor_of(self, token: str) -> Visitor:
        """Who holds this session. Raises: NotSignedIn."""
        if not token:
            raise NotSignedIn
        now = self._clock.now()
        with self._sessions.reading() as session:
            row = store.session_by_hash(session, hash_of(token))
            if row is None or row.expires_at <= now:
                raise NotSignedIn
            name, case_id = row.name, row.case_id
            due: tuple[SignInPart, ...] = ()
            if row.account_id is not None:
                account = _known(store.account_by_id(session, row.account_id), row.account_id)
                if account.disabled_at is not None:
                    raise NotSignedIn
                name, case_id, due = account.name, account.case_id, renewal_due(account)
        if row.created_at > now:
            with self._sessions.begin() as session:
                store.pull_back_session(session, row.token_hash, now, now + (row.expires_at - row.created_at))
        return Visitor(row.account_id, row.role, name, case_id, row.lender_index, row.poll_id, _csrf_of(token), due)

    def sign_out(self, token: str) -> None:
        """End the session; nothing happens when there is none."""
        with self._sessions.begin() as session:
            store.delete_session(session, hash_of(token))

    def _open(self, session: Session, visitor: Visitor, lasts: timedelta) -> OpenedSession:
        token, now = secrets.token_urlsafe(32), self._clock.now()
        row = store.SessionRow(
            token_hash=hash_of(token),
            account_id=visitor.account_id,
            role=visitor.role,
            name=visitor.name,
            case_id=visitor.case_id,
            poll_id=visitor.poll_id,
            lender_index=visitor.lender_index,
            created_at=now,
            expires_at=now + lasts,
        )
        store.add_session(session, row)
        named = replace(visitor, csrf_token=_csrf_of(token))
        return OpenedSession(token, named, row.expires_at, int(lasts.total_seconds()))

    def _sweep(self, session: Session) -> None:
        now = self._clock.now()
        store.delete_expired(session, now, now - rules.WINDOW)

    def _check_bindable(self, row: store.AccountRow, role: str, signer: bytes) -> None:
        if row.role != role:
            raise AccountHasOtherRole(name=row.name, role=row.role, needed=role)
        if row.disabled_at is not None:
            raise AccountOutOfUse(name=row.name)
        taken = row.case_id is not None and role != OFFICIAL
        if taken or (row.signer is not None and row.signer != signer):
            raise AccountBoundElsewhere(name=row.name)
        if self._is_held(row) and row.held_signer != signer:
            raise CaseBeingOpened(name=row.name)

    def _view(self, row: store.AccountRow) -> AccountView:
        return AccountView(
            id=row.id,
            name=row.name,
            role=row.role,
            case_id=row.case_id,
            signer=row.signer,
            disabled=row.disabled_at is not None,
            held=self._is_held(row),
            renewal_due=renewal_due(row),
        )

    def _is_held(self, row: store.AccountRow) -> bool:
        now = self._clock.now()
        # Held by a clock that ran ahead: not longer than by this one.
        return row.held_until is not None and now < row.held_until <= now + HELD


def hash_of(token: str) -> bytes:
    """Under which a session is kept."""
    return hashlib.sha256(token.encode()).digest()


def _csrf_of(token: str) -> str:
    """Derived from the token, so that the database holds neither."""
    return hmac.new(token.encode(), b"lendervote csrf", hashlib.sha256).hexdigest()


def _known(row: store.AccountRow | None, name: str) -> store.AccountRow:
    if row is None:
        raise AccountNotFound(name=name)
    return row


def renewal_due(row: store.AccountRow) -> tuple[SignInPart, ...]:
    """What somebody else gave the account, and its owner has not renewed."""
    given = {SignInPart.PASSWORD: row.password_given_at, SignInPart.SECOND_FACTOR: row.second_factor_given_at}
    return tuple(part for part, given_at in given.items() if given_at is not None)


def provisioned(row: store.AccountRow, secret: str) -> NewAccount:
    """What goes into an authenticator."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=row.name, issuer_name=ISSUER_NAME)
    return NewAccount(row.id, row.name, row.role, provisioning_uri=str(uri), totp_secret=secret)
