"""Digests and signatures agree with the protocol's vectors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.ballot_box import high_s
from verifier.issuer.typed_data import PollDomain, pack_entries
from verifier.signing.secp256k1 import SignatureBroken, SigningKey, recover

VECTORS = json.loads((Path(__file__).resolve().parents[2] / "vectors" / "typed_data.json").read_text("utf-8"))
METHODS = {"Credential": "credential", "CredentialList": "credential_list", "PhoneTicket": "phone_ticket", "Voucher": "voucher"}
ITEMS = [item for item in VECTORS["items"] if item["type"] in METHODS]


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item["type"])
def test_digest_signature_and_signer_are_those_of_the_vectors(item: dict[str, Any]) -> None:
    domain = PollDomain(VECTORS["chain_id"], VECTORS["poll"])
    values = [bytes.fromhex(value[2:]) if name == "entries" else value for name, value in item["message"].items()]
    digest = getattr(domain, METHODS[item["type"]])(*values)
    key = VECTORS["keys"][item["signer"]]
    assert "0x" + digest.hex() == item["digest"]
    assert "0x" + SigningKey(bytes.fromhex(key["private_key"][2:])).sign(digest).hex() == item["signature"]
    assert recover(digest, bytes.fromhex(item["signature"][2:])) == key["address"]


def test_all_four_types_stand_in_the_vectors() -> None:
    assert {item["type"] for item in ITEMS} == set(METHODS)


def test_entries_are_packed_as_in_the_vectors() -> None:
    entries = next(item for item in ITEMS if item["type"] == "CredentialList")["message"]["entries"]
    pieces = [entries[2:][at : at + 48] for at in range(0, len(entries) - 2, 48)]
    assert "0x" + pack_entries((int(piece[:8], 16), "0x" + piece[8:]) for piece in pieces).hex() == entries


def test_every_other_form_of_a_signature_is_refused() -> None:
    digest = b"\x11" * 32
    good = SigningKey(b"\x01" * 32).sign(digest)
    broken = [b"", good[:64], good + b"\0", good[:64] + b"\0", good[:64] + b"\x1d", high_s(good), b"\0" * 65, b"\xff" * 64 + b"\x1b"]
    for signature in broken:
        with pytest.raises(SignatureBroken):
            recover(digest, signature)
