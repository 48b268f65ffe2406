"""Registers passkeys: the key must sign once, and the contract that will check it later must take the signature."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.ground.chain.service import Chain
from backend.ground.common.clock import Clock, SystemClock
from backend.ground.common.errors import NotSignedIn
from backend.ground.common.hashing import keccak
from backend.ground.db.sessions import Sessions
from backend.people.accounts.errors import CaseBeingOpened
from backend.people.accounts.service import AccountService
from backend.people.accounts.visitor import AccountView, Visitor
from backend.people.passkeys import rules, store
from backend.people.passkeys.errors import PasskeyNotProved, PasskeyReplaced, PasskeyTooLate

#: A plain key's signer (protocol §1); a passkey's is longer.
ADDRESS_BYTES = 20


@dataclass(frozen=True)
class PasskeyOffer:
    """What a device needs to make a passkey: the verifying contract (0x-text), and a handle that says nothing of the person."""

    verifier: str
    user_handle: bytes


@dataclass(frozen=True)
class PasskeyView:
    """A registered passkey; `signer` is verifying contract ‖ x ‖ y (protocol §1)."""

    credential_id: bytes
    signer: bytes
    registered_at: datetime


class PasskeyService:
    """Keeps one passkey an account."""

    def __init__(self, sessions: Sessions, chain: Chain, accounts: AccountService, clock: Clock | None = None) -> None:
        self._sessions = sessions
        self._chain = chain
        self._accounts = accounts
        self._clock = clock or SystemClock()

    def offer(self, visitor: Visitor) -> PasskeyOffer:
        """What the visitor's device needs; puts the verifying contract on the chain at the first use.

        Raises: PasskeyTooLate, CaseBeingOpened, Unavailable.
        """
        account_id = self._unbound(visitor)
        return PasskeyOffer(self._verifier(), keccak(b"passkey user" + account_id.encode()))

    def register(self, visitor: Visitor, credential_id: bytes, public_key: bytes, signature: bytes) -> PasskeyView:
        """Keep a passkey that signed `rules.proof_digest`; it replaces the account's former one.

        Raises: PasskeyTooLate, CaseBeingOpened, PasskeyNotReadable, PasskeyNotProved, Unavailable.
        """
        account_id = self._unbound(visitor)
        rules.check_passkey(credential_id, public_key)
        signer = bytes.fromhex(self._verifier()[2:]) + public_key
        if not self._chain.is_signed_by(signer, rules.proof_digest(visitor.csrf_token, signer), signature):
            raise PasskeyNotProved
        row = store.PasskeyRow(account_id=account_id, credential_id=credential_id, signer=signer, registered_at=self._clock.now())
        try:
            with self._sessions.begin() as session:
                # Once more, now that nobody else writes: a case may have been opened while the chain was asked.
                self._check_changeable(self._accounts.hold_account(session, account_id))
                store.keep(session, row)
        except IntegrityError as error:  # another account's: one device key must not sign as two officials
            raise PasskeyNotProved from error
        return PasskeyView(credential_id, signer, row.registered_at)

    def passkey_of(self, account_id: str) -> PasskeyView | None:
        """The account's passkey, or None where it signs with a plain key.

        One that an earlier release registered behind another verifying contract opens no case any more: it is made anew.
        Raises: NodeNotAnswering.
        """
        with self._sessions.reading() as session:
            row = store.passkey_of(session, account_id)
        if row is None or not (self._is_bound(account_id) or self._chain.record.has_passkey_code(row.signer[:20])):
            return None
        return PasskeyView(row.credential_id, row.signer, row.registered_at)

    def has_passkey(self, account_id: str) -> bool:
        """Whether a passkey is registered for the account, usable or not."""
        with self._sessions.reading() as session:
            return store.passkey_of(session, account_id) is not None

    def registered_signer(self, account_id: str) -> bytes | None:
        """The signer of the account's registered passkey, usable or not; None where there is none."""
        with self._sessions.reading() as session:
            row = store.passkey_of(session, account_id)
        return row.signer if row else None

    def check_current(self, session: Session, account_id: str, signer: bytes) -> None:
        """That a signer that is a passkey is the account's present one, as the caller's transaction sees it. Raises: PasskeyReplaced."""
        if len(signer) == ADDRESS_BYTES:
            return
        row, account = store.passkey_of(session, account_id), self._accounts.get_account(account_id)
        if signer not in (account.signer, row.signer if row else None):
            raise PasskeyReplaced(name=account.name)

    def forget(self, session: Session, account_id: str) -> None:
        """Forget the account's passkey, inside the caller's transaction; its owner registers another one."""
        store.forget(session, account_id)

    def _is_bound(self, account_id: str) -> bool:
        return self._accounts.get_account(account_id).signer is not None

    def _unbound(self, visitor: Visitor) -> str:
        if visitor.account_id is None:
            raise NotSignedIn
        self._check_changeable(self._accounts.get_account(visitor.account_id))
        return visitor.account_id

    def _check_changeable(self, account: AccountView) -> None:
        if account.signer is not None:
            raise PasskeyTooLate
        if account.held:
            raise CaseBeingOpened(name=account.name)

    def _verifier(self) -> str:
        # The outbox knows the key: whoever asks again gets the contract that is there.
        return self._chain.deploy_passkey_verifier().lower()
