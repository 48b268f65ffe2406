"""Import of one file of claims here and in an earlier checkout, in turn on the same files: CSV, then XLSX. One JSON line at the end.

    python -m scripts.bench.register_import --beside CHECKOUT [--rows 50000] [--rounds 3]

Each import runs in a process of its own whose working folder is the checkout, with this checkout's libraries.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from scripts.bench.timed_run import run
from scripts.build.contracts import ROOT
from scripts.generate.claims import generate

FORMATS = ("csv", "xlsx")
ROWS, ROUNDS, SEED = 50_000, 3, 7
#: Of a hundred parts of the time before; a rise above it is a finding.
MOST_PERCENT = 120
ONCE = Path(__file__).with_name("register_import_once.py")
say = Console(stderr=True, highlight=False)


@dataclass(frozen=True)
class Import:
    """One import in one checkout; its processor time has the start of the process and the process that reads a workbook in it."""

    rows: int
    wall_ms: int
    processor_ms: int


def import_once(checkout: Path, file: Path) -> Import:
    """In a process of its own. Raises: RuntimeError when nothing was imported."""
    done = run([sys.executable, str(ONCE), str(file)], checkout)
    if done.code:
        raise RuntimeError(f"the import ended with status {done.code}")
    return Import(int(str(done.last["rows"])), int(str(done.last["milliseconds"])), round(1000 * done.processor_seconds))


def compare(before: Path, file: Path, rounds: int) -> dict[str, int]:
    """Medians of both, and ours as a percentage of the earlier one's."""
    theirs, ours = [], []
    for _ in range(rounds):
        theirs.append(import_once(before, file))
        ours.append(import_once(ROOT, file))
        say.print(f"{file.suffix[1:]}: before {theirs[-1].wall_ms} ms, now {ours[-1].wall_ms} ms")
    if {one.rows for one in theirs} != {one.rows for one in ours}:
        raise RuntimeError(f"not the same number of rows were taken from {file.name}")
    pairs = list(zip(theirs, ours, strict=True))
    return {
        "rows": ours[0].rows,
        "before_ms": round(statistics.median(one.wall_ms for one in theirs)),
        "now_ms": round(statistics.median(one.wall_ms for one in ours)),
        "percent": round(statistics.median(100 * now.wall_ms / then.wall_ms for then, now in pairs)),
        "processor_percent": round(statistics.median(100 * now.processor_ms / then.processor_ms for then, now in pairs)),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when neither format takes more than 1.2 times as long."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.bench.register_import", description="Times an import beside an earlier checkout's."
    )
    parser.add_argument("--beside", type=Path, required=True, metavar="CHECKOUT")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    asked = parser.parse_args(arguments)
    figures: dict[str, dict[str, int]] = {}
    try:
        with tempfile.TemporaryDirectory() as folder:
            for kind in FORMATS:
                file, _ = generate(asked.rows, SEED, Path(folder), kind, classes=2)
                figures[kind] = compare(asked.beside.resolve(), file, asked.rounds)
    finally:
        too_slow = [kind for kind, found in figures.items() if found["percent"] > MOST_PERCENT]
        line = {"bench": "import", "rounds": asked.rounds, **figures, "too_slow": len(too_slow), "load_average": round(os.getloadavg()[0])}
        print(json.dumps(line))
    return 1 if too_slow else 0


if __name__ == "__main__":
    raise SystemExit(main())
