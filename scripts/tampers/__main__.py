"""`python -m scripts.tampers [--polls 200] [--seed 1]`: 40 tampers one at a time, then honest polls; one line of JSON at the end.

Exit 0 only when every tamper was found by the right step under the right name and no honest poll was called wrong.
"""

from __future__ import annotations

import argparse
import atexit
import json
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from scripts.build_contracts import build
from scripts.tampers.files import TAMPERS as FILE_TAMPERS
from scripts.tampers.files import FileTamper
from scripts.tampers.lies import TAMPERS as NODE_TAMPERS
from scripts.tampers.lies import NodeTamper
from scripts.tampers.polls import PollKind, hold, kinds
from tests.contracts.ballot_box import make_register
from tests.contracts.chain import Chain, anvil
from tests.contracts.world import World
from tests.verifier.tally.proxy import lying
from tests.verifier.tally.vote import HeldVote
from verifier.tally.__main__ import recount
from verifier.tally.progress import Progress
from verifier.tally.recount import Recount

TAMPERS: tuple[FileTamper | NodeTamper, ...] = (*FILE_TAMPERS, *NODE_TAMPERS)
LENDERS = 12  # few of whom vote twice, some in vain, the last not at all


@cache
def compiled() -> Path:
    """A copy of the contracts' build, so that a change of the sources meanwhile is not taken for a tamper."""
    scratch = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    return Path(shutil.copytree(build(), scratch / "contracts"))


def count_again(address: str, folder: Path) -> Recount:
    """As an auditor would, with a build of the contracts at hand."""
    return recount(address, folder, progress=Progress(quiet=True), build=compiled())


def try_tamper(tamper: FileTamper | NodeTamper, rng: random.Random, address: str, published: Path, vote: HeldVote) -> str:
    """Tamper once and recount; empty when it was found rightly, otherwise what was found instead."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(shutil.copytree(published, Path(scratch) / "published"))
        if isinstance(tamper, FileTamper):
            tamper.apply(rng, folder, vote)
            work = count_again(address, folder)
        else:
            with lying(address, tamper.made(rng, vote)) as liar:
                work = count_again(liar, folder)
    findings = [finding for log in work.steps for finding in log.findings]
    named = [finding for finding in findings if finding.step == tamper.step and tamper.says in f"{finding.place}: {finding.what}"]
    if named and findings[0].step == tamper.step:
        return ""
    return "nothing was found" if not findings else f"step {findings[0].step}: {findings[0].place}: {findings[0].what}"


def try_poll(kind: PollKind, rng: random.Random, address: str, chain: Chain, world: World) -> str:
    """Hold an honest poll and recount it; empty when the recount agrees and counts what the lenders chose."""
    with tempfile.TemporaryDirectory() as scratch:
        honest = hold(chain, world, kind, rng, Path(scratch))
        work = count_again(address, Path(scratch))
    findings = [finding for log in work.steps for finding in log.findings]
    if findings:
        return f"step {findings[0].step}: {findings[0].place}: {findings[0].what}"
    if work.result is None or [tuple(tally) for tally in work.result.tallies] != honest.tallies:
        return "other totals than the lenders' choices give"
    return "" if (work.decision, work.result.passed) == (honest.decision, honest.passed) else "another decision"


def tamper_all(address: str, seed: int) -> int:
    """How many of the tampers were found rightly."""
    vote = HeldVote.announce(Chain(address, compiled()), make_register(LENDERS))
    vote.hold()
    vote.close()
    found = 0
    with tempfile.TemporaryDirectory() as scratch:
        published = Path(scratch)
        vote.publish(published)
        if not count_again(address, published).agrees:
            raise RuntimeError("the untouched vote does not agree")
        for number, tamper in enumerate(TAMPERS):
            instead = try_tamper(tamper, random.Random(f"{seed}/{number}"), address, published, vote)
            found += not instead
            print(f"{'found' if not instead else f'MISSED, {instead}'}: {tamper.name}", file=sys.stderr, flush=True)
    return found


def count_honest(address: str, polls: int, seed: int, large: bool) -> int:
    """How many honest polls were called wrong."""
    chain, rng, alarms = Chain(address, compiled()), random.Random(f"{seed}/polls"), 0
    world = World(chain)
    for number, kind in enumerate(kinds(polls, rng, large)):
        began = time.perf_counter()
        alarm = try_poll(kind, random.Random(f"{seed}/poll/{number}"), address, chain, world)
        alarms += bool(alarm)
        print(f"{alarm or 'agrees'}: {number + 1}/{polls}, {kind}, {time.perf_counter() - began:.1f} s", file=sys.stderr, flush=True)
    return alarms


def main(arguments: Sequence[str] | None = None) -> int:
    """Run both and print the figures."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.tampers", description="Tampers with votes and sees whether the recount notices."
    )
    parser.add_argument("--polls", type=int, default=200, help="how many honest polls")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without-large", action="store_true", help="leave out the polls of 1,000, 3,000 and 10,000 lenders")
    given = parser.parse_args(arguments)
    with anvil() as address:
        found = tamper_all(address, given.seed)
    with anvil() as address:
        alarms = count_honest(address, given.polls, given.seed, not given.without_large)
    print(json.dumps({"tampers": len(TAMPERS), "found": found, "polls": given.polls, "false_alarms": alarms, "seed": given.seed}))
    return 0 if found == len(TAMPERS) and alarms == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
