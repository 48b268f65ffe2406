"""What the chain recorded in a poll: the newest choices, and who voted by when."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from backend.ground.chain.calls import ContractEvent
from backend.ground.chain.sealed_poll import CountedBallot, counted_ballots
from backend.ground.chain.service import Chain
from backend.ground.common.voting import Choice, PollKind
from backend.vote.leaks.rules import RecordedPoll
from backend.vote.polls.views import PollView
from backend.vote.tally import rules
from backend.vote.tally.turnout import TurnoutStep, lenders_by_time, steps_of


class Recorded:
    """Reads the mirrored events of the newest blocks too: after the close nothing can be recorded any more.

    Choices of a sealed poll are in what the contract counted, not in what it recorded.
    """

    def __init__(self, chain: Chain) -> None:
        self._chain = chain

    def choices(self, poll: PollView, excluded: Collection[int]) -> list[dict[int, Choice]]:
        """For each motion each lender's newest choice by index, less the leaves taken out; invalid ballots are none."""
        if poll.kind is PollKind.OPEN:
            packed = (rules.without(event.args["recorded"], excluded) for event in self._events(poll.address, "BallotsRecorded"))
            return [rules.newest_choices(packed)]
        motions: list[dict[int, Choice]] = [{} for _ in range(poll.motions)]
        for ballot in self._counted(poll):
            if ballot.is_valid and ballot.index not in excluded:
                for choices, choice in zip(motions, ballot.choices, strict=True):
                    choices[ballot.index] = choice
        return motions

    def invalid(self, poll: PollView) -> list[int]:
        """The lenders whose newest ballot turned out to be invalid, by index; they count as not taking part."""
        if poll.kind is PollKind.OPEN:
            return []
        return sorted(ballot.index for ballot in self._counted(poll) if not ballot.is_valid)

    def steps(self, poll: PollView, excluded: Collection[int]) -> list[TurnoutStep]:
        """The steps of the turnout picture, less the leaves taken out, and those who do not take part."""
        terms = poll.parameters
        # In the difference to the sums the amount of one invalid ballot would show.
        left_out = {*excluded, *self.invalid(poll)}
        packed = [(event.block, rules.without(event.args["recorded"], left_out)) for event in self._events(poll.address, "BallotsRecorded")]

        def time_of(block: int) -> int:
            return self._chain.block(block).timestamp

        return steps_of(lenders_by_time(packed, time_of, terms.opens_at, self._chain.chain_time() + 1, terms.closes_at))

    def published(self, poll: PollView, excluded: Collection[int]) -> list[RecordedPoll]:
        """What the poll publishes once it is counted, motion by motion, as the leak meter takes it; turnout is published once."""
        joining = [step.joining for step in self.steps(poll, excluded) if step.joining]
        motions = self.choices(poll, excluded)
        return [RecordedPoll(poll.register_number, choices, [] if number else joining) for number, choices in enumerate(motions)]

    def _counted(self, poll: PollView) -> Iterator[CountedBallot]:
        for event in self._events(poll.address, "BallotsCounted"):
            yield from counted_ballots(event, poll.motions)

    def _events(self, address: str, name: str) -> Iterator[ContractEvent]:
        after = 0
        while page := self._chain.events(address, name, after, confirmed=False):
            yield from page
            after = page[-1].id
