"""What sealed ballots cost: `python -m scripts.bench.recount_sealed [--ballots 10000] [--rounds 3]`, one line of JSON at the end.

A seal by the ballot page's own code in headless Chromium; counting by the service's own counter on its embedded chain, a block a second;
and a recount beside one of open ballots. Holds both votes, with the same lenders and choices, on that chain; both tools recount both in
turn, `--rounds` times. The ratios are medians of processor time, since wall time says more about what else the machine does. Exit 1 where
a tool does not agree, the ratio of the first is above `--most` (1.8), or counting takes more than 120 s for each 100,000 ballots begun.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import track

from scripts.bench.counting import CountingHouse
from scripts.bench.recount import CHOICES, FIRST, SECOND, hold, recount
from scripts.bench.seal_in_browser import seal_times
from scripts.rig.chromium import ChromiumMissing
from tests.contracts.ballot_box import make_large_register
from tests.contracts.chain import Chain
from tests.verifier.tally.sealed_vote import SealedHeldVote

MOST = 1.8
COUNTED_S, COUNTED = 120, 100_000
SEALS = 200
#: Of the window: every batch is a block at once, beside a block a second of the machine's own time.
SECONDS_A_BATCH = 10
say = Console(stderr=True, highlight=False)


def hold_sealed(house: CountingHouse, ballots: int, batch: int, folder: Path) -> float:
    """As scripts.bench.recount holds an open vote; the seconds that counting took."""
    window_seconds = 10_000 + ballots // batch * SECONDS_A_BATCH
    vote = SealedHeldVote.announce_sealed(Chain(house.address), make_large_register(ballots), window_seconds=window_seconds)
    poll = vote.poll
    house.follow(poll)
    poll.chain.warp(vote.terms.opens_at)
    for first in track(range(0, ballots, batch), "holding the sealed vote", console=say):
        drawn = [vote.sealed(index, CHOICES[index % len(CHOICES)], receipted=False) for index in range(first, min(first + batch, ballots))]
        votes = [replace(one, fields=poll.papers.sealed(one)) for one in drawn]  # sealed once, not each time that it is written
        vote.receipts += [vote.receipt_for(one) for one in votes]
        poll.cast_batch(votes)
        vote.chose(drawn)
    vote.unseal()
    say.print("counting ...")
    seconds = house.count(poll)
    vote.decide()
    vote.publish(folder)
    return seconds


def compare(address: str, open_folder: Path, sealed_folder: Path, rounds: int) -> dict[str, object]:
    """Both tools on both votes, in turn."""
    figures: dict[str, object] = {}
    for name, tool in (("", FIRST), ("second_", SECOND)):
        runs = [[recount(tool, address, folder) for folder in (open_folder, sealed_folder)] for _ in range(rounds)]
        pairs = [(one.processor_seconds, other.processor_seconds) for one, other in runs]
        figures[f"{name}open_seconds"], figures[f"{name}sealed_seconds"] = (
            round(statistics.median(pair[i] for pair in pairs), 2) for i in (0, 1)
        )
        figures["recount_s" if tool is FIRST else "second_recount_s"] = round(statistics.median(other.seconds for _, other in runs), 2)
        figures[f"{name}ratio"] = round(statistics.median(sealed / plain for plain, sealed in pairs), 2)
        figures[f"{name}peak_mb"] = round(max(one.peak_mb for pair in runs for one in pair))
        figures[f"{name}agrees"] = all(one.last.get("recount") == "agrees" for pair in runs for one in pair)
    return figures


def browser_figures(seals: int) -> dict[str, float | None]:
    """`seal_times`; where there is no Chromium, nothing was measured."""
    try:
        return dict(seal_times(seals))
    except ChromiumMissing as missing:
        say.print(f"without a browser: {missing}")
        return {"seal_ms_browser": None}


def measure(ballots: int, batch: int, rounds: int) -> dict[str, object]:
    """Seal, hold both votes, count the sealed one, recount both."""
    figures: dict[str, object] = {"ballots": ballots, **browser_figures(SEALS)}
    with tempfile.TemporaryDirectory() as name:
        open_folder, sealed_folder, own = (Path(name) / kind for kind in ("open", "sealed", "service"))
        for folder in (open_folder, sealed_folder):
            folder.mkdir()
        with CountingHouse(own) as house:
            hold(house.address, ballots, batch, open_folder)
            began = time.perf_counter()
            counted_s = hold_sealed(house, ballots, batch, sealed_folder)
            say.print(f"held in {time.perf_counter() - began:.1f} s, of which counting {counted_s:.1f} s")
            figures |= {"counted_s": round(counted_s, 1), "counted_per_s": round(ballots / counted_s, 1)}
            figures |= compare(house.address, open_folder, sealed_folder, rounds)
    return figures


def is_good(figures: dict[str, object], most: float) -> bool:
    """Whether both tools agree, and neither recount nor counting takes longer than it may."""
    counted_s = COUNTED_S * -(-int(str(figures["ballots"])) // COUNTED)
    in_time = float(str(figures["ratio"])) <= most and float(str(figures["counted_s"])) <= counted_s
    return bool(figures["agrees"] and figures["second_agrees"] and in_time)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench.recount_sealed", description="Measures what sealed ballots cost.")
    parser.add_argument("--ballots", type=int, default=10_000)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--most", type=float, default=MOST, help="the largest ratio of the first tool that is good")
    given = parser.parse_args(arguments)
    facts: dict[str, object] = {"bench": "recount_sealed", "ballots": 0, "processors": os.cpu_count()}
    try:
        figures = measure(given.ballots, given.batch, given.rounds)
    except Exception as failure:  # a line of JSON all the same
        say.print_exception()
        print(json.dumps(facts | {"failed": f"{type(failure).__name__}: {failure}"[:300]}))
        return 1
    print(json.dumps(facts | figures | {"load_average": round(os.getloadavg()[0], 1)}))
    return 0 if is_good(figures, given.most) else 1


if __name__ == "__main__":
    sys.exit(main())
