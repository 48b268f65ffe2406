"""What a forged vote's newest choices and openings give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.contracts.ballot_box import ABSTAIN, AGAINST, FOR, Register

Tallies = Sequence[tuple[int, ...]]


def tallies(register: Register, counted: Mapping[int, int], openings: Tallies) -> list[tuple[int, ...]]:
    """Heads of each class by the newest choices, and the opened amounts."""
    found = []
    for number, one in enumerate(openings):
        mine = [counted.get(lender.index) for lender in register.lenders if lender.voting_class == number]
        found.append((*(mine.count(choice) for choice in (FOR, AGAINST, ABSTAIN)), one[0], one[2], one[4]))
    return found


def carried(classes: Sequence[tuple[int, int, int]], tallies: Tallies) -> bool:
    """CN_EBL64: of those taking part more than half of the heads, and of what is admitted at least half of the fen."""
    admitted = [fen for _, fen, _ in classes]
    return all(2 * t[0] > sum(t[:3]) and 2 * t[3] >= fen for t, fen in zip(tallies, admitted, strict=False))
