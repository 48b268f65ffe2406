"""`python -m scripts.scale` (make simulate-scale): 10^6 lenders in one poll, 10^3 polls at once, 20 backends on one PostgreSQL.

A calculation from figures that were measured (scripts/scale/model.py), a simulation of the busiest ten minutes, and what PostgreSQL itself
does with our SQL on this machine; where it is not installed, a sentence says so and the usual figures stand in. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console

from scripts.rig.postgresql import PostgreSQLMissing
from scripts.scale import databases
from scripts.scale.flow import busiest
from scripts.scale.model import Load, breaks_first, chain, growth, questions, uses, work

say = Console(stderr=True, highlight=False)
#: Where PostgreSQL cannot be asked: one transaction that writes in turn, and a ballot's row with its indexes.
USUAL_WRITE_SECONDS, USUAL_ROW_BYTES = 0.008, 1_500
#: Half of all lenders vote, a tenth of the ballots in the busiest ten minutes.
LOADS = {
    "a million lenders in one poll": Load(polls=1, lenders=10**6, ballots=500_000, peak_ballots=50_000),
    "a thousand polls at once": Load(polls=1000, lenders=10**6, ballots=500_000, peak_ballots=50_000),
    "twenty backends on one PostgreSQL": Load(polls=1000, lenders=10**7, ballots=5_000_000, peak_ballots=500_000, backends=20),
}


def asked(no_database: bool) -> databases.Tried | None:
    """What PostgreSQL did; None, with a sentence, where it cannot be asked."""
    if no_database:
        say.print("PostgreSQL is not asked (--no-database): usual figures stand in")
        return None
    try:
        return databases.tried()
    except PostgreSQLMissing as missing:
        say.print(f"{missing}; usual figures stand in")
        return None


def judged(name: str, load: Load, write_seconds: float, row_bytes: int) -> dict[str, Any]:
    """One load: what it takes, and what breaks first."""
    found, seen = uses(load, write_seconds), busiest(load, write_seconds)
    first = breaks_first(found)
    say.print(f"{name}: {load.peak_a_second:.0f} ballots a second at the peak; first at its end: {first} ({100 * found[first]:.0f} %)")
    for part, share in sorted(found.items(), key=lambda one: -one[1]):
        say.print(f"    {part}: {100 * share:.0f} %")
    return {
        "breaks_first": first, "used_percent": {part: round(100 * share) for part, share in found.items()}, "peak": asdict(seen),
        "chain": chain(load), "storage": growth(load, row_bytes), "rpc_a_second": questions(load), "work": work(load),
    }  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit 1 only where the simulation loses a ballot, or PostgreSQL does not do what the document says."""
    parser = argparse.ArgumentParser(prog="python -m scripts.scale", description=__doc__)
    parser.add_argument("--no-database", action="store_true", help="the calculation and the simulation alone")
    given, began = parser.parse_args(arguments), time.monotonic()
    tried = asked(given.no_database)
    write_seconds = 1 / max(tried.writes_a_second[20], 1) if tried else USUAL_WRITE_SECONDS
    loads = {name: judged(name, load, write_seconds, tried.row_bytes if tried else USUAL_ROW_BYTES) for name, load in LOADS.items()}
    kept = all(one["peak"]["receipted"] == one["peak"]["recorded"] for one in loads.values())
    does = tried is None or (tried.parts and tried.pruned and tried.replica_reads and tried.replica_refuses_writing)
    first = {name: one["breaks_first"] for name, one in loads.items()}
    last = {
        "lenders": 10**6, "polls": 1000, "backends": 20, "breaks_first": first, "all_recorded": kept,
        "postgresql": None if tried is None else asdict(tried), "loads": loads, "seconds": round(time.monotonic() - began),
    }  # fmt: skip
    print(json.dumps(last))
    return 0 if kept and does else 1


if __name__ == "__main__":
    sys.exit(main())
