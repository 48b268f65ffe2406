"""The guide to installing is true: its commands exist with their options, its settings too, and what can be run here runs."""

from __future__ import annotations

import contextlib
import grp
import io
import os
import pwd
import re
import shlex
import shutil
import stat
import subprocess
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
from verifier.issuer.__main__ import main as issuer_main
from verifier.issuer.settings import IssuerSettings

ROOT = Path(__file__).resolve().parents[2]
GUIDES = [ROOT / "docs" / "install.md", ROOT / "docs" / "install.zh.md"]
ASK_THE_CHAIN = (["key", "relay"], ["case", "check"], ["case", "open"], ["case", "show"])
ISSUER_KEYS = ("issuer.key", "reference.key", "operator_token")
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


FOR_ROOT = ("install -", "ln -s", "chown ", "cp /opt/", "systemd-sysusers")


def moved(line: str, place: Path, names: dict[str, str]) -> str:
    """The line for a folder that stands for the whole machine, and for this user; every path in it is inside."""
    me, ours = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
    line = re.sub(r"-o [\w-]+ -g [\w-]+", f"-o {me} -g {ours}", line)
    line = re.sub(r"^chown -R [\w-]+:[\w-]+", f"chown -R {me}:{ours}", line)
    moves = {"/opt/lendervote/": f"{ROOT}/", **{f"/{top}/": f"{place}/{top}/" for top in ("etc", "var", "usr")}}
    line = re.sub(r"(?<=\s)/\w+/(?:lendervote/)?", lambda found: moves[found[0]] if found[0] in moves else str(place) + found[0], line)
    for name, path in names.items():
        line = line.replace(name, path)
    paths = re.findall(r"(?<=\s)/\S+", line)
    assert all(path.startswith((str(place.parent), str(ROOT))) for path in paths), line
    return line.replace("systemd-sysusers", f"systemd-sysusers --root={place}") if line == "systemd-sysusers" else line


def run_for_root(lines: list[str], place: Path, names: dict[str, str] | None = None) -> None:
    """Run lines of the guide that are meant for root, with nothing outside of the folder touched."""
    for line in lines:
        here = moved(line, place, names or {})
        done = subprocess.run(["bash", "-c", here], capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, (here, done.stderr)


def lines_for_root(*words: str) -> list[str]:
    """Those that have one of the words, in the guide's order; all of them without words."""
    lines = [line for block in blocks(GUIDES[0]) for line in block.splitlines() if line.startswith(FOR_ROOT)]
    return [line for line in lines if any(word in line for word in words)] if words else [line for line in lines if "KEYS" not in line]


def test_lines_for_root_make_the_users_folders_and_units(tmp_path: Path) -> None:
    if shutil.which("systemd-sysusers") is None:
        pytest.skip("systemd-sysusers is not installed; on Debian: apt-get install systemd")
    for folder in ("etc/systemd/system", "usr/local/bin"):  # what a Debian has; it has no /etc/sysusers.d
        (tmp_path / folder).mkdir(parents=True)
    run_for_root([line for line in lines_for_root() if not line.startswith("chown")], tmp_path)
    users = (tmp_path / "etc" / "passwd").read_text().splitlines()
    assert {line.split(":")[0] for line in users} >= {"lendervote", "lendervote-verifier"}
    private = [f"{top}/{name}" for top in ("lib", "backups") for name in ("lendervote", "lendervote-verifier")]
    for folder in (*private, "lib/lendervote-journal"):
        assert stat.S_IMODE((tmp_path / "var" / folder).stat().st_mode) == 0o700, folder
    assert {path.name for path in (tmp_path / "etc" / "systemd" / "system").iterdir()} == {
        path.name for path in (ROOT / "deploy" / "systemd").iterdir() if path.suffix in {".service", ".timer"}
    }


def test_copies_of_both_services_are_restored_on_another_machine_with_their_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Section 7: copy, then an empty machine, keys from apart by the lines for root, restore and check by the commands."""
    for name in [name for name in os.environ if name.startswith("LENDERVOTE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(settings_module, "USUAL_FILES", ())
    first, second, keys, copies = (tmp_path / name for name in ("first", "second", "keys", "copies"))
    for machine in (first, second):
        (machine / "var" / "lib" / "lendervote-verifier").mkdir(parents=True)
    keys.mkdir()
    commands_of_the_guide = {" ".join(words) for words in commands(GUIDES[0])}

    def on(machine: Path) -> None:
        monkeypatch.chdir(machine)
        monkeypatch.setenv("LENDERVOTE_DATA_DIR", str(machine / "var" / "lib" / "lendervote"))
        monkeypatch.setenv("LENDERVOTE_ISSUER_DATA_DIR", str(machine / "var" / "lib" / "lendervote-verifier"))
        monkeypatch.setenv("LENDERVOTE_ISSUER_RPC_URLS", "Court=http://127.0.0.1:9,Notaries=http://localhost:9")

    on(first)
    theirs = first / "var" / "lib" / "lendervote-verifier"
    run = CliRunner()
    assert run.invoke(main, ["init"]).exit_code == 0
    assert issuer_main(["log", "--check"]) == 0  # its first use makes keys and database
    assert run.invoke(main, ["backup", str(copies / "backend")]).exit_code == 0
    assert issuer_main(["backup", str(copies / "verifier")]) == 0
    for key in [*(first / "var" / "lib" / "lendervote" / "secrets").iterdir(), *(theirs / each for each in ISSUER_KEYS)]:
        shutil.copy(key, keys)
    on(second)
    for service in ("backend", "verifier"):
        words = ("lendervote-verifier",) if service == "verifier" else ("lib/lendervote/secrets", "chown -R lendervote:")
        lines = [line for line in lines_for_root("KEYS", "COPY", "secrets") if any(word in line for word in words)]
        assert len(lines) == (2 if service == "verifier" else 3), lines
        run_for_root(lines, second, {"KEYS": str(keys), "COPY": str(copies / service)})
    assert {"lendervote restore COPY", "python -m verifier.issuer restore COPY"} <= commands_of_the_guide
    assert run.invoke(main, ["restore", str(copies / "backend")]).exit_code == 0
    assert run.invoke(main, ["account", "list"]).exit_code == 0
    assert issuer_main(["restore", str(copies / "verifier")]) == 0
    assert issuer_main(["log", "--check"]) == 0
    assert (second / "var" / "lib" / "lendervote-verifier" / "issuer.key").read_text() == (theirs / "issuer.key").read_text()


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
