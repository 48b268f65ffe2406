"""Every lie of the catalogue is found under its name, and what is honest is not called a lie."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.tampers.lies.catalogue import LIES, VOID
from scripts.tampers.scenes import HONEST, Scene, write_all
from tests.verifier.second.second import EXIT, needs_node, recount_all

pytestmark = needs_node
ALL = (*HONEST, *LIES, *VOID)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Scene, dict[str, Any]]]:
    """Every scene with what the second recount says of it."""
    folder = tmp_path_factory.mktemp("scenes")
    scenes = write_all(folder)
    return list(zip(scenes, recount_all(folder, [scene.arguments for scene in scenes]), strict=True))


@pytest.mark.parametrize("number", range(len(ALL)), ids=[f"{lie.kind}: {lie.name}" for lie in ALL])
def test_lie__is_found_under_its_name(number: int, told: list[tuple[Scene, dict[str, Any]]]) -> None:
    scene, last = told[number]
    names = {*last["names"], *(one["name"] for one in last["void"])}
    assert (last["recount"], last["exit_status"]) == (scene.verdict, EXIT[scene.verdict]), last
    assert not scene.finding or scene.finding in names, names
    assert "step.failed" not in names
    assert (last["findings"] > 0) == (scene.verdict == "differs")
