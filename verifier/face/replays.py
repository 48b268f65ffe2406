"""Have these pictures been shown before? Perceptual hashes of earlier sessions of the same lender."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

#: Of 1,024 bits; recompressing, scaling and brightening moves fewer, another recording more (docs/face.md).
NEAR_BITS = 70
#: So many key frames of one earlier session must be near.
NEAR_FRAMES = 3


def is_replay(looks: Sequence[int], earlier: Iterable[Sequence[int]]) -> bool:
    """Whether enough key frames are nearly those of one earlier session."""
    return any(sum(_near(look, session) for look in looks) >= NEAR_FRAMES for session in earlier)


def _near(look: int, session: Sequence[int]) -> bool:
    return any((look ^ other).bit_count() <= NEAR_BITS for other in session)
