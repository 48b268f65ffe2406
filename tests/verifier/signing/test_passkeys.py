"""Passkeys: the protocol's vectors, the standard's, and the verifying contract itself, which is asked about the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from eth_abi.abi import encode
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contracts.chain import Chain, anvil
from verifier.signing import p256, webauthn
from verifier.signing.signers import is_signed

VECTORS = Path(__file__).resolve().parents[2] / "vectors"
PASSKEYS = json.loads((VECTORS / "passkeys.json").read_text("utf-8"))["signatures"]
STANDARD = json.loads((VECTORS / "webauthn.json").read_text("utf-8"))["assertions"]
KINDS = ["bytes32", "bytes32", "uint256", "uint256", "bytes", "string"]
ORDER = p256.ORDER
FIELD = 2**256 - 2**224 + 2**192 + 2**96 - 1


def raw(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def word(value: int) -> bytes:
    return value.to_bytes(32, "big")


def packed(der: bytes, authenticator: bytes, client: bytes, challenge_at: int | None = None, type_at: int | None = None) -> bytes:
    """An assertion as the contract takes it, s in the lower half."""
    r, s = decode_dss_signature(der)
    found = client.find(b'"challenge":"'), client.find(b'"type":"')
    places = tuple(at if given is None else given for at, given in zip(found, (challenge_at, type_at), strict=True))
    body = encode(["bytes", "bytes"], [authenticator, client])
    offsets = [int.from_bytes(body[at : at + 32], "big") + 128 for at in (0, 32)]
    return b"".join(word(value) for value in (r, min(s, ORDER - s), *places, *offsets)) + body[64:]


@pytest.mark.parametrize("entry", PASSKEYS, ids=lambda entry: entry["signer"][42:50])
def test_the_vectors_are_signed_and_by_nobody_else(entry: dict[str, Any]) -> None:
    signer, digest, signature = raw(entry["signer"]), raw(entry["proof_digest"]), raw(entry["encoded"])
    assert is_signed(signer, digest, signature)
    assert not is_signed(signer, digest[::-1], signature)
    others = [raw(other["signer"]) for other in PASSKEYS if other is not entry]
    assert not any(is_signed(other, digest, signature) for other in others)
    assert not is_signed(signer[:20], digest, signature)
    assert not is_signed(signer + b"\0", digest, signature)
    r, s = signature[:32], int.from_bytes(signature[32:64], "big")
    assert not is_signed(signer, digest, r + word(ORDER - s) + signature[64:]), "the upper half is refused"


@pytest.mark.parametrize("entry", STANDARD, ids=lambda entry: entry["name"])
def test_the_standards_own_figures_count_where_the_user_was_verified(entry: dict[str, Any]) -> None:
    key = raw(entry["x"]) + raw(entry["y"])
    signature = packed(raw(entry["signature"]), raw(entry["authenticator_data"]), raw(entry["client_data_json"]))
    assert webauthn.is_signed(key, raw(entry["challenge"]), signature) is entry["user_verified"]


@pytest.mark.parametrize("name", ["zero", "off the curve", "x beyond the field", "short", "long"])
def test_what_is_no_point_of_the_curve_signed_nothing(name: str) -> None:
    entry = PASSKEYS[0]
    key = raw(entry["signer"])[20:]
    wrong = {
        "zero": bytes(64),
        "off the curve": key[:63] + bytes([key[63] ^ 1]),
        "x beyond the field": word(FIELD) + key[32:],
        "short": key[:63],
        "long": key[:32] + b"\0" + key[32:],
    }[name]
    assert webauthn.is_signed(key, raw(entry["proof_digest"]), raw(entry["encoded"]))
    assert not webauthn.is_signed(wrong, raw(entry["proof_digest"]), raw(entry["encoded"]))


def test_numbers_out_of_range_sign_nothing() -> None:
    entry = PASSKEYS[0]
    signature = raw(entry["encoded"])
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big")
    for numbers in ((0, s), (r, 0), (ORDER, s), (r + ORDER if r + ORDER < 2**256 else ORDER, s), (r, ORDER), (2**256 - 1, 2**256 - 1)):
        assert not is_signed(raw(entry["signer"]), raw(entry["proof_digest"]), word(numbers[0]) + word(numbers[1]) + signature[64:])


# --- beside the contract ---


class Contract:
    """The built verifying contract on a chain of its own."""

    def __init__(self, chain: Chain) -> None:
        self._verify = chain.deploy("PasskeyVerifier").functions.verify

    def accepts(self, key: bytes, digest: bytes, signature: bytes) -> bool:
        try:
            return bytes(self._verify(key, digest, signature).call()) == bytes.fromhex("024ad318")
        except Exception:  # whatever makes it revert is no signature
            return False


@pytest.fixture(scope="module")
def contract() -> Iterator[Contract]:
    with anvil() as address:
        yield Contract(Chain(address))


KEY = ec.derive_private_key(54321, ec.SECP256R1())
PUBLIC = word(KEY.public_key().public_numbers().x) + word(KEY.public_key().public_numbers().y)
DIGEST = bytes(range(32))


def signed(client: bytes, authenticator: bytes = bytes(32) + b"\x05" + bytes(4), **places: int) -> bytes:
    """Signed by KEY, whatever the client data say."""
    digest = hashes.Hash(hashes.SHA256())
    digest.update(client)
    return packed(KEY.sign(authenticator + digest.finalize(), ec.ECDSA(hashes.SHA256())), authenticator, client, **places)


CHALLENGE = b'"challenge":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"'
TYPE = b'"type":"webauthn.get"'
USUAL = b"{" + TYPE + b"," + CHALLENGE + b"}"
#: The library adds to the place of the type modulo 2^256: here it would begin in the last byte of the text's length, 0x22 = '"'. The
#: contract refuses such places before the library sees them.
LENGTH_BEGINS_TYPE = (TYPE[1:] + b"," + CHALLENGE).ljust(0x122)
TWO_BYTES_OF_LENGTH = (TYPE[2:] + b"," + CHALLENGE).ljust(0x2274)

CASES: dict[str, tuple[bytes, bool]] = {
    "as a browser writes it": (signed(USUAL), True),
    "type at the end": (signed(CHALLENGE + TYPE), True),
    "another type": (signed(USUAL.replace(b".get", b".got")), False),
    "the type's place one too far": (signed(USUAL, type_at=2), False),
    "the challenge's place one too far": (signed(USUAL, challenge_at=USUAL.index(CHALLENGE) + 1), False),
    "places at the end": (signed(USUAL, type_at=len(USUAL), challenge_at=len(USUAL)), False),
    "places far away": (signed(USUAL, type_at=2**255, challenge_at=2**255), False),
    "a challenge that goes on": (signed(USUAL.replace(CHALLENGE, CHALLENGE[:-1] + b'="')), False),
    "no user": (signed(USUAL, bytes(32) + b"\x04" + bytes(4)), False),
    "user not verified": (signed(USUAL, bytes(32) + b"\x01" + bytes(4)), False),
    "backed up though it may not be": (signed(USUAL, bytes(32) + b"\x15" + bytes(4)), False),
    "backed up": (signed(USUAL, bytes(32) + b"\x1d" + bytes(4)), True),
    "extensions": (signed(USUAL, bytes(32) + b"\x85" + bytes(90)), True),
    "authenticator data one byte short": (signed(USUAL, bytes(32) + b"\x05" + bytes(3)), False),
    "the type begins in the text's length": (signed(LENGTH_BEGINS_TYPE, type_at=2**256 - 1), False),
    "the type begins two bytes before the text": (signed(TWO_BYTES_OF_LENGTH, type_at=2**256 - 2), False),
    "the type begins before the text, which has another length": (signed(LENGTH_BEGINS_TYPE + b" ", type_at=2**256 - 1), False),
    "nothing": (b"", False),
    "a head without a body": (signed(USUAL)[:192], False),
    "cut off": (signed(USUAL)[:-40], False),
    "more behind it": (signed(USUAL) + b"\xff" * 40, True),
    "one offset for both": (signed(USUAL)[:128] + signed(USUAL)[160:192] * 2 + signed(USUAL)[192:], False),
    "an offset beyond": (signed(USUAL)[:160] + word(2**256 - 1) + signed(USUAL)[192:], False),
}


@pytest.mark.parametrize("name", CASES)
def test_the_contract_and_we_agree(contract: Contract, name: str) -> None:
    signature, accepted = CASES[name]
    assert contract.accepts(PUBLIC, DIGEST, signature) is accepted
    assert webauthn.is_signed(PUBLIC, DIGEST, signature) is accepted


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 500), value=st.integers(0, 255), cut=st.integers(0, 40), name=st.sampled_from(sorted(CASES)))
def test_a_changed_byte_is_judged_alike(contract: Contract, at: int, value: int, cut: int, name: str) -> None:
    signature = bytearray(CASES[name][0])
    if signature:
        signature[at % len(signature)] = value
    changed = bytes(signature[: len(signature) - cut])
    assert contract.accepts(PUBLIC, DIGEST, changed) is webauthn.is_signed(PUBLIC, DIGEST, changed)
