"""The drill of keys can fail: it counts what opens and should not, and what is refused and should not be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts.drill_keys import __main__ as drill_keys
from scripts.drill_keys import command, lost_database
from scripts.drill_keys.poll_key import PollKey
from verifier.trustee import key_files


@pytest.fixture(autouse=True)
def few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_files, "ROUNDS", 10)


RESULT = "0x" + "ab" * 32


def test_every_subset_of_both_schemes(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(lost_database, "drill", lambda folder: lost_database.Told(True, RESULT, RESULT))
    assert drill_keys.main() == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert said.pop("seconds") > 0
    opened = {"opened": 46, "refused": 26, "openings_opened": 46, "openings_refused": 26}
    assert said == {"cases": 72, "wrong": 0, **opened, "database_deleted": True, "same_result": True}


@pytest.mark.parametrize(("deleted", "without"), [(True, "0x"), (True, ""), (False, RESULT)])
def test_another_result_or_a_database_that_is_still_there_fails_the_drill(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], deleted: bool, without: str
) -> None:
    monkeypatch.setattr(drill_keys, "SCHEMES", ())
    monkeypatch.setattr(lost_database, "drill", lambda folder: lost_database.Told(deleted, RESULT, without))
    assert drill_keys.main() == 1
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (said["database_deleted"], said["same_result"]) == (deleted, without == RESULT)


@pytest.mark.drill
def test_poll_without_its_database__has_the_result_that_the_backend_had(tmp_path: Path) -> None:
    told = lost_database.drill(tmp_path)
    assert told.database_deleted
    assert told.with_backend == told.without
    assert len(told.without) == 66
    assert not list(tmp_path.rglob("*.sqlite3"))


def test_a_share_that_is_not_there_is_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = PollKey.shares

    def without_the_last(key: PollKey) -> None:
        given(key)
        key._file("share", key.seats - 1).unlink()

    monkeypatch.setattr(PollKey, "shares", without_the_last)
    figures = drill_keys.Figures()
    drill_keys.drill(tmp_path, figures, 2, 3)
    assert (figures.opened, figures.refused, figures.wrong) == (1, 7, 3)
    assert figures.openings_opened == 4


def test_a_step_that_is_refused_ends_the_drill() -> None:
    with pytest.raises(command.StepFailed, match="begin"):
        command.must("begin", "--case", "0x00")
