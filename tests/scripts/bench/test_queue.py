"""Ballots while faces queue, a few seconds of it on a real installation: nothing is lost, and every picture is answered or told when."""

from __future__ import annotations

import argparse
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from scripts.bench import queue
from scripts.load.face_crowd import FaceCrowd
from scripts.load.wire import Answer
from verifier.face.errors import FaceLibraryMissing
from verifier.face.library import face_library


@pytest.mark.drill
def test_ballots_are_taken_while_the_face_queue_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        face_library()
    except FaceLibraryMissing as error:
        pytest.skip(str(error))
    monkeypatch.setattr(queue, "DATA_DIR", tmp_path / "queue")
    with ThreadPoolExecutor(1) as pool:  # a browser test before this one may have left its event loop running in this thread
        found = pool.submit(queue.measure, argparse.Namespace(per_second=10, seconds=2, rounds=1)).result()
    line = queue.summary(found)
    assert line["lost"] == 0
    assert [line[part]["receipts"] for part in queue.PHASES] == [20, 20, 20]
    assert all(line[part]["p99_ms"] >= line[part]["p50_ms"] > 0 for part in queue.PHASES)
    assert line["p99_ms_faces_queue_over_idle"] > 0
    assert line["accepted_per_s_faces_queue_over_idle"] > 0.5
    assert line["idle"]["backend_processor_ms_per_ballot"] > 0
    pictures = line["pictures"]
    assert pictures["served"] > 0
    assert pictures["busy_with_retry_after"] > 0
    assert (pictures["busy_without_retry_after"], pictures["others"]) == (0, {})
    assert pictures["places"] > 1
    assert pictures["queue_full_share"] > 0.3, "else it says nothing about a full queue"


def test_other_answers_are_not_counted_as_served_or_busy() -> None:
    crowd = FaceCrowd(1, b"")
    waits = [crowd._note(answer) for answer in (Answer(503, 7, b'"FacesBusy"'), Answer(503, 0, b'"FacesBusy"'), Answer(500, 0, b""))]
    assert waits == [7, 1, 1]
    assert (crowd.found.served, crowd.found.busy, crowd.found.busy_without_retry_after) == (0, 2, 1)
    assert crowd.found.others == {"500": 1}
