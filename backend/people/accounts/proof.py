"""Whether somebody knows the password and holds the authenticator of an account; guessing is slowed."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session

from backend.ground.common.at_once import AtOnce
from backend.ground.common.clock import Clock
from backend.ground.common.sealed import FieldCipher
from backend.ground.db.sessions import Sessions
from backend.people.accounts import rules, store
from backend.people.accounts.errors import AccountDisabled, CodeUsedAlready, SignInRefused

HASHES_AT_ONCE, WAIT_SECONDS = 4, 10.0


@dataclass(frozen=True)
class Proved:
    """An account whose password and code were right at a moment; what was compared, so that a later change of it is noticed."""

    account_id: str
    step: int
    by_name: bytes
    by_address: bytes
    password_hash: str = field(repr=False)
    totp_secret: bytes = field(repr=False)

    def still_fits(self, row: store.AccountRow | None) -> bool:
        """Whether nobody replaced what was compared."""
        return row is not None and (row.password_hash, row.totp_secret) == (self.password_hash, self.totp_secret)


class Proof:
    """Compares passwords and codes, and counts the attempts by name and by address."""

    def __init__(self, sessions: Sessions, cipher: FieldCipher, clock: Clock, hasher: PasswordHasher) -> None:
        self._sessions = sessions
        self._cipher = cipher
        self._clock = clock
        self._hasher = hasher
        # Compared with when a name is unknown, so that unknown names take as long as known ones.
        self._nobodys_hash = self._hasher.hash(secrets.token_hex(16))
        # Each takes 64 MB: a crowd that guesses must not take the memory of those who vote.
        self._hashing = AtOnce(HASHES_AT_ONCE, WAIT_SECONDS)

    def hash_password(self, password: str) -> str:
        """The hash that is kept. Raises: Busy."""
        with self._hashing.place():
            return self._hasher.hash(password)

    def check(self, name: str, password: str, code: str, address: str) -> Proved:
        """Compare; nothing is used up yet. Raises: SignInThrottled, SignInRefused, Busy."""
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
        step = rules.matching_step(self._cipher.open_text(row.totp_secret, totp_place(row.id)), code, self._clock.now())
        if step is None:
            raise SignInRefused
        return Proved(row.id, step, by_name, by_address, row.password_hash, row.totp_secret)

    def use(self, session: Session, proved: Proved) -> store.AccountRow:
        """Use the code up, inside the caller's transaction; the account. Raises: CodeUsedAlready, SignInRefused, AccountDisabled."""
        if not store.use_totp_step(session, proved.account_id, proved.step, rules.totp_step(self._clock.now())):
            raise CodeUsedAlready
        # Read once more, now that nobody else changes it: what was typed may have been replaced while it was compared.
        present = store.account_by_id(session, proved.account_id)
        if present is None or not proved.still_fits(present):
            raise SignInRefused
        if present.disabled_at is not None:
            raise AccountDisabled
        store.clear_throttle(session, proved.by_name)
        self._forgive_attempt(session, proved.by_address)
        return present

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


def totp_place(account_id: str) -> str:
    """The place under which an authenticator's secret is sealed."""
    return f"accounts:{account_id}:totp_secret"
