"""What the chain has and the database does not: official acts that were lost with an older copy, named as soon as the service starts."""

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
    """Compares the database with the chain; `found` are the losses in words for the runbook."""

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
                    log.error("%s: was an older copy restored? see the runbook", loss)
            self.found = tuple(words)
        return self.found

    def rounds(self) -> Rounds:
        """Looks at once, and then now and again."""
        return Rounds(name="losses", work=self.look, every_seconds=LOOK_EVERY_SECONDS, again_seconds=TRY_AGAIN_SECONDS)

    def _of_case(self, case: CaseView) -> list[str]:
        """Acts of one case by kind and number; those that are being carried out now are not lost."""
        contract = self.chain.case(case.address)
        known = {
            "frozen register": (contract.register_count(), set(self.register.claimants.frozen_numbers(case.id))),
            "submitted plan": (contract.plan_count(), self.plans.numbers(case.id)),
            "announced poll": (contract.poll_count(), {poll.number for poll in self.polls.list_polls(case.id)}),
        }
        if self.cases.acts_on_their_way(case.id):
            return []
        missing = [(what, number) for what, (many, here) in known.items() for number in range(many) if number not in here]
        admitted = self.plans.admitted_numbers(case.id)
        here = known["submitted plan"][1]
        missing += [("admission of plan", number) for number in sorted(here - admitted) if contract.plan(number).admitted]
        return [f"lost: {what} {number} of case {case.id} is on the chain and not in this database" for what, number in missing]
