"""The hashes over a poll's terms against the vectors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from backend.chain.values import (
    ClassTotals,
    Condition,
    Denominator,
    Measure,
    Numerator,
    PollParameters,
    classes_hash,
    parameters_hash,
)

FOLDER = Path(__file__).parents[2] / "vectors"


def load(name: str, part: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FOLDER / f"{name}.json").read_text())[part]
    return found


def condition(given: dict[str, Any]) -> Condition:
    return Condition(
        Measure[given["measure"].upper()],
        Numerator[given["numerator"].upper()],
        Denominator[given["denominator"].upper()],
        given["num"],
        given["den"],
        given["strict"],
    )


@pytest.mark.parametrize("item", load("parameters", "parameters"), ids=lambda item: item["rule_name"])
def test_parameters_hash_is_the_protocols(item: dict[str, Any]) -> None:
    given = item["parameters"]
    parameters = PollParameters(
        **{**given, "conditions": tuple(condition(one) for one in given["conditions"]), "verifiers": tuple(given["verifiers"])}
    )
    assert "0x" + parameters_hash(parameters).hex() == item["parameters_hash"]


@pytest.mark.parametrize("item", load("register", "registers"), ids=lambda item: str(item["leaf_count"]))
def test_classes_hash_is_the_protocols(item: dict[str, Any]) -> None:
    classes = [ClassTotals(one["heads"], int(one["amount_fen"]), int(one["blind"], 16)) for one in item["classes"]]
    assert "0x" + classes_hash(classes).hex() == item["classes_hash"]
