"""What people do about their own account: change the password, renew the second factor."""

from __future__ import annotations

import pyotp
from sqlalchemy.orm import Session

from backend.ground.common.clock import Clock, SystemClock
from backend.ground.common.errors import NotSignedIn
from backend.ground.common.sealed import FieldCipher
from backend.ground.db.sessions import Sessions
from backend.people.accounts import rules, store
from backend.people.accounts.errors import (
    CodeUsedAlready,
    NewCodeWrong,
    OwnCodeUsed,
    OwnProofRefused,
    SecondFactorNotOffered,
    SignInRefused,
)
from backend.people.accounts.proof import Proof, Proved, totp_place
from backend.people.accounts.service import hash_of, provisioned
from backend.people.accounts.visitor import NewAccount, Visitor


class OwnAccountService:
    """Renews what its owner signs in by; the account's other sessions end each time.

    The two halves of a change, proving and changing, are two calls, so that the caller writes the act down in between.
    """

    def __init__(self, sessions: Sessions, cipher: FieldCipher, proof: Proof, clock: Clock | None = None) -> None:
        self._sessions = sessions
        self._cipher = cipher
        self._proof = proof
        self._clock = clock or SystemClock()

    def prove(self, visitor: Visitor, password: str, code: str, address: str) -> Proved:
        """That the visitor knows the present password and holds the present authenticator; the code is used up.

        Raises: OwnProofRefused, OwnCodeUsed, SignInThrottled, AccountDisabled, Busy.
        """
        try:
            proved = self._proof.check(visitor.name, password, code, address)
            with self._sessions.begin() as session:
                self._proof.use(session, proved)
        except CodeUsedAlready as error:
            raise OwnCodeUsed from error
        except SignInRefused as error:
            raise OwnProofRefused from error
        return proved

    def change_password(self, token: str, proved: Proved, password: str) -> None:
        """Put a password, checked by `rules.check_new_password`, in place of the present one.

        Raises: NotSignedIn, OwnProofRefused, Busy.
        """
        hashed = self._proof.hash_password(password)  # outside of the transaction: it takes its time on purpose
        with self._sessions.begin() as session:
            _, row = self._proved(session, token, proved)
            row.password_hash, row.password_given_at = hashed, None
            store.delete_sessions_of(session, row.id, but=hash_of(token))

    def offer_second_factor(self, token: str, proved: Proved) -> NewAccount:
        """A new secret for the authenticator, which counts once this session shows a code by it. Raises: NotSignedIn, OwnProofRefused."""
        secret = pyotp.random_base32()
        with self._sessions.begin() as session:
            here, row = self._proved(session, token, proved)
            here.offered_secret = self._cipher.seal_text(secret, totp_place(row.id))
            return provisioned(row, secret)

    def check_new_code(self, token: str, code: str) -> None:
        """That the code is by the secret offered to this session. Raises: NotSignedIn, SecondFactorNotOffered, NewCodeWrong."""
        with self._sessions.reading() as session:
            self._offered(*self._present(session, token), code)

    def take_second_factor(self, token: str, code: str) -> None:
        """Put the offered secret in place of the present one. Raises: as `check_new_code`."""
        with self._sessions.begin() as session:
            here, row = self._present(session, token)
            # Once more: another one may have been offered in between.
            secret, step = self._offered(here, row, code)
            row.totp_secret, here.offered_secret = secret, None
            row.totp_step, row.second_factor_given_at = step, None
            store.delete_sessions_of(session, row.id, but=hash_of(token))

    def _offered(self, here: store.SessionRow, row: store.AccountRow, code: str) -> tuple[bytes, int]:
        """The sealed secret offered to this session, and the step of a code by it."""
        if here.offered_secret is None:
            raise SecondFactorNotOffered
        step = rules.matching_step(self._cipher.open_text(here.offered_secret, totp_place(row.id)), code, self._clock.now())
        if step is None:
            raise NewCodeWrong
        return here.offered_secret, step

    def _proved(self, session: Session, token: str, proved: Proved) -> tuple[store.SessionRow, store.AccountRow]:
        """This session and its account, when what was proved still holds for it. Raises: NotSignedIn, OwnProofRefused."""
        here, row = self._present(session, token)
        if row.id != proved.account_id or not proved.still_fits(row):
            raise OwnProofRefused
        return here, row

    def _present(self, session: Session, token: str) -> tuple[store.SessionRow, store.AccountRow]:
        """This session and its account, as they stand now. Raises: NotSignedIn."""
        here = store.session_by_hash(session, hash_of(token))
        row = store.account_by_id(session, here.account_id) if here is not None and here.account_id else None
        if here is None or row is None or row.disabled_at is not None:
            raise NotSignedIn
        return here, row
