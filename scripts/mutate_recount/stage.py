"""Everything that a recount is tried on: forged bundles, nodes that lie, and honest ones, with what has to be said of each."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts.evidence.bundle import write_bundle
from scripts.tampers.lies.nodes import NODE_LIES
from scripts.tampers.scenes import Scene, write_all
from scripts.tampers.steering import STEERINGS
from tests.contracts.ballot_box import make_register
from tests.contracts.chain import Chain, anvil
from tests.verifier.tally.proxy import lying_each
from tests.verifier.tally.vote import HeldVote
from verifier.tally.recount import Options

LENDERS = 12


@dataclass(frozen=True)
class Stage:
    """A folder with all files, and for each worker the scenes in the order in which they are tried, honest ones first: the same scenes, but
    nodes of its own, since some lies depend on what was asked before."""

    folder: Path
    scenes: list[list[Scene]]


@contextlib.contextmanager
def built(folder: Path, workers: int) -> Iterator[Stage]:
    """The stage, while its nodes run."""
    bundles = [*_steered(folder), *write_all(folder)]
    with contextlib.ExitStack() as open_nodes:
        nodes = _nodes(folder, open_nodes, workers)
        yield Stage(folder, [sorted([*some, *bundles], key=lambda one: one.verdict != "agrees") for some in nodes])


def _nodes(folder: Path, open_nodes: contextlib.ExitStack, workers: int) -> list[list[Scene]]:
    """A vote at an honest node, and for each worker one node for every lie."""
    address = open_nodes.enter_context(anvil())
    vote = HeldVote.announce(Chain(address), make_register(LENDERS))
    vote.hold()
    vote.close()
    (folder / "published").mkdir()
    vote.publish(folder / "published")

    def scene(name: str, finding: str, verdict: str, at: str) -> Scene:
        return Scene("node", name, finding, verdict, ["--rpc", at, "--published", "published"])

    found = []
    for _ in range(workers):
        liars = open_nodes.enter_context(lying_each(address, [lie.made(vote) for lie in NODE_LIES]))
        lies = [scene(lie.name, lie.finding, "differs", at) for lie, at in zip(NODE_LIES, liars, strict=True)]
        found.append([scene("an honest node", "", "agrees", address), *lies])
    return found


def _steered(folder: Path) -> Iterator[Scene]:
    """Right polls that somebody tried to make look wrong, as bundles."""
    for number, steering in enumerate(STEERINGS):
        with anvil() as address, tempfile.TemporaryDirectory() as published:
            steering.hold(Chain(address)).publish(Path(published))
            write_bundle(address, Path(published), folder / f"steered-{number}.zip", Options())
        yield Scene("steering", steering.name, "", "agrees", ["--evidence", f"steered-{number}.zip"])
