"""passkeys.json: assertions of P-256 keys as browsers give them, and the bytes that the verifying contract takes (protocol §5.1)."""

import base64
import hashlib
import json
from typing import Any

from Crypto.Hash import SHA256
from Crypto.PublicKey import ECC
from Crypto.Signature import DSS
from eth_abi.abi import encode

from tests.vectors import reference as ref
from tests.vectors.seeds import hex_of, seeded

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
HOST, VERIFIER, TOKEN = "vote.example", bytes.fromhex("33" * 20), "a session's own token"
KINDS = ["bytes32", "bytes32", "uint256", "uint256", "bytes", "string"]


def assertion(key: ECC.EccKey, digest: bytes, flags: int = 0x05) -> tuple[bytes, bytes, bytes]:
    """Authenticator data, client data, and the signature in DER, as `navigator.credentials.get` answers."""
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    client = {"type": "webauthn.get", "challenge": challenge, "origin": f"https://{HOST}", "crossOrigin": False}
    client_data = json.dumps(client, separators=(",", ":")).encode()
    authenticator = hashlib.sha256(HOST.encode()).digest() + bytes([flags]) + bytes(4)
    signed = SHA256.new(authenticator + hashlib.sha256(client_data).digest())
    return authenticator, client_data, DSS.new(key, "deterministic-rfc6979", encoding="der").sign(signed)


def encoded(authenticator: bytes, client_data: bytes, r: int, s: int) -> bytes:
    """What the contract takes; s in the lower half."""
    text = client_data.decode()
    low = min(s, ORDER - s)
    places = text.index('"challenge":"'), text.index('"type":"')
    return encode(KINDS, [r.to_bytes(32, "big"), low.to_bytes(32, "big"), *places, authenticator, text])


def one(name: str) -> dict[str, Any]:
    """One key and one signature of it."""
    key = ECC.construct(curve="P-256", d=seeded(name) % (ORDER - 1) + 1)
    x, y = int(key.pointQ.x).to_bytes(32, "big"), int(key.pointQ.y).to_bytes(32, "big")
    signer = VERIFIER + x + y
    digest = ref.keccak(b"LenderVote/1/passkey" + ref.keccak(TOKEN.encode()) + signer)
    authenticator, client_data, der = assertion(key, digest)
    length = der[3]
    r, s = int.from_bytes(der[4 : 4 + length], "big"), int.from_bytes(der[6 + length :], "big")
    return {
        "public_key_info": hex_of(key.public_key().export_key(format="DER")),
        "signer": hex_of(signer),
        "proof_digest": hex_of(digest),
        "authenticator_data": hex_of(authenticator),
        "client_data_json": client_data.decode(),
        "der": hex_of(der),
        "s_is_high": s > ORDER // 2,
        "encoded": hex_of(encoded(authenticator, client_data, r, s)),
    }


def passkeys_file() -> dict[str, Any]:
    """Keys whose signatures have s in either half, and r and s of 31 to 33 bytes in DER."""
    signatures = [one(f"passkey {number}") for number in range(12)]
    assert {entry["s_is_high"] for entry in signatures} == {True, False}
    return {"token": TOKEN, "verifier": hex_of(VERIFIER), "signatures": signatures}
