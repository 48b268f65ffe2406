"""The words of the vote, with the numbers that they have in the contracts (protocol §7, §8)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

FEW_LENDERS = 35
"""In a group of fewer, an exact total tells whoever knows the single amounts who is in it: so few amounts have 2^35 sums at most, which is
about as many as there are amounts in fen, so that hardly two sets of lenders add up to the same."""


LEAST_SHOWN = 5
"""A number of fewer people is not told in public: with little else it would tell of one of them."""


class Choice(IntEnum):
    """A lender's choice; NONE: no ballot was recorded."""

    NONE = 0
    FOR = 1
    AGAINST = 2
    ABSTAIN = 3


class PollKind(StrEnum):
    """Whether choices can be read while the poll runs; two kinds of contract (protocol §8.2, §21)."""

    OPEN = "open"
    SEALED = "sealed"


@dataclass(frozen=True)
class SealedChoices:
    """A ballot's choices as nobody can read them before the close: 32 and 8 bytes (protocol §21.1)."""

    seal: bytes
    sealed_choice: bytes

    @property
    def packed(self) -> bytes:
        """40 bytes."""
        return self.seal + self.sealed_choice


class Measure(IntEnum):
    """What a condition counts."""

    HEADS = 0
    AMOUNT = 1


class Numerator(IntEnum):
    """Whose heads or amount stand above the line."""

    FOR = 0
    TAKING_PART = 1


class Denominator(IntEnum):
    """Whose heads or amount stand below the line."""

    ADMITTED = 0
    TAKING_PART = 1
    FOR_AGAINST = 2


@dataclass(frozen=True)
class Condition:
    """numerator / denominator > (strict) or >= num / den, in one measure (protocol §7)."""

    measure: Measure
    numerator: Numerator
    denominator: Denominator
    num: int
    den: int
    strict: bool
