"""The measure works: a vote is kept, and both recounts of it agree."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts.bench.recount import main


def test_bench__of_a_kept_vote(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    kept = str(tmp_path / "kept")
    assert main(["--ballots", "30", "--batch", "16", "--keep", kept]) == 0
    assert main(["--reuse", kept]) == 0
    figures = json.loads(capfd.readouterr().out.splitlines()[-1])
    assert (figures["ballots"], figures["agrees"], figures["web3py_agrees"]) == (30, True, True)
