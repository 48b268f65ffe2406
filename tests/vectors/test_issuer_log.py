"""Each broken log has its one finding, by a reader that shares nothing with issuer and recount."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.vectors.log_reader import LogReader

FILE = json.loads((Path(__file__).parent / "issuer_log.json").read_text(encoding="utf-8"))
FINDINGS = json.loads((Path(__file__).parent / "findings.json").read_text(encoding="utf-8"))
READER = LogReader(FILE)


@pytest.mark.parametrize("log", FILE["good"], ids=lambda log: log["name"])
def test_a_whole_log_has_no_finding(log: dict[str, Any]) -> None:
    found, notes = READER.findings(log["lines"])
    assert found == set()
    assert "unused: 9" in notes, "a credential that nobody used is a note"
    assert ("one node" in notes) is ("one node" in log["name"])


@pytest.mark.parametrize("log", FILE["broken"], ids=lambda log: log["name"])
def test_a_broken_log_has_its_finding_and_no_other(log: dict[str, Any]) -> None:
    assert READER.findings(log["lines"])[0] == {log["finding"]}


def test_every_name_of_the_step_is_there() -> None:
    (names,) = [set(step["findings"]) for step in FINDINGS["steps"] if step["name"] == "Log"]
    assert {log["finding"] for log in FILE["broken"]} == names | {"void.log"}
