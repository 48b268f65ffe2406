"""A poll that could be announced, and what officials read before they sign it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.case.cases.views import CaseView
from backend.case.plans.views import PlanView
from backend.ground.chain import typed_data
from backend.ground.chain.values import PollParameters
from backend.ground.common.clock import from_unix, say_beijing
from backend.ground.common.hex_text import to_hex
from backend.vote.polls import rules
from backend.vote.polls.terms import Announcement
from backend.vote.polls.views import OtherPoll, parameters_json


@dataclass(frozen=True)
class Draft:
    """A poll that could be announced: its number, plan and parameters, and what its act carries and says."""

    case: CaseView
    number: int
    plan: PlanView
    parameters: PollParameters
    payload: dict[str, Any]
    summary: dict[str, Any]

    @property
    def titles(self) -> tuple[str, ...]:
        """A title for each motion; the plan's own where it is voted on as a whole."""
        return tuple(self.plan.content.get("motions", [])) or (self.plan.title,)


def summary_of(announcement: Announcement, plan: PlanView, parameters: PollParameters, others: Sequence[OtherPoll]) -> dict[str, Any]:
    """The act's summary."""
    opens, closes = from_unix(parameters.opens_at), from_unix(parameters.closes_at)
    words_zh, words_en = rules.WORDS[announcement.rule]
    return {
        "plan_id": plan.id,
        "title": plan.title,
        "plan_hash": to_hex(plan.plan_hash),
        # Nobody is asked to sign for another poll on a plan without knowing of those before.
        **({"earlier_polls": [{"poll_number": other.number, "stage": other.stage.name.lower()} for other in others]} if others else {}),
        "rule": announcement.rule,
        "rule_zh": words_zh,
        "rule_en": words_en,
        "opens_at": opens.isoformat().replace("+00:00", "Z"),
        "closes_at": closes.isoformat().replace("+00:00", "Z"),
        "opens_beijing": say_beijing(opens),
        "closes_beijing": say_beijing(closes),
        **{key: value for key, value in parameters_json(parameters).items() if key not in {"opens_at", "closes_at", "conditions"}},
    }


def to_sign(case: CaseView, number: int, hashed: bytes) -> typed_data.TypedData:
    """What officials sign for an open poll, by the case's protocol."""
    if case.protocol < 3:
        return typed_data.poll_announcement_2(case.chain_id, case.address, number, hashed)
    return typed_data.poll_announcement(case.chain_id, case.address, number, hashed, rehearsal=case.rehearsal)
