"""What every release but the first left is recounted by both tools as it was, with the code of that release."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scripts.evidence.__main__ import main as evidence
from tests.verifier.second.left import RELEASES, chain_of, decided, unpack
from tests.verifier.second.second import needs_node, recount
from verifier.tally.scenes import judged

pytestmark = needs_node
#: What the second tool says of each release's decided poll, besides that it agrees.
SAYS: dict[int, dict[str, Any]] = {
    2: {"decision": "approved", "rehearsal": False, "invalid": None},
    3: {"decision": "approved", "rehearsal": True, "invalid": None},
    4: {"decision": "refused", "rehearsal": True, "invalid": [1]},
}


@dataclass
class Kept:
    """An installation whose chain runs, and the published files of its decided poll."""

    number: int
    address: str
    published: Path

    @property
    def folder(self) -> Path:
        """Where the bundle is."""
        return RELEASES / str(self.number)


@pytest.fixture(scope="module", params=SAYS)
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    installation = unpack(request.param, tmp_path_factory.mktemp("installation"))
    with chain_of(installation) as address:
        yield Kept(request.param, address, decided(installation))


def test_poll__is_recounted_by_a_node(kept: Kept) -> None:
    last = recount("--rpc", kept.address, "--published", kept.published).last
    assert last["recount"] == "agrees"
    assert {name: last[name] for name in SAYS[kept.number]} == SAYS[kept.number]
    found = judged(kept.published, ["--rpc", kept.address, "--published", "."])
    assert (found.verdict, found.names) == ("agrees", [])


def test_bundle__agrees(kept: Kept) -> None:
    last = recount("--evidence", kept.folder / "evidence.zip").last
    assert last["recount"] == "agrees"
    assert {name: last[name] for name in SAYS[kept.number]} == SAYS[kept.number]
    found = judged(kept.folder, ["--evidence", "evidence.zip"])
    assert (found.verdict, found.names) == ("agrees", [])


def test_bundle__of_today_about_it_agrees(kept: Kept, tmp_path: Path) -> None:
    path = tmp_path / "evidence.zip"
    assert evidence(["--rpc", kept.address, "--published", str(kept.published), "--out", str(path)]) == 0
    assert recount("--evidence", path).last["recount"] == "agrees"
    assert judged(tmp_path, ["--evidence", "evidence.zip"]).verdict == "agrees"


#: What a poll file of a release would have to say to pass for one of the next, and is named for.
NEXT: list[tuple[int, dict[str, Any]]] = [
    (2, {"protocol": 3, "rehearsal": True}),
    (2, {"protocol": 3, "rehearsal": False}),
    (3, {"protocol": 4}),
]


@pytest.mark.parametrize(("kept", "claims"), NEXT, indirect=["kept"])
def test_poll__is_not_taken_for_one_of_the_next_protocol(kept: Kept, tmp_path: Path, claims: dict[str, Any]) -> None:
    for file in kept.published.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    poll = json.loads((tmp_path / "poll.json").read_bytes()) | claims
    (tmp_path / "poll.json").write_bytes(json.dumps(poll, sort_keys=True, separators=(",", ":")).encode())
    assert "case.creation" in recount("--rpc", kept.address, "--published", tmp_path).names
    assert "case.creation" in judged(tmp_path, ["--rpc", kept.address, "--published", "."]).names
