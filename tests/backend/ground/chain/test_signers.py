"""Who signed: plain keys here, passkeys through their verifying contract (ERC-7913)."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from eth_abi.abi import encode

from backend.ground.chain import typed_data
from backend.ground.chain.service import Chain
from backend.ground.chain.typed_data import address_bytes
from backend.ground.common.hashing import keccak
from tests.backend.ground.chain.world import key_of, signer_of
from tests.vectors.reference import signature_65

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def webauthn(key: ec.EllipticCurvePrivateKey, digest: bytes) -> bytes:
    """What a browser gives for a passkey, ABI-encoded as OpenZeppelin's verifier reads it."""
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    client = json.dumps({"type": "webauthn.get", "challenge": challenge, "origin": "https://vote.example"}, separators=(",", ":"))
    authenticator = hashlib.sha256(b"vote.example").digest() + b"\x05" + bytes(4)
    r, s = decode_dss_signature(key.sign(authenticator + hashlib.sha256(client.encode()).digest(), ec.ECDSA(hashes.SHA256())))
    s = min(s, P256_ORDER - s)
    places = client.index('"challenge"'), client.index('"type"')
    kinds = ["bytes32", "bytes32", "uint256", "uint256", "bytes", "string"]
    return encode(kinds, [r.to_bytes(32, "big"), s.to_bytes(32, "big"), *places, authenticator, client])


@pytest.fixture(scope="module")
def digest(chain: Chain) -> bytes:
    return typed_data.attestation(chain.chain_id, "0x" + "11" * 20, bytes(32), approve=True).digest()


def test_a_plain_key(chain: Chain, digest: bytes) -> None:
    signature = signature_65(int.from_bytes(key_of("official 0"), "big"), digest)
    assert chain.is_signed_by(signer_of("official 0"), digest, signature)
    assert not chain.is_signed_by(signer_of("official 1"), digest, signature)
    assert not chain.is_signed_by(signer_of("official 0"), keccak(digest), signature)
    for broken in (b"", bytes(65), signature[:64], signature + b"\x00"):
        assert not chain.is_signed_by(signer_of("official 0"), digest, broken)


def test_a_passkey(chain: Chain, digest: bytes) -> None:
    verifier = chain.deploy_passkey_verifier()
    key = ec.generate_private_key(ec.SECP256R1())
    numbers = key.public_key().public_numbers()
    signer = address_bytes(verifier) + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
    signature = webauthn(key, digest)
    assert chain.is_signed_by(signer, digest, signature)
    assert not chain.is_signed_by(signer, keccak(digest), signature)
    assert not chain.is_signed_by(signer, digest, webauthn(ec.generate_private_key(ec.SECP256R1()), digest))
    assert not chain.is_signed_by(signer, digest, b"nonsense")
    assert not chain.is_signed_by(b"\x42" * 20 + b"key", digest, signature), "no such verifying contract"


def test_too_short_is_nobody(chain: Chain, digest: bytes) -> None:
    assert not chain.is_signed_by(b"", digest, b"")
    assert not chain.is_signed_by(b"\x01" * 19, digest, bytes(65))


def test_the_relay_signs_receipts(chain: Chain) -> None:
    receipt = typed_data.ballot_receipt_1(chain.chain_id, "0x" + "11" * 20, bytes(32), "0x" + "22" * 20, 7, 1, 1790000000)
    signature = bytes.fromhex(chain.sign(receipt)[2:])
    assert chain.recover(chain.digest(receipt), signature) == chain.relay_address
