"""Every lie of the catalogue is found under its name, and what is honest is not called a lie."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.tampers.lies.catalogue import LIES, VOID
from scripts.tampers.scenes import HONEST, Scene, read_all, write_all
from tests.shared import made_once
from tests.verifier.second.second import EXIT, needs_node, recount_listed
from verifier.tally.scenes import judged

pytestmark = needs_node
ALL = (*HONEST, *LIES, *VOID)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "scenes", write_all)


@pytest.fixture(scope="module")
def told(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Scene, dict[str, Any]]]:
    """Every scene with what the second recount says of it."""

    def recounted(place: Path) -> None:
        (place / "told.json").write_text(json.dumps(recount_listed(folder)))

    told = made_once(tmp_path_factory, "scenes-told", recounted)
    return list(zip(read_all(folder), json.loads((told / "told.json").read_bytes()), strict=True))


@pytest.mark.parametrize("number", range(len(ALL)), ids=[f"{lie.kind}: {lie.name}" for lie in ALL])
def test_lie__is_found_under_its_name(number: int, told: list[tuple[Scene, dict[str, Any]]]) -> None:
    scene, last = told[number]
    names = {*last["names"], *(one["name"] for one in last["void"])}
    assert (last["recount"], last["exit_status"]) == (scene.verdict, EXIT[scene.verdict]), last
    assert not scene.finding or scene.finding in names, names
    assert "step.failed" not in names
    assert (last["findings"] > 0) == (scene.verdict == "differs")


@pytest.mark.parametrize("number", [i for i, lie in enumerate(ALL) if lie.kind == "issuer log"], ids=lambda i: ALL[i].name)
def test_log__is_judged_alike_by_both_tools(number: int, told: list[tuple[Scene, dict[str, Any]]], folder: Path) -> None:
    scene, last = told[number]
    first = judged(folder, scene.arguments)
    void = sorted({one["name"] for one in last["void"]})
    assert (last["recount"], last["names"], void) == (first.verdict, first.names, first.void)
