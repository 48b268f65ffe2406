"""Every number that a rule of flags goes by, in one place, and the hash by which they are anchored before a poll opens."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from backend.ground.common.hashing import canonical_json, keccak

VERSION = 1


@dataclass(frozen=True)
class Bounds:
    """Counts, seconds, fen and basis points; chosen on the first half of the planted seeds (docs/flags.md)."""

    shared_most: int = 6
    """So many lenders may share a phone, account, card, address or device: a family of three generations."""
    shared_aged_most: int = 60
    """So many where at least `aged_bps` of them are `aged_years` or older: a nursing home."""
    aged_years: int = 70
    aged_bps: int = 8_000
    address_most: int = 40
    """A village has one address."""
    straw_least: int = 8
    straw_spread_bps: int = 200
    altered_least_fen: int = 10_000
    altered_usual_bps: int = 5_000
    """So much of all claims must have changed alike for the change to be the usual one."""
    reconcile_least_fen: int = 10_000
    burst_seconds: int = 300
    burst_least: int = 12
    burst_around_seconds: int = 1_800
    burst_simulations: int = 99
    burst_rank: int = 1
    """The bound is the highest of the simulated polls' scores."""
    burst_simulated_most: int = 2_000_000
    pair_least: int = 12
    pair_times_percent: int = 190
    """Of the median of the other pairs."""
    pair_usual_percent: int = 120
    pair_squared: int = 3
    """Beyond `pair_usual_percent` of the median, which diligence explains, by so many spreads squared."""
    pair_halfday_seconds: int = 43_200
    drift_bps: int = 1_500
    drift_squared: int = 36
    drift_day_least: int = 10
    drift_days_least: int = 3
    night_from: int = 0
    night_to: int = 5
    night_bps: int = 1_200
    night_least: int = 20
    control_parts: int = 4
    """For so many flagged ones, one unflagged is drawn: a fifth of the queue."""


BOUNDS = Bounds()


@cache
def sources() -> dict[str, str]:
    """The rules' own text, by file, hashed: another comparison under the same bounds is another rule."""
    return {path.name: "0x" + keccak(path.read_bytes()).hex() for path in sorted(Path(__file__).parent.glob("*.py"))}


def canonical(bounds: Bounds = BOUNDS) -> bytes:
    """Bounds and rules as they are hashed."""
    return canonical_json({"bounds": asdict(bounds), "sources": sources(), "version": VERSION})


def rules_hash(bounds: Bounds = BOUNDS) -> bytes:
    """What is anchored, 32 bytes."""
    return keccak(b"LenderVote/flags/1/rules" + canonical(bounds))
