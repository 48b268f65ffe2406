"""A trustee's files and public papers: damaged, changed, foreign, too large, and what they keep to themselves."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.verifier.trustee.desk import PASSWORD, Desk, changed
from tests.verifier.trustee.escrow.registers import Made
from verifier.shares.hashes import canonical_json, hex_of, keccak
from verifier.trustee import key_files
from verifier.trustee.errors import FileDamaged, WrongPassword
from verifier.trustee.escrow.sharing import OwnSeat
from verifier.trustee.roll import OwnKeys

ROOT = Path(__file__).parents[3]
MADE = Made.of(2, 3)


@pytest.mark.parametrize("spoil", ["cut", "a letter", "empty", "another seat", "no check"])
def test_a_damaged_file(desk: Desk, spoil: str) -> None:
    desk.begin()
    desk.run("take", *desk.take_words(0))
    path = desk.file("key", 0)
    text = path.read_text()
    path.write_text({"cut": text[:-40], "a letter": text.replace('"seat"', '"seet"'), "empty": ""}.get(spoil, text))
    if spoil == "another seat":
        changed(path, seat=1)
    if spoil == "no check":
        path.write_text("{}")
    desk.roll.write_text("{}")
    with pytest.raises(FileDamaged):
        key_files.read(path, key_files.KEY, PASSWORD)


def test_a_changed_field_under_a_new_check_is_no_way_in(desk: Desk) -> None:
    """Whoever repairs the check sum of a file that was changed meets the password's tag."""
    desk.begin()
    desk.run("take", *desk.take_words(0))
    content = json.loads(desk.file("key", 0).read_text()) | {"seat": 1}
    content.pop("check")
    content["check"] = hex_of(keccak(canonical_json(content)))
    desk.file("key", 0).write_text(json.dumps(content))
    with pytest.raises(WrongPassword):
        key_files.read(desk.file("key", 0), key_files.KEY, PASSWORD)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 1, "a": 2}', "[" * 100_000, "\ufffd", '{"format": "x"}', "null", "\x00"])
def test_papers_that_are_none(desk: Desk, text: str) -> None:
    desk.begin()
    desk.ceremony.write_text(text)
    desk.refused("PaperUnreadable", "take", *desk.take_words(0))


def test_a_paper_that_is_too_large(desk: Desk) -> None:
    desk.ceremony.write_bytes(b" " * (5 * 2**20))
    desk.refused("FileNotRead", "take", *desk.take_words(0))


def test_the_tool_with_its_real_rounds_leaves_no_secret_in_the_open(tmp_path: Path) -> None:
    """In a process of its own, by another password than the keyboard's."""
    case = ["--case", "0x" + "5f" * 20, "--chain-id", "1", "--number", "7", "--seats", "3", "--threshold", "2"]
    run = [sys.executable, "-m", "verifier.trustee", "--json"]
    subprocess.run([*run, "begin", *case, "--out", str(tmp_path / "c.json")], cwd=ROOT, check=True, capture_output=True)
    words = [
        *run,
        "take",
        "--ceremony",
        str(tmp_path / "c.json"),
        "--seat",
        "2",
        "--folder",
        str(tmp_path),
        "--paper",
        str(tmp_path / "p.txt"),
    ]
    done = subprocess.run(
        words, cwd=ROOT, check=True, capture_output=True, text=True, env={"LENDERVOTE_TRUSTEE_PASSWORD": PASSWORD, "PATH": ""}
    )
    path = Path(json.loads(done.stdout.splitlines()[-1])["key_file"])
    seed = "".join(re.findall(r"^seed:(.*)$", (tmp_path / "p.txt").read_text(), re.MULTILINE)).replace(" ", "")
    assert len(seed) == 64
    assert seed not in path.read_text()
    assert PASSWORD not in path.read_text()
    assert path.stat().st_mode & 0o077 == 0
    assert json.loads(path.read_text())["rounds"] == 600_000
    assert key_files.read(path, key_files.KEY, PASSWORD).secret.hex() == seed


def test_no_secret_is_shown_where_things_are_printed() -> None:
    held = key_files.Secret(key_files.KEY, {"seat": 1}, b"\x01" * 32)
    keys = OwnKeys(0, b"\x01" * 32, bytes(32))
    shown = [repr(one) for one in (held, keys, replace(MADE.dealer, seed=b"\x01" * 32), OwnSeat(1, 0x0101010101))]
    assert not [text for text in shown if "\\x01\\x01" in text or str(0x0101010101) in text]
