"""A plan's payout ladder as bars that grow, and as lines of a table with the same figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from backend.ground.common.money import WHOLE_BPS
from backend.web.catalogue import Say
from backend.web.result_view import say_basis_points

WIDTH, HEIGHT = 400, 160
"""Of the drawing, in its own units; below HEIGHT stand the months."""
LABELS = 8
"""So many bars can each have words without running into each other."""


@dataclass(frozen=True)
class LadderBar:
    """One payment: what was paid before it (lower piece) and what it adds (upper piece), in the drawing's units; words may be empty."""

    x: int
    width: int
    before: int
    added: int
    months: str
    total: str

    @property
    def top(self) -> int:
        """Where the bar begins, from above."""
        return HEIGHT - self.before - self.added


@dataclass(frozen=True)
class LadderLine:
    """One line of the table: months after the approval, basis points of this payment and of all so far, and both as words."""

    months: int
    ratio_bps: int
    ratio: str
    total: str


@dataclass(frozen=True)
class LadderView:
    """The drawing, a sentence that says the same, and the table."""

    bars: tuple[LadderBar, ...]
    lines: tuple[LadderLine, ...]
    words: str


def ladder_view(ladder: Sequence[Mapping[str, int]], t: Say) -> LadderView:
    """The view of a ladder: `months` after the approval, `ratio_bps` basis points of the admitted amount (protocol §7)."""
    totals = list(accumulate(step["ratio_bps"] for step in ladder))
    lines = tuple(
        LadderLine(step["months"], step["ratio_bps"], say_basis_points(step["ratio_bps"]), say_basis_points(total))
        for step, total in zip(ladder, totals, strict=True)
    )
    words = t("public.ladder_words", total=lines[-1].total, steps=_listed(lines, t))
    return LadderView(tuple(_bars(lines, totals)), lines, words)


def _bars(lines: Sequence[LadderLine], totals: Sequence[int]) -> list[LadderBar]:
    room = WIDTH // len(lines)
    told = len(lines) <= LABELS
    bars = []
    for place, (line, total) in enumerate(zip(lines, totals, strict=True)):
        height, before = HEIGHT * total // WHOLE_BPS, HEIGHT * (total - line.ratio_bps) // WHOLE_BPS
        says = told or place in {0, len(lines) - 1}
        months, in_all = (str(line.months), line.total) if says else ("", "")
        bars.append(LadderBar(place * room + room // 8, max(1, room * 3 // 4), before, height - before, months, in_all))
    return bars


def _listed(lines: Sequence[LadderLine], t: Say) -> str:
    return t("public.ladder_comma").join(t("public.ladder_step", months=line.months, ratio=line.ratio) for line in lines)
