"""Photos named by claim number find the lenders of a frozen register, and officials are laid the file that comes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from backend.case.register.errors import RegisterNotFrozen
from scripts.cli.__main__ import main
from tests.backend.vote.ballots.world import LENDERS, World
from verifier.issuer.bindings.file import photo_hash, read_file


def test_every_claim_leads_to_its_lender(world: World) -> None:
    places = world.register.claim_places.of_register(world.case.id, 0)
    assert set(places) == {f"c{number:04d}" for number in range(LENDERS)}
    for claim_key, index in places.items():
        parts = world.register.claim_parts(world.case.id, 0, index)
        assert claim_key.upper() in {part.claim_no for part in parts}
    with pytest.raises(RegisterNotFrozen):
        world.register.claim_places.of_register(world.case.id, 9)


class Taken:
    """Every picture can be used."""

    model_id, workers = "pretended", 1

    def refusal(self, image: bytes) -> None:
        """None of them."""

    def close(self) -> None:
        """Nothing is open."""


def test_the_command_makes_the_file_that_officials_sign(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def rooms() -> Iterator[Any]:
        yield SimpleNamespace(register=world.register)

    monkeypatch.setattr("scripts.cli.installation.opened_rooms", rooms)
    monkeypatch.setattr("scripts.cli.photo_checks.FaceChecker", Taken)
    photos, out = tmp_path / "photos", tmp_path / "out"
    photos.mkdir()
    for number in range(3):
        (photos / f"C{number:04d}.jpg").write_bytes(b"photo %d" % number)
    words = ["photos", "prepare", str(photos), "--case", world.case.id, "--out", str(out)]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        **{"photos": 3, "checked_before": 0, "references": 3, "lenders": 3},
        **{"lenders_without_photo": LENDERS - 3, "rejects": 0},
    }
    assert "绑定照片和人员" in done.stderr
    assert (out / "identities.jsonl").stat().st_mode & 0o077 == 0, "the operator's alone"
    content = (out / "identities.jsonl").read_bytes()
    places = world.register.claim_places.of_register(world.case.id, 0)
    bound = {line.index: line.photos for line in read_file(content, LENDERS)}
    assert bound == {places[f"c{number:04d}"]: (photo_hash(b"photo %d" % number),) for number in range(3)}
    act = world.identities.propose(world.case.id, world.members["institution"], content)
    assert (act.summary["lenders"], act.summary["photos"]) == (3, 3)
    world.cases.withdraw_act(act.id, world.members["official 0"])
    (photos / "nobody.jpg").write_bytes(b"x")
    assert CliRunner().invoke(main, words).exit_code == 1, "something was refused"
