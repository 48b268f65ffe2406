"""Takes ballots in, gives receipts, and tells what became of each."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from backend.case.register.service import RegisterService
from backend.ground.chain import sealed_types, typed_data
from backend.ground.chain.errors import SignatureNotReadable
from backend.ground.chain.poll import PollContract
from backend.ground.chain.sealed_poll import SealedPollContract
from backend.ground.chain.service import Chain
from backend.ground.chain.typed_data import TypedData
from backend.ground.chain.values import RecordedBallot
from backend.ground.common.clock import Clock, SystemClock, to_unix
from backend.ground.common.errors import LenderVoteError
from backend.ground.common.seals import SEAL_BYTES, is_point_x
from backend.ground.common.settings import Settings
from backend.ground.common.voting import PollKind, SealedChoices
from backend.ground.db.sessions import Sessions
from backend.people.accounts.visitor import LENDER, Visitor
from backend.vote.ballots import rules, store
from backend.vote.ballots.anchors import Anchors
from backend.vote.ballots.books import Place
from backend.vote.ballots.chain_look import ChainLook
from backend.vote.ballots.errors import BallotNotSignedByKey, CredentialNotByVerifier, ReceiptUnknown, SealNotOnCurve
from backend.vote.ballots.journal import Journal
from backend.vote.ballots.on_chain import ChainBallots
from backend.vote.ballots.receipts import Entry, Receipt, ReceiptBook, receipt_of, receipts_of
from backend.vote.ballots.relay import Relay
from backend.vote.ballots.rules import ON_CHAIN, BallotStatus, SignedBallot, Window
from backend.vote.credentials.issuer import IssuerClient
from backend.vote.polls.errors import RelayNotReceiptSigner
from backend.vote.polls.service import PollService

PAGE = 5000


@dataclass(frozen=True)
class PollTerms:
    """What intake holds a ballot to; fixed on chain, so read once."""

    address: str
    plan_hash: bytes
    leaf_count: int
    verifiers: frozenset[str]
    window: Window
    in_books: bool
    """False in polls of protocol 1, whose receipts are in no book."""
    kind: PollKind
    seal_key_hash: bytes
    """Of the key to which choices are sealed; empty in an open poll."""
    is_ours: bool
    """Whether the poll names this installation's key for its receipts; any other key's would bind nobody."""


@dataclass(frozen=True)
class OwnBallots:
    """What a lender may know of their own ballots; `choice` 0 and `sequence` 0 if nothing is recorded on chain.

    In a sealed poll `choice` is 0; `opened_as` is what the newest ballot was opened as, once it is (`BallotService.own_ballots`).
    """

    choice: int
    sequence: int
    next_sequence: int
    receipts: list[Receipt]
    opened_as: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Arrived:
    """A ballot came in: whose, by which key, and when, in seconds since 1970."""

    index: int
    ballot_key: str
    at: int


class BallotService:
    """Intake, receipts, and the relay that carries ballots to the chain."""

    def __init__(
        self,
        sessions: Sessions,
        chain: Chain,
        polls: PollService,
        register: RegisterService,
        issuer: IssuerClient,
        settings: Settings,
        clock: Clock | None = None,
    ) -> None:
        self._sessions = sessions
        self._chain = chain
        self._polls = polls
        self._settings = settings
        self._clock = clock or SystemClock()
        self._terms: dict[str, PollTerms] = {}
        self._book = ReceiptBook(sessions, Journal(settings.resolved_journal_dir, clock), chain.sign)
        self._look = ChainLook(chain, settings.chain_look_milliseconds / 1000, self._clock)
        self.relay = Relay(sessions, chain, polls, register, issuer, settings, self._clock)
        self.anchors = Anchors(sessions, chain, polls, settings, self._clock)

    def take(self, poll_id: str, ballot: SignedBallot) -> Receipt:
        """Check a ballot by rules 1 to 7 of protocol §8.2, store it and give the receipt; the same ballot again gives the same receipt.

        Raises: IndexOutOfRange, ChoiceNotAllowed, SequenceOutOfRange, BallotOfAnotherKind, SealNotOnCurve, BallotNotSignedByKey,
        PollNotOpen, PollClosed, IntakeOver, SequenceNotNewer, CredentialExpired, CredentialNotByVerifier, RelayNotReceiptSigner;
        ChainHalted, NodeNotAnswering: nothing could be recorded now.
        """
        terms = self._terms_of(poll_id)
        if not terms.is_ours:
            raise RelayNotReceiptSigner
        rules.check_numbers(ballot, terms.leaf_count, terms.kind)
        if ballot.sealed is not None and not is_point_x(ballot.sealed.seal):
            raise SealNotOnCurve  # the contract would take it and find it invalid; honest people are spared that
        digest = self._check_signed(terms, ballot)
        try:
            recorded = self._check_now(terms, ballot)
        except LenderVoteError:
            # What was receipted stays receipted, whatever the time is now.
            known = self._book.known(poll_id, ballot, digest)
            if known is None:
                raise
            return known
        receipt = self._book.write(self._entry(poll_id, terms, ballot, digest, recorded))
        self.relay.wake.set()
        return receipt

    def receipt(self, number: str) -> Receipt:
        """The receipt under a number, however it is typed. Raises: ReceiptUnknown."""
        plain = rules.read_receipt_number(number[:60])
        with self._sessions.reading() as session:
            row = store.find_number(session, plain)
            if row is None:
                raise ReceiptUnknown(number=number[:60])
            return receipt_of(row)

    def own_ballots(self, poll_id: str, index: int) -> OwnBallots:
        """A lender's own ballots, newest first, and the sequence that the next one needs."""
        terms = self._terms_of(poll_id)
        recorded = self._contract(terms).ballot_of(index)
        with self._sessions.reading() as session:
            rows = store.ballots_of(session, poll_id, index)
        newest = max([recorded.sequence, *(row.sequence for row in rows)])
        opened = self._opened_as(poll_id, index, recorded.sequence, rows)
        return OwnBallots(int(recorded.choice), recorded.sequence, newest + 1, _with_keys(receipts_of(rows), rows, recorded), opened)

    def _opened_as(self, poll_id: str, index: int, sequence: int, rows: Sequence[store.BallotRow]) -> tuple[int, ...] | None:
        """What the contract found in a lender's newest ballot, a choice for each motion, all 0 if it is invalid; None where there is
        nothing to open or the poll is still sealed."""
        poll = self._polls.get_poll(poll_id)
        if poll.sealing is None or sequence == 0:
            return None
        contract = self._chain.sealed_poll(poll.address)
        if not contract.secret():
            return None
        own = next((row.sealed for row in rows if row.sequence == sequence and row.status in ON_CHAIN), None)
        if own is None:  # it did not come by us
            packed = ChainBallots(self._chain, poll).cast_of(index, sequence).sealed
            own = SealedChoices(packed[:SEAL_BYTES], packed[SEAL_BYTES:])
        return tuple(map(int, contract.choice_under(index, sequence, own)))

    def _contract(self, terms: PollTerms) -> PollContract | SealedPollContract:
        return self._chain.poll_of(terms.address, terms.kind)

    def own_receipt(self, receipt: Receipt) -> Receipt:
        """A receipt with what its own lender is told of it besides: whether another key's ballot is in its place."""
        own = self.own_ballots(receipt.poll_id, receipt.index).receipts
        return next((one for one in own if one.number == receipt.number), receipt)

    def receipts_of(self, poll_id: str) -> Iterator[Receipt]:
        """Every receipt of a poll: book after book by rising number, or in polls of protocol 1 by index and sequence; to be published
        after the close only."""
        in_books = self._terms_of(poll_id).in_books
        page: list[Receipt] = []
        while True:
            # Page by page: a transaction held open would stop intake.
            with self._sessions.reading() as session:
                page = receipts_of(store.page_of_receipts(session, poll_id, page[-1] if page else None, PAGE, in_books=in_books))
            yield from page
            if len(page) < PAGE:
                return

    def count_by_status(self, poll_id: str) -> dict[str, int]:
        """How many receipted ballots stand where; nothing about choices."""
        with self._sessions.reading() as session:
            return store.count_by_status(session, poll_id)

    def count_all(self) -> dict[str, int]:
        """`count_by_status` over every poll."""
        with self._sessions.reading() as session:
            return store.count_by_status(session)

    def waiting(self) -> tuple[int, datetime | None]:
        """How many receipted ballots are on no chain yet, and when the oldest was received."""
        with self._sessions.reading() as session:
            return store.count_waiting(session)

    def relay_once(self) -> None:
        """One round of the relay, to its end: form batches, send, wait, note outcomes."""
        self.relay.run_once()

    def run_background(self, stop_event: threading.Event) -> None:
        """Rounds of the relay until stopped; for a thread of its own."""
        self.relay.run(stop_event)

    def _terms_of(self, poll_id: str) -> PollTerms:
        terms = self._terms.get(poll_id)
        if terms is None:
            poll = self._polls.get_poll(poll_id)
            window = Window(poll.parameters.opens_at, poll.parameters.closes_at, self._settings.intake_cutoff_seconds)
            verifiers = frozenset(address.lower() for address in poll.parameters.verifiers)
            terms = PollTerms(
                address=poll.address,
                plan_hash=poll.plan_hash,
                leaf_count=poll.leaf_count,
                verifiers=verifiers,
                window=window,
                in_books=poll.protocol > 1,
                kind=poll.kind,
                seal_key_hash=b"" if poll.sealing is None else poll.sealing.key_hash,
                is_ours=self._polls.signs_receipts(poll),
            )
            self._terms[poll_id] = terms
        return terms

    def _check_signed(self, terms: PollTerms, ballot: SignedBallot) -> bytes:
        digest = self._typed(terms, ballot).digest()
        if self._signer(digest, ballot.ballot_signature) != ballot.ballot_key:
            raise BallotNotSignedByKey
        return digest

    def _typed(self, terms: PollTerms, ballot: SignedBallot) -> TypedData:
        place = self._chain.chain_id, terms.address
        if ballot.sealed is None:
            return typed_data.ballot(*place, ballot.index, ballot.choice, ballot.sequence, terms.plan_hash)
        seal, sealed_choice = int.from_bytes(ballot.sealed.seal, "big"), int.from_bytes(ballot.sealed.sealed_choice, "big")
        numbers = ballot.index, ballot.sequence, seal, sealed_choice
        return sealed_types.sealed_ballot(*place, *numbers, terms.plan_hash, terms.seal_key_hash)

    def _check_now(self, terms: PollTerms, ballot: SignedBallot) -> int:
        """The rules that depend on the time and on the chain; the sequence recorded there."""
        moment = self._look.moment()
        rules.check_window(terms.window, moment)
        self._look.require_life()
        rules.check_expiry(ballot, terms.window, moment.latest_time)
        self._check_credential(terms, ballot)
        seen = self._look.recorded_sequence(terms.address, ballot.index)
        # Nobody is refused by what was seen a while ago; the chain's own word costs a request, but refusals are rare.
        return self._contract(terms).ballot_of(ballot.index).sequence if ballot.sequence <= seen else seen

    def _check_credential(self, terms: PollTerms, ballot: SignedBallot) -> None:
        typed = typed_data.credential(self._chain.chain_id, terms.address, ballot.index, ballot.ballot_key, ballot.credential_expires_at)
        if self._signer(typed.digest(), ballot.credential_signature) not in terms.verifiers:
            raise CredentialNotByVerifier

    def _signer(self, digest: bytes, signature: str) -> str:
        try:
            raw = bytes.fromhex(signature[2:])
            # The contract takes 65 bytes from a single ballot; a 64-byte form would be receipted and then refused.
            return self._chain.recover(digest, raw).lower() if len(raw) == 65 else ""
        except (SignatureNotReadable, ValueError):
            return ""

    def arrivals(self, poll_id: str) -> Iterator[Arrived]:
        """When ballots of a poll came in and by which keys, in the order of coming; what they say is left out."""
        after = 0
        while True:
            with self._sessions.reading() as session:
                page = store.arrivals(session, poll_id, after, PAGE)
            if not page:
                return
            after = page[-1].id
            yield from (Arrived(row.lender_index, row.ballot_key, to_unix(row.received_at)) for row in page)

    def _entry(self, poll_id: str, terms: PollTerms, ballot: SignedBallot, digest: bytes, recorded: int) -> Entry:
        received_at = self._clock.now().replace(microsecond=0)
        word = digest, ballot.ballot_key, ballot.index, ballot.sequence, to_unix(received_at)

        def typed(place: Place | None) -> TypedData:
            if place is None:
                return typed_data.ballot_receipt_1(self._chain.chain_id, terms.address, *word)
            return typed_data.ballot_receipt(self._chain.chain_id, terms.address, *word, place.book, place.number, place.previous)

        return Entry(poll_id, terms.window, ballot, digest, received_at, recorded, terms.in_books, typed)


def is_own(receipt: Receipt, visitor: Visitor | None) -> bool:
    """Whether the visitor is the lender who handed this ballot in."""
    return visitor is not None and visitor.role == LENDER and (visitor.poll_id, visitor.lender_index) == (receipt.poll_id, receipt.index)


def _with_keys(receipts: list[Receipt], rows: Sequence[store.BallotRow], recorded: RecordedBallot) -> list[Receipt]:
    """The same, each superseded one with whether another key signed what is recorded; a ballot that did not come by us is another key's."""
    marks = (int(recorded.choice), recorded.sequence)
    keys = {row.ballot_key for row in rows if (row.choice, row.sequence) == marks and row.status in ON_CHAIN}
    return [
        replace(receipt, by_another_key=receipt.status == BallotStatus.SUPERSEDED and receipt.ballot_key not in keys)
        for receipt in receipts
    ]
