"""The demo's story, held from the register file to both recounts: sealed by default, open when asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.demo import story
from scripts.rig import voting

pytestmark = pytest.mark.drill

LENDERS = 12


@pytest.fixture(autouse=True)
def nobody_before_a_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    """Photos are fetched from elsewhere; here two officials see every lender."""
    monkeypatch.setattr(story, "look_for_people", lambda: None)
    monkeypatch.setattr(voting, "enrol_faces", lambda vote, phones: {})


def told(capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, Any], str]:
    """The line of JSON, and what a person reads."""
    captured = capsys.readouterr()
    said: dict[str, Any] = json.loads(captured.out.splitlines()[-1])
    return said, " ".join(captured.err.split())


def test_sealed_poll__four_of_six_trustees_come_and_nonsense_is_invalid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert story.run(LENDERS, data_dir=tmp_path / "demo") == 0
    said, read = told(capsys)
    counts = {name: said[name] for name in ("kind", "trustees", "shares", "invalid", "recount", "outcome", "decision")}
    assert counts == {
        "kind": "sealed",
        "trustees": 6,
        "shares": 4,
        "invalid": 1,
        "recount": "agrees",
        "outcome": "passed",
        "decision": "approved",
    }
    assert said["ballots"] + said["invalid"] == int(LENDERS * voting.TURNOUT)
    for words in (
        "任命 6 名密钥保管人，3 名即可解封",
        "2 名没有来",
        "没有来：committee B, lawyer",
        "解封后不是任何选择：无效，不计入",
        "两套工具都复核一致",
    ):
        assert words in read


def test_open_poll__when_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert story.run(LENDERS, data_dir=tmp_path / "demo", sealed=False) == 0
    said, read = told(capsys)
    assert {name: said[name] for name in ("kind", "trustees", "shares", "invalid", "recount")} == {
        "kind": "open",
        "trustees": 0,
        "shares": 0,
        "invalid": 0,
        "recount": "agrees",
    }
    assert "公告公开表决" in read
    assert "密钥" not in read
