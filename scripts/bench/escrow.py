"""`python -m scripts.bench.escrow`: a register's openings sealed, made again as officials do, and opened. The last line is JSON."""

from __future__ import annotations

import argparse
import json
import secrets
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from verifier.escrow.context import Frozen
from verifier.escrow.dealer import Dealer
from verifier.escrow.tree import classes_hash, leaf_hash, root_of
from verifier.shares.curve import ORDER, Point
from verifier.shares.hashes import keccak
from verifier.trustee.escrow import contents
from verifier.trustee.escrow.sharing import Escrow, Sharing

THRESHOLD, SEATS = 3, 6
Made = TypeVar("Made")


def timed(figures: dict[str, float], name: str, step: Callable[[], Made]) -> Made:
    """What the step gives; its processor seconds are noted."""
    began = time.process_time()
    made = step()
    figures[name] = round(time.process_time() - began, 2)
    return made


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench.escrow", description=__doc__)
    parser.add_argument("--leaves", type=int, default=100_000)
    count, figures = parser.parse_args().leaves, dict[str, float]()
    leaves = [(secrets.randbelow(10**9) + 1, secrets.randbelow(ORDER - 1) + 1) for _ in range(count)]
    root = timed(figures, "root_s", lambda: root_of(leaf_hash(index, 0, leaf) for index, leaf in enumerate(leaves)))
    totals = count, sum(leaf[0] for leaf in leaves), sum(leaf[1] for leaf in leaves) % ORDER
    register = Frozen(1, bytes(20), 0, root, count, classes_hash([totals]))
    transports = [secrets.randbelow(ORDER - 1) + 1 for _ in range(SEATS)]
    dealer = Dealer(register, THRESHOLD, tuple(Point.of(one) for one in transports), secrets.token_bytes(32))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "openings.escrow"
        figures["file_mb"] = round(timed(figures, "seal_s", lambda: path.write_bytes(b"".join(dealer.file(leaves)))) / 1e6, 2)
        timed(figures, "boxes_s", lambda: dealer.boxes)
        sharing = Sharing(dealer.context, THRESHOLD, dealer.transports, dealer.commitments)
        escrow = Escrow(register, sharing, keccak(path.read_bytes()))
        timed(figures, "digest_s", lambda: escrow.check_file(path))
        found = timed(figures, "open_s", lambda: contents.openings(path, dealer._polynomial[0], escrow))
        timed(figures, "check_s", lambda: contents.check(found, [0] * count, escrow))
    print(json.dumps({"leaves": count, **figures}))


if __name__ == "__main__":
    main()
