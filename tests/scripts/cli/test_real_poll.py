"""`doctor --real` names everything that a real poll lacks; a start with PRODUCTION refuses what settings alone tell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from backend.app import create_app
from backend.ground.chain.anvil import EmbeddedAnvil
from backend.ground.common import settings as settings_module
from backend.ground.common.settings import Settings
from backend.shell.production import NotForProduction, is_public, requirements
from scripts.cli import real_poll
from scripts.cli.__main__ import main
from scripts.cli.trying import last_try

GOOD: dict[str, Any] = {
    "production": True,
    "rpc_url": "court=http://127.0.0.1:1,bank=http://127.0.0.1:2",
    "public_url": "https://vote.example.org",
    "public_verifier_url": "https://face.example.org",
    "secure_cookies": True,
    "passkey_domain": "example.org",
    "hotline": "400-123-4567",
}


def settings(folder: Path, **changes: Any) -> Settings:
    return Settings(data_dir=folder, _env_file=None, **(GOOD | changes))


def test_settings_of_a_real_poll_lack_nothing(tmp_path: Path) -> None:
    assert [one.name for one in requirements(settings(tmp_path)) if not one.met] == []


@pytest.mark.parametrize(
    ("changes", "setting"),
    [
        ({"rpc_url": ""}, "LENDERVOTE_RPC_URL"),
        ({"rpc_url": "court=http://127.0.0.1:1,court=http://127.0.0.1:2"}, "LENDERVOTE_RPC_URL"),
        ({"public_url": "http://vote.example.org"}, "LENDERVOTE_PUBLIC_URL"),
        ({"public_url": "https://10.0.0.1"}, "LENDERVOTE_PUBLIC_URL"),
        ({"public_verifier_url": ""}, "LENDERVOTE_PUBLIC_VERIFIER_URL"),
        ({"secure_cookies": False}, "LENDERVOTE_SECURE_COOKIES"),
        ({"passkey_domain": ""}, "LENDERVOTE_PASSKEY_DOMAIN"),
        ({"passkey_domain": "other.org"}, "LENDERVOTE_PASSKEY_DOMAIN"),
        ({"minimum_notice_seconds": 30}, "LENDERVOTE_MINIMUM_NOTICE_SECONDS"),
        ({"hotline": "DEMO 400-000-0000"}, "LENDERVOTE_HOTLINE"),
    ],
)
def test_production_does_not_start_with_settings_for_trying_out(tmp_path: Path, changes: dict[str, Any], setting: str) -> None:
    with pytest.raises(NotForProduction) as refused:
        create_app(settings(tmp_path, **changes))
    assert setting in refused.value.say("en")
    assert setting in refused.value.say("zh")
    assert list(tmp_path.iterdir()) == [], "nothing was made before it was refused"
    create_app(settings(tmp_path, **changes, production=False)).state.services[Engine].dispose()


def test_a_public_address_is_https_and_a_name() -> None:
    assert is_public("https://vote.example.org")
    assert not any(map(is_public, ("", "vote.example.org", "http://a.org", "https://localhost", "https://127.0.0.1", "https://[::1]:8600")))


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(settings_module, "USUAL_FILES", (Path(".env"),))
    assert CliRunner().invoke(main, ["init"]).exit_code == 0
    return tmp_path


def looked(*words: str) -> tuple[int, dict[str, Any]]:
    done = CliRunner().invoke(main, ["doctor", *words])
    return done.exit_code, json.loads(done.stdout.strip().splitlines()[-1])


@pytest.mark.usefixtures("installed")
def test_an_installation_for_trying_out_fails_on_everything_it_lacks_and_says_so_in_its_last_line() -> None:
    code, said = looked("--real")
    assert code == 1
    assert said["failed"] == len(said["names"])
    assert set(said["names"]) >= {
        "production", "nodes of two organisations", "public address", "secure cookies", "journal elsewhere", "text messages",
        "backend is ready", "clock beside blocks", "clocks of services", "backup tried", "verifier apart", "help line",
    }  # fmt: skip
    assert "notice" not in said["names"]


def test_a_copy_that_was_opened_is_noted_and_a_broken_one_is_not(installed: Path) -> None:
    run = CliRunner()
    assert run.invoke(main, ["backup", "copy"]).exit_code == 0
    here = Settings(data_dir=installed / "var", _env_file=None)
    assert (last_try(here), real_poll._backup(here).good) == ({}, False)
    broken = installed / "broken"
    (installed / "copy").rename(broken)
    content = bytearray((broken / "lendervote.sqlite3").read_bytes())
    content[100:5000] = bytes(4900)
    (broken / "lendervote.sqlite3").write_bytes(content)
    refused = run.invoke(main, ["try-backup", "broken"])
    assert (refused.exit_code, last_try(here)) == (1, {}), refused.output
    assert run.invoke(main, ["backup", "copy"]).exit_code == 0
    before = (installed / "var" / "lendervote.sqlite3").read_bytes()
    assert run.invoke(main, ["try-backup", "copy"]).exit_code == 0
    assert real_poll._backup(here).good
    assert (installed / "var" / "lendervote.sqlite3").read_bytes() == before, "nothing is replaced"
    old = last_try(here) | {"tried_at": "2020-01-01T00:00:00+00:00"}
    (installed / "var" / "backup-tried.json").write_text(json.dumps(old))
    assert not real_poll._backup(here).good


@pytest.fixture
def anvil(tmp_path: Path) -> Iterator[EmbeddedAnvil]:
    made = EmbeddedAnvil(tmp_path / "state.json")
    made.start()
    yield made
    made.stop()


def test_a_chain_whose_clock_runs_ahead_is_told(tmp_path: Path, anvil: EmbeddedAnvil) -> None:
    named = settings(tmp_path, rpc_url=f"court={anvil.url}")
    assert real_poll._clock_of_blocks(named).good
    anvil.node.ask("evm_increaseTime", hex(600))
    anvil.node.ask("evm_mine")
    assert not real_poll._clock_of_blocks(named).good
    assert not real_poll._clock_of_blocks(settings(tmp_path)).good, "no node answers"


def test_a_verifier_on_this_machine_is_not_apart(tmp_path: Path) -> None:
    assert not real_poll._issuer_apart(settings(tmp_path, verifier_url="http://127.0.0.1:8601")).good
    assert not real_poll._issuer_apart(settings(tmp_path, verifier_url="http://localhost:8601")).good
    assert not real_poll._issuer_apart(settings(tmp_path, verifier_url="http://verifier.invalid")).good
    assert real_poll._issuer_apart(settings(tmp_path, verifier_url="http://192.0.2.7:8601")).good, (
        "an address of documentation, nobody's here"
    )


def test_a_journal_on_the_disk_of_the_data_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not real_poll._journal(settings(tmp_path)).good
    shared = Path("/dev/shm")
    if not shared.is_dir() or shared.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("needs a second file system, such as /dev/shm")
    assert real_poll._journal(settings(tmp_path, journal_dir=shared / "journal")).good
