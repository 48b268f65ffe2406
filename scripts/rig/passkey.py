"""An official's passkey: a P-256 key on a device, which signs as WebAuthn has it (protocol §5.1)."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from eth_abi.abi import encode
from eth_account.messages import encode_typed_data

from backend.ground.common.hashing import keccak
from backend.people.passkeys.rules import proof_digest
from scripts.rig.api import Api

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
HOST = "localhost"
PRESENT_AND_VERIFIED = 0x05
KINDS = ["bytes32", "bytes32", "uint256", "uint256", "bytes", "string"]


class Passkey:
    """One device; `address` is the ERC-7913 signer once it is registered, in place of a plain key's address."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        numbers = self._key.public_key().public_numbers()
        self.public_key = numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
        self.address = ""

    def register(self, api: Api) -> None:
        """Register it for the account that is signed in; the contract that will check it later takes its signature now."""
        offer = api.post("/api/session/passkey/offer")
        signer = bytes.fromhex(offer["verifier"][2:]) + self.public_key
        proof = self.assertion(proof_digest(str(api.raw.headers["X-CSRF-Token"]), signer))
        body = {"credential_id": "0x01", "public_key": "0x" + self.public_key.hex(), "signature": "0x" + proof.hex()}
        self.address = str(api.post("/api/session/passkey", body)["signer"])

    def sign(self, typed_data: dict[str, Any]) -> str:
        """What a browser would hand in for EIP-712 typed data."""
        message = encode_typed_data(full_message=typed_data)
        return "0x" + self.assertion(keccak(b"\x19" + message.version + message.header + message.body)).hex()

    def assertion(self, digest: bytes) -> bytes:
        """The digest signed, as the verifying contract takes it."""
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        client = json.dumps({"type": "webauthn.get", "challenge": challenge, "origin": f"https://{HOST}"}, separators=(",", ":"))
        authenticator = hashlib.sha256(HOST.encode()).digest() + bytes([PRESENT_AND_VERIFIED]) + bytes(4)
        signed = authenticator + hashlib.sha256(client.encode()).digest()
        r, s = decode_dss_signature(self._key.sign(signed, ec.ECDSA(SHA256())))
        low = min(s, ORDER - s)
        places = client.index('"challenge":"'), client.index('"type":"')
        return encode(KINDS, [r.to_bytes(32, "big"), low.to_bytes(32, "big"), *places, authenticator, client])
