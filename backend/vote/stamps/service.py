"""Has stamped what happened in votes: notes down what is to be stamped, asks authorities in rounds, keeps their answers.

What is due follows from the mirrored events each time, and stands in the database before anybody is asked: nothing is lost with a process.
An authority that fails is left alone for a while; nobody waits for it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from backend.case.cases.service import CaseService
from backend.case.cases.views import CaseView
from backend.ground.chain import typed_data
from backend.ground.chain.calls import ContractEvent
from backend.ground.chain.notes import NoteNotReadable, read_note
from backend.ground.chain.service import Chain
from backend.ground.common.clock import Clock, SystemClock
from backend.ground.common.errors import LenderVoteError
from backend.ground.common.hashing import keccak
from backend.ground.common.rounds import Rounds, raised_at_the_end
from backend.ground.db.sessions import Sessions
from backend.vote.polls.service import PollService
from backend.vote.polls.views import PollView
from backend.vote.stamps import rules, store
from backend.vote.stamps.authorities import Authority
from backend.vote.stamps.errors import AuthorityNotStamping, StampsMissed
from backend.vote.stamps.rules import Line, Subject

log = logging.getLogger(__name__)

TICK_SECONDS = 5.0
AT_ONCE = 50
"""Stamps that are asked for in one round."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 15.0, 600.0
"""How long an authority that failed is left alone: doubled each time."""
RESULTS = ("PollTallied", "MotionsTallied")


@dataclass(frozen=True)
class Due:
    """Something that is to be stamped."""

    case: CaseView
    poll: PollView | None
    subject: Subject
    block: int
    value: bytes


class StampService:
    """One per installation asks; every process publishes."""

    def __init__(
        self,
        sessions: Sessions,
        chain: Chain,
        cases: CaseService,
        polls: PollService,
        authorities: list[Authority],
        clock: Clock | None = None,
    ) -> None:
        self._sessions = sessions
        self._chain = chain
        self._cases = cases
        self._polls = polls
        self._authorities = {one.name: one for one in authorities}
        self._clock = clock or SystemClock()
        self._one_at_a_time = threading.Lock()
        self._pauses: dict[str, tuple[float, float]] = {}

    def rounds(self) -> Rounds:
        """Asking for what is due."""
        return Rounds(name="stamps", work=self.run_once, every_seconds=TICK_SECONDS, first_seconds=TICK_SECONDS)

    def run_once(self) -> None:
        """Note what is to be stamped, and ask for it. Raises: what the first of those failed by, after all others were asked for."""
        if not self._authorities:
            return
        with raised_at_the_end() as failures, self._one_at_a_time, self._sessions.alone("stamps") as mine:
            if not mine:
                return  # another backend on the same database does it
            now = self._chain.chain_time()
            for due in self._due():
                try:
                    self._note(due, now)
                except LenderVoteError as error:
                    failures.append(error)
            self._ask(now, failures)

    def lines(self, poll: PollView) -> list[Line]:
        """The stamps of a poll, and of its register, as they are published."""
        signer = poll.parameters.receipt_signer.lower()
        with self._sessions.reading() as session:
            rows = store.stamped(session, poll.case_id, ("", poll.id), signer)
        ours = [row for row in rows if row.poll_id or row.value == poll.register_root]
        return [Line(row.subject, row.block, row.block_hash, row.value, row.signature, row.response or b"") for row in ours]

    # --- what is due ---------------------------------------------------------------------------------------------------------------

    def _due(self) -> Iterator[Due]:
        for case in self._cases.all_cases():
            if case.protocol > 1:
                for frozen in self._chain.events(case.address, "RegisterFrozen"):
                    yield Due(case, None, Subject.REGISTER, frozen.block, bytes(frozen.args["root"]))
        for poll in self._polls.receipted_polls():
            case = self._cases.get_case(poll.case_id)
            yield from self._due_of(case, poll)

    def _due_of(self, case: CaseView, poll: PollView) -> Iterator[Due]:
        for closing in self._closings(poll):
            yield Due(case, poll, Subject.CLOSE, closing.block, keccak(bytes(closing.args["data"])))
        for name in RESULTS:
            for result in self._chain.events(poll.address, name):
                yield Due(case, poll, Subject.RESULT, result.block, bytes(result.args["resultHash"]))
        with self._sessions.reading() as session:
            last = store.newest(session, poll.id, Subject.HEAD)
        last_block, last_time = last or (-1, None)
        confirmed = self._chain.confirmed_block()
        later = self._chain.record.blocks_with_events([case.address, poll.address], last_block + 1)
        newest = max((number for number in later if number <= confirmed), default=-1)
        if newest > last_block and rules.is_head_due(last_time, last_block, newest, self._chain.block(newest).timestamp):
            yield Due(case, poll, Subject.HEAD, newest, rules.NOTHING)

    def _closings(self, poll: PollView) -> list[ContractEvent]:
        confirmed = self._chain.confirmed_block()
        notes = self._chain.record.notes(poll.case_address, poll.parameters.receipt_signer)
        return [one for one in notes if one.block <= confirmed and _closes(one, poll)]

    def _note(self, due: Due, now: int) -> None:
        """Write down what is to be stamped, unless it is there already or it is too late."""
        poll_id = due.poll.id if due.poll else ""
        with self._sessions.reading() as session:
            missing = [name for name in self._authorities if not store.has(session, name, due.case.id, poll_id, due.subject, due.block)]
        if not missing:
            return
        block = self._chain.block(due.block)
        if not rules.is_timely(block.timestamp, now):
            return
        block_hash, address = bytes.fromhex(block.hash[2:]), due.poll.address if due.poll else due.case.address
        typed = typed_data.stamp(self._chain.chain_id, address, due.subject.word, due.block, block_hash, due.value)
        signature = bytes.fromhex(self._chain.sign(typed)[2:])
        with self._sessions.begin() as session:
            for name in missing:
                row = store.StampRow(
                    authority=name, case_id=due.case.id, poll_id=poll_id, subject=due.subject.value, block=due.block,
                    block_hash=block_hash, block_time=block.timestamp, value=due.value, digest=typed.digest(), signature=signature,
                    signer=self._chain.relay_address.lower(), noted_at=self._clock.now(),
                )  # fmt: skip
                store.add(session, row)

    # --- asking --------------------------------------------------------------------------------------------------------------------

    def _ask(self, now: int, failures: list[Exception]) -> None:
        """Every authority that is not left alone, for what it is still to stamp."""
        awake = [name for name in self._authorities if self._clock.monotonic() >= self._pauses.get(name, (0.0, 0.0))[0]]
        with self._sessions.reading() as session:
            rows = [(row.id, row.authority) for row in store.waiting(session, awake, AT_ONCE)]
        silent: set[str] = set()
        for row_id, name in rows:
            if name in silent:
                continue
            try:
                self._ask_for(row_id, self._authorities[name], now)
                self._pauses.pop(name, None)
            except AuthorityNotStamping as error:
                log.warning("no stamp: %s", error)
                silent.add(name)
                self._leave_alone(name)
                failures.append(error)
            except StampsMissed as error:
                log.warning("no stamp, given up: %s", error)
                failures.append(error)

    def _leave_alone(self, name: str) -> None:
        pause = min(2 * self._pauses[name][1], LONGEST_PAUSE_SECONDS) if name in self._pauses else FIRST_PAUSE_SECONDS
        self._pauses[name] = (self._clock.monotonic() + pause, pause)

    def _ask_for(self, row_id: int, authority: Authority, now: int) -> None:
        with self._sessions.reading() as session:
            row = store.by_id(session, row_id)
            assert row is not None, "nobody deletes it"
            data, block_time, subject, block = rules.stamped_bytes(row.digest, row.signature), row.block_time, row.subject, row.block
        if now > block_time + rules.LATEST_SECONDS:
            with self._sessions.begin() as session:
                given_up = store.by_id(session, row_id)
                assert given_up is not None, "nobody deletes it"
                given_up.given_up_at = self._clock.now()
            raise StampsMissed(name=authority.name, subject=subject, block=block)
        answer = authority.stamp(data)
        if not rules.is_timely(block_time, int(answer.at.timestamp())):
            reason = f"its time {answer.at.isoformat()} does not fit block {block}"
            raise AuthorityNotStamping(name=authority.name, reason=reason)
        with self._sessions.begin() as session:
            kept = store.by_id(session, row_id)
            assert kept is not None, "nobody deletes it"
            kept.response, kept.stamped_at = answer.response, answer.at


def _closes(event: ContractEvent, poll: PollView) -> bool:
    try:
        note = read_note(bytes(event.args["data"]))
    except NoteNotReadable:
        return False
    return note.closed and note.poll == poll.address.lower()
