"""Have these pictures been shown before? Perceptual hashes of earlier sessions of the same lender."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

#: Of 1,024 bits; recompressing, scaling and brightening moves fewer (docs/face.md).
NEAR_BITS = 60
#: A session with fewer key frames shows too little to be known again by; it was never finished.
KEY_FRAMES = 4


def is_replay(trail: Sequence[int], earlier: Iterable[Sequence[int]]) -> bool:
    """Whether all key frames of one earlier session are among the frames of this one, in whatever order.

    All, and not most: a person who sits down again in the same place looks straight ahead as before, too.
    """
    return any(len(session) >= KEY_FRAMES and all(_near(look, trail) for look in session) for session in earlier)


def _near(look: int, trail: Sequence[int]) -> bool:
    return any((look ^ other).bit_count() <= NEAR_BITS for other in trail)
