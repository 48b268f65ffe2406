"""Have these pictures been shown before? Perceptual hashes of earlier sessions of the same lender."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

#: Of 1,024 bits; recompressing, scaling and brightening moves fewer (docs/face.md).
NEAR_BITS = 60
#: A session with fewer key frames shows too little to be known again by; it was never finished.
KEY_FRAMES = 4
#: A session of which so many of ten frames are near some frame of one earlier session shows nothing new.
KNOWN_OF_TEN = 9


def remembered(looks: Sequence[str], trail: Sequence[str]) -> list[str]:
    """What is kept of a finished session: the hashes of its key frames, then those of every frame with a face."""
    return [*looks, *trail]


def is_replay(trail: Sequence[int], earlier: Iterable[Sequence[int]]) -> bool:
    """Whether this session's frames show one earlier session (as `remembered`) again, in whatever order.

    All its key frames are among them; all and not most: a person who sits down again in the same place looks straight ahead as
    before, too. Or nearly all frames are known: a recoded frame in which no face was found may have been a key frame.
    """
    return any(
        len(session) >= KEY_FRAMES and (_all_near(session[:KEY_FRAMES], trail) or _mostly_known(trail, session[KEY_FRAMES:]))
        for session in earlier
    )


def _all_near(looks: Sequence[int], trail: Sequence[int]) -> bool:
    return all(_near(look, trail) for look in looks)


def _mostly_known(trail: Sequence[int], before: Sequence[int]) -> bool:
    return bool(trail) and 10 * sum(_near(look, before) for look in trail) >= KNOWN_OF_TEN * len(trail)


def _near(look: int, others: Sequence[int]) -> bool:
    return any((look ^ other).bit_count() <= NEAR_BITS for other in others)
