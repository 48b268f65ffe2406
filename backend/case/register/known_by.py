"""Which of several lenders with one phone is here, by something that only each of them and theirs know: the end of the document number."""

from __future__ import annotations

from collections.abc import Sequence

from backend.case.register.rules.names import name_key
from backend.case.register.rules.text import compact
from backend.case.register.sealing import LenderParticulars

LEAST_SIGNS = 4
MOST_SIGNS = 30


def numbers_of(lender: LenderParticulars) -> frozenset[str]:
    """The document number in every way in which the register has it."""
    return frozenset({*lender.written, lender.identity_key.rpartition(":")[2]})


def shown_ends(lender: LenderParticulars) -> tuple[str, ...]:
    """The last signs of each number, at most 4 and at most half of it: enough to compare with a document in hand, not to know it."""
    return tuple(sorted({number[-min(LEAST_SIGNS, len(number) // 2) :] for number in numbers_of(lender) if len(number) > 1}))


def signs_needed(lenders: Sequence[LenderParticulars]) -> int:
    """How many signs from the end tell these lenders apart, at least 4; where even whole numbers do not, the most there can be."""
    numbers = [numbers_of(lender) for lender in lenders]
    for signs in range(LEAST_SIGNS, MOST_SIGNS):
        ends = [{number[-signs:] for number in each} for each in numbers]
        if sum(map(len, ends)) == len(set().union(*ends)):
            return signs
    return MOST_SIGNS


def who_knows(lenders: Sequence[LenderParticulars], document_end: str, name: str) -> list[int]:
    """The places of those whose number ends so; a name, where one is given, has to be theirs, too.

    Too short an end fits nobody, unless it is a whole number: what is guessed easily must not open anything.
    """
    end = compact(document_end)
    needed = signs_needed(lenders)
    fitting = []
    for place, lender in enumerate(lenders):
        knows = any(number == end or (len(end) >= needed and number.endswith(end)) for number in numbers_of(lender))
        if knows and (not name or name_key(name) == name_key(lender.name)):
            fitting.append(place)
    return fitting
