"""Setting up a checkout: what is there is left, what is missing is said first, what fails is said whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.build import set_up
from scripts.build.set_up import Board, Step, StepFailed, lacks, run_side_by_side


def test_a_machine_without_node_is_told_so_before_anything_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = " ".join(lacks())
    assert "Node 20" in found
    assert "npm" in found
    assert "Python" not in found


def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(set_up, "LEAST_FREE_BYTES", 2**60)
    assert any("MB of disk are free" in each for each in lacks())


def test_an_older_python_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(set_up, "LEAST_PYTHON", (4, 0))
    assert any("Python 4.0 or newer" in each for each in lacks())


def test_a_step_is_done_while_nothing_that_it_is_made_from_is_newer(tmp_path: Path) -> None:
    lock, stamp = tmp_path / "lock", tmp_path / ".ready"
    lock.touch()
    step = Step("parts", (), (stamp,), (lock,))
    assert not step.is_done()
    stamp.touch()
    os.utime(lock, (1, 1))
    assert step.is_done()
    os.utime(lock, (2**32, 2**32))
    assert not step.is_done()


def test_a_step_that_fails_says_what_its_command_said_and_leaves_no_stamp(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = "import sys; print('no such package'); sys.exit(3)"
    step = Step("parts", ((sys.executable, "-c", script),), (tmp_path / ".ready",))
    with pytest.raises(StepFailed, match="no such package"), Board() as board:
        run_side_by_side([step], board)
    assert not step.is_done()
    assert "!! parts" in capsys.readouterr().err


def test_steps_run_side_by_side_and_are_told_with_their_seconds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each waits for the other's mark, so one after the other they would never end."""
    wait = "import pathlib, sys, time\npathlib.Path(sys.argv[1]).touch()\nwhile not pathlib.Path(sys.argv[2]).exists(): time.sleep(0.01)"
    first, second = str(tmp_path / "1"), str(tmp_path / "2")
    steps = [Step(name, ((sys.executable, "-c", wait, *marks),)) for name, marks in (("a", (first, second)), ("b", (second, first)))]
    with Board() as board:
        run_side_by_side(steps, board)
    said = capsys.readouterr().err
    assert all(f"ok {name}  " in said for name in "ab")


def test_a_step_begins_when_those_that_it_waits_for_have_ended_and_never_when_one_failed(tmp_path: Path) -> None:
    mark, seen = tmp_path / "mark", tmp_path / "seen"
    late = f"import pathlib, time; time.sleep(0.3); pathlib.Path({str(mark)!r}).touch()"
    look = f"import pathlib; assert pathlib.Path({str(mark)!r}).exists(); pathlib.Path({str(seen)!r}).touch()"
    first, second = (
        Step("first", ((sys.executable, "-c", late),)),
        Step("second", ((sys.executable, "-c", look),), after=("first", "no such")),
    )
    with Board() as board:
        run_side_by_side([first, second], board)
    assert seen.exists()
    seen.unlink()
    failing = Step("first", ((sys.executable, "-c", "raise SystemExit('broken')"),))
    with pytest.raises(StepFailed, match="broken"), Board() as board:
        run_side_by_side([failing, second], board)
    assert not seen.exists()


def test_what_the_demo_needs_is_there_where_everything_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(set_up, "VENV", tmp_path)
    monkeypatch.setattr(set_up, "NPM", tmp_path)
    assert not any(step.is_done() for step in set_up.installed(for_demo=True))
    (tmp_path / ".ready-demo").touch()
    assert [step.is_done() for step in set_up.installed(for_demo=True)][1:] == [True, True]
    assert not any(step.is_done() for step in set_up.installed(for_demo=False))
    (tmp_path / ".ready-demo").unlink()
    (tmp_path / ".ready").touch()
    assert all(step.is_done() for for_demo in (True, False) for step in set_up.installed(for_demo=for_demo))


def test_a_checkout_that_is_ready_is_left_as_it_is() -> None:
    """This one is, or no test would run."""
    done = subprocess.run([sys.executable, "-m", "scripts.build.set_up"], cwd=set_up.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "parts" not in done.stderr
