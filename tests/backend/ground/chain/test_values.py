"""The hashes over a poll's terms and the calls that carry ballots, against the vectors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from backend.ground.chain.errors import NodeNotAnswering
from backend.ground.chain.node import Node
from backend.ground.chain.poll import PollContract
from backend.ground.chain.values import (
    BatchBallot,
    ClassTally,
    ClassTotals,
    Leaf,
    PollParameters,
    SignedBallot,
    classes_hash,
    parameters_hash,
    result_hash,
    rule_hash,
)
from backend.ground.common.voting import Condition, Denominator, Measure, Numerator

FOLDER = Path(__file__).parents[3] / "vectors"


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


@pytest.mark.parametrize("item", load("parameters", "results"))
def test_result_hash_is_the_protocols(item: dict[str, Any]) -> None:
    tallies = [ClassTally(**{name: int(value) for name, value in tally.items()}) for tally in item["tallies"]]
    assert "0x" + result_hash(item["poll"], tallies, passed=item["passed"]).hex() == item["result_hash"]


def test_rule_hashes_are_the_protocols() -> None:
    presets = json.loads((FOLDER / "rules.json").read_text())["presets"]
    for preset in presets.values():
        assert "0x" + rule_hash([condition(one) for one in preset["conditions"]]).hex() == preset["rule_hash"]


BATCH: dict[str, Any] = json.loads((FOLDER / "batch.json").read_text())


def leaf(index: int) -> Leaf:
    found = BATCH["leaves"][index]
    return Leaf(found["voting_class"], int(found["x"], 16), int(found["y"], 16))


@pytest.mark.parametrize("item", BATCH["batches"], ids=lambda item: item["name"])
def test_a_batch_is_written_as_the_protocol_says(item: dict[str, Any]) -> None:
    entries, packed = bytes.fromhex(item["entries"][2:]), bytes.fromhex(item["ballots"][2:])
    ballots = [
        BatchBallot(
            index := int.from_bytes(entries[at * 24 : at * 24 + 4], "big"),
            packed[at * 65] & 3,
            packed[at * 65] >> 2,
            "0x" + entries[at * 24 + 4 : at * 24 + 24].hex(),
            packed[at * 65 + 1 : at * 65 + 65],
            leaf(index),
        )
        for at in range(len(entries) // 24)
    ]
    siblings = [bytes.fromhex(sibling[2:]) for sibling in item["siblings"]]
    poll = PollContract(Node("http://127.0.0.1:1"), BATCH["poll"])
    call = poll.cast_batch(ballots, BATCH["expires_at"], bytes.fromhex(item["list_signature"][2:]), siblings)
    assert "0x" + call.data.hex() == item["calldata"]
    with pytest.raises(ValueError, match="ascending"):
        poll.cast_batch(ballots[::-1], BATCH["expires_at"], b"", siblings)


def test_a_single_ballot_is_written_as_the_protocol_says() -> None:
    item = BATCH["single"]
    signed = SignedBallot(
        item["index"],
        item["choice"],
        item["sequence"],
        item["ballot_key"],
        bytes.fromhex(item["ballot_signature"][2:]),
        BATCH["expires_at"],
        bytes.fromhex(item["credential_signature"][2:]),
    )
    poll = PollContract(Node("http://127.0.0.1:1"), BATCH["poll"])
    call = poll.cast(signed, leaf(item["index"]), [bytes.fromhex(sibling[2:]) for sibling in item["proof"]])
    assert "0x" + call.data.hex() == item["calldata"]


def test_a_node_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NodeNotAnswering) as silent:
        PollContract(Node("http://127.0.0.1:1"), BATCH["poll"]).stage()
    assert "区块链节点" in silent.value.say("zh")
