"""Who decides: k of n officials with keys of several kinds."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from backend.case.cases.rules import OFFICIALS_BYTES
from scripts.build.contracts import load
from tests.contracts.ballot_box import high_s, secret, sign, signer_of
from tests.contracts.chain import Chain, NodeSaidNo, Refused, refusal
from tests.contracts.typed import Domain
from tests.contracts.world import PLAN_HASH, World

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
INSTITUTION = signer_of(secret("institution"))
#: Plain keys in a case without trustees; each takes 96 bytes.
MOST_AT_CREATION = 23
#: x and y of a P-256 key.
PASSKEY = ec.derive_private_key(54321, ec.SECP256R1()).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)[1:]


def signers(count: int) -> list[bytes]:
    return [signer_of(secret("official", i)) for i in range(count)]


def test_keeps_officials_threshold_and_institution_and_emits_them(chain: Chain, world: World) -> None:
    case = world.case.functions
    assert (case.officials().call(), case.threshold().call(), case.institution().call()) == (signers(3), 2, INSTITUTION)
    assert [case.isOfficial(one).call() for one in (signers(3)[2], INSTITUTION, b"")] == [True, False, False]
    (event,) = world.case.events.CaseOpened().get_logs(from_block=0)[:1]
    assert event["args"] == {"officials": signers(3), "threshold": 2, "institution": INSTITUTION, "rehearsal": True}


def test_keeps_whether_it_is_a_rehearsal(chain: Chain) -> None:
    for mark in (True, False):
        case = chain.open_case(signers(3), 2, INSTITUTION, mark)
        (event,) = case.events.CaseOpened().get_logs(from_block="latest")
        assert (case.functions.rehearsal().call(), event["args"]["rehearsal"]) == (mark, mark)


def test_refuses_no_officials(chain: Chain) -> None:
    with refusal("Case_NoOfficials"):
        chain.open_case([], 0, INSTITUTION)


def test_accepts_as_many_officials_as_a_creation_holds(chain: Chain) -> None:
    """EIP-3860 allows code and people together 49,152 bytes; a succession names up to 32 (test_succession.py)."""
    case = chain.open_case(signers(MOST_AT_CREATION), MOST_AT_CREATION, INSTITUTION)
    assert case.functions.isOfficial(signers(MOST_AT_CREATION)[-1]).call() is True
    with pytest.raises(NodeSaidNo, match=r"(?i)init ?code"):
        chain.open_case(signers(MOST_AT_CREATION + 1), MOST_AT_CREATION, INSTITUTION)
    others = 6 * 32 + 32 + (32 + 96) + 32  # the heads, how many officials, an institution with a passkey, no trustees
    assert len(load("Case")["bytecode"]) // 2 - 1 + others + OFFICIALS_BYTES <= 49_152, "the service refuses no later"


def test_refuses_an_official_twice(chain: Chain) -> None:
    with refusal("Case_OfficialTwice", signers(1)[0]):
        chain.open_case(signers(2) + signers(1), 2, INSTITUTION)


@pytest.mark.parametrize(("count", "threshold"), [(3, 0), (3, 1), (4, 2), (1, 0), (2, 1)])
def test_refuses_a_threshold_of_half_or_less(chain: Chain, count: int, threshold: int) -> None:
    with refusal("Case_ThresholdNotMajority", threshold, count):
        chain.open_case(signers(count), threshold, INSTITUTION)


@pytest.mark.parametrize("threshold", [4, 1 << 255, (1 << 256) - 1])
def test_refuses_a_threshold_above_the_officials(chain: Chain, threshold: int) -> None:
    with refusal("Case_ThresholdNotMajority", threshold, 3):
        chain.open_case(signers(3), threshold, INSTITUTION)


def refuses_as_signer(chain: Chain, signer: bytes) -> None:
    """Neither as an official, at any place, nor as the institution."""
    for officials in ([*signers(2), signer], [signer, *signers(2)]):
        with refusal("Case_SignerNotAllowed", signer):
            chain.open_case(officials, 2, INSTITUTION)
    with refusal("Case_SignerNotAllowed", signer):
        chain.open_case(signers(3), 2, signer)


@pytest.mark.parametrize("length", [0, 1, 19, 21, 40, 52, 64, 83, 85, 116])
def test_refuses_signers_of_another_length(chain: Chain, length: int) -> None:
    """83 and 85 bytes begin as a passkey of the built verifier does, so nothing but the length is wrong with them."""
    verifier = bytes.fromhex(chain.deploy("PasskeyVerifier").address[2:])
    refuses_as_signer(chain, (verifier + PASSKEY + bytes(40))[:length])


def test_refuses_the_zero_address(chain: Chain) -> None:
    refuses_as_signer(chain, bytes(20))


def test_refuses_a_passkey_behind_anything_but_the_built_verifier(chain: Chain, harness: Path) -> None:
    """A contract that says yes, another verifier of P-256, an address without code, an account that delegates to the built one."""
    refuses_as_signer(chain, bytes(20) + PASSKEY)
    for name in ("YesSayer", "P256Verifier", "Libraries"):
        refuses_as_signer(chain, bytes.fromhex(chain.deploy(name, folder=harness).address[2:]) + PASSKEY)
    refuses_as_signer(chain, signer_of(secret("nobody")) + PASSKEY)
    built = chain.deploy("PasskeyVerifier").address
    chain.set_code(chain.accounts[6], "0xef0100" + built[2:])
    refuses_as_signer(chain, bytes.fromhex(chain.accounts[6][2:]) + PASSKEY)
    code = bytes(chain.w3.eth.get_code(built))
    chain.set_code(chain.accounts[7], "0x" + (code[:-1] + bytes([code[-1] ^ 1])).hex())
    refuses_as_signer(chain, bytes.fromhex(chain.accounts[7][2:]) + PASSKEY)


def test_accepts_one_behind_any_deployment_of_the_built_verifier(chain: Chain) -> None:
    first, second = (bytes.fromhex(chain.deploy("PasskeyVerifier").address[2:]) + PASSKEY for _ in range(2))
    case = chain.open_case([first, *signers(2)], 2, second)
    assert case.functions.isOfficial(first).call() is True
    assert case.functions.institution().call() == second


def test_names_the_code_that_these_sources_compile_to(chain: Chain, harness: Path) -> None:
    named = chain.deploy("Libraries", folder=harness).functions.passkeyVerifierCode().call()
    assert named == keccak(bytes.fromhex(load("PasskeyVerifier")["deployedBytecode"][2:]))
    assert named == keccak(bytes(chain.w3.eth.get_code(chain.deploy("PasskeyVerifier").address)))


def test_refuses_an_institution_that_is_an_official(chain: Chain) -> None:
    passkey = bytes.fromhex(chain.deploy("PasskeyVerifier").address[2:]) + PASSKEY
    for place, official in enumerate([*signers(3), passkey]):
        with refusal("Case_InstitutionIsOfficial", official):
            chain.open_case([*signers(3), passkey], 3, [*signers(3), passkey][place])


def admit(world: World, lists: tuple[list[bytes], list[bytes]]) -> object:
    """Plan 1, submitted here, is what the officials sign for."""
    world.submit()
    return world.chain.send(world.case.functions.admitPlan(1, *lists))


def signed(world: World, *places: int) -> tuple[list[bytes], list[bytes]]:
    return world.signed("PlanAdmission", 1, PLAN_HASH, keys=[secret("official", i) for i in places])


def test_refuses_fewer_than_k(world: World) -> None:
    with refusal("Officials_TooFewSigners", 1, 2):
        admit(world, signed(world, 0))
    with refusal("Officials_TooFewSigners", 0, 2):
        admit(world, ([], []))


@pytest.mark.parametrize("places", [(0, 1), (2, 0), (2, 1, 0), (1, 2, 0)])
def test_accepts_more_than_k_in_any_order(world: World, places: tuple[int, ...]) -> None:
    admit(world, signed(world, *places))
    assert world.case.functions.plan(1).call() == [PLAN_HASH, INSTITUTION, True]


def test_refuses_a_stranger_among_them(world: World) -> None:
    for places in ((0, 9), (0, 1, 9)):
        with refusal("Officials_NotAnOfficial", signer_of(secret("official", 9))):
            admit(world, signed(world, *places))
    with refusal("Officials_NotAnOfficial", INSTITUTION):
        admit(world, world.signed("PlanAdmission", 1, PLAN_HASH, keys=[secret("institution"), secret("official", 0)]))


def test_refuses_one_official_signing_twice(world: World) -> None:
    for places in ((0, 0), (2, 1, 2)):
        with refusal("Officials_SignedTwice", signers(3)[places[0]]):
            admit(world, signed(world, *places))


def test_refuses_a_signature_over_something_else(world: World) -> None:
    right = signed(world, 0, 1)
    for name, *values in (("PlanAdmission", 0, PLAN_HASH), ("PlanAdmission", 1, bytes(32)), ("PlanSubmission", 1, PLAN_HASH)):
        wrong = sign(secret("official", 1), world.domain.digest(name, *values))
        with refusal("Officials_SignatureWrong", signers(2)[1]):
            admit(world, (right[0], [right[1][0], wrong]))


def test_refuses_a_signature_of_another_official(world: World) -> None:
    names, signatures = signed(world, 0, 1)
    with refusal("Officials_SignatureWrong", names[0]):
        admit(world, (names, signatures[::-1]))


def test_refuses_a_signature_for_another_chain_or_case(world: World) -> None:
    names, _ = signed(world, 0, 1)
    other_case = World(world.chain).case.address
    for domain in (Domain(world.chain.chain_id + 1, world.case.address), Domain(world.chain.chain_id, other_case)):
        digest = domain.digest("PlanAdmission", 1, PLAN_HASH)
        with refusal("Officials_SignatureWrong", names[0]):
            admit(world, (names, [sign(secret("official", i), digest) for i in (0, 1)]))


def test_refuses_a_signature_with_high_s(world: World) -> None:
    names, signatures = signed(world, 0, 1)
    with refusal("Officials_SignatureWrong", names[1]):
        admit(world, (names, [signatures[0], high_s(signatures[1])]))


def test_refuses_a_wrong_signature_beyond_the_first_k(world: World) -> None:
    names, signatures = signed(world, 0, 1, 2)
    with refusal("Officials_SignatureWrong", names[2]):
        admit(world, (names, [*signatures[:2], bytes(65)]))


def test_refuses_lists_of_different_lengths(world: World) -> None:
    names, signatures = signed(world, 0, 1, 2)
    for lists, lengths in (((names, signatures[:2]), (3, 2)), ((names[:2], signatures), (2, 3))):
        with refusal("Officials_LengthsDiffer", *lengths):
            admit(world, lists)


def p256_sign(key: ec.EllipticCurvePrivateKey, sha256: bytes) -> tuple[int, int]:
    """r and s over a finished hash, s in the lower half as OpenZeppelin demands."""
    r, s = utils.decode_dss_signature(key.sign(sha256, ec.ECDSA(utils.Prehashed(hashes.SHA256()))))
    return r, min(s, P256_ORDER - s)


def p256_signer(key: ec.EllipticCurvePrivateKey, verifier: str) -> bytes:
    numbers = key.public_key().public_numbers()
    return bytes.fromhex(verifier[2:]) + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")


def case_with(chain: Chain, special: bytes) -> World:
    """A case of three officials, the last of whom has another kind of key; plan 0 submitted."""
    world = World(chain)
    world.case = chain.open_case([*signers(2), special], 3, INSTITUTION)
    world.domain = Domain(chain.chain_id, world.case.address)
    world.submit()
    return world


def admit_with(world: World, special: bytes, signature: bytes) -> None:
    keys = [secret("official", 0), secret("official", 1)]
    names, signatures = world.signed("PlanAdmission", 0, PLAN_HASH, keys=keys)
    world.chain.send(world.case.functions.admitPlan(0, [special, *names], [signature, *signatures]))


def yes_sayer(chain: Chain, harness: Path) -> str:
    """The code of a contract that finds every signature right."""
    code = bytes(chain.w3.eth.get_code(chain.deploy("YesSayer", folder=harness).address))
    return "0x" + code.hex()


def test_refuses_what_a_contract_at_an_official_s_address_accepts(chain: Chain, harness: Path) -> None:
    """20 bytes are a plain key, also where a contract stands at the address and would say yes (ERC-1271)."""
    wallet = bytes.fromhex(chain.deploy("YesSayer", folder=harness).address[2:])
    world = case_with(chain, wallet)
    for signature in (b"", bytes(65), sign(secret("official", 0), world.domain.digest("PlanAdmission", 0, PLAN_HASH))):
        with refusal("Officials_SignatureWrong", wallet):
            admit_with(world, wallet, signature)


def test_refuses_rubbish_of_an_official_who_delegates_to_code(world: World, harness: Path) -> None:
    """With EIP-7702 an official's account has code, which is not asked either; the key still signs."""
    chain, official = world.chain, signers(3)[1]
    wallet = chain.deploy("YesSayer", folder=harness).address
    world.submit()
    names, signatures = signed(world, 0, 1)
    for code in ("0xef0100" + wallet[2:], yes_sayer(chain, harness)):
        chain.set_code("0x" + official.hex(), code)
        for rubbish in (b"", b"rubbish", bytes(65), signatures[0], high_s(signatures[1])):
            with refusal("Officials_SignatureWrong", official):
                chain.send(world.case.functions.admitPlan(1, names, [signatures[0], rubbish]))
    chain.send(world.case.functions.admitPlan(1, names, signatures))
    assert world.case.functions.plan(1).call()[2] is True


def passkey_signature(key: ec.EllipticCurvePrivateKey, challenge: bytes, flags: int = 0x05, kind: str = "webauthn.get") -> bytes:
    """What a browser's credentials.get() answers, packed as OpenZeppelin's WebAuthnAuth; flags 5: user present and verified."""
    text = base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
    client = json.dumps({"type": kind, "challenge": text, "origin": "https://vote.test"}, separators=(",", ":"))
    authenticator = hashlib.sha256(b"vote.test").digest() + bytes([flags]) + bytes(4)
    message = hashlib.sha256(authenticator + hashlib.sha256(client.encode()).digest()).digest()
    r, s = p256_sign(key, message)
    words = [r.to_bytes(32, "big"), s.to_bytes(32, "big")]
    values = [*words, client.index('"challenge"'), client.index('"type"'), authenticator, client]
    return encode(["bytes32", "bytes32", "uint256", "uint256", "bytes", "string"], values)


def test_accepts_a_passkey_beside_plain_keys(chain: Chain) -> None:
    key = ec.derive_private_key(54321, ec.SECP256R1())
    signer = p256_signer(key, chain.deploy("PasskeyVerifier").address)
    world = case_with(chain, signer)
    digest = world.domain.digest("PlanAdmission", 0, PLAN_HASH)
    other = ec.derive_private_key(99, ec.SECP256R1())
    wrong = [
        passkey_signature(key, bytes(32)),
        passkey_signature(key, digest, flags=0x01),
        passkey_signature(key, digest, kind="webauthn.create"),
        passkey_signature(other, digest),
        b"",
    ]
    for signature in wrong:
        with pytest.raises(Refused, match="Officials_SignatureWrong"):
            admit_with(world, signer, signature)
    admit_with(world, signer, passkey_signature(key, digest))
    assert world.case.functions.plan(0).call()[2] is True
