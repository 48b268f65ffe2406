"""Model files that cannot be fetched keep nobody from setting up: faces are then compared by dlib, and it is said."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from scripts.build import set_up
from scripts.build.set_up import Board, run_side_by_side


def test_what_cannot_be_fetched_is_said_and_ends_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = (sys.executable, "-c", "import sys; sys.exit('no such wheel')")
    step = replace(set_up.FACES, commands=(broken,), stamps=(tmp_path / "stamp",), after=())
    with Board() as board:
        run_side_by_side((step,), board)
    said = capsys.readouterr().err
    assert "dlib" in said
    assert "no such wheel" in said
    assert not (tmp_path / "stamp").exists(), "it is tried again next time"


def test_the_demo_alone_does_not_wait_for_them() -> None:
    names = [step.name for for_demo in (True, False) for step in set_up.installed(for_demo=for_demo)]
    assert set_up.FACE_MODELS not in names
