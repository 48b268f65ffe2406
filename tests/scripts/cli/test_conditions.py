"""A file that is no condition is refused before anything is opened, in both languages; what is proved is tested with the tally room."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scripts.cli.__main__ import main
from scripts.cli.conditions import _read

RIGHT = {"title": "three", "plus": [{"indexes": [1, 2, 3], "times": 1}], "minus": [], "at_least_fen": 5}
WRONG = {
    "no JSON": "{",
    "a list": "[]",
    "without a title": json.dumps({key: value for key, value in RIGHT.items() if key != "title"}),
    "a word more": json.dumps(RIGHT | {"holds": True}),
    "a fraction": json.dumps(RIGHT | {"at_least_fen": 1.5}),
    "true for a number": json.dumps(RIGHT | {"at_least_fen": True}),
    "groups that are none": json.dumps(RIGHT | {"plus": [3]}),
    "nested without end": "[" * 100_000,
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_condition__is_refused_in_both_languages(name: str, tmp_path: Path) -> None:
    file = tmp_path / "condition.json"
    file.write_text(WRONG[name])
    done = CliRunner().invoke(main, ["condition", "prove", str(file), "--poll", "p1"])
    assert done.exit_code == 1
    assert "condition.json 不是条件文件" in done.output
    assert "holds no condition" in done.output


def test_condition__is_read_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "condition.json"
    file.write_text(json.dumps(RIGHT))
    assert _read(file) == RIGHT
