"""The comparison of two checkouts' imports: beside itself it takes the same rows, and its last line has the figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts.bench import register_import
from scripts.build.contracts import ROOT


def test_both_formats_are_timed_in_both_checkouts(capsys: pytest.CaptureFixture[str]) -> None:
    register_import.main(["--beside", str(ROOT), "--rows", "50", "--rounds", "1"])
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    for kind in ("csv", "xlsx"):
        assert figures[kind]["rows"] >= 50
        assert figures[kind]["before_ms"] > 0
        assert figures[kind]["percent"] > 0


def test_a_checkout_that_cannot_import_ends_with_a_line_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError, match="status"):
        register_import.main(["--beside", str(tmp_path), "--rows", "50", "--rounds", "1"])
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["bench"] == "import"
