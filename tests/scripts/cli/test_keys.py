"""Key files of people who sign without a passkey: made locked, and opened by the page's own code."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scripts.cli.__main__ import main

ROOT = Path(__file__).parents[3]
PASSWORD = "correct horse battery"
OPEN = """
import { readFileSync } from "node:fs";
import { addressOf } from "./backend/web/src/crypto/keys.js";
import { openKeyFile } from "./backend/web/src/crypto/key_files.js";
const [file, password] = process.argv.slice(2);
console.log(addressOf(await openKeyFile(readFileSync(file, "utf8"), password)));
"""


def call(*words: object, password: str = PASSWORD) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["key", *map(str, words)], env={"LENDERVOTE_KEY_PASSWORD": password})
    return done.exit_code, done.stdout, done.stderr


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node 20 (see README, Requirements)")
def test_the_page_opens_what_the_command_made(tmp_path: Path) -> None:
    file = tmp_path / "zhang.json"
    code, made, _ = call("make", file)
    assert code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(call("show", file)[1])["address"] == json.loads(made)["address"]
    program = ["node", "--input-type=module", "-e", OPEN, "-", str(file), PASSWORD]
    seen = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    assert seen == json.loads(made)["address"]


def test_a_key_file_is_never_written_over_and_never_made_with_a_short_password(tmp_path: Path) -> None:
    file = tmp_path / "zhang.json"
    code, _, told = call("make", file, password="short")
    assert (code, "12" in told, file.exists()) == (1, True, False)
    assert call("make", file)[0] == 0
    before = file.read_bytes()
    assert call("make", file)[0] == 1
    assert file.read_bytes() == before


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"version": 3}', '{"private_key": "0x12"}', "\x00"])
def test_what_is_no_key_file_is_told_in_words(tmp_path: Path, content: str) -> None:
    file = tmp_path / "zhang.json"
    file.write_text(content)
    code, _, told = call("show", file)
    assert code == 1
    assert "key file" in told


def test_the_wrong_password_opens_nothing(tmp_path: Path) -> None:
    file = tmp_path / "zhang.json"
    assert call("make", file)[0] == 0
    code, said, _ = call("show", file, password="correct horse batterz")
    assert (code, said) == (1, "")


def test_a_typed_password_is_asked_for_beside_standard_output(tmp_path: Path) -> None:
    """Whoever keeps what the command prints keeps one line of JSON, without the questions."""
    file = tmp_path / "typed.json"
    made = CliRunner().invoke(main, ["key", "make", str(file)], input=f"{PASSWORD}\n{PASSWORD}\n")
    assert made.exit_code == 0
    assert "Password" in made.stderr
    shown = CliRunner().invoke(main, ["key", "show", str(file)], input=f"{PASSWORD}\n")
    assert [json.loads(done.stdout)["file"] for done in (made, shown)] == [str(file)] * 2


def test_two_typed_passwords_have_to_be_the_same(tmp_path: Path) -> None:
    file = tmp_path / "typed.json"
    typed = [PASSWORD, "another password", PASSWORD, PASSWORD]
    made = CliRunner().invoke(main, ["key", "make", str(file)], input="".join(f"{word}\n" for word in typed))
    assert made.exit_code == 0
    assert "do not match" in made.stderr
