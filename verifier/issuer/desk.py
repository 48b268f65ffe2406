"""Where both ways to a credential begin and end: who may ask, and signing with the log written first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from verifier.issuer import log, store
from verifier.issuer.clock import Clock
from verifier.issuer.erasure import Eraser
from verifier.issuer.errors import IndexNotInRegister, PollClosed, TicketExpired, TicketNotByRelay
from verifier.issuer.keys.keyring import Keyring
from verifier.issuer.polls import PollFacts, PollReader
from verifier.issuer.schemas import CredentialRequest
from verifier.issuer.store import Credential, Database
from verifier.signing.secp256k1 import SignatureBroken, SigningKey, recover

#: A credential that is about to expire is no use to the lender: a new one is made instead.
LEAST_SECONDS_LEFT = 300
DAY_SECONDS = 86_400


def _so_it_is(_: Connection) -> None:
    """What two officials say rests on nothing else."""


@dataclass(frozen=True)
class Desk:
    """Keys, polls and log; `clock` is used for the log and for attempts, never for a poll's window."""

    keyring: Keyring
    polls: PollReader
    database: Database
    clock: Clock
    credential_ttl_seconds: int
    eraser: Eraser
    reference_days_after_close: int = 0

    def open_poll(self, poll: str) -> PollFacts:
        """A poll that has not closed. Of one that has, what is over is erased. Raises: PollClosed and what PollReader.read does."""
        facts = self.polls.read(poll)
        if facts.closed:
            self.erase_if_over(facts)
            raise PollClosed()
        return facts

    def erase_if_over(self, facts: PollFacts) -> dict[str, Any] | None:
        """Erase a poll's faces when their time is over by the chain's clock; the certificate, if there was anything to erase."""
        return self.eraser.erase(facts.address, "poll_closed") if self.is_over(facts) else None

    def is_over(self, facts: PollFacts) -> bool:
        """Whether nothing about faces is kept for this poll any more."""
        return facts.closed and facts.now >= facts.closes_at + self.reference_days_after_close * DAY_SECONDS

    def admit(self, request: CredentialRequest) -> PollFacts:
        """The poll, when the lender may ask at all. Raises: PollClosed, IndexNotInRegister, TicketNotByRelay, TicketExpired."""
        facts = self.open_poll(request.poll)
        if request.index >= facts.leaf_count:
            raise IndexNotInRegister(index=request.index)
        ticket = request.ticket
        digest = facts.domain.phone_ticket(request.index, request.ballot_key, ticket.expires_at)
        try:
            signer = recover(digest, bytes.fromhex(ticket.signature[2:]))
        except SignatureBroken as error:
            raise TicketNotByRelay() from error
        if signer != facts.roots.receipt_signer:
            raise TicketNotByRelay()
        if ticket.expires_at < facts.now:
            raise TicketExpired()
        return facts

    def issued(self, facts: PollFacts, request: CredentialRequest) -> Credential | None:
        """The credential that this lender and key have already, if it still holds for a while."""
        with self.database.begin() as connection:
            found = store.find_credential(connection, request.poll, request.index, request.ballot_key)
        holds = found is not None and (found.expires_at >= facts.now + LEAST_SECONDS_LEFT or found.expires_at == facts.closes_at)
        return found if holds else None

    def issue(
        self,
        facts: PollFacts,
        request: CredentialRequest,
        why: Mapping[str, Any],
        way_key: SigningKey | None = None,
        still: Callable[[Connection], None] = _so_it_is,
    ) -> Credential:
        """Sign a credential (protocol §5); the log has it, with `why`, before anybody else does.

        `way_key` is a provider's way's; `still` raises when what it rests on has changed meanwhile.
        """
        expires_at = min(facts.now + self.credential_ttl_seconds, facts.closes_at)
        digest = facts.domain.credential(request.index, request.ballot_key, expires_at)
        key = way_key or self.keyring.signing
        credential = Credential(request.index, request.ballot_key, expires_at, "0x" + key.sign(digest).hex())
        said = {"issued_at": facts.now, "expires_at": expires_at, "verifier": key.address, "digest": "0x" + digest.hex()}
        entry = {"kind": "credential", **asked(facts, request), **said, **why}
        with self.database.begin() as connection:
            still(connection)
            log.append(connection, self.clock(), entry)
            store.keep_credential(connection, request.poll, credential)
        return credential

    def note(self, kind: str, facts: Mapping[str, Any]) -> None:
        """Write a log entry that is no signature."""
        with self.database.begin() as connection:
            log.append(connection, self.clock(), {"kind": kind, **facts})


def asked(facts: PollFacts, request: CredentialRequest) -> dict[str, Any]:
    """Who asked, for the log."""
    return {"chain_id": facts.chain_id, "poll": request.poll, "index": request.index, "ballot_key": request.ballot_key}
