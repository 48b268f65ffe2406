"""The shared vectors seen by strangers: merkle-tree of OpenZeppelin, viem, eth_account; P-256 and passkeys by published numbers."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_utils.address import to_checksum_address

from scripts.build.contracts import ROOT
from tests.contracts.chain import Chain
from tests.contracts.test_vectors import lender_of, raw, vectors
from tests.vectors import passkeys

DOMAIN_TYPES = [
    {"name": "name", "type": "string"},
    {"name": "version", "type": "string"},
    {"name": "chainId", "type": "uint256"},
    {"name": "verifyingContract", "type": "address"},
]


def typed_items() -> list[dict[str, Any]]:
    """Every typed-data vector as a wallet is asked to sign it."""
    given, found = vectors("typed_data"), []
    for item in given["items"]:
        fields = re.findall(r"(\w+) (\w+)", item["type_text"])
        domain = {
            "name": "LenderVote",
            "version": "1",
            "chainId": given["chain_id"],
            "verifyingContract": to_checksum_address(given[item["contract"]]),
        }
        found.append(
            {
                "domain": domain,
                "domainTypes": DOMAIN_TYPES,
                "types": {item["type"]: [{"type": kind, "name": name} for kind, name in fields]},
                "primaryType": item["type"],
                "message": item["message"],
                "signature": item["signature"],
            }
        )
    return found


def register_given(register: dict[str, Any]) -> dict[str, Any]:
    """Root, all places of the tree, and the listed leaves with their proofs."""
    places = [lender_of(register, i).leaf_hash for i in range(register["leaf_count"])]
    places += [bytes(32)] * ((1 << register["depth"]) - len(places))
    leaves = [
        {"value": [str(leaf["index"]), str(leaf["voting_class"]), str(int(leaf["x"], 16)), str(int(leaf["y"], 16))], "proof": leaf["proof"]}
        for leaf in register["leaves"]
    ]
    return {"root": register["root"], "places": ["0x" + place.hex() for place in places], "leaves": leaves}


@pytest.fixture(scope="module")
def seen() -> Any:
    given = {"registers": [register_given(one) for one in vectors("register")["registers"]], "typed": typed_items()}
    command = ["node", "tests/contracts/strangers.mjs"]
    done = subprocess.run(command, cwd=ROOT, input=json.dumps(given), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_openzeppelin_s_trees_have_our_roots_and_take_our_proofs(seen: Any) -> None:
    registers = vectors("register")["registers"]
    assert [tree["root"] for tree in seen["trees"]] == [register["root"] for register in registers]
    for tree, register in zip(seen["trees"], registers, strict=True):
        assert tree["proofs"] == [True] * len(register["leaves"]) != []
        assert tree["wrong"] == [False] * len(register["leaves"])


def test_viem_hashes_and_recovers_what_we_sign(seen: Any) -> None:
    given = vectors("typed_data")
    assert len(seen["hashes"]) == len(given["items"]) > 10
    for found, item in zip(seen["hashes"], given["items"], strict=True):
        assert found["hash"] == item["digest"], item["type"]
        assert found["separator"] == given["domain_separators"][item["contract"]]
        assert found["signer"] == given["keys"][item["signer"]]["address"], item["type"]


def test_eth_account_signs_the_same() -> None:
    given = vectors("typed_data")
    for asked, item in zip(typed_items(), given["items"], strict=True):
        types = {"EIP712Domain": DOMAIN_TYPES, **asked["types"]}
        message = {name: raw(v) if isinstance(v, str) and len(v) != 42 else v for name, v in asked["message"].items()}
        signable = encode_typed_data(full_message={**asked, "types": types, "message": message})
        signed = Account.sign_message(signable, given["keys"][item["signer"]]["private_key"])
        assert signed.message_hash == raw(item["digest"]), item["type"]
        assert signed.signature == raw(item["signature"]), item["type"]


# RFC 6979, A.2.5: P-256 with SHA-256, messages "sample" and "test".
X = 0x60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6
Y = 0x7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299
SAMPLE = 0xAF2BDBE1AA9B6EC1E2ADE1D694F41FC71A831D0268E9891562113D8A62ADD1BF
SAMPLE_R = 0xEFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716
SAMPLE_S = 0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8
TEST = 0x9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08
TEST_R = 0xF1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367
TEST_S = 0x019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083
# SEC 2, secp256r1.
FIELD = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
G_X = 0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296
G_Y = 0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5

P256_CASES = {
    "RFC 6979, test": (True, X, Y, TEST, TEST_R, TEST_S),
    "RFC 6979, sample, its s is high": (False, X, Y, SAMPLE, SAMPLE_R, SAMPLE_S),
    "RFC 6979, sample, s made low": (True, X, Y, SAMPLE, SAMPLE_R, ORDER - SAMPLE_S),
    "s made high": (False, X, Y, TEST, TEST_R, ORDER - TEST_S),
    "another message": (False, X, Y, SAMPLE, TEST_R, TEST_S),
    "a bit of r": (False, X, Y, TEST, TEST_R ^ 1, TEST_S),
    "a bit of s": (False, X, Y, TEST, TEST_R, TEST_S ^ 1),
    "another key": (False, G_X, G_Y, TEST, TEST_R, TEST_S),
    "the inverse of the key": (False, X, FIELD - Y, TEST, TEST_R, TEST_S),
    "key off the curve": (False, X, Y ^ 1, TEST, TEST_R, TEST_S),
    "key at infinity": (False, 0, 0, TEST, TEST_R, TEST_S),
    "y beyond the field": (False, X, Y + FIELD if Y + FIELD < 1 << 256 else FIELD, TEST, TEST_R, TEST_S),
    "r is 0": (False, X, Y, TEST, 0, TEST_S),
    "s is 0": (False, X, Y, TEST, TEST_R, 0),
    "r and s are 0": (False, X, Y, TEST, 0, 0),
    "r is the order": (False, X, Y, TEST, ORDER, TEST_S),
    "s is the order": (False, X, Y, TEST, TEST_R, ORDER),
    "s beyond the order": (False, X, Y, TEST, TEST_R, TEST_S + ORDER if TEST_S + ORDER < 1 << 256 else ORDER + 1),
    "all ones": (False, X, Y, TEST, (1 << 256) - 1, (1 << 256) - 1),
    "r and s are 1": (False, X, Y, TEST, 1, 1),
}


def test_p256_keys_of_officials_by_published_numbers(chain: Chain, harness: Path) -> None:
    verifier = chain.deploy("P256Verifier", folder=harness).functions
    accepted = verifier.verify(b"", bytes(32), b"").selector
    for name, (right, *numbers) in P256_CASES.items():
        x, y, digest, r, s = (number.to_bytes(32, "big") for number in numbers)
        answer = verifier.verify(x + y, digest, r + s).call()
        assert ("0x" + answer.hex() == accepted) is right, name


@pytest.mark.parametrize("change", [-1, 1])
def test_p256_signatures_and_keys_of_other_lengths_are_refused(chain: Chain, harness: Path, change: int) -> None:
    verifier = chain.deploy("P256Verifier", folder=harness).functions
    key, signature = (a.to_bytes(32, "big") + b.to_bytes(32, "big") for a, b in ((X, Y), (TEST_R, TEST_S)))
    digest = TEST.to_bytes(32, "big")
    longer_key = key[:change] if change < 0 else key + b"\0"
    shorter = signature[:-1]
    for parts in ((longer_key, digest, signature), (key, digest, shorter)):
        assert verifier.verify(*parts).call() == b"\xff\xff\xff\xff"


# --- passkeys of officials, by the assertions that the standard itself lists


def webauthn_cases() -> list[dict[str, Any]]:
    """Assertions of tests/vectors/webauthn.json, in bytes."""
    rows = vectors("webauthn")["assertions"]
    return [{key: raw(value) if str(value).startswith("0x") else value for key, value in row.items()} for row in rows]


@pytest.mark.parametrize("given", webauthn_cases(), ids=lambda given: given["name"])
def test_passkeys_by_the_standard_s_own_assertions(chain: Chain, given: dict[str, Any]) -> None:
    """With the user verified they are taken, for their challenge and no other; without, they are refused, right as the signatures are."""
    numbers = ec.EllipticCurvePublicNumbers(int.from_bytes(given["x"], "big"), int.from_bytes(given["y"], "big"), ec.SECP256R1())
    signed = given["authenticator_data"] + hashlib.sha256(given["client_data_json"]).digest()
    numbers.public_key().verify(given["signature"], signed, ec.ECDSA(hashes.SHA256()))
    r, s = decode_dss_signature(given["signature"])
    encoded = passkeys.encoded(given["authenticator_data"], given["client_data_json"], r, s)
    verifier = chain.deploy("PasskeyVerifier").functions
    key, accepted = given["x"] + given["y"], verifier.verify(b"", bytes(32), b"").selector

    def taken(key: bytes, challenge: bytes) -> bool:
        return bool("0x" + verifier.verify(key, challenge, encoded).call().hex() == accepted)

    assert taken(key, given["challenge"]) is given["user_verified"]
    assert not taken(key, hashlib.sha256(given["challenge"]).digest())
    assert not taken(given["y"] + given["x"], given["challenge"])
