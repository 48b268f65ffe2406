"""Why there is no certificate."""

from __future__ import annotations

from backend.ground.common.errors import Conflict


class NotDecidedYet(Conflict):
    """A certificate states a decision."""

    zh = "专项工作组尚未作出决定，还没有证明书。请在异议期满、决定作出后再来。"
    en = "The officials have not decided yet, so there is no certificate. Please come back after the challenge period and their decision."
