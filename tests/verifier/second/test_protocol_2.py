"""What the second release left is recounted by both tools as it was: with the code of release 2, whose cases know no rehearsals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.evidence.__main__ import main as evidence
from tests.verifier.second.left import RELEASES, chain_of, decided, unpack
from tests.verifier.second.second import needs_node, recount
from verifier.tally.scenes import judged

pytestmark = needs_node
RELEASE = RELEASES / "2"


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpack(2, tmp_path_factory.mktemp("installation"))


@pytest.fixture(scope="module")
def address(installation: Path) -> Iterator[str]:
    """The installation's chain."""
    with chain_of(installation) as node:
        yield node


@pytest.fixture(scope="module")
def published_2(installation: Path) -> Path:
    return decided(installation)


def test_poll__is_recounted_by_a_node(address: str, published_2: Path) -> None:
    last = recount("--rpc", address, "--published", published_2).last
    assert (last["recount"], last["decision"], last["rehearsal"]) == ("agrees", "approved", False)
    found = judged(published_2, ["--rpc", address, "--published", "."])
    assert (found.verdict, found.names) == ("agrees", [])


def test_bundle__agrees(tmp_path: Path) -> None:
    said = recount("--evidence", RELEASE / "evidence.zip")
    assert (said.last["recount"], said.last["rehearsal"]) == ("agrees", False)
    found = judged(RELEASE, ["--evidence", "evidence.zip"])
    assert (found.verdict, found.names) == ("agrees", [])


def test_bundle__of_today_about_it_agrees(address: str, published_2: Path, tmp_path: Path) -> None:
    path = tmp_path / "evidence.zip"
    assert evidence(["--rpc", address, "--published", str(published_2), "--out", str(path)]) == 0
    assert recount("--evidence", path).last["recount"] == "agrees"
    assert judged(tmp_path, ["--evidence", "evidence.zip"]).verdict == "agrees"


@pytest.mark.parametrize("mark", [True, False])
def test_poll__of_code_without_a_mark_is_not_taken_for_one_of_protocol_3(
    address: str, published_2: Path, tmp_path: Path, mark: bool
) -> None:
    for file in published_2.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    poll = json.loads((tmp_path / "poll.json").read_bytes()) | {"protocol": 3, "rehearsal": mark}
    (tmp_path / "poll.json").write_bytes(json.dumps(poll, sort_keys=True, separators=(",", ":")).encode())
    assert "case.creation" in recount("--rpc", address, "--published", tmp_path).names
    assert "case.creation" in judged(tmp_path, ["--rpc", address, "--published", "."]).names
