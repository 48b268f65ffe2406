"""Carries receipted ballots to the chain, in batches; a stubborn ballot delays nobody else's.

Everything it has to remember is in the database: a batch is formed, its credential list kept, sent under a key of its own, and
collected. Killed at any point, the next round goes on from there, and the chain room sends no call twice under one key.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from backend.case.register.service import RegisterService
from backend.ground.chain.calls import ContractCall
from backend.ground.chain.errors import NodeNotAnswering, NotConfirmedInTime, TransactionReverted
from backend.ground.chain.gas import TRANSACTION_GAS_CAP
from backend.ground.chain.poll import recorded_ballots
from backend.ground.chain.service import Chain
from backend.ground.chain.values import BatchBallot, Leaf, SignedBallot
from backend.ground.common.clock import Ages, Clock
from backend.ground.common.errors import LenderVoteError
from backend.ground.common.ids import new_id
from backend.ground.common.settings import Settings
from backend.ground.db.sessions import Sessions
from backend.vote.ballots import outcomes, rules
from backend.vote.ballots import relay_store as store
from backend.vote.ballots.on_chain import ChainBallots, cast_ballots
from backend.vote.ballots.rules import WAITING, BallotStatus
from backend.vote.ballots.store import BallotRow, BatchRow, BatchStatus
from backend.vote.credentials.errors import IssuerNotAnswering, IssuerRefused
from backend.vote.credentials.issuer import IssuerClient
from backend.vote.polls.service import PollService
from backend.vote.polls.views import PollView

log = logging.getLogger(__name__)

TICK_SECONDS = 0.5
IDLE_SECONDS = 2.0
LOST_BLOCKS = 10
"""Final blocks after which a recorded ballot must be seen in one of them."""
UNSETTLED = (*WAITING, BallotStatus.RECORDED)
PATIENCE = 3
"""Rounds in which a node may fail to answer for a batch before the batch is taken to be too large for it."""


class Relay:
    """One per installation; `run_once` does all there is to do now."""

    def __init__(
        self,
        sessions: Sessions,
        chain: Chain,
        polls: PollService,
        register: RegisterService,
        issuer: IssuerClient,
        settings: Settings,
        clock: Clock,
    ) -> None:
        self._sessions = sessions
        self._chain = chain
        self._polls = polls
        self._register = register
        self._issuer = issuer
        self._settings = settings
        self._clock = clock
        self._one_at_a_time = threading.Lock()
        self._seen: dict[str, int] = {}
        self._queues = Ages(clock)
        self._found_waiting_seconds = math.inf  # what waited through a restart has waited long enough
        self.wake = threading.Event()

    def run(self, stop_event: threading.Event) -> None:
        """Rounds until stopped. What fails is logged and tried again: a receipt is owed whatever happens here."""
        while not stop_event.is_set():
            busy = True
            try:
                busy = self.run_once()
            except LenderVoteError as error:
                log.warning("the relay goes on after: %s", error)
            except Exception:
                log.exception("defect in the relay; it goes on")
            if busy:
                stop_event.wait(TICK_SECONDS)
            else:
                self.wake.wait(IDLE_SECONDS)
            self.wake.clear()

    def run_once(self) -> bool:
        """Form what is due, send it, collect the outcomes, note what is final; whether ballots are still on their way."""
        with self._one_at_a_time, self._sessions.alone("relay") as mine:
            if not mine:
                return False  # another backend on the same database does it
            moved = True
            while moved:
                self._form_due()
                self._found_waiting_seconds = 0.0
                moved = self._send_formed()
                self._collect_sent()
            with self._sessions.reading() as session:
                polls = {status: store.polls_with(session, [status]) for status in (*UNSETTLED, BallotStatus.MISSED)}
            for poll_id in set().union(*polls.values()) | set(self._seen):
                self._try_to_confirm(self._polls.get_poll(poll_id))
            for poll_id in polls[BallotStatus.RECORDED]:
                self._look_again(poll_id)
            return any(polls[status] for status in UNSETTLED)

    def _form_due(self) -> None:
        with self._sessions.reading() as session:
            waiting = store.polls_with(session, [BallotStatus.SUBMITTED])
        self._queues.keep(waiting)
        for poll_id in waiting:
            while self._form(self._polls.get_poll(poll_id)):
                pass

    def _form(self, poll: PollView) -> bool:
        """Form the next batch of a poll; whether there was one due."""
        latest = self._chain.latest_time()
        hold = self._settings.relay_hold_seconds
        window = rules.Window(poll.parameters.opens_at, poll.parameters.closes_at, self._settings.intake_cutoff_seconds)
        with self._sessions.begin() as session:
            _, count = store.oldest_queued(session, poll.id)
            if not count:
                self._queues.forget(poll.id)
                return False
            waited = self._queues.of(poll.id, self._found_waiting_seconds) >= hold
            if not (waited or count >= rules.MAX_BATCH or window.is_ending(latest, hold)):
                return False
            on_the_way = store.indexes_on_the_way(session, poll.id)
            rows = [row for row in store.queued(session, poll.id, 4 * rules.MAX_BATCH) if row.index not in on_the_way]
            chosen = rules.choose_batch(rows, poll.leaf_count, kind=poll.kind)
            if chosen:
                self._assign(session, chosen, single=len(chosen) == 1)
            return bool(chosen)

    def _assign(self, session: Session, ballots: Sequence[BallotRow], *, single: bool) -> None:
        batch = BatchRow(
            id=new_id(), poll_id=ballots[0].poll_id, status=BatchStatus.FORMED, single=single, attempts=0, formed_at=self._clock.now()
        )
        store.assign(session, batch, [ballot.id for ballot in ballots])

    def _send_formed(self) -> bool:
        """Send every formed batch; whether any was sent or split."""
        with self._sessions.reading() as session:
            formed = store.batches(session, [BatchStatus.FORMED])
        moved = [self._try(self._send, batch) for batch in formed]
        return any(moved)

    def _try(self, act: Callable[[BatchRow], bool], batch: BatchRow) -> bool:
        """One batch that cannot be handled, whatever the defect, must not hold up the others."""
        try:
            return act(batch)
        except LenderVoteError as error:
            log.warning("batch %s waits for the next round: %s", batch.id, error)
        except Exception:
            log.exception("defect in the relay at batch %s; the others go on", batch.id)
        return False

    def _send(self, batch: BatchRow) -> bool:
        with self._sessions.reading() as session:
            ballots = store.ballots_in(session, batch.id)
        poll = self._polls.get_poll(batch.poll_id)
        try:
            call = self._single_call(poll, ballots[0]) if batch.single else self._batch_call(poll, batch, ballots)
            tx_id = self._chain.send(call, f"ballots:{batch.id}")
        except IssuerRefused as error:
            self._split(batch, ballots, error.code)
        except IssuerNotAnswering as error:
            log.warning("no credential list for %d ballots (%s): they go one by one", len(ballots), error)
            self._split(batch, ballots, error.code, parts=[[ballot] for ballot in ballots], single=True)
        except TransactionReverted as error:
            self._refused(poll, batch, ballots, error)
        except NodeNotAnswering as error:
            return self._be_patient(batch, ballots, error)
        else:
            with self._sessions.begin() as session:
                store.mark_sent(session, batch.id, tx_id)
        return True

    def _be_patient(self, batch: BatchRow, ballots: Sequence[BallotRow], error: NodeNotAnswering) -> bool:
        """A node that fails for this batch again and again, while it answers otherwise, may find it too large."""
        with self._sessions.begin() as session:
            attempts = store.count_attempt(session, batch.id)
        if batch.single or attempts < PATIENCE:
            return False
        self._chain.chain_time()
        log.warning("a batch of %d ballots is halved after %d attempts: %s", len(ballots), attempts, error)
        self._split(batch, ballots, error.code)
        return True

    def _single_call(self, poll: PollView, row: BallotRow) -> ContractCall:
        leaf = self._register.leaf(poll.case_id, poll.register_number, row.index)
        ballot = SignedBallot(
            row.index,
            row.choice,
            row.sequence,
            row.ballot_key,
            bytes.fromhex(row.ballot_signature[2:]),
            row.credential_expires_at,
            bytes.fromhex(row.credential_signature[2:]),
            row.sealed,
        )
        return self._polls.contract(poll).cast(ballot, Leaf(leaf.voting_class, leaf.x, leaf.y), leaf.proof)

    def _batch_call(self, poll: PollView, batch: BatchRow, rows: Sequence[BallotRow]) -> ContractCall:
        if batch.list_signature is None or batch.list_expires_at is None:
            issued = self._issuer.credential_list(poll.address, [(row.index, row.ballot_key) for row in rows])
            with self._sessions.begin() as session:
                batch = store.keep_list(session, batch.id, issued.expires_at, issued.signature)
        indexes = [row.index for row in rows]
        leaves = self._register.leaves(poll.case_id, poll.register_number, indexes)
        siblings = self._register.multiproof(poll.case_id, poll.register_number, indexes)
        ballots = [
            BatchBallot(
                row.index,
                row.choice,
                row.sequence,
                row.ballot_key,
                bytes.fromhex(row.ballot_signature[2:]),
                Leaf(leaf.voting_class, leaf.x, leaf.y),
                row.sealed,
            )
            for row, leaf in zip(rows, leaves, strict=True)
        ]
        expires_at, signature = int(batch.list_expires_at or 0), bytes(batch.list_signature or b"")
        call = self._polls.contract(poll).cast_batch(ballots, expires_at, signature, siblings)
        most = rules.gas_bound(rows, poll.leaf_count) + rules.FIRST_BALLOTS_GAS * len(poll.classes)
        return replace(call, gas_bound=min(most, TRANSACTION_GAS_CAP))

    def _refused(self, poll: PollView, batch: BatchRow, ballots: Sequence[BallotRow], error: TransactionReverted) -> None:
        """A batch that the contract refuses as a whole is halved, down to single ballots; a single one has its answer."""
        if error.rule == "Poll_NotOpenYet":
            # Only after the chain lost its newest blocks: the ballots wait for the window once more.
            with self._sessions.begin() as session:
                store.requeue(session, batch.id, error.rule)
        elif batch.single or error.rule == "Poll_Closed":
            chain = ChainBallots(self._chain, poll)
            found = {row.id: outcomes.without_event(row, chain) for row in ballots}
            with self._sessions.begin() as session:
                store.note_outcomes(session, batch.id, found, error.rule)
            log.warning("refused by the contract (%s): %d ballots of poll %s", error.rule, len(ballots), poll.id)
            missed = sum(outcome.status == BallotStatus.MISSED for outcome in found.values())
            if missed:
                log.critical(
                    "%d receipted ballots of poll %s missed the close; they are listed as missed, with their receipts", missed, poll.id
                )
        else:
            self._split(batch, ballots, error.rule)

    def _split(
        self,
        batch: BatchRow,
        ballots: Sequence[BallotRow],
        refusal: str,
        parts: Iterable[Sequence[BallotRow]] | None = None,
        *,
        single: bool = False,
    ) -> None:
        with self._sessions.begin() as session:
            store.mark_split(session, batch.id, refusal)
            for part in rules.halve(ballots) if parts is None else parts:
                if part:
                    self._assign(session, part, single=single or len(ballots) == 1)

    def _collect_sent(self) -> None:
        with self._sessions.reading() as session:
            sent = store.batches(session, [BatchStatus.SENT])
        for batch in sent:
            self._try(self._collect, batch)

    def _collect(self, batch: BatchRow) -> bool:
        """Wait for a sent batch and note its outcomes; whether there are any."""
        with self._sessions.reading() as session:
            ballots = store.ballots_in(session, batch.id)
        poll = self._polls.get_poll(batch.poll_id)
        try:
            done = self._chain.wait(str(batch.tx_id))
        except TransactionReverted as error:
            self._refused(poll, batch, ballots, error)
            return True
        except (NotConfirmedInTime, NodeNotAnswering) as error:
            log.info("batch %s is still on its way: %s", batch.id, error)
            return False
        found = outcomes.from_events(ballots, done, ChainBallots(self._chain, poll))
        with self._sessions.begin() as session:
            store.note_outcomes(session, batch.id, found, None)
        return True

    def _try_to_confirm(self, poll: PollView) -> None:
        """One poll whose events cannot be read must not hold up the others."""
        try:
            self._confirm(poll)
        except LenderVoteError as error:
            log.warning("what is final of poll %s is looked up again: %s", poll.id, error)

    def _confirm(self, poll: PollView) -> None:
        """Everything recorded deep enough is final, whoever sent it."""
        if poll.id not in self._seen:
            self._chain.follow(poll.address)
        cursor = self._seen.get(poll.id, 0)
        for event in self._chain.events(poll.address, "BallotsRecorded", cursor):
            with self._sessions.reading() as session:
                settled = store.is_settled(session, poll.id, recorded_ballots(event), event.tx_hash)
            if not settled:
                recorded = cast_ballots(self._chain, event)
                with self._sessions.begin() as session:
                    store.confirm(session, poll.id, recorded, event.tx_hash, event.block)
            cursor = event.id
        self._seen[poll.id] = cursor

    def _look_again(self, poll_id: str) -> None:
        """A recorded ballot that is not final long after its block was lost with it, or its transaction ended otherwise: ask again."""
        with self._sessions.begin() as session:
            doubtful = store.doubt_batches(session, poll_id, self._chain.confirmed_block() - LOST_BLOCKS)
        if doubtful:
            log.warning("%d batches of poll %s are not final yet and are looked at again", doubtful, poll_id)
