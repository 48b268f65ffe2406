"""The signed types against the vectors, and what a browser is given to sign."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data

from backend.ground.chain import typed_data, typed_fields
from backend.ground.chain.entries import pack_entries
from backend.ground.chain.errors import SignatureNotReadable
from backend.ground.chain.signatures import address_of, compact, recover, sign
from backend.ground.chain.typed_data import TypedData

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[3] / "vectors" / "typed_data.json").read_text())
#: What earlier protocols signed otherwise, by their number.
FORMER: dict[int, list[dict[str, Any]]] = {1: VECTORS["items_of_protocol_1"], 2: VECTORS["items_of_protocol_2"]}
FORMER_TYPES = {1: typed_fields.TYPES_OF_PROTOCOL_1, 2: typed_fields.TYPES_OF_PROTOCOL_2}
OF_PHONE_AND_VERIFIER = {"FaceConsent", "RegisterSample"}
"""What the backend neither signs nor checks."""
ITEMS: list[dict[str, Any]] = [item for item in [*VECTORS["items"], *FORMER[1], *FORMER[2]] if item["type"] not in OF_PHONE_AND_VERIFIER]
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def build(item: dict[str, Any]) -> TypedData:
    """The item through its public constructor."""
    snake = "".join("_" + letter.lower() if letter.isupper() else letter for letter in item["type"]).removeprefix("_")
    protocol = next((number for number, items in FORMER.items() if item in items), 0)
    types = FORMER_TYPES.get(protocol, typed_fields.TYPES)
    fields = dict(types[item["type"]])
    assert list(fields) == list(item["message"])
    values: dict[str, Any] = {
        name: bytes.fromhex(value[2:]) if fields[name].startswith("bytes") else value for name, value in item["message"].items()
    }
    if item["type"] == "Attestation":
        return typed_data.attestation(VECTORS["chain_id"], VECTORS["poll"], values["resultHash"], approve=values["approve"])
    if item["type"] == "PollAnnouncement" and not protocol:
        named = VECTORS["chain_id"], VECTORS["case"], values["pollNumber"], values["parametersHash"]
        return typed_data.poll_announcement(*named, rehearsal=values["rehearsal"])
    constructor: Callable[..., TypedData] = getattr(typed_data, f"{snake}_{protocol}" if protocol else snake)
    return constructor(VECTORS["chain_id"], VECTORS[item["contract"]], *values.values())


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item["type"])
def test_digests_are_the_protocols(item: dict[str, Any]) -> None:
    typed = build(item)
    assert "0x" + typed.struct_hash().hex() == item["struct_hash"]
    assert "0x" + typed.digest().hex() == item["digest"]


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item["type"])
def test_signatures_lead_back_to_their_signer(item: dict[str, Any]) -> None:
    digest, key = build(item).digest(), VECTORS["keys"][item["signer"]]
    signature = bytes.fromhex(item["signature"][2:])
    assert sign(bytes.fromhex(key["private_key"][2:]), digest) == signature
    assert "0x" + compact(signature).hex() == item["compact_signature"]
    assert recover(digest, signature) == recover(digest, compact(signature)) == key["address"]
    assert address_of(bytes.fromhex(key["private_key"][2:])) == key["address"]


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item["type"])
def test_a_browser_signs_the_same_digest(item: dict[str, Any]) -> None:
    document = json.loads(json.dumps(build(item).as_json()))
    assert typed_data.from_json(document) == build(item)
    key = bytes.fromhex(VECTORS["keys"][item["signer"]]["private_key"][2:])
    message = {name: int(value) if isinstance(value, str) and value.isdigit() else value for name, value in document["message"].items()}
    signable = encode_typed_data(full_message={**document, "message": message})
    assert "0x" + Account.sign_message(signable, key).signature.hex() == item["signature"]


def test_every_type_of_the_protocol_is_held_to_a_vector() -> None:
    assert {item["type"] for item in VECTORS["items"]} | {"Stamp"} == set(typed_fields.TYPES) | OF_PHONE_AND_VERIFIER
    for number, items in FORMER.items():
        assert {item["type"] for item in items} == set(FORMER_TYPES[number])


def test_stamps_are_the_protocols() -> None:
    given = json.loads((Path(__file__).parents[3] / "vectors" / "stamps.json").read_text())
    right = [one for one in given["stamps"] if one["finding"] is None]
    assert right
    for one in right:
        line, contract = one["line"], given["case" if one["line"]["subject"] == "register" else "poll"]
        block_hash, value = (bytes.fromhex(line[name][2:]) for name in ("block_hash", "value"))
        typed = typed_data.stamp(given["chain_id"], contract, line["subject"].encode().ljust(32, b"\0"), line["block"], block_hash, value)
        assert "0x" + typed.digest().hex() == one["digest"]


def test_whole_numbers_beyond_a_browsers_reach_are_text() -> None:
    message = typed_data.plan_admission(1, VECTORS["case"], 2**200 + 1, bytes(32)).as_json()["message"]
    assert message["planNumber"] == str(2**200 + 1)


def test_the_fast_way_to_ballots_agrees_with_the_slow_one() -> None:
    plan_hash = bytes(range(32))
    fast = typed_data.ballot_digests(31337, VECTORS["poll"], plan_hash)
    for index, choice, sequence in [(0, 1, 1), (2**24 - 1, 3, 63), (77, 2, 9)]:
        assert fast(index, choice, sequence) == typed_data.ballot(31337, VECTORS["poll"], index, choice, sequence, plan_hash).digest()


def test_another_contract_or_chain_is_another_digest() -> None:
    digests = {
        typed_data.ballot(chain, contract, 1, 1, 1, bytes(32)).digest()
        for chain in (1, 31337)
        for contract in (VECTORS["case"], VECTORS["poll"])
    }
    assert len(digests) == 4


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: typed_data.ballot(1, VECTORS["poll"], 1, 256, 1, bytes(32)),
        lambda: typed_data.ballot(1, VECTORS["poll"], -1, 1, 1, bytes(32)),
        lambda: typed_data.ballot(1, VECTORS["poll"], 1, 1, 1, bytes(31)),
        lambda: typed_data.credential(1, VECTORS["poll"], 1, "0x1234", 1),
        lambda: typed_data.credential(1, VECTORS["poll"], 1, VECTORS["poll"], 2**64),
        lambda: pack_entries([(2, VECTORS["poll"]), (2, VECTORS["poll"])]),
    ],
)
def test_values_that_do_not_fit_are_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r".+"):
        wrong()


def test_only_one_form_of_a_signature_is_read() -> None:
    item = ITEMS[0]
    digest, signature = bytes.fromhex(item["digest"][2:]), bytes.fromhex(item["signature"][2:])
    mirrored = (ORDER - int.from_bytes(signature[32:64], "big")).to_bytes(32, "big")
    high_s = signature[:32] + mirrored + bytes([27 + 28 - signature[64]])
    for wrong in (
        high_s,
        signature[:64] + bytes([signature[64] - 27]),
        signature[:63],
        b"",
        bytes(65),
        bytes(64),
        b"\xff" * 64 + b"\x1b",
    ):
        with pytest.raises(SignatureNotReadable):
            recover(digest, wrong)
    with pytest.raises(SignatureNotReadable):
        compact(high_s)
