"""One installation: commands say which one they work on, make none by accident, and never replace the data of a running service."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from backend.ground.common import settings as settings_module
from backend.ground.common.running import DataBeingReplaced, ServiceRunning, running, stopped
from backend.ground.common.settings import SettingsFileMissing, read_settings, settings_file
from scripts.cli.__main__ import main

COPIES = 3


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder without settings; nothing of this machine's own installation is seen."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("LENDERVOTE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(settings_module, "USUAL_FILES", (Path(".env"), tmp_path / "etc.env"))
    return tmp_path


@pytest.fixture
def installed(folder: Path) -> Path:
    assert CliRunner().invoke(main, ["init"]).exit_code == 0
    return folder


@pytest.mark.parametrize(
    "command",
    [
        ["account", "list"],
        ["account", "create", "li", "--role", "admin", "--password", "long enough words"],
        ["audit"],
        ["retention"],
        ["replay"],
        ["accept-chain"],
        ["backup", "copy"],
        ["register", "freeze", "--case", "x"],
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_a_command_in_the_wrong_folder_makes_no_installation(folder: Path, command: list[str]) -> None:
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 1, done.output
    assert "lendervote init" in done.stderr
    assert str(folder / "var" / "lendervote.sqlite3") in done.stderr, "it is said where it looked"
    assert list(folder.iterdir()) == []


def test_init_makes_one_that_only_its_owner_reads_and_no_second(installed: Path) -> None:
    for path in (installed / "var").rglob("*"):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path
    again = CliRunner().invoke(main, ["init"])
    assert again.exit_code == 1
    assert "already" in again.stderr


def test_settings_are_found_where_the_services_read_them(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings_file() is None
    (folder / "etc.env").write_text("LENDERVOTE_PORT=1111\n")
    assert read_settings().port == 1111
    (folder / ".env").write_text("LENDERVOTE_PORT=2222\n")
    assert read_settings().port == 2222
    (folder / "named").write_text("LENDERVOTE_PORT=3333\n")
    monkeypatch.setenv("LENDERVOTE_SETTINGS", str(folder / "named"))
    assert read_settings().port == 3333
    monkeypatch.setenv("LENDERVOTE_SETTINGS", str(folder / "nowhere"))
    with pytest.raises(SettingsFileMissing):
        read_settings()


def test_each_command_says_what_it_works_on_and_keeps_the_password_to_itself(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (installed / ".env").write_text(f"LENDERVOTE_DATA_DIR={installed / 'var'}\n")
    done = CliRunner().invoke(main, ["account", "list"])
    assert done.exit_code == 0
    assert str(installed / ".env") in done.stderr
    assert str(installed / "var" / "lendervote.sqlite3") in done.stderr
    assert done.stdout == "", "standard output is the answer alone"
    monkeypatch.setenv("LENDERVOTE_DATABASE_URL", "postgresql+psycopg://lendervote:secret-word@127.0.0.1:1/none")
    done = CliRunner().invoke(main, ["account", "list"])
    assert done.exit_code == 1
    assert "secret-word" not in done.output


def test_a_copy_is_not_put_back_under_a_running_service(installed: Path) -> None:
    run = CliRunner()
    assert run.invoke(main, ["backup", "copy"]).exit_code == 0
    before = (installed / "var" / "lendervote.sqlite3").stat().st_ino
    with running(installed / "var"), running(installed / "var"):
        refused = run.invoke(main, ["restore", "copy"])
        assert refused.exit_code == 1
        assert "Stop it" in refused.stderr
    assert (installed / "var" / "lendervote.sqlite3").stat().st_ino == before
    assert run.invoke(main, ["restore", "copy"]).exit_code == 0
    assert (installed / "var" / "lendervote.sqlite3").stat().st_ino != before


def test_no_service_starts_while_data_are_replaced(tmp_path: Path) -> None:
    with stopped(tmp_path), pytest.raises(DataBeingReplaced), running(tmp_path):
        pass
    with running(tmp_path), pytest.raises(ServiceRunning), stopped(tmp_path):
        pass


def test_copies_in_one_folder_are_dated_and_the_oldest_go(installed: Path) -> None:
    run, copies = CliRunner(), installed / "copies"
    assert run.invoke(main, ["backup", "copies"]).exit_code == 0, "a new folder is the copy itself"
    others = installed / "many"
    others.mkdir()
    (others / "notes").mkdir()
    for name in ("20200101T000000Z", "20200102T000000Z", "20200103T000000Z"):
        (others / name).mkdir()
        (others / name / "backup.json").write_text("{}")
    (others / "20190101T000000Z").mkdir()  # without its last file: perhaps still being written
    made = json.loads(run.invoke(main, ["backup", "many", "--keep", str(COPIES)]).stdout)
    assert made["removed"] == ["20200101T000000Z"]
    assert {path.name for path in others.iterdir()} == {
        "notes", "20190101T000000Z", "20200102T000000Z", "20200103T000000Z", Path(made["folder"]).name,
    }  # fmt: skip
    assert (copies / "backup.json").exists()


def test_the_demo_of_an_installation_without_sources_says_what_it_needs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scripts.cli.installation.checkout", lambda: None)
    done = CliRunner().invoke(main, ["demo"])
    assert done.exit_code == 1
    assert "make demo" in done.stderr
    assert list(folder.iterdir()) == []


def test_without_its_keys_a_restored_copy_is_not_taken_for_an_installation(installed: Path) -> None:
    """On the other machine of the guide: new keys would be made unseen, and nothing would be found missing."""
    run, secrets, apart = CliRunner(), installed / "var" / "secrets", installed / "apart"
    assert run.invoke(main, ["backup", "copy"]).exit_code == 0
    secrets.rename(apart)
    for command in (["restore", "copy"], ["account", "list"], ["audit"], ["retention"], ["serve"]):
        done = run.invoke(main, command)
        assert done.exit_code == 1, command
        for said in ("field.key, relay.key", str(secrets), "不会另造新密钥", "No new ones are made"):
            assert said in done.stderr, (command, done.stderr)
        assert not secrets.exists(), command
    assert run.invoke(main, ["backup", "another"]).exit_code == 0, "a copy needs no keys"
    apart.rename(secrets)
    (secrets / "relay.key").rename(installed / "relay.key")
    assert "keys are missing: relay.key." in run.invoke(main, ["restore", "copy"]).stderr
    (installed / "relay.key").rename(secrets / "relay.key")
    assert run.invoke(main, ["restore", "copy"]).exit_code == 0
    assert run.invoke(main, ["account", "list"]).exit_code == 0
