"""Every lie of the catalogue is found under its name, and every name has a lie; honest bundles agree."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts.tampers.lies.catalogue import LIES, VOID
from scripts.tampers.scenes import Scene, read_all, write_all
from tests.shared import made_once
from verifier.tally.names import ANY, NAMES, OF_STEPS
from verifier.tally.names import VOID as VOID_NAMES
from verifier.tally.scenes import judged

FINDINGS = json.loads((Path(__file__).parents[2] / "vectors" / "findings.json").read_bytes())
#: Found only by asking a node; tests/verifier/tally/test_lying_node.py has their lies.
#: What only a node can say, and what only a chain of several parties has (tests/verifier/test_kaia_vote.py).
LIVE = {name for name in OF_STEPS["Node"] if name.startswith("node.")} | {"state.view", "state.changed", "proof.finality"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "scenes", write_all)


@pytest.fixture(scope="module")
def scenes(folder: Path) -> dict[str, Scene]:
    return {f"{scene.kind}: {scene.name}": scene for scene in read_all(folder)}


def test_names__are_those_of_the_protocol() -> None:
    assert {one["name"]: tuple(one["findings"]) for one in FINDINGS["steps"]} == OF_STEPS
    assert (set(FINDINGS["void"]), tuple(FINDINGS["any"])) == (set(VOID_NAMES), ANY)


def test_catalogue__has_a_lie_for_every_name_and_no_name_twice() -> None:
    told = {lie.finding for lie in (*LIES, *VOID)}
    assert NAMES - set(ANY) - LIVE == told
    names = [f"{lie.kind}: {lie.name}" for lie in (*LIES, *VOID)]
    assert sorted(set(names)) == sorted(names)
    assert len(names) >= 120


@pytest.mark.parametrize("name", [f"{lie.kind}: {lie.name}" for lie in (*LIES, *VOID)])
def test_lie__is_found_under_its_name(name: str, scenes: dict[str, Scene], folder: Path) -> None:
    scene = scenes[name]
    found = judged(folder, scene.arguments)
    assert scene.finding in (*found.names, *found.void)
    assert found.verdict == scene.verdict
    assert "step.failed" not in found.names


@pytest.mark.parametrize("name", ["honest: a vote as it was", "honest: a vote with its state"])
def test_honest_bundle__agrees(name: str, scenes: dict[str, Scene], folder: Path) -> None:
    found = judged(folder, scenes[name].arguments)
    assert (found.verdict, found.names, found.void) == ("agrees", [], [])
