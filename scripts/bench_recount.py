"""How long a recount takes: `python -m scripts.bench_recount [--ballots 10000] [--batch 256]`.

Holds a real vote on a real Anvil, publishes it, runs the recount tool as an auditor would, and prints one line of JSON at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from scripts.build_contracts import ROOT
from tests.contracts.ballot_box import ABSTAIN, AGAINST, FOR, make_large_register
from tests.contracts.chain import Chain, anvil
from tests.verifier.tally.vote import HeldVote

#: Of ten lenders six are for, three against, one abstains.
CHOICES = (FOR, AGAINST, FOR, FOR, ABSTAIN, FOR, AGAINST, FOR, AGAINST, FOR)


def hold(address: str, ballots: int, batch: int, folder: Path) -> None:
    """A vote in which every lender casts once, by batches in index order, with a receipt for each."""
    vote = HeldVote.announce(Chain(address), make_large_register(ballots))
    poll = vote.poll
    poll.chain.warp(poll.terms.opens_at)
    for first in range(0, ballots, batch):
        votes = [vote.vote(index, CHOICES[index % len(CHOICES)]) for index in range(first, min(first + batch, ballots))]
        poll.cast_batch(votes)
        vote.count(votes)
    vote.close()
    vote.publish(folder)


def recounted(address: str, folder: Path) -> tuple[float, float, bool]:
    """Wall-clock and processor seconds of the recount command, and whether it agrees."""
    command = [sys.executable, "-m", "verifier.tally", "--rpc", address, "--published", str(folder), "--json"]
    used, started = _processor_seconds(), time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    return seconds, _processor_seconds() - used, done.returncode == 0 and json.loads(done.stdout.splitlines()[-1])["recount"] == "agrees"


def _processor_seconds() -> float:
    """Of all processes that this one has started and seen end."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main(arguments: Sequence[str] | None = None) -> int:
    """Hold, recount, print; exit 1 when the recount does not agree."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench_recount", description="Measures the recount tool.")
    parser.add_argument("--ballots", type=int, default=10_000)
    parser.add_argument("--batch", type=int, default=256)
    given = parser.parse_args(arguments)
    with anvil() as address, tempfile.TemporaryDirectory() as folder:
        print(f"holding a vote of {given.ballots} ballots in batches of {given.batch} ...", file=sys.stderr)
        hold(address, given.ballots, given.batch, Path(folder))
        print("recounting ...", file=sys.stderr)
        seconds, processor_seconds, agrees = recounted(address, Path(folder))
    figures = {
        "bench": "recount",
        "ballots": given.ballots,
        "batch": given.batch,
        "receipts": given.ballots,
        "processors": os.cpu_count(),
        "seconds": round(seconds, 2),
        "processor_seconds": round(processor_seconds, 2),
        "ballots_per_second": round(given.ballots / seconds),
        "agrees": agrees,
    }
    print(json.dumps(figures))
    return 0 if agrees else 1


if __name__ == "__main__":
    sys.exit(main())
