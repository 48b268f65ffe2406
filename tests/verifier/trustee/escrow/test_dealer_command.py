"""`python -m verifier.escrow`: what one dealer made, another official makes again to the byte before signing; anything else is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from verifier.escrow.__main__ import BOXES, FILE, SEED, STATEMENT, main
from verifier.shares.curve import Point
from verifier.trustee.escrow.sharing import Escrow
from verifier.trustee.papers import Paper

VECTORS = json.loads((Path(__file__).parents[3] / "vectors" / "openings.json").read_text(encoding="utf-8"))


def call(what: str, folder: Path, *more: str) -> int:
    register = VECTORS["registers"][0]
    (folder / "openings.lvo").write_bytes(bytes.fromhex(register["openings"][2:]))
    (folder / "password").write_text(register["password_typed"], encoding="utf-8")
    joins = []
    for seat in range(3):
        path = folder / f"join-{seat}.json"
        path.write_text(json.dumps({"seat": seat, "transport": "0x" + Point.of(50 + seat).compressed.hex()}))
        joins.append(str(path))
    place = ["--case", VECTORS["case"], "--chain-id", str(VECTORS["chain_id"]), "--register-number", "0", "--threshold", "2"]
    files = ["--openings", str(folder / "openings.lvo"), "--password-file", str(folder / "password"), "--folder", str(folder)]
    return main([what, *place, *files, "--joins", *joins, *more])


def test_what_was_made_is_made_again_to_the_byte(tmp_path: Path) -> None:
    assert call("make", tmp_path) == 0
    paper: dict[str, Any] = json.loads((tmp_path / STATEMENT).read_text())
    escrow = Escrow.read(Paper(STATEMENT, paper))
    register = VECTORS["registers"][0]
    assert paper["root"] == register["message"]["root"]
    assert paper["classes_hash"] == register["message"]["classesHash"]
    escrow.check_file(tmp_path / FILE)
    assert call("again", tmp_path) == 0
    assert (tmp_path / SEED).stat().st_mode & 0o77 == 0
    assert call("make", tmp_path) == 2, "a seed that is there is not written over"


@pytest.mark.parametrize("name", [FILE, BOXES, STATEMENT])
def test_what_differs_is_named(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("make", tmp_path) == 0
    content = bytearray((tmp_path / name).read_bytes())
    at = content.index(b'"file_digest": "0x') + 18 if name == STATEMENT else len(content) - 8
    content[at] = ord("0") if content[at] != ord("0") else ord("1")
    (tmp_path / name).write_bytes(content)
    assert call("again", tmp_path) == 1
    assert "differs" in capsys.readouterr().out


def test_openings_of_another_register_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("make", tmp_path, "--register-number", "1") == 2
    assert call("make", tmp_path, "--case", "0x" + bytes(20).hex()) == 2
    assert "refused" in capsys.readouterr().err
