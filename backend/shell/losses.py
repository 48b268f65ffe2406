"""Official acts that the chain has and the database does not, or the other way round: lost with an older copy, or by a rewritten chain.

They are named as soon as the service starts, and while it runs.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from backend.case.cases.service import CaseService
from backend.case.cases.views import CaseView
from backend.case.plans.service import PlanService
from backend.case.register.service import RegisterService
from backend.ground.chain.service import Chain
from backend.ground.common.errors import LenderVoteError
from backend.ground.common.rounds import Rounds, raised_at_the_end
from backend.vote.polls.service import PollService

LOOK_EVERY_SECONDS = 600.0
TRY_AGAIN_SECONDS = 10.0

log = logging.getLogger(__name__)


@dataclass
class Losses:
    """Compares the database with the chain; `found` are the differences in words for the runbook."""

    chain: Chain
    cases: CaseService
    register: RegisterService
    plans: PlanService
    polls: PollService
    found: tuple[str, ...] = ()

    def look(self) -> tuple[str, ...]:
        """Look once, at every case that can be asked; of the others what was found stands.

        Raises: NodeNotAnswering and whatever else the first of those was not told by, after all others were looked at.
        """
        unknown = self.chain.record.unknown_transactions()
        words = [f"lost: {unknown} transactions of the relay's account are in blocks and not in this database"] if unknown else []
        with raised_at_the_end() as failures:
            for case in self.cases.all_cases():
                try:
                    words += self._of_case(case)
                except LenderVoteError as error:
                    failures.append(error)
                    words += [loss for loss in self.found if f" of case {case.id} " in loss]
            for loss in words:
                if loss not in self.found:
                    log.error("%s: was an older copy restored, or the chain rewritten? see the runbook", loss)
            self.found = tuple(words)
        return self.found

    def _done_here(self, case: CaseView) -> dict[str, set[int]]:
        """Numbers of what this database has as done, by kind."""
        return {
            "frozen register": set(self.register.claimants.frozen_numbers(case.id)),
            "submitted plan": self.plans.numbers(case.id),
            "announced poll": {poll.number for poll in self.polls.list_polls(case.id)},
            "admission of plan": self.plans.admitted_numbers(case.id),
        }

    def rounds(self) -> Rounds:
        """Looks at once, and then now and again."""
        return Rounds(name="losses", work=self.look, every_seconds=LOOK_EVERY_SECONDS, again_seconds=TRY_AGAIN_SECONDS)

    def _of_case(self, case: CaseView) -> list[str]:
        """Acts of one case by kind and number; those that are being carried out now are neither lost nor gone."""
        contract = self.chain.case(case.address)
        before = self._done_here(case)
        before["submitted plan"] -= self.plans.submitting_numbers(case.id)
        on_chain = {"frozen register": contract.register_count(), "submitted plan": contract.plan_count()}
        on_chain["announced poll"] = contract.poll_count()
        admitted = {number for number in range(on_chain["submitted plan"]) if contract.plan(number).admitted}
        after = self._done_here(case)
        if self.cases.acts_on_their_way(case.id):
            return []
        there = {what: set(range(many)) for what, many in on_chain.items()} | {"admission of plan": admitted & after["submitted plan"]}
        # What is done while this looks is no difference: of what is here the earlier look counts, and of what is not the later one.
        lost = [(what, number) for what, numbers in there.items() for number in sorted(numbers - after[what])]
        gone = [(what, number) for what, numbers in there.items() for number in sorted((before[what] & after[what]) - numbers)]
        return [
            *(f"lost: {what} {number} of case {case.id} is on the chain and not in this database" for what, number in lost),
            *(f"gone: {what} {number} of case {case.id} is in this database and not on the chain" for what, number in gone),
        ]
