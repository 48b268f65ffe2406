"""Ballots that came faster than right before and right after: a scan of five minutes, its threshold from the poll's own pace."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from struct import unpack

from backend.watch.flags.rules.bounds import BOUNDS, Bounds
from backend.watch.flags.rules.subjects import Subject

JITTER_BITS = 11
"""A ballot is moved by up to 1024 s either way: that ends a burst of five minutes, and leaves the hour after a reminder what it was."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A ballot came in: lender's index, seconds since 1970. What it says is not known here."""

    index: int
    at: int


def bursts(arrivals: Sequence[Arrival], opens: int, closes: int, seed: bytes, bounds: Bounds = BOUNDS) -> Iterator[Subject]:
    """Five-minute windows that do not overlap, the most striking first; flagged is what chance gives in one poll of a hundred."""
    ordered = sorted(arrivals, key=lambda arrival: (arrival.at, arrival.index))
    times = [arrival.at for arrival in ordered]
    if len(times) < bounds.burst_least:
        return
    threshold = _threshold(times, opens, closes, seed, bounds)
    taken: list[int] = []
    scored = sorted(((_score(times, place, opens, closes, bounds), -place) for place in range(len(times))), reverse=True)
    for (score, count, around), negative in scored:
        start = times[-negative]
        if any(abs(start - other) < bounds.burst_seconds for other in taken):
            continue
        taken.append(start)
        lenders = tuple(sorted({arrival.index for arrival in ordered[-negative : -negative + count]}))
        facts: dict[str, int | str] = {"from": start, "ballots": count, "around_milli": around}
        figures = {"score_milli": score, "threshold_milli": threshold, "least": bounds.burst_least}
        flagged = count >= bounds.burst_least and score > threshold
        yield Subject("burst", f"burst:{start}", lenders, facts, figures, flagged)
        if not flagged and len(taken) > _KEPT:
            return


_KEPT = 200
"""Of windows in which nothing is striking, so many are enough to draw from."""


def _score(times: Sequence[int], place: int, opens: int, closes: int, bounds: Bounds) -> tuple[int, int, int]:
    """The window that begins with a ballot: (k - e)^2 / (e + 1), k, and e, both but k in thousandths.

    e is the pace of the half hour before or after, whichever was faster: after a reminder ballots come faster for long, and that is none.
    """
    start, end = times[place], times[place] + bounds.burst_seconds
    first_after = bisect_left(times, end)
    count = first_after - place
    low, high = max(opens, start - bounds.burst_around_seconds), min(closes, end + bounds.burst_around_seconds)
    before = place - bisect_left(times, low), max(1, start - low)
    after = bisect_left(times, high) - first_after, max(1, high - end)
    # Fractions of ballots and seconds; whole numbers throughout.
    around, seconds = before if before[0] * after[1] >= after[0] * before[1] else after
    expected = around * bounds.burst_seconds
    beyond = max(0, count * seconds - expected)
    return 1_000 * beyond**2 // (seconds * (expected + seconds)), count, 1_000 * expected // seconds


def _threshold(times: Sequence[int], opens: int, closes: int, seed: bytes, bounds: Bounds) -> int:
    """The highest score of polls of the same pace without a burst: every ballot moved by a quarter of an hour either way."""
    random = Random(seed)  # noqa: S311 - to be recomputed by anybody, not to be secret
    many = max(19, min(bounds.burst_simulations, bounds.burst_simulated_most // len(times)))
    mask, half, last = 2**JITTER_BITS - 1, 2 ** (JITTER_BITS - 1), closes - 1
    highest = []
    for _ in range(many):
        drawn = unpack(f"<{len(times)}H", random.randbytes(2 * len(times)))
        shifted = (at + (bits & mask) - half for at, bits in zip(times, drawn, strict=True))
        # Thrown back at the ends: to stop them there would heap them up, and hide every burst behind that heap.
        moved = sorted(2 * last - at if at > last else 2 * opens - at if at < opens else at for at in shifted)
        highest.append(_highest(moved, opens, closes, bounds))
    return sorted(highest)[-bounds.burst_rank]


def _highest(times: Sequence[int], opens: int, closes: int, bounds: Bounds) -> int:
    # Among the windows that could be flagged: at night a few ballots make a high score, and would hide twenty at noon.
    least = bounds.burst_least
    full = (place for place, (at, end) in enumerate(zip(times, times[least - 1 :], strict=False)) if end - at < bounds.burst_seconds)
    return max((_score(times, place, opens, closes, bounds)[0] for place in full), default=0)
