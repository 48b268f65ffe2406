"""Have these pictures been shown before? Perceptual hashes of the frames of a lender's earlier sessions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

#: Of the places that two looks are both sure of, this share may differ. Recompressed, scaled and brightened frames differed in at most
#: 0.8 %, another photo of the same person mostly in 8 % or more; measured by hand (docs/face.md).
NEAR_SHARE = 0.04
#: Looks with fewer places to compare say nothing: a flat, dark picture.
FEWEST_SURE = 60
PLACES, ROW = 1024, 32
_DIGITS = PLACES // 4
#: Hexadecimal digits of a look as text.
LOOK_DIGITS = 2 * _DIGITS


class Look(NamedTuple):
    """One frame, 1,024 places of it: one bit each for a clear difference to the left neighbour, and for being the brighter one there."""

    sure: int
    brighter: int

    def __str__(self) -> str:
        return f"{self.sure:0{_DIGITS}x}{self.brighter:0{_DIGITS}x}"

    @classmethod
    def read(cls, text: str) -> Look:
        """What `str` gave. Raises: ValueError."""
        if len(text) != LOOK_DIGITS:
            raise ValueError("a look has 512 hexadecimal digits")
        return cls(int(text[:_DIGITS], 16), int(text[_DIGITS:], 16))

    def mirrored(self) -> Look:
        """The same frame with left and right exchanged: what was brighter than its left neighbour is now darker."""
        return Look(_rows_turned(self.sure), _rows_turned(self.sure & ~self.brighter))

    def near(self, other: Look) -> bool:
        """Whether both may be one frame."""
        both = self.sure & other.sure
        compared = both.bit_count()
        return compared >= FEWEST_SURE and ((self.brighter ^ other.brighter) & both).bit_count() <= NEAR_SHARE * compared


def is_replay(keys: Iterable[Look], earlier: Sequence[Look]) -> bool:
    """Whether every frame that ended a step of this session was among the frames of earlier ones, in whatever order and mixture, as they
    were or mirrored: a mirrored turn to the left is one to the right."""
    known = [*earlier, *(one.mirrored() for one in earlier)]
    return all(any(key.near(one) for one in known) for key in keys)


def _rows_turned(bits: int) -> int:
    text = f"{bits:0{PLACES}b}"
    return int("".join(text[place : place + ROW][::-1] for place in range(0, PLACES, ROW)), 2)
