"""Accounts of officials, institutions and administrators; sessions for them and for lenders."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.ground.common.at_once import AtOnce
from backend.ground.common.clock import Clock, SystemClock
from backend.ground.common.errors import NotSignedIn
from backend.ground.common.ids import new_id
from backend.ground.common.sealed import FieldCipher
from backend.ground.db.sessions import Sessions
from backend.people.accounts import rules, store
from backend.people.accounts.errors import (
    AccountBoundElsewhere,
    AccountDisabled,
    AccountHasOtherRole,
    AccountNameTaken,
    AccountNotFound,
    AccountOutOfUse,
    CodeUsedAlready,
    SignInRefused,
)
from backend.people.accounts.visitor import LENDER, OFFICIAL, AccountView, NewAccount, OpenedSession, Visitor

ISSUER_NAME = "LenderVote"
HASHES_AT_ONCE, WAIT_SECONDS = 4, 10.0


class AccountService:
    """Creates accounts, opens and ends sessions."""

    def __init__(self, sessions: Sessions, cipher: FieldCipher, clock: Clock | None = None, hasher: PasswordHasher | None = None) -> None:
        self._sessions = sessions
        self._cipher = cipher
        self._clock = clock or SystemClock()
        self._hasher = hasher or PasswordHasher()
        # Compared with when a name is unknown, so that unknown names take as long as known ones.
        self._nobodys_hash = self._hasher.hash(secrets.token_hex(16))
        # Each takes 64 MB: a crowd that guesses must not take the memory of those who vote.
        self._hashing = AtOnce(HASHES_AT_ONCE, WAIT_SECONDS)

    def create_account(self, name: str, role: str, password: str, signer: bytes | None = None) -> NewAccount:
        """Create an account; the answer's `provisioning_uri` goes into the person's authenticator.

        `role` is admin, official or institution. Raises: AccountNameNotUsable, RoleUnknown, PasswordTooShort, AccountNameTaken.
        """
        rules.check_new_account(name, role, password)
        account_id, secret = new_id(), pyotp.random_base32()
        row = store.AccountRow(
            id=account_id,
            name=name,
            role=role,
            password_hash=self.hash_password(password),
            totp_secret=self._cipher.seal_text(secret, _totp_place(account_id)),
            totp_step=0,
            signer=signer,
            created_at=self._clock.now(),
        )
        try:
            with self._sessions.begin() as session:
                store.add_account(session, row)
        except IntegrityError as error:
            raise AccountNameTaken(name=name) from error
        return _provisioned(row, secret)

    def hash_password(self, password: str) -> str:
        """The hash that is kept. Raises: Busy."""
        with self._hashing.place():
            return self._hasher.hash(password)

    def list_accounts(self) -> list[AccountView]:
        """Every account, by name."""
        with self._sessions.reading() as session:
            return [_view(row) for row in store.all_accounts(session)]

    def get_account(self, account_id: str) -> AccountView:
        """The account of that id. Raises: AccountNotFound."""
        with self._sessions.reading() as session:
            return _view(_known(store.account_by_id(session, account_id), account_id))

    def find_account(self, name: str) -> AccountView:
        """The account of that name. Raises: AccountNotFound."""
        with self._sessions.reading() as session:
            return _view(_known(store.account_by_name(session, name), name))

    def check_bindable(self, account_id: str, role: str, signer: bytes) -> None:
        """Whether `bind` would be refused. Raises: AccountNotFound, AccountHasOtherRole, AccountOutOfUse, AccountBoundElsewhere."""
        with self._sessions.reading() as session:
            _check_bindable(_known(store.account_by_id(session, account_id), account_id), role, signer)

    def bind(self, session: Session, account_id: str, role: str, signer: bytes, case_id: str) -> None:
        """Give the account its case and its signing key, inside the caller's transaction.

        An official may sit in several cases with the same key; an institution has one. Raises: as `check_bindable`.
        """
        row = _known(store.account_by_id(session, account_id), account_id)
        _check_bindable(row, role, signer)
        row.signer = signer
        row.case_id = row.case_id or case_id

    def hold_account(self, session: Session, account_id: str) -> AccountView:
        """The account, which nobody else changes until the caller's transaction ends. Raises: AccountNotFound."""
        return _view(_known(store.account_by_id(session, account_id, hold=True), account_id))

    def set_disabled(self, session: Session, account_id: str, *, disabled: bool) -> None:
        """Let the account sign in no more, or again; its sessions end. Raises: AccountNotFound."""
        self._renewed(session, account_id).disabled_at = self._clock.now() if disabled else None

    def renew_password(self, session: Session, account_id: str, password_hash: str) -> None:
        """Put a new password, hashed by `hash_password`, in place of the former one; sessions end. Raises: AccountNotFound."""
        self._renewed(session, account_id).password_hash = password_hash

    def renew_second_factor(self, session: Session, account_id: str) -> NewAccount:
        """Give the account a new secret for its authenticator; sessions end. Raises: AccountNotFound."""
        row, secret = self._renewed(session, account_id), pyotp.random_base32()
        row.totp_secret, row.totp_step = self._cipher.seal_text(secret, _totp_place(account_id)), 0
        return _provisioned(row, secret)

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
        by_name, by_address = self._cipher.lookup("sign-in name", name), self._cipher.lookup("sign-in address", address)
        with self._sessions.begin() as session:
            throttled = self._count_attempt(session, by_name, rules.ATTEMPTS_PER_NAME)
            throttled = self._count_attempt(session, by_address, rules.ATTEMPTS_PER_ADDRESS) or throttled
            row = store.account_by_name(session, name)
        if throttled:
            rules.check_attempts(*throttled, self._clock.now())
        # Outside of any transaction: the hash takes its time on purpose.
        known = self._password_fits(row, password)
        if row is None or not known:
            raise SignInRefused
        step = rules.matching_step(self._cipher.open_text(row.totp_secret, _totp_place(row.id)), code, self._clock.now())
        if step is None:
            raise SignInRefused
        with self._sessions.begin() as session:
            if not store.use_totp_step(session, row.id, step, rules.totp_step(self._clock.now())):
                raise CodeUsedAlready
            # Read once more, now that nobody else changes it: what was typed may have been replaced while it was compared.
            present = store.account_by_id(session, row.id)
            if present is None or (present.password_hash, present.totp_secret) != (row.password_hash, row.totp_secret):
                raise SignInRefused
            if present.disabled_at is not None:
                raise AccountDisabled
            store.clear_throttle(session, by_name)
            self._forgive_attempt(session, by_address)
            store.delete_session(session, _hash_of(former_token))
            self._sweep(session)
            visitor = Visitor(row.id, row.role, row.name, case_id=row.case_id)
            return self._open(session, visitor, rules.ACCOUNT_SESSION)

    def open_lender_session(self, case_id: str, poll_id: str, lender_index: int, name: str, former_token: str = "") -> OpenedSession:
        """Open a session for a lender whose phone was proved; `name` is the masked name. The former session ends."""
        with self._sessions.begin() as session:
            store.delete_session(session, _hash_of(former_token))
            self._sweep(session)
            visitor = Visitor(None, LENDER, name, case_id=case_id, lender_index=lender_index, poll_id=poll_id)
            return self._open(session, visitor, rules.LENDER_SESSION)

    def visitor_of(self, token: str) -> Visitor:
        """Who holds this session. Raises: NotSignedIn."""
        if not token:
            raise NotSignedIn
        now = self._clock.now()
        with self._sessions.reading() as session:
            row = store.session_by_hash(session, _hash_of(token))
            if row is None or row.expires_at <= now:
                raise NotSignedIn
            name, case_id = row.name, row.case_id
            if row.account_id is not None:
                account = _known(store.account_by_id(session, row.account_id), row.account_id)
                if account.disabled_at is not None:
                    raise NotSignedIn
                name, case_id = account.name, account.case_id
        if row.created_at > now:
            with self._sessions.begin() as session:
                store.pull_back_session(session, row.token_hash, now, now + (row.expires_at - row.created_at))
        return Visitor(row.account_id, row.role, name, case_id, row.lender_index, row.poll_id, csrf_token=_csrf_of(token))

    def sign_out(self, token: str) -> None:
        """End the session; nothing happens when there is none."""
        with self._sessions.begin() as session:
            store.delete_session(session, _hash_of(token))

    def _open(self, session: Session, visitor: Visitor, lasts: timedelta) -> OpenedSession:
        token, now = secrets.token_urlsafe(32), self._clock.now()
        row = store.SessionRow(
            token_hash=_hash_of(token),
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
        named = Visitor(
            visitor.account_id, visitor.role, visitor.name, visitor.case_id, visitor.lender_index, visitor.poll_id, _csrf_of(token)
        )
        return OpenedSession(token, named, row.expires_at, int(lasts.total_seconds()))

    def _sweep(self, session: Session) -> None:
        now = self._clock.now()
        store.delete_expired(session, now, now - rules.WINDOW)

    def _password_fits(self, row: store.AccountRow | None, password: str) -> bool:
        try:
            with self._hashing.place():
                fits = self._hasher.verify(row.password_hash if row else self._nobodys_hash, password[:1024])
        except (VerificationError, InvalidHashError):
            return False
        return fits and row is not None

    def _count_attempt(self, session: Session, subject: bytes, limit: int) -> tuple[int, int, datetime] | None:
        """Count before checking, so that attempts at the same moment are all counted; what to refuse by, if anything."""
        now = self._clock.now()
        row = store.begin_throttle(session, subject, now)
        row.began_at = min(row.began_at, now)  # a clock that ran ahead must not make anybody wait longer than the window
        if row.began_at + rules.WINDOW <= now:
            row.attempts, row.began_at = 0, now
        row.attempts = min(row.attempts + 1, limit + 1)
        return (row.attempts, limit, row.began_at) if row.attempts > limit else None

    def _forgive_attempt(self, session: Session, subject: bytes) -> None:
        """An office shares one address: whoever signs in rightly does not use up the others' attempts."""
        row = store.throttle(session, subject)
        if row is not None:
            row.attempts = max(0, row.attempts - 1)


def _hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _csrf_of(token: str) -> str:
    """Derived from the token, so that the database holds neither."""
    return hmac.new(token.encode(), b"lendervote csrf", hashlib.sha256).hexdigest()


def _totp_place(account_id: str) -> str:
    return f"accounts:{account_id}:totp_secret"


def _known(row: store.AccountRow | None, name: str) -> store.AccountRow:
    if row is None:
        raise AccountNotFound(name=name)
    return row


def _view(row: store.AccountRow) -> AccountView:
    return AccountView(row.id, row.name, row.role, row.case_id, row.signer, disabled=row.disabled_at is not None)


def _provisioned(row: store.AccountRow, secret: str) -> NewAccount:
    uri = pyotp.TOTP(secret).provisioning_uri(name=row.name, issuer_name=ISSUER_NAME)
    return NewAccount(row.id, row.name, row.role, provisioning_uri=str(uri), totp_secret=secret)


def _check_bindable(row: store.AccountRow, role: str, signer: bytes) -> None:
    if row.role != role:
        raise AccountHasOtherRole(name=row.name, role=row.role, needed=role)
    if row.disabled_at is not None:
        raise AccountOutOfUse(name=row.name)
    taken = row.case_id is not None and role != OFFICIAL
    if taken or (row.signer is not None and row.signer != signer):
        raise AccountBoundElsewhere(name=row.name)
