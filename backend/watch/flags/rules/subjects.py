"""What a rule looks at: a group of lenders, a claim, five minutes, a pair of officials; flagged or not, with its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Subject:
    """One thing that a rule measured.

    `key` names it the same in every run; `lenders` are numbers in an import or indexes in a poll; `facts` are shown before a decision,
    of flagged and unflagged alike; `bounds`, against which the rule held them, only afterwards.
    """

    rule: str
    key: str
    lenders: tuple[int, ...] = field(repr=False)
    facts: Mapping[str, int | str]
    bounds: Mapping[str, int]
    flagged: bool
