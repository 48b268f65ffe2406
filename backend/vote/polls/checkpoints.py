"""Checkpoints: a case writes down hashes of earlier blocks, so that few headers lead from a late block to an early one (protocol §8.3).

What is due follows from the mirrored events each time, so nothing is lost with a process; a checkpoint too many does no harm.
"""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Sequence

from backend.case.cases.service import CaseService
from backend.case.cases.views import CaseView
from backend.ground.chain.record import REACH_BY_ITSELF
from backend.ground.chain.service import Chain
from backend.ground.chain.values import Stage, TransactionStatus
from backend.ground.common.errors import LenderVoteError
from backend.ground.common.rounds import Rounds, raised_at_the_end
from backend.ground.db.sessions import Sessions
from backend.vote.polls.service import PollService

log = logging.getLogger(__name__)

TICK_SECONDS = 5.0
EVERY_BLOCKS, EVERY_BLOCKS_BY_ITSELF = 8000, 200
"""How old the oldest block without its hash written down may get, with EIP-2935 and without (protocol §8.3)."""
DELAY_BLOCKS = 16
"""Blocks that may pass until the transaction is in one: what would then be out of reach is not named."""
MOST_BLOCKS = 128
"""The contract's work grows with the square of what one call names."""
LOOK_BLOCKS = 50
"""Blocks after which a case is looked at again at the latest."""


class Checkpoints:
    """One per installation; `run_once` sends what is due now."""

    def __init__(self, sessions: Sessions, chain: Chain, cases: CaseService, polls: PollService) -> None:
        self._sessions = sessions
        self._chain = chain
        self._cases = cases
        self._polls = polls
        self._one_at_a_time = threading.Lock()
        self._next_look: dict[str, int] = {}

    def rounds(self) -> Rounds:
        """Looks at the cases."""
        return Rounds(name="checkpoints", work=self.run_once, every_seconds=TICK_SECONDS, first_seconds=TICK_SECONDS)

    def run_once(self) -> None:
        """Look at every case whose turn it is. Raises: what the first of those was not looked at by, after all others were."""
        with raised_at_the_end() as failures, self._one_at_a_time, self._sessions.alone("checkpoints") as mine:
            if not mine:
                return  # another backend on the same database does it
            head = self._chain.block().number
            for case in self._cases.all_cases():
                if case.protocol > 1 and head >= self._next_look.get(case.id, 0):
                    try:
                        self._look(case, head)
                    except LenderVoteError as error:
                        log.warning("no checkpoint of case %s in this round: %s", case.id, error)
                        failures.append(error)

    def _look(self, case: CaseView, head: int) -> None:
        self._next_look[case.id] = head + LOOK_BLOCKS
        polls = self._polls.list_polls(case.id)
        blocks = self._due(case, [case.address, *(poll.address for poll in polls)], head)
        if blocks:
            self._send(case, blocks)

    def _due(self, case: CaseView, addresses: Sequence[str], head: int) -> list[int]:
        """The numbers of blocks to write down now."""
        record = self._chain.record
        reach = record.reach()
        every = EVERY_BLOCKS if reach > REACH_BY_ITSELF else EVERY_BLOCKS_BY_ITSELF
        named = record.checkpointed(case.address, 0)
        # Of the newest block no contract can tell the hash before there is another one.
        missing = [number for number in record.blocks_with_events(addresses, 0) if number not in named and number < head]
        lowest = max(head + DELAY_BLOCKS - reach, 0)
        within = [number for number in missing if number >= lowest]
        beyond = [number for number in missing if number < lowest]
        if beyond and not any(number > beyond[-1] for number in named):
            # Nobody wrote down their hashes in time: from here on down to them a bundle needs every header, so not from further up.
            return [lowest, *within[: MOST_BLOCKS - 1]]
        if len(within) < MOST_BLOCKS and (not within or head - within[0] < every - LOOK_BLOCKS or self._is_over(case)):
            return []
        return within[:MOST_BLOCKS]

    def _is_over(self, case: CaseView) -> bool:
        """Whether the newest poll was approved: with that the case is decided, and its last blocks are near whatever head is chosen."""
        polls = self._polls.list_polls(case.id)
        return bool(polls) and self._polls.stage(polls[0].id) is Stage.APPROVED

    def _send(self, case: CaseView, blocks: Sequence[int]) -> None:
        call = self._chain.case(case.address).checkpoint(blocks)
        for attempt in itertools.count():
            key = f"checkpoint/{case.id}/{blocks[0]}" + (f"/{attempt}" if attempt else "")
            known = self._chain.record.find(key)
            if known is None:
                self._chain.send(call, key)
                return
            if known.status != TransactionStatus.REVERTED:
                return  # on its way, or in a block that is not mirrored yet
