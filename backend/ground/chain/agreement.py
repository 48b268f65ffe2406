"""When answers of several nodes are one and the same, and how many must be. Pure.

Of 2f + 1 organisations f may lie: what f + 1 of them tell, at least one honest one tells.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from backend.ground.chain.node import NodeRefused


def majority(count: int) -> int:
    """More than half."""
    return count // 2 + 1


def lower_median(values: Sequence[int]) -> int:
    """The middle value, of two the lower: at least one honest voice is as high, and one as low, where the liars are fewer than half."""
    return sorted(values)[(len(values) - 1) // 2]


def upper_median(values: Sequence[int]) -> int:
    """The middle value, of two the higher: no liar's, unless an honest voice is as high and one as low."""
    return sorted(values)[len(values) // 2]


def meaning(answer: Any) -> str:
    """What an answer says, so that two that say the same are equal; it was read before (`answers.read_answer`), so all of it counts."""
    if isinstance(answer, NodeRefused):
        return answer.meaning
    return "nothing" if answer is None else json.dumps(answer, sort_keys=True).lower()
