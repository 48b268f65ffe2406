"""What is wrong with a register, each finding with its place and with what either side says; so many are listed, all are counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

MOST_LISTED = 1_000
_ROWS_NAMED = 20
_LONGEST = 200


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong; `facts` are what its sentence speaks of."""

    name: str
    facts: Mapping[str, object] = field(default_factory=dict)
    rows: Sequence[int] = ()
    cells: Sequence[str] = ()
    index: int | None = None
    claims: str = ""
    """What the claims file says."""
    openings: str = ""
    """What the openings say, or the desk."""


class Findings:
    """Findings in the order in which they came up."""

    def __init__(self) -> None:
        self.listed: list[Finding] = []
        self.by_name: Counter[str] = Counter()

    @property
    def total(self) -> int:
        """How many there are, listed or not."""
        return self.by_name.total()

    @property
    def room(self) -> int:
        """How many more are listed."""
        return MOST_LISTED - len(self.listed)

    def add(self, finding: Finding) -> None:
        """Note one."""
        self.by_name[finding.name] += 1
        if self.room > 0:
            self.listed.append(finding)

    def count(self, name: str, more: int) -> None:
        """Note findings of which nothing but the number is known."""
        if more > 0:
            self.by_name[name] += more


def shown(value: object) -> str:
    """A value as one line: what others wrote must not steer the reader's terminal, nor fill it."""
    text = str(value)
    cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape", "backslashreplace").decode() for sign in cut)


def named(rows: Sequence[int]) -> str:
    """Row numbers for people, the first of them when there are many."""
    more = f"… ({len(rows)})" if len(rows) > _ROWS_NAMED else ""
    return "、".join(map(str, rows[:_ROWS_NAMED])) + more


def yuan(fen: int) -> str:
    """Fen as people read them; an enormous number by its length."""
    if abs(fen) >= 10**40:
        return f"{'-' if fen < 0 else ''}10^{len(str(abs(fen))) - 1}… fen"
    whole, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole:,}.{rest:02d}"
