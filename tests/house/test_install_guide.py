"""The guide to installing is true: its commands exist with their options, its settings too, and what can be run here runs."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup
from typer.testing import CliRunner

from backend.ground.common import settings as settings_module
from backend.ground.common.settings import Settings
from backend.shell.production import requirements
from scripts.cli.__main__ import main
from verifier.issuer.__main__ import _parser
from verifier.issuer.settings import IssuerSettings

ROOT = Path(__file__).resolve().parents[2]
GUIDES = [ROOT / "docs" / "install.md", ROOT / "docs" / "install.zh.md"]
ASK_THE_CHAIN = (["key", "relay"], ["case", "check"], ["case", "open"])
OURS = ("lendervote ", "python -m verifier.issuer ")


def blocks(guide: Path, kind: str = "") -> list[str]:
    fences = re.findall(r"^```(\w*)\n(.*?)^```$", guide.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [content for named, content in fences if named == kind]


def commands(guide: Path) -> list[list[str]]:
    lines = [line for block in blocks(guide) for line in block.splitlines()]
    return [shlex.split(line) for line in lines if line.startswith(OURS)]


def without_redirection(words: list[str]) -> tuple[list[str], str]:
    """A command's own words, and the file that its output goes to ("": none)."""
    return (words[: words.index(">")], words[words.index(">") + 1]) if ">" in words else (words, "")


def check(words: list[str]) -> None:
    """Raises: SystemExit, AssertionError, Typer's NoSuchOption for words that the command would not take."""
    words, _ = without_redirection(words)
    if words[0] == "python":
        _parser().parse_args(words[3:])
        return
    command, words = typer.main.get_command(main), words[1:]
    while isinstance(command, TyperGroup):
        found = command.get_command(command.make_context("", [words[0]]), words[0])
        assert found is not None, words
        command, words = found, words[1:]
    with command.make_context(command.name or "", words, resilient_parsing=False):
        pass


def test_both_languages_name_the_same_commands_and_settings() -> None:
    english, chinese = GUIDES
    assert blocks(english) == blocks(chinese)
    assert blocks(english, "ini") == blocks(chinese, "ini")
    assert len(commands(english)) > 15


@pytest.mark.parametrize("words", commands(GUIDES[0]), ids=" ".join)
def test_every_command_exists_with_its_options(words: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "case.json").touch()  # what the guide has the reader write before
    monkeypatch.setenv("LENDERVOTE_NEW_PASSWORD", "correct horse battery")
    monkeypatch.setenv("LENDERVOTE_KEY_PASSWORD", "correct horse battery")
    check(words)


def test_the_check_sees_a_command_and_an_option_that_are_not_there() -> None:
    with pytest.raises(AssertionError):
        check(["lendervote", "nothing"])
    with pytest.raises(Exception, match="--nothing"):
        check(["lendervote", "doctor", "--nothing"])
    with pytest.raises(SystemExit), contextlib.redirect_stderr(io.StringIO()):
        check(["python", "-m", "verifier.issuer", "backup"])


def test_files_of_the_repository_that_are_copied_are_there() -> None:
    for path in re.findall(r"/opt/lendervote/(deploy/[\w./*-]+)", GUIDES[0].read_text("utf-8")):
        assert list(ROOT.glob(path)), path
    assert (ROOT / "deploy" / "nginx" / "lendervote.conf").exists()


def test_the_settings_shown_are_all_that_production_asks_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("LENDERVOTE_")]:
        monkeypatch.delenv(name)
    issuer, backend = blocks(GUIDES[0], "ini")
    (tmp_path / "verifier.env").write_text(issuer)
    (tmp_path / "backend.env").write_text(backend)
    settings = Settings(_env_file=tmp_path / "backend.env")
    assert settings.production
    assert [one.name for one in requirements(settings) if not one.met] == []
    theirs = IssuerSettings(_env_file=tmp_path / "verifier.env")
    assert theirs.production
    assert theirs.allowed_origins == [settings.public_url]
    named = set(re.findall(r"^(LENDERVOTE_\w+)=", issuer + backend, re.MULTILINE))
    known = {f"LENDERVOTE_{name.upper()}" for name in Settings.model_fields}
    assert named <= known | {f"LENDERVOTE_ISSUER_{name.upper()}" for name in IssuerSettings.model_fields}


def test_what_needs_no_chain_runs_in_the_order_of_the_guide(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("LENDERVOTE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(settings_module, "USUAL_FILES", (Path(".env"),))
    monkeypatch.setenv("LENDERVOTE_NEW_PASSWORD", "correct horse battery")
    monkeypatch.setenv("LENDERVOTE_KEY_PASSWORD", "correct horse battery")
    (tmp_path / "copies").mkdir()
    run = CliRunner()
    for line in commands(GUIDES[0]):
        if line[0] == "python" or line[1] in {"audit", "doctor"} or line[1:3] in ASK_THE_CHAIN:
            continue  # these ask a chain, or are the verifier's
        copy = next((path.name for path in (tmp_path / "copies").iterdir()), "DATE")
        command, output = without_redirection(line)
        words = [
            word.replace("/var/backups/lendervote", "copies").replace("DATE", copy).replace("COPY", f"copies/{copy}") for word in command
        ]
        done = run.invoke(main, words[1:])
        assert done.exit_code == 0, (words, done.output)
        if output:
            (tmp_path / output).write_text(done.stdout, "utf-8")
