"""How long a recount takes: `python -m scripts.bench.recount [--ballots 10000] [--batch 256] [--without-web3py]`.

Holds a real vote on a real Anvil, publishes it, runs the recount tool as an auditor would, then a plain recount of the same chain with
web3.py and eth_account, and prints one line of JSON at the end. `--keep FOLDER` writes the vote down, with its chain, and measures nothing;
`--reuse FOLDER` measures a vote that was kept, as often as one likes.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import track

from scripts.bench.timed_run import Run, run
from scripts.build.contracts import ROOT
from tests.contracts.ballot_box import ABSTAIN, AGAINST, FOR, make_large_register
from tests.contracts.chain import Chain, anvil
from tests.verifier.tally.vote import HeldVote

#: Of ten lenders six are for, three against, one abstains.
CHOICES = (FOR, AGAINST, FOR, FOR, ABSTAIN, FOR, AGAINST, FOR, AGAINST, FOR)
SECONDS_A_BATCH = 2  # of the window: every batch is a block, and a block takes a second of the chain's time
PUBLISHED, STATE = "published", "chain.json"
say = Console(stderr=True, highlight=False)


def keep(ballots: int, batch: int, folder: Path) -> None:
    """A vote written down with the state of its chain and the build of its contracts."""
    published = folder / PUBLISHED
    published.mkdir(parents=True)
    with anvil("--dump-state", str(folder / STATE)) as address:
        hold(address, ballots, batch, published)


def hold(address: str, ballots: int, batch: int, folder: Path) -> None:
    """A vote in which every lender casts once, by batches in index order, with a receipt for each."""
    window_seconds = 10_000 + ballots // batch * SECONDS_A_BATCH
    vote = HeldVote.announce(Chain(address), make_large_register(ballots), window_seconds=window_seconds)
    poll = vote.poll
    poll.chain.warp(poll.terms.opens_at)
    for first in track(range(0, ballots, batch), "holding the vote", console=say):
        votes = [vote.vote(index, CHOICES[index % len(CHOICES)]) for index in range(first, min(first + batch, ballots))]
        poll.cast_batch(votes)
        vote.count(votes)
    vote.close()
    vote.publish(folder)


FIRST = (sys.executable, "-m", "verifier.tally")
SECOND = ("node", "verifier/second/recount.mjs")
PLAIN = (sys.executable, "-m", "scripts.bench.plain_recount")
OLD_STEPS = range(1, 13)


def at(address: str, folder: Path) -> list[str]:
    """Where a recount looks."""
    return ["--rpc", address, "--published", str(folder)]


def recount(tool: Sequence[str], address: str, folder: Path, *options: str, checkout: Path = ROOT) -> Run:
    """A recount by one of the tools."""
    return run([*tool, *at(address, folder), "--json", *options], checkout)


def measure(address: str, folder: Path, *, beside: bool) -> dict[str, object]:
    """Recount with the tool, and the plain way when asked to."""
    say.print("recounting ...")
    ballots = json.loads((folder / "register.json").read_bytes())["leaf_count"]
    tool = recount(FIRST, address, folder)
    figures: dict[str, object] = {
        "bench": "recount",
        "ballots": ballots,
        "receipts": ballots,
        "processors": os.cpu_count(),
        **figures_of(tool, ballots),
        "steps_ms": {step["name"]: step["milliseconds"] for step in _steps(tool)},
    }
    if beside:
        say.print("recounting the plain way, with web3.py and eth_account ...")
        plain = run([*PLAIN, *at(address, folder)])
        figures["web3py_seconds"] = round(plain.seconds, 2)
        figures["web3py_agrees"] = [plain.last.get("heads")] == tool.last.get("recounted_heads")
        figures["ratio_vs_web3py"] = round(plain.seconds / tool.seconds, 1)
    say.print("recounting with the second tool ...")
    second = recount(SECOND, address, folder)
    figures |= {f"second_{name}": value for name, value in figures_of(second, ballots).items()}
    figures["load_average"] = round(os.getloadavg()[0], 1)
    return figures


def figures_of(found: Run, ballots: int) -> dict[str, object]:
    return {
        "seconds": round(found.seconds, 2),
        "processor_seconds": round(found.processor_seconds, 2),
        "peak_mb": round(found.peak_mb),
        "ballots_per_second": round(ballots / found.seconds),
        "agrees": found.code == 0 and found.last.get("recount") == "agrees",
    }


def _steps(found: Run) -> list[dict[str, object]]:
    steps = found.last.get("steps", [])
    assert isinstance(steps, list)
    return steps


def compare(address: str, folder: Path, checkout: Path, rounds: int) -> dict[str, object]:
    """An earlier release's recount and this one on the same vote, in turn: the ratio of the steps that both have, and of the whole."""
    ratios, wholes = [], []
    for _ in range(rounds):
        old = recount(FIRST, address, folder, "--build", "none", checkout=checkout)
        new = recount(FIRST, address, folder)
        shared = sum(int(str(step["milliseconds"])) for step in _steps(new) if step["step"] in OLD_STEPS) / 1000
        ratios.append((shared + new.seconds - _whole(new)) / old.seconds)
        wholes.append(new.seconds / old.seconds)
        say.print(f"before {old.seconds:.2f} s, now {new.seconds:.2f} s, of which {shared:.2f} s in steps 1 to 12", highlight=False)
    return {"ratio_old_steps": round(statistics.median(ratios), 2), "ratio_whole": round(statistics.median(wholes), 2), "rounds": rounds}


def _whole(found: Run) -> float:
    """Seconds inside the steps."""
    return sum(int(str(step["milliseconds"])) for step in _steps(found)) / 1000


def main(arguments: Sequence[str] | None = None) -> int:
    """Hold, recount, print; exit 1 when the recount does not agree."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench.recount", description="Measures the recount tools.")
    parser.add_argument("--ballots", type=int, default=10_000)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--without-web3py", action="store_true", help="leave out the plain recount, which takes long")
    parser.add_argument(
        "--beside", type=Path, metavar="CHECKOUT", help="with --reuse of a vote that this earlier checkout kept: compare with it"
    )
    kept = parser.add_mutually_exclusive_group()
    kept.add_argument("--keep", type=Path, metavar="FOLDER", help="write the vote and its chain into a new folder instead of measuring")
    kept.add_argument("--reuse", type=Path, metavar="FOLDER", help="measure a vote that was kept")
    given = parser.parse_args(arguments)
    if given.keep:
        keep(given.ballots, given.batch, given.keep)
        return 0
    if given.beside:
        with anvil("--load-state", str(given.reuse / STATE)) as address:
            print(json.dumps(compare(address, given.reuse / PUBLISHED, given.beside, 3)))
        return 0
    beside = not given.without_web3py
    if given.reuse:
        with anvil("--load-state", str(given.reuse / STATE)) as address:
            figures = measure(address, given.reuse / PUBLISHED, beside=beside)
    else:
        with anvil() as address, tempfile.TemporaryDirectory() as folder:
            hold(address, given.ballots, given.batch, Path(folder))
            figures = measure(address, Path(folder), beside=beside)
    print(json.dumps(figures))
    right = (figures["agrees"], figures["second_agrees"], figures.get("web3py_agrees", True))
    return 0 if all(right) else 1


if __name__ == "__main__":
    sys.exit(main())
