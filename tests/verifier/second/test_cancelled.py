"""Commitments that cancel each other: fewer trustees than were announced would open, or nobody (protocol §22.4)."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from coincurve import PrivateKey

from verifier.shares.hashes import canonical_json, keccak
from verifier.signing.secp256k1 import SigningKey
from verifier.tally import curve, transcript

ROOT = Path(__file__).resolve().parents[3]
CASE, CHAIN_ID = "0x" + "5f" * 20, 31337
ASK = """
import { keyOf } from "./verifier/second/math/ceremony.mjs";
const [transcript, address, chainId] = JSON.parse(process.argv[1]);
const found = keyOf(transcript, Buffer.from(address.slice(2), "hex"), chainId);
console.log(JSON.stringify(found.wrong ?? "key"));
"""


def scalar(number: int) -> bytes:
    return (number % curve.N).to_bytes(32, "big")


def dealing(seat: int, roll_hash: bytes, key: SigningKey, numbers: tuple[int, ...], seats: int) -> dict[str, Any]:
    """A dealing of these coefficients, signed as its trustee would; what the shares hold is nobody's to see."""
    points = [PrivateKey(scalar(number)).public_key.format() for number in numbers]
    words = [keccak(bytes([seat, receiver])) for receiver in range(seats)]
    place = seat.to_bytes(32, "big")
    possession = SigningKey(scalar(numbers[0])).sign(keccak(b"LenderVote/1/possession" + roll_hash + place + points[0]))
    signature = key.sign(keccak(b"LenderVote/1/dealing" + roll_hash + place + b"".join(points) + b"".join(words)))
    texts = {"commitments": points, "shares": words}
    return {name: ["0x" + each.hex() for each in given] for name, given in texts.items()} | {
        "possession": "0x" + possession.hex(),
        "signature": "0x" + signature.hex(),
    }


def made(first: tuple[int, ...], second: tuple[int, ...]) -> dict[str, Any]:
    """The transcript of a ceremony of two seats."""
    keys = [SigningKey(scalar(41 + seat)) for seat in range(2)]
    transports = ["0x" + PrivateKey(scalar(51 + seat)).public_key.format().hex() for seat in range(2)]
    trustees = [{"key": key.address, "seat": seat, "transport": transports[seat]} for seat, key in enumerate(keys)]
    ceremony = "0x" + "ce" * 32
    roll = {"case": CASE, "ceremony": ceremony, "chain_id": CHAIN_ID, "threshold": 2, "trustees": trustees}
    roll_hash = keccak(canonical_json(roll))
    dealings = [dealing(seat, roll_hash, key, numbers, 2) for seat, (key, numbers) in enumerate(zip(keys, (first, second), strict=True))]
    return {"ceremony": ceremony, "dealings": dealings, "rollHash": "0x" + roll_hash.hex(), "threshold": 2, "trustees": trustees}


def by_the_first(paper: dict[str, Any]) -> bool:
    """Whether the first recount finds a key."""
    dealings = [transcript.Dealing([bytes.fromhex(point[2:]) for point in one["commitments"]], [], b"", b"") for one in paper["dealings"]]
    seats = [transcript.Seat(bytes(20), bytes(33))] * 2
    return transcript.key_of(transcript.Transcript(b"", b"", b"", 2, seats, dealings)) is not None


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ((5, 7), (6, 8), "key"),
        ((5, 7), (-5, 8), "infinity"),  # there is no key
        ((5, 7), (6, -7), "infinity"),  # one share alone opens
        ((5, 7), (6, -18), "infinity"),  # the first seat's share is 0
        ((5, 7), (6, -9), "key"),
    ],
)
def test_sums_that_are_infinity_give_no_key(first: tuple[int, ...], second: tuple[int, ...], found: str) -> None:
    paper = made(first, second)
    asked = ["node", "--input-type=module", "-e", ASK, json.dumps([paper, CASE, CHAIN_ID])]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout) == found
    assert by_the_first(paper) == (found == "key")
