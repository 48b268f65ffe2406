"""Digests and signatures agree with the protocol's vectors."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.ballot_box import high_s
from verifier.issuer.typed_data import CaseDomain, PollDomain, pack_entries
from verifier.signing.secp256k1 import SignatureBroken, SigningKey, recover

VECTORS = json.loads((Path(__file__).resolve().parents[2] / "vectors" / "typed_data.json").read_text("utf-8"))
CASE, POLL = CaseDomain(VECTORS["chain_id"], VECTORS["case"]), PollDomain(VECTORS["chain_id"], VECTORS["poll"])


def in_bytes(message: dict[str, Any], name: str) -> bytes:
    return bytes.fromhex(message[name][2:])


DIGESTS: dict[str, Callable[[dict[str, Any]], bytes]] = {
    "Credential": lambda m: POLL.credential(m["index"], m["ballotKey"], m["expiresAt"]),
    "CredentialList": lambda m: POLL.credential_list(in_bytes(m, "entries"), m["expiresAt"]),
    "PhoneTicket": lambda m: POLL.phone_ticket(m["index"], m["ballotKey"], m["expiresAt"]),
    "Voucher": lambda m: POLL.voucher(m["index"], m["ballotKey"], m["method"], m["vouchedAt"]),
    "CredentialListRequest": lambda m: POLL.credential_list_request(in_bytes(m, "entries"), m["requestedAt"]),
    "LogRequest": lambda m: POLL.log_request(m["after"], m["requestedAt"]),
    "FaceConsent": lambda m: POLL.face_consent(m["index"], in_bytes(m, "textHash"), m["saidAt"], agreed=m["agreed"]),
    "PollAnnouncement": lambda m: (
        CASE.poll_announcement(m["pollNumber"], in_bytes(m, "parametersHash"), m["rehearsal"])
        if "rehearsal" in m
        else CASE.poll_announcement_2(m["pollNumber"], in_bytes(m, "parametersHash"))
    ),
    "IdentityFile": lambda m: CASE.identity_file(m["registerNumber"], in_bytes(m, "fileHash")),
    "RegisterFreeze": lambda m: CASE.register_freeze(
        2 if "rangeProofsHash" in m else 1,
        m["registerNumber"],
        [bytes.fromhex(value[2:]) if isinstance(value, str) else value for value in list(m.values())[1:]],
    ),
}
FORMER = [item for name in ("items_of_protocol_1", "items_of_protocol_2") for item in VECTORS.get(name, [])]
ITEMS = [item for item in (*VECTORS["items"], *FORMER) if item["type"] in DIGESTS]


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item["type"])
def test_digest_signature_and_signer_are_those_of_the_vectors(item: dict[str, Any]) -> None:
    digest = DIGESTS[item["type"]](item["message"])
    key = VECTORS["keys"][item["signer"]]
    assert "0x" + digest.hex() == item["digest"]
    assert "0x" + SigningKey(bytes.fromhex(key["private_key"][2:])).sign(digest).hex() == item["signature"]
    assert recover(digest, bytes.fromhex(item["signature"][2:])) == key["address"]


def test_all_types_stand_in_the_vectors() -> None:
    assert {item["type"] for item in ITEMS} == set(DIGESTS)
    assert [item["type"] for item in ITEMS].count("RegisterFreeze") == 2, "of either protocol"
    assert {"rehearsal" in item["message"] for item in ITEMS if item["type"] == "PollAnnouncement"} == {True, False}
    assert [item["type"] for item in ITEMS].count("PollAnnouncement") == 3, "with either mark, and without one"


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
