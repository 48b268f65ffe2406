"""Why there is no certificate."""

from __future__ import annotations

from backend.ground.common.errors import Conflict


class NotDecidedYet(Conflict):
    """A certificate states a decision."""

    zh = "专项工作组尚未作出决定，还没有证明书。请在异议期满、决定作出后再来。"
    en = "The working group has not decided yet, so there is no certificate. Come back after the objection period and the decision."
