"""`python -m scripts.tampers [--polls 200] [--registers 200] [--seed 1] [--only KIND]`: lies, attempts to steer, honest polls, registers.

For both recounts; JSON last.

`--only sealed` takes the lies whose kind begins so, and honest polls of that kind.

Exit 0 only when both recounts found every lie under its name, nobody could steer a right poll, and no honest poll was called wrong.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from scripts.tampers.lies.nodes import NODE_LIES
from scripts.tampers.lies.ranges import KIND as RANGES
from scripts.tampers.polls import PollKind, hold, kinds
from scripts.tampers.recounts import FIRST, SECOND, Said, ask
from scripts.tampers.registers import alarms
from scripts.tampers.scenes import HONEST, write_all
from scripts.tampers.steering import STEERINGS
from tests.contracts.ballot_box import make_register
from tests.contracts.chain import Chain, anvil
from tests.contracts.sealed_world import SealedWorld
from tests.verifier.tally.proxy import lying
from tests.verifier.tally.vote import HeldVote

LENDERS = 12  # few of whom vote twice, some in vain, the last not at all
TOOLS = {"": FIRST, "second_": SECOND}
AT_ONCE = 2
say = Console(stderr=True, highlight=False)


class Figures(Counter[str]):
    """What is counted, and told as it happens."""

    def lie(self, kind: str, name: str, finding: str, verdict: str, said: dict[str, Said]) -> None:
        """One lie, as both recounts judged it."""
        self["tampers"] += 1
        for tool, one in said.items():
            found = one.verdict == verdict
            self[f"{tool}found"] += found
            self[f"{tool}named"] += found and one.has(finding)
        missed = {tool or "first_": (one.verdict, sorted(one.names)) for tool, one in said.items() if not one.has(finding)}
        say.print(f"{'found' if not missed else f'MISSED {missed}'}: {kind}: {name} [{finding}]", markup=False)

    def honest(self, figure: str, what: str, alarms: Sequence[str]) -> None:
        """A right poll; `figure` counts those that were called wrong."""
        self[figure] += bool(alarms)
        say.print(f"{'; '.join(alarms) or 'agrees'}: {what}", markup=False)


def both(arguments: Sequence[str], folder: Path) -> dict[str, Said]:
    """What both recounts say, side by side."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = {name: pool.submit(ask, tool, arguments, folder) for name, tool in TOOLS.items()}
        return {name: one.result() for name, one in asked.items()}


def alarms_of(said: dict[str, Said]) -> list[str]:
    """Why a right poll was called wrong, by whom."""
    return [
        f"{tool or 'first_'}{one.verdict} {sorted(one.names)} {one.line.get('stderr', '')}"
        for tool, one in said.items()
        if one.verdict != "agrees"
    ]


def try_bundles(figures: Figures, only: str) -> None:
    """Forged bundles."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for scene in write_all(folder, only):
            said = both(scene.arguments, folder)
            if scene.kind == HONEST[0].kind:
                figures.honest("false_alarms", scene.name, alarms_of(said))
            else:
                figures.lie(scene.kind, scene.name, scene.finding, scene.verdict, said)


@contextmanager
def published(vote: HeldVote) -> Iterator[Path]:
    """A vote's published files."""
    with tempfile.TemporaryDirectory() as name:
        vote.publish(Path(name))
        yield Path(name)


def try_nodes(figures: Figures) -> None:
    """Nodes that lie."""
    with anvil() as address:
        vote = HeldVote.announce(Chain(address), make_register(LENDERS))
        vote.hold()
        vote.close()
        with published(vote) as folder:
            for lie in NODE_LIES:
                said = {}
                for name, tool in TOOLS.items():
                    with lying(address, lie.made(vote)) as liar:
                        said[name] = ask(tool, ["--rpc", liar, "--published", str(folder)], folder)
                figures.lie(lie.kind, lie.name, lie.finding, "differs", said)


def try_steering(figures: Figures, only: str) -> None:
    """What people do within the rules."""
    for steering in [one for one in STEERINGS if one.who.startswith(only)]:
        with anvil() as address, published(steering.hold(Chain(address))) as folder:
            said = both(["--rpc", address, "--published", str(folder)], folder)
            figures["steerings"] += 1
            figures.honest("steered", f"{steering.who}: {steering.name}", alarms_of(said))


def try_polls(figures: Figures, polls: int, seed: int, large: bool, only: str) -> None:
    """Honest polls of every kind, the sealed ones beside the open ones."""
    with anvil() as address:
        chain, rng = Chain(address), random.Random(f"{seed}/polls")
        world = SealedWorld(chain)
        chosen = [one for one in kinds(polls if not only else 4 * polls, rng, large) if one.name.startswith(only)][:polls]
        for number, kind in enumerate(chosen):
            began = time.perf_counter()
            alarms = try_poll(kind, random.Random(f"{seed}/poll/{number}"), address, chain, world)
            figures["polls"] += 1
            figures.honest("false_alarms", f"{number + 1}/{len(chosen)}, {kind}, {time.perf_counter() - began:.1f} s", alarms)


def try_poll(kind: PollKind, rng: random.Random, address: str, chain: Chain, world: SealedWorld) -> list[str]:
    """Hold an honest poll and recount it; why it was called wrong, or counted otherwise than the lenders chose."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        honest = hold(chain, world, kind, rng, folder)
        said = both(["--rpc", address, "--published", str(folder)], folder)
    alarms = alarms_of(said)
    for tool, one in said.items():
        decision = None if honest.decision == "undecided" else honest.decision
        if one.verdict == "agrees" and (one.tallies, one.passed, one.decision) != (honest.tallies, honest.passed, decision):
            alarms.append(f"{tool}: other totals or another decision than the lenders' choices give: {one.line}")
    return alarms


def try_registers(figures: Figures, registers: int, seed: int) -> None:
    """Honest registers, whose range proofs both recounts' code has to believe."""
    for number, found in enumerate(alarms(registers, seed)):
        figures["registers"] += 1
        figures.honest("register_alarms", f"register {number + 1}/{registers}", found)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all of it and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m scripts.tampers", description="Lies to both recounts and sees whether they notice.")
    parser.add_argument("--polls", type=int, default=200, help="how many honest polls")
    parser.add_argument("--registers", type=int, default=200, help="how many honest registers, for their range proofs alone")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", metavar="KIND", help="lies and honest polls whose kind begins so, say sealed")
    parser.add_argument("--without-large", action="store_true", help="leave out the polls of 1,000, 3,000 and 10,000 lenders")
    given = parser.parse_args(arguments)
    figures = Figures()
    try:
        try_bundles(figures, given.only)
        if not given.only:
            try_nodes(figures)
        if not given.only or given.only == RANGES:
            try_registers(figures, given.registers, given.seed)
        try_steering(figures, given.only)
        try_polls(figures, given.polls, given.seed, not given.without_large, given.only)
    finally:
        names: tuple[str, ...] = (
            "tampers",
            "found",
            "named",
            "second_found",
            "second_named",
            "polls",
            "false_alarms",
            "steerings",
            "steered",
        )
        names += ("registers", "register_alarms")
        print(json.dumps({name: figures[name] for name in names} | {"seed": given.seed}))
    all_found = all(figures[name] == figures["tampers"] for name in ("found", "named", "second_found", "second_named"))
    return 0 if all_found and not any(figures[name] for name in ("false_alarms", "steered", "register_alarms")) else 1


if __name__ == "__main__":
    sys.exit(main())
