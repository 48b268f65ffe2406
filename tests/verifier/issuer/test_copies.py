"""The issuer's copies: without keys, dated, few, private; put back only under a service that stands still."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from verifier.issuer.__main__ import main
from verifier.issuer.copies import DATABASE, CopyRefused, running, stopped
from verifier.issuer.store import Database


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "issuer"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("LENDERVOTE_ISSUER_DATA_DIR", str(folder))
    Database(folder / DATABASE).close()
    for name in ("issuer.key", "reference.key", "operator_token"):
        (folder / name).write_text("11" * 32)
    return folder


def test_a_copy_has_no_key_and_only_its_owner_reads_it(data: Path, tmp_path: Path) -> None:
    assert main(["backup", "copy"]) == 0
    assert {path.name for path in (tmp_path / "copy").iterdir()} == {DATABASE, "backup.json"}
    assert all(b"11" * 32 not in path.read_bytes() for path in (tmp_path / "copy").iterdir())
    for path in (tmp_path / "copy", *(tmp_path / "copy").iterdir()):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


def test_copies_in_a_folder_are_dated_and_the_oldest_go(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("20200101T000000Z", "20200102T000000Z", "notes"):
        (tmp_path / "copies" / name).mkdir(parents=True)
        (tmp_path / "copies" / name / "backup.json").write_text("{}")
    assert main(["backup", "copies", "--keep", "2"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["removed"] == ["20200101T000000Z"]
    assert {path.name for path in (tmp_path / "copies").iterdir()} == {"20200102T000000Z", "notes", Path(made["folder"]).name}


def test_a_copy_is_put_back_under_a_stopped_service_only(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backup", "copy"]) == 0
    before = (data / DATABASE).stat().st_ino
    with running(data), running(data):
        assert main(["restore", "copy"]) == 1
        assert "Stop it first" in capsys.readouterr().err
    assert (data / DATABASE).stat().st_ino == before
    assert main(["restore", "copy"]) == 0
    assert (data / DATABASE).stat().st_ino != before
    assert list(data.glob(f"{DATABASE}.before-*"))
    assert not stat.S_IMODE((data / DATABASE).stat().st_mode) & 0o077
    Database(data / DATABASE).close()
    with stopped(data), pytest.raises(CopyRefused), running(data):
        pass


def test_half_a_copy_replaces_nothing(data: Path, tmp_path: Path) -> None:
    assert main(["backup", "copy"]) == 0
    (tmp_path / "copy" / "backup.json").unlink()
    before = (data / DATABASE).read_bytes()
    assert main(["restore", "copy"]) == 1
    (tmp_path / "copy" / "backup.json").write_text("{}")
    (tmp_path / "copy" / DATABASE).write_bytes(b"no database" * 100)
    assert main(["restore", "copy"]) == 1
    assert (data / DATABASE).read_bytes() == before


def test_there_is_nothing_to_copy_in_the_wrong_folder(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LENDERVOTE_ISSUER_DATA_DIR", str(tmp_path / "nowhere"))
    assert main(["backup", "copy"]) == 1
    assert not (tmp_path / "copy").exists()
    assert not (tmp_path / "nowhere").exists()


def test_a_copy_without_its_keys_is_named_and_no_new_keys_are_made(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A new key would give the verifier an address that no poll names, and open no photo."""
    assert main(["backup", "copy"]) == 0
    for name in ("issuer.key", "reference.key"):
        (data / name).rename(data.parent / name)
    capsys.readouterr()
    assert main(["restore", "copy"]) == 1
    told = capsys.readouterr()
    assert json.loads(told.out)["keys_missing"] == ["issuer.key", "reference.key"]
    assert "不会另造新密钥" in told.err
    assert "no new ones are made" in told.err
    assert main(["log", "--check"]) == 2
    assert "issuer.key, reference.key" in capsys.readouterr().err
    assert not (data / "issuer.key").exists()
    for name in ("issuer.key", "reference.key"):
        (data.parent / name).rename(data / name)
        (data / name).chmod(0o600)
    assert main(["restore", "copy"]) == 0
    assert json.loads(capsys.readouterr().out)["keys_missing"] == []
