"""Strangers' code hashes and signs what the vectors of ceremony and escrow say, and encrypts as they do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import coincurve
import pytest
from Crypto.Cipher import AES
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from eth_abi.abi import encode
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_utils.crypto import keccak

from tests.vectors import ceremonies, escrows, reference

FOLDER = Path(__file__).parent
CEREMONIES: Any = json.loads((FOLDER / "ceremony.json").read_text(encoding="utf-8"))
ESCROW: Any = json.loads((FOLDER / "escrow.json").read_text(encoding="utf-8"))


def raw(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def signed(data: Any, type_text: str, message: dict[str, Any], key: str) -> tuple[str, str]:
    """Digest and signature by eth_account."""
    name = type_text.split("(", maxsplit=1)[0]
    types = {
        "EIP712Domain": [{"type": kind, "name": field} for kind, field in reference.fields_of(reference.DOMAIN_TYPE)],
        name: [{"type": kind, "name": field} for kind, field in reference.fields_of(type_text)],
    }
    domain = {"name": "LenderVote", "version": "1", "chainId": data["chain_id"], "verifyingContract": data["case"]}
    whole = encode_typed_data(full_message={"types": types, "primaryType": name, "domain": domain, "message": message})
    made = Account.sign_message(whole, key)
    return "0x" + bytes(made.message_hash).hex(), "0x" + bytes(made.signature).hex()


@pytest.mark.parametrize("vector", CEREMONIES["ceremonies"], ids=lambda vector: vector["name"])
def test_ceremonies__strangers_hash_and_sign_the_same(vector: Any) -> None:
    keys = [CEREMONIES["keys"][f"trustee {seat}"]["private_key"] for seat in range(vector["seats"])]
    for join, key in zip(vector["joins"], keys, strict=True):
        message = {"ceremony": raw(vector["ceremony"]), "seat": join["seat"], "key": join["key"], "transport": raw(join["transport"])}
        assert signed(CEREMONIES, ceremonies.ROLL_ENTRY, message, key) == (join["digest"], join["signature"])
    hashes = {"rollHash": raw(vector["roll_hash"]), "transcriptHash": raw(vector["transcript_hash"])}
    numbers = {"x": int(vector["key"]["x"], 16), "y": int(vector["key"]["y"], 16), "threshold": vector["threshold"]}
    message = numbers | {"shareKeys": vector["share_keys"]} | hashes
    for share, key, confirmation in zip(vector["shares"], keys, vector["confirmations"], strict=True):
        assert signed(CEREMONIES, ceremonies.SEAL_KEY, message, share) == (vector["digest"], confirmation["share"])
        assert signed(CEREMONIES, ceremonies.SEAL_KEY, message, key) == (vector["digest"], confirmation["identity"])


@pytest.mark.parametrize("vector", CEREMONIES["ceremonies"], ids=lambda vector: vector["name"])
def test_ceremonies__strangers_curve_agrees(vector: Any) -> None:
    key = coincurve.PublicKey.from_secret(raw(vector["secret"]))
    assert key.format(compressed=False)[1:] == raw(vector["key"]["x"]) + raw(vector["key"]["y"])
    constants = [coincurve.PublicKey(raw(dealing["commitments"][0])) for dealing in vector["dealings"]]
    assert coincurve.PublicKey.combine_keys(constants) == key
    for share, address in zip(vector["shares"], vector["share_keys"], strict=True):
        point = coincurve.PublicKey.from_secret(raw(share)).format(compressed=False)[1:]
        assert keccak(point)[12:] == raw(address)
    for join, secret in zip(vector["joins"], vector["transport_secrets"], strict=True):
        assert coincurve.PublicKey.from_secret(raw(secret)).format() == raw(join["transport"])


@pytest.mark.parametrize("name", ["new_key", "dealt_key", "opening"])
def test_files__strangers_open_them(name: str) -> None:
    file = CEREMONIES["files"][name]
    key = PBKDF2HMAC(SHA256(), 32, raw(file["salt"]), file["rounds"]).derive(CEREMONIES["files"]["password"].encode())
    head = {field: value for field, value in file.items() if field not in {"check", "sealed"}}
    cipher = AES.new(key, AES.MODE_GCM, nonce=raw(file["nonce"]))
    cipher.update(json.dumps(head, sort_keys=True, separators=(",", ":")).encode())
    first = CEREMONIES["ceremonies"][0]
    secret = cipher.decrypt_and_verify(raw(file["sealed"])[:-16], raw(file["sealed"])[-16:])
    assert secret == raw(first["shares" if name == "opening" else "seeds"][0])


def test_escrow__strangers_hash_and_open_the_same() -> None:
    register = ESCROW["registers"][0]
    transports = keccak(b"".join(raw(one) for one in register["transports"]))
    values = [keccak(text="LenderVote/1/escrow"), ESCROW["chain_id"], ESCROW["case"], 0, raw(register["root"]), 7]
    c = keccak(encode(escrows.CONTEXT_KINDS, [*values, raw(register["classes_hash"]), register["threshold"], transports]))
    assert c == raw(register["context"])
    commitments = keccak(b"".join(raw(one) for one in register["commitments"]))
    message = {"registerNumber": 0, "context": c, "commitmentsHash": commitments, "fileDigest": raw(register["file_digest"])}
    assert signed(ESCROW, escrows.ESCROW, message, "0x" + "11" * 32)[0] == register["digest"]
    order = ESCROW["order"]
    message = {"registerNumber": 0, "recipientKey": raw(order["recipient_key"]), "purposeHash": raw(order["purpose_hash"])}
    assert signed(ESCROW, escrows.ORDER_TYPE, message, "0x" + "11" * 32)[0] == order["digest"]
    header = raw(register["file"])[: 8 + 32 + 33 * register["threshold"]]
    key = HKDF(SHA256(), 32, c, b"LenderVote/1/escrow key").derive(raw(register["z"]))
    cipher = AES.new(key, AES.MODE_GCM, nonce=bytes(12))
    cipher.update(keccak(header) + b"\x01")
    body = raw(register["file"])[len(header) :]
    plain = cipher.decrypt_and_verify(body[:-16], body[-16:])
    assert plain == b"".join(int(leaf["amount_fen"]).to_bytes(8, "big") + raw(leaf["blind"]) for leaf in register["leaves"])
    for seat, (box, share) in enumerate(zip(order["handings"], register["shares"], strict=True)):
        point, content = raw(box)[:33], raw(box)[33:]
        shared = coincurve.PublicKey(point).multiply(raw(order["recipient_secret"])).format()
        info = b"LenderVote/1/escrow share" + bytes([seat]) + point
        cipher = AES.new(HKDF(SHA256(), 32, raw(order["digest"]), info).derive(shared), AES.MODE_GCM, nonce=bytes(12))
        cipher.update(raw(order["digest"]))
        assert cipher.decrypt_and_verify(content[:-16], content[-16:]) == raw(share)
