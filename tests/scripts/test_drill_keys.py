"""The drill of keys can fail: it counts what opens and should not, and what is refused and should not be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts.drill_keys import __main__ as drill_keys
from scripts.drill_keys import command
from scripts.drill_keys.poll_key import PollKey
from verifier.trustee import key_files


@pytest.fixture(autouse=True)
def few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_files, "ROUNDS", 10)


def test_every_subset_of_both_schemes(capsys: pytest.CaptureFixture[str]) -> None:
    assert drill_keys.main() == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert said.pop("seconds") > 0
    opened = {"opened": 46, "refused": 26, "openings_opened": 46, "openings_refused": 26}
    assert said == {"cases": 72, "wrong": 0, **opened}


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
