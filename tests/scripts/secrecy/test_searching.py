"""The search finds a number in every form and at every place, also across two pieces, and nothing where there is nothing."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import numpy as np
import pytest

from backend.ground.common.seals import ORDER
from scripts.secrecy.needles import Needle, choice_forms, number_forms, secret_forms
from scripts.secrecy.searching import Searcher
from scripts.secrecy.stores import files_of, memory_of

K = int.from_bytes(bytes(range(7, 39)), "big")
RAW = K.to_bytes(32, "big")
NOISE = np.random.default_rng(3).bytes(5000)


def labels(found: set[Needle]) -> set[str]:
    return {needle.label for needle in found}


@pytest.mark.parametrize(
    "written",
    [
        RAW,
        RAW[::-1],
        RAW.hex().encode(),
        RAW.hex().upper().encode(),
        str(K).encode(),
        base64.b64encode(RAW),
        base64.b64encode(b"a" + RAW + b"b"),
        base64.urlsafe_b64encode(b"ab" + RAW),
        (ORDER - K).to_bytes(32, "big"),
        json.dumps({"k": hex(K)}).encode(),
    ],
)
@pytest.mark.parametrize("ahead", range(9))
def test_a_number_is_found_however_it_is_written(written: bytes, ahead: int) -> None:
    searcher = Searcher(secret_forms("k", K))
    assert labels(searcher.find(NOISE[: 100 + ahead] + written + NOISE)) == {"k"}
    assert labels(searcher.find_in([NOISE + written[:11], written[11:] + NOISE])) == {"k"}


def test_python_s_own_number_is_found_in_memory() -> None:
    number = int.from_bytes(os.urandom(32), "big")  # none of its forms has been written anywhere
    found = Searcher(number_forms("k", number.to_bytes(32, "big"))).find_in(memory_of(os.getpid())())
    assert "Python's digits" in {needle.form for needle in found}


def test_nothing_is_found_where_nothing_is() -> None:
    searcher = Searcher([*secret_forms("k", K), *choice_forms("choice", 17, 2)])
    other = json.dumps([{"index": 17, "choice": 0}, {"index": 18, "choice": 2}, {"lender_index": 17, "choice": 3}]).encode()
    assert searcher.find(NOISE + RAW[:31] + NOISE + RAW[1:] + other) == set()


@pytest.mark.parametrize(
    "written",
    [
        json.dumps({"index": 17, "choice": 2, "sequence": 1}),
        json.dumps({"index": 17, "choice": 2, "sequence": 1}, separators=(",", ":")),
        json.dumps({"poll_id": "p", "lender_index": 17, "choice": 2}),
        str({"index": 17, "choice": 2}),
        "SignedBallot(index=17, choice=2, sequence=1)",
        json.dumps({"index": 17, "choices": [2, 1]}),
    ],
)
def test_a_choice_beside_its_lender_is_found(written: str) -> None:
    assert labels(Searcher(choice_forms("choice", 17, 2)).find(written.encode())) == {"choice"}


def test_needles_that_are_too_short_are_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        Searcher([Needle("k", "bytes", b"1234567")])


def test_files_are_sorted_by_kind(tmp_path: Path) -> None:
    for name in (
        "backend.log",
        "lendervote.sqlite3",
        "lendervote.sqlite3-wal",
        "journal/a.jsonl",
        "chain/state.json",
        "files/register.csv",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    found = {kind: b"".join(store()) for kind, store in files_of(tmp_path).items()}
    assert set(found) == {"logs", "database files", "journal", "chain files", "files"}
    assert found["database files"] == b"lendervote.sqlite3\nlendervote.sqlite3-wal\n"
