"""What the chain recorded in a poll: the newest choices, and who voted by when."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from backend.ground.chain.calls import ContractEvent
from backend.ground.chain.service import Chain
from backend.ground.common.voting import Choice
from backend.vote.leaks.rules import RecordedPoll
from backend.vote.polls.views import PollView
from backend.vote.tally import rules
from backend.vote.tally.turnout import TurnoutStep, lenders_by_time, steps_of


class Recorded:
    """Reads the mirrored events of the newest blocks too: after the close nothing can be recorded any more."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain

    def choices(self, poll: PollView, excluded: Collection[int]) -> dict[int, Choice]:
        """Each lender's newest choice by index, less the leaves taken out."""
        return rules.newest_choices(rules.without(event.args["recorded"], excluded) for event in self._events(poll.address))

    def steps(self, poll: PollView, excluded: Collection[int]) -> list[TurnoutStep]:
        """The steps of the turnout picture, less the leaves taken out."""
        terms = poll.parameters
        packed = [(event.block, rules.without(event.args["recorded"], excluded)) for event in self._events(poll.address)]

        def time_of(block: int) -> int:
            return self._chain.block(block).timestamp

        return steps_of(lenders_by_time(packed, time_of, terms.opens_at, self._chain.chain_time() + 1, terms.closes_at))

    def published(self, poll: PollView, excluded: Collection[int]) -> RecordedPoll:
        """What the poll publishes once it is counted, as the leak meter takes it."""
        joining = [step.joining for step in self.steps(poll, excluded) if step.joining]
        return RecordedPoll(poll.register_number, self.choices(poll, excluded), joining)

    def _events(self, address: str) -> Iterator[ContractEvent]:
        after = 0
        while page := self._chain.events(address, "BallotsRecorded", after, confirmed=False):
            yield from page
            after = page[-1].id
