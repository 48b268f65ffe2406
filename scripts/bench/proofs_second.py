"""How long the second recount takes for a register's range proofs: `python -m scripts.bench.proofs_second [--copies 1563]`.

Alone it checks one chunk of the vectors so many times; `second_times` is for whoever has a register with its proofs.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).with_suffix(".mjs")
VECTORS = Path(__file__).parents[2] / "tests" / "vectors" / "ranges_67.json"
COPIES = 1563
"""Chunks of 64 leaves: 100,032 of them."""


def second_times(facts: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Seconds, processor seconds and megabytes for the leaves.csv and range_proofs.bin of a folder.

    `facts`: chain_id, case, register_number, root, leaf_count, classes_hash. Raises: CalledProcessError where a proof does not hold.
    """
    return _run(facts | {"folder": str(folder.resolve())})


def of_copies(copies: int) -> dict[str, Any]:
    """The same for so many copies of one chunk of 64 leaves."""
    return _run(json.loads(VECTORS.read_text("utf-8")) | {"copies": copies})


def _run(given: dict[str, Any]) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(given, file)
        file.flush()
        done = subprocess.run(["node", str(SOURCE), file.name], check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> int:
    """Print one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench.proofs_second", description=__doc__)
    parser.add_argument("--copies", type=int, default=COPIES, help="chunks of 64 leaves")
    print(json.dumps(of_copies(parser.parse_args().copies)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
