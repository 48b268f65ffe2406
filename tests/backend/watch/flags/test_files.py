"""Files beside the register and the verifier's log: read whole or refused by row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from backend.watch.flags.beside import read_beside
from backend.watch.flags.errors import BesideColumnsMissing, BesideRowWrong, VerifierLogNotReadable
from backend.watch.flags.groups import added, band, groups_of
from backend.watch.flags.rules.officials_way import DayOfWays
from backend.watch.flags.verifier_log import read_log

POLL = "0x" + "ab" * 20


def written(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "beside.csv"
    path.write_text("\n".join(lines), "utf-8")
    return path


def lookup(kind: str, value: str) -> bytes:
    return f"{kind}|{value}".encode()


def test_amounts_of_one_lender_add_up_and_unknown_claims_are_left_out(tmp_path: Path) -> None:
    path = written(tmp_path, "claim_no,card,paid_in_yuan,taken_out_yuan", "a1, 6222 ,100.50,10", "a2,,50,0", "zz,6222,1,1")
    found = read_beside(path, {"a1": 3, "a2": 3}, lookup)
    assert found.moved == {3: (15_050, 1_000)}
    assert [(link.kind, bytes.fromhex(link.value)) for link in found.links] == [("card", b"flags card|6222")]


def test_a_file_without_claim_numbers_or_with_a_wrong_amount_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BesideColumnsMissing):
        read_beside(written(tmp_path, "card", "6222"), {}, lookup)
    with pytest.raises(BesideColumnsMissing):
        read_beside(written(tmp_path, "claim_no,colour", "a1,red"), {"a1": 1}, lookup)
    with pytest.raises(BesideRowWrong) as refused:
        read_beside(written(tmp_path, "claim_no,paid_in_yuan,taken_out_yuan", "a1,1,0", "a1,much,0"), {"a1": 1}, lookup)
    assert refused.value.facts["row"] == 3


def entry(**facts: Any) -> str:
    return json.dumps({"poll": POLL, "time": "2026-11-30T17:00:00Z"} | facts)


def test_the_verifiers_log_is_counted_by_day_in_beijing() -> None:
    lines = [
        entry(kind="roots"),
        entry(kind="credential", way="face"),
        entry(kind="credential", way="vouched"),
        entry(kind="face_declined"),
        entry(kind="credential", way="face", time="2026-11-30T10:00:00Z"),
    ]
    ways, refusals = read_log(lines, POLL.upper().replace("0X", "0x"))
    day = refusals[0].day
    assert ways == [DayOfWays(day, 1, 0), DayOfWays(day + 1, 2, 1)]
    assert refusals == [DayOfWays(day, 1, 0), DayOfWays(day + 1, 2, 1)]


@pytest.mark.parametrize(
    "line", ["no json", "[]", json.dumps({"kind": "credential", "poll": "0x00"}), entry(kind="credential", time="noon")]
)
def test_a_log_of_something_else_is_refused_by_its_line(line: str) -> None:
    with pytest.raises(VerifierLogNotReadable) as refused:
        read_log([entry(kind="roots"), line], POLL)
    assert refused.value.facts["line"] == 2


def test_groups_have_no_person() -> None:
    assert [band(age) for age in (0, 39, 40, 79, 80)] == ["unknown", "under_40", "40_49", "70_79", "80_up"]
    counts = groups_of([(72, "32", "officials"), (75, "", "")])
    assert counts == {"age:70_79": 2, "region:32": 1, "region:unknown": 1, "way:officials": 1}
    assert added([counts, counts])["age:70_79"] == 4
