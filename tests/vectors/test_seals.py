"""Strangers' curve and hash open the seals of the vectors as the reference does, and every piece of a box folds."""

import json
from pathlib import Path
from typing import Any

import coincurve
import pytest
from eth_utils.crypto import keccak

FOLDER = Path(__file__).parent
SEALS: Any = json.loads((FOLDER / "seals.json").read_text(encoding="utf-8"))
BOX: Any = json.loads((FOLDER / "box.json").read_text(encoding="utf-8"))


def raw(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def opened(case: dict[str, Any]) -> int:
    """By libsecp256k1, which knows even points by their first byte."""
    seal = raw(case["seal"])
    if int.from_bytes(seal, "big") >= 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141:
        return 0
    try:
        shared = coincurve.PublicKey(b"\x02" + seal).multiply(raw(case["secret"]))
    except ValueError:
        return 0
    numbers = b"".join(case[name].to_bytes(32, "big") for name in ("index", "sequence"))
    address = keccak(shared.format(compressed=False)[1:])[12:]
    word = keccak(keccak(text="LenderVote/1/seal") + raw(case["separator"]) + numbers + seal + bytes(12) + address)[:8]
    plain = int.from_bytes(word, "big") ^ int(case["sealed_choice"], 16)
    pairs = [plain >> 2 * motion & 3 for motion in range(32)]
    return plain if all(pairs[: case["motions"]]) and not any(pairs[case["motions"] :]) else 0


def test_seals__strangers_open_the_same() -> None:
    assert len([case for case in SEALS["good"] if case["motions"] == 1]) == 300
    assert {case["motions"] for case in SEALS["good"]} == set(range(1, 17))
    for case in SEALS["good"]:
        assert opened(case) == int(case["opens_to"], 16) == int(case["plain"], 16) > 0
    for case in SEALS["malformed"]:
        assert opened(case) == int(case["opens_to"], 16) == 0, case["name"]


def test_seals__of_odd_and_even_points() -> None:
    turned = [case["k"] != case["drawn_k"] for case in SEALS["good"]]
    assert 100 < sum(turned) < 250


def _taken(box: bytes, call: dict[str, Any]) -> int:
    """How many records are the piece of a call; 0 when it has none."""
    folded, ballots = raw(call["before"]), raw(call["ballots"])
    for number in range(1, len(ballots) // 110 + 1):
        folded = keccak(folded + ballots[110 * number - 110 : 110 * number])
        if folded == box:
            return 0 if len(ballots) % 110 else number
    return 0


@pytest.mark.parametrize("chain", BOX["chains"], ids=lambda chain: chain["name"])
def test_box__a_stranger_who_counts_one_before_each_piece_stops_nothing(chain: dict[str, Any]) -> None:
    box = raw(chain["box"])
    for call in chain["overtaken"]:
        assert _taken(box, call) == call["taken"] > 0
        box = raw(call["before"])
    assert box == bytes(32)
    assert sum(call["taken"] for call in chain["overtaken"]) == len(chain["ballots"])
    for call in chain["trailing"]:
        assert _taken(raw(chain["box"]), call) == call["taken"] < len(raw(call["ballots"])) // 110
    for call in chain["refused"]:
        assert _taken(raw(chain["box"]), call) == 0


@pytest.mark.parametrize("chain", BOX["chains"], ids=lambda chain: chain["name"])
def test_box__pieces_fold_from_the_end(chain: dict[str, Any]) -> None:
    for counting in chain["countings"]:
        box = raw(chain["box"])
        for piece in counting["pieces"]:
            folded, ballots = raw(piece["before"]), raw(piece["ballots"])
            for at in range(0, len(ballots), 110):
                folded = keccak(folded + ballots[at : at + 110])
            assert folded == box
            box = raw(piece["before"])
        assert box == bytes(32)
    newest = {ballot["index"] for ballot in chain["ballots"]}

    assert len(newest) == sum(row["heads"] for row in chain["invalid"]) + sum(row["heads"] for row in chain["sums"] if row["motion"] == 0)
