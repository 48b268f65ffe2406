"""Seals, the box and keys of sealed polls against the shared vectors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data

from backend.ground.chain import sealed_types
from backend.ground.chain.sealed_fields import TYPES_OF_SEALS
from backend.ground.chain.sealed_types import SealKey, read_seal_key
from backend.ground.chain.signatures import sign
from backend.ground.chain.typed_data import TypedData, from_json
from backend.ground.common import seals

FOLDER = Path(__file__).parents[3] / "vectors"
SEALS: dict[str, Any] = json.loads((FOLDER / "seals.json").read_text())
BOX: dict[str, Any] = json.loads((FOLDER / "box.json").read_text())
CEREMONY: dict[str, Any] = json.loads((FOLDER / "ceremony.json").read_text())


def raw(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def opened(item: dict[str, Any]) -> tuple[int, ...]:
    numbers = item["motions"], item["index"], item["sequence"]
    return seals.open_ballot(int(item["secret"], 16), raw(item["separator"]), *numbers, raw(item["seal"]), raw(item["sealed_choice"]))


def test_every_seal_opens_to_what_was_sealed() -> None:
    for item in SEALS["good"]:
        assert list(opened(item)) == item["choices"], item["name"]
        assert seals.plain_value(item["choices"]) == int(item["opens_to"], 16)
        hidden = seals.word(raw(item["separator"]), item["index"], item["sequence"], raw(item["seal"]), raw(item["shared_address"]))
        assert hidden == raw(item["word"])
        assert seals.is_point_x(raw(item["seal"]))


def test_what_is_no_ballot_is_invalid_in_every_motion() -> None:
    for item in SEALS["malformed"]:
        wanted = item["choices"] or [0] * item["motions"]
        assert list(opened(item)) == wanted, item["name"]


def test_records_are_folded_as_in_the_contract() -> None:
    for item in [*SEALS["good"], *SEALS["malformed"]]:
        record = seals.read_record(raw(item["record"]))
        assert (record.index, record.sequence, record.seal) == (item["index"], item["sequence"], raw(item["seal"]))
        assert record.encode() == raw(item["record"])
    for chain in BOX["chains"]:
        assert "0x" + seals.fold(seals.EMPTY_BOX, [raw(ballot["record"]) for ballot in chain["ballots"]]).hex() == chain["box"]


@pytest.mark.parametrize("ceremony", CEREMONY["ceremonies"], ids=lambda ceremony: ceremony["name"])
def test_enough_shares_give_the_secret_and_one_less_does_not(ceremony: dict[str, Any]) -> None:
    shares = [int(share, 16) for share in ceremony["shares"]]
    for subset in ceremony["subsets"]:
        found = seals.secret_from({seat: shares[seat] for seat in subset["seats"]})
        assert (found == int(ceremony["secret"], 16)) is subset["opens"]
    assert ["0x" + seals.address_of_secret(share).hex() for share in shares] == ceremony["share_keys"]


@pytest.mark.parametrize("ceremony", CEREMONY["ceremonies"], ids=lambda ceremony: ceremony["name"])
def test_rolls_and_keys_are_signed_as_the_protocol_says(ceremony: dict[str, Any]) -> None:
    place = CEREMONY["chain_id"], CEREMONY["case"]
    for line in ceremony["joins"]:
        typed = sealed_types.roll_entry(*place, raw(ceremony["ceremony"]), line["seat"], line["key"], raw(line["transport"]))
        assert typed.digest() == raw(line["digest"])
    key = SealKey(
        int(ceremony["key"]["x"], 16),
        int(ceremony["key"]["y"], 16),
        ceremony["threshold"],
        tuple(ceremony["share_keys"]),
        raw(ceremony["roll_hash"]),
        raw(ceremony["transcript_hash"]),
    )
    assert read_seal_key(key.as_json()) == key
    typed = sealed_types.seal_key(*place, key)
    assert (typed.struct_hash(), typed.digest()) == (raw(ceremony["seal_key_hash"]), raw(ceremony["digest"]))
    assert key.address == "0x" + seals.address_of_secret(int(ceremony["secret"], 16)).hex()
    assert typed.as_json()["message"]["shareKeys"] == ceremony["share_keys"]


def test_many_digests_of_ballots_are_made_the_fast_way() -> None:
    plan, key = bytes(range(32)), bytes(range(32, 64))
    poll = SEALS["polls"][0]
    fast = sealed_types.sealed_ballot_digests(31337, poll, plan, key)
    seal, choice = raw(SEALS["good"][0]["seal"]), raw(SEALS["good"][0]["sealed_choice"])
    slow = sealed_types.sealed_ballot(31337, poll, 5, 2, int.from_bytes(seal, "big"), int.from_bytes(choice, "big"), plan, key)
    assert fast(5, 2, seal, choice) == slow.digest()


def one_of_each() -> list[TypedData]:
    place = CEREMONY["chain_id"], CEREMONY["case"]
    key = SealKey(1, 2, 2, ("0x" + "11" * 20, "0x" + "22" * 20), bytes(32), bytes(range(32)))
    return [
        sealed_types.trustee_appointment(*place, 1, [b"\1" * 20, b"\2" * 84]),
        sealed_types.roll_entry(*place, bytes(32), 3, "0x" + "11" * 20, b"\2" * 33),
        sealed_types.seal_key(*place, key),
        sealed_types.sealed_poll_announcement(*place, 4, bytes(32), bytes(range(32)), rehearsal=True),
        sealed_types.poll_abandonment(*place, 4, bytes(range(32))),
        sealed_types.sealed_ballot(*place, 4, 2, 2**255, 2**63, bytes(32), bytes(range(32))),
        sealed_types.openings_escrow(*place, 4, bytes(32), bytes(range(32)), bytes(range(1, 33))),
        sealed_types.seal_breach(*place),
    ]


@pytest.mark.parametrize("typed", one_of_each(), ids=lambda typed: typed.primary_type)
def test_a_browser_signs_the_same_digest(typed: TypedData) -> None:
    document = json.loads(json.dumps(typed.as_json()))
    assert from_json(document) == typed
    message = {name: int(value) if isinstance(value, str) and value.isdigit() else value for name, value in document["message"].items()}
    signable = encode_typed_data(full_message={**document, "message": message})
    assert bytes(Account.sign_message(signable, bytes([1] * 32)).signature) == sign(bytes([1] * 32), typed.digest())


def test_every_type_is_held_to_something() -> None:
    assert {typed.primary_type for typed in one_of_each()} == set(TYPES_OF_SEALS)
