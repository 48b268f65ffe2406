"""Takes ballots in, gives receipts, and tells what became of each."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from backend.case.register.service import RegisterService
from backend.ground.chain import typed_data
from backend.ground.chain.errors import SignatureNotReadable
from backend.ground.chain.service import Chain
from backend.ground.chain.typed_data import TypedData
from backend.ground.chain.values import RecordedBallot
from backend.ground.common.clock import Clock, SystemClock, to_unix
from backend.ground.common.errors import LenderVoteError
from backend.ground.common.settings import Settings
from backend.ground.db.sessions import Sessions
from backend.people.accounts.visitor import LENDER, Visitor
from backend.vote.ballots import rules, store
from backend.vote.ballots.anchors import Anchors
from backend.vote.ballots.books import Place
from backend.vote.ballots.chain_look import ChainLook
from backend.vote.ballots.errors import BallotNotSignedByKey, CredentialNotByVerifier, ReceiptUnknown
from backend.vote.ballots.journal import Journal
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
    is_ours: bool
    """Whether the poll names this installation's key for its receipts; any other key's would bind nobody."""


@dataclass(frozen=True)
class OwnBallots:
    """What a lender may know of their own ballots; `choice` 0 and `sequence` 0 if nothing is recorded on chain."""

    choice: int
    sequence: int
    next_sequence: int
    receipts: list[Receipt]


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

        Raises: IndexOutOfRange, ChoiceNotAllowed, SequenceOutOfRange, BallotNotSignedByKey, PollNotOpen, PollClosed, IntakeOver,
        SequenceNotNewer, CredentialExpired, CredentialNotByVerifier, RelayNotReceiptSigner; ChainHalted, NodeNotAnswering: nothing could
        be recorded now.
        """
        terms = self._terms_of(poll_id)
        if not terms.is_ours:
            raise RelayNotReceiptSigner
        rules.check_numbers(ballot, terms.leaf_count)
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
        recorded = self._chain.poll(self._terms_of(poll_id).address).ballot_of(index)
        with self._sessions.reading() as session:
            rows = store.ballots_of(session, poll_id, index)
        newest = max([recorded.sequence, *(row.sequence for row in rows)])
        return OwnBallots(int(recorded.choice), recorded.sequence, newest + 1, _with_keys(receipts_of(rows), rows, recorded))

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
            ours = self._polls.signs_receipts(poll)
            terms = PollTerms(poll.address, poll.plan_hash, poll.leaf_count, verifiers, window, poll.protocol > 1, ours)
            self._terms[poll_id] = terms
        return terms

    def _check_signed(self, terms: PollTerms, ballot: SignedBallot) -> bytes:
        typed = typed_data.ballot(self._chain.chain_id, terms.address, ballot.index, ballot.choice, ballot.sequence, terms.plan_hash)
        digest = typed.digest()
        if self._signer(digest, ballot.ballot_signature) != ballot.ballot_key:
            raise BallotNotSignedByKey
        return digest

    def _check_now(self, terms: PollTerms, ballot: SignedBallot) -> int:
        """The rules that depend on the time and on the chain; the sequence recorded there."""
        moment = self._look.moment()
        rules.check_window(terms.window, moment)
        self._look.require_life()
        rules.check_expiry(ballot, terms.window, moment.latest_time)
        self._check_credential(terms, ballot)
        seen = self._look.recorded_sequence(terms.address, ballot.index)
        # Nobody is refused by what was seen a while ago; the chain's own word costs a request, but refusals are rare.
        return self._chain.poll(terms.address).ballot_of(ballot.index).sequence if ballot.sequence <= seen else seen

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
