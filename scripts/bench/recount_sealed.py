"""What a recount of sealed ballots costs beside one of open ones: `python -m scripts.bench.recount_sealed [--ballots 10000] [--rounds 3]`.

Holds both votes, with the same lenders and choices, on a real Anvil; both tools recount both in turn, `--rounds` times. Prints one line of
JSON: the ratios are medians of processor time, since wall time says more about what else the machine does. Exit 1 where a tool does not
agree, or the ratio of the first is above `--most` (1.8).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import track

from scripts.bench.recount import CHOICES, FIRST, SECOND, SECONDS_A_BATCH, hold, recount
from tests.contracts.ballot_box import make_large_register
from tests.contracts.chain import Chain, anvil
from tests.verifier.tally.sealed_vote import SealedHeldVote

MOST = 1.8
PIECE = 1_000  # ballots of one counting
say = Console(stderr=True, highlight=False)


def hold_sealed(address: str, ballots: int, batch: int, folder: Path) -> None:
    """As scripts.bench.recount holds an open vote."""
    window_seconds = 10_000 + ballots // batch * SECONDS_A_BATCH
    vote = SealedHeldVote.announce_sealed(Chain(address), make_large_register(ballots), window_seconds=window_seconds)
    poll = vote.poll
    poll.chain.warp(vote.terms.opens_at)
    for first in track(range(0, ballots, batch), "holding the sealed vote", console=say):
        drawn = [vote.sealed(index, CHOICES[index % len(CHOICES)], receipted=False) for index in range(first, min(first + batch, ballots))]
        votes = [replace(one, fields=poll.papers.sealed(one)) for one in drawn]  # sealed once, not each time that it is written
        vote.receipts += [vote.receipt_for(one) for one in votes]
        poll.cast_batch(votes)
        vote.chose(drawn)
    vote.close(sizes=[PIECE] * (ballots // PIECE))
    vote.publish(folder)


def compare(address: str, open_folder: Path, sealed_folder: Path, rounds: int) -> dict[str, object]:
    """Both tools on both votes, in turn."""
    figures: dict[str, object] = {}
    for name, tool in (("", FIRST), ("second_", SECOND)):
        runs = [[recount(tool, address, folder) for folder in (open_folder, sealed_folder)] for _ in range(rounds)]
        pairs = [(one.processor_seconds, other.processor_seconds) for one, other in runs]
        figures[f"{name}open_seconds"], figures[f"{name}sealed_seconds"] = (
            round(statistics.median(pair[i] for pair in pairs), 2) for i in (0, 1)
        )
        figures[f"{name}ratio"] = round(statistics.median(sealed / plain for plain, sealed in pairs), 2)
        figures[f"{name}peak_mb"] = round(max(one.peak_mb for pair in runs for one in pair))
        figures[f"{name}agrees"] = all(one.last.get("recount") == "agrees" for pair in runs for one in pair)
    return figures


def main(arguments: Sequence[str] | None = None) -> int:
    """Hold, recount, print."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench.recount_sealed", description="Measures recounts of sealed ballots.")
    parser.add_argument("--ballots", type=int, default=10_000)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--most", type=float, default=MOST, help="the largest ratio of the first tool that is good")
    given = parser.parse_args(arguments)
    with anvil() as address, tempfile.TemporaryDirectory() as name:
        open_folder, sealed_folder = (Path(name) / kind for kind in ("open", "sealed"))
        for folder, held in ((open_folder, hold), (sealed_folder, hold_sealed)):
            folder.mkdir()
            held(address, given.ballots, given.batch, folder)
        figures = compare(address, open_folder, sealed_folder, given.rounds)
    facts = {
        "bench": "recount_sealed",
        "ballots": given.ballots,
        "processors": os.cpu_count(),
        "load_average": round(os.getloadavg()[0], 1),
    }
    print(json.dumps(facts | figures))
    good = figures["agrees"] and figures["second_agrees"] and float(str(figures["ratio"])) <= given.most
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
