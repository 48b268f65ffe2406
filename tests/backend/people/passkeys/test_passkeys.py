"""Passkeys: registered only when the contract takes their signature, and named as signers of a case."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from backend.people.passkeys import rules
from backend.people.passkeys.errors import PasskeyNotReadable
from tests.backend.ground.chain.test_signers import webauthn
from tests.backend.town import Person, Refused, Town

VECTORS = json.loads((Path(__file__).parents[3] / "vectors" / "passkeys.json").read_text())


class Device:
    """A phone with one passkey."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        numbers = self.key.public_key().public_numbers()
        self.public_key = numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")

    def register(self, person: Person, token: str | None = None) -> dict[str, Any]:
        offer = person.post("/api/session/passkey/offer")
        signer = bytes.fromhex(offer["verifier"][2:]) + self.public_key
        proof = rules.proof_digest(token or person.browser.headers["X-CSRF-Token"], signer)
        body = {"credential_id": "0x01", "public_key": "0x" + self.public_key.hex(), "signature": "0x" + webauthn(self.key, proof).hex()}
        registered: dict[str, Any] = person.post("/api/session/passkey", body)
        return registered

    def sign(self, typed: dict[str, Any]) -> str:
        from eth_account.messages import encode_typed_data
        from eth_utils.crypto import keccak

        message = encode_typed_data(full_message=typed)
        return "0x" + webauthn(self.key, keccak(b"\x19" + message.version + message.header + message.body)).hex()


def test_a_case_with_a_passkey_and_plain_keys_freezes_its_register(town: Town) -> None:
    officials, institution = [town.person("official") for _ in range(3)], town.person("institution")
    device = Device()
    signer = device.register(officials[0])["signer"]
    assert len(signer) == 2 + 2 * 84
    body = town.case_body(officials, institution)
    del body["officials"][0]["signer"]
    case = town.person("admin").post("/api/cases", body)
    assert case["officials"][0]["signer"] == signer
    assert town.chain.case(case["address"]).is_official(bytes.fromhex(signer[2:]))

    from tests.backend.town import CasePeople

    people = CasePeople(case, officials, institution)
    from scripts.generate.claims import generate

    file, _ = generate(5, 7, town.folder / "passkeys", classes=2)
    with file.open("rb") as claims:
        institution.post(f"/api/cases/{case['id']}/register/imports", files={"file": (file.name, claims)})
    act = officials[1].sign_act(officials[1].post(f"/api/cases/{case['id']}/register/freeze"))
    unchecked = {"unchecked_reason": "a test of passkeys"}
    wrong = {"signer": signer, "signature": Device().sign(act["typed_data"]), **unchecked}
    with pytest.raises(Refused, match="SignatureWrong"):
        officials[0].post(f"/api/acts/{act['id']}/signatures", wrong)
    right = {"signer": signer, "signature": device.sign(act["typed_data"]), **unchecked}
    act = officials[0].post(f"/api/acts/{act['id']}/signatures", right)
    assert act["status"] == "done", act
    assert people.officials[0].get(f"/api/cases/{case['id']}/register")["status"] == "frozen"


def test_a_signature_of_another_session_registers_nothing(town: Town) -> None:
    person, other = town.person("official"), town.person("official")
    with pytest.raises(Refused, match="PasskeyNotProved"):
        Device().register(person, token=other.browser.headers["X-CSRF-Token"])
    assert person.get("/api/session/passkey") == {"credential_id": None, "signer": None, "registered_at": None}


def test_one_device_key_does_not_sign_as_two_officials(town: Town) -> None:
    device = Device()
    device.register(town.person("official"))
    with pytest.raises(Refused, match="PasskeyNotProved"):
        device.register(town.person("official"))


def test_a_newer_passkey_replaces_the_former_until_a_case_is_opened(town: Town) -> None:
    person = town.person("official")
    first, second = Device().register(person), Device().register(person)
    assert first["signer"] != second["signer"]
    assert person.get("/api/session/passkey")["signer"] == second["signer"]
    member = town.open_case().officials[0]
    with pytest.raises(Refused, match="PasskeyTooLate"):
        member.post("/api/session/passkey/offer")


def test_a_passkey_behind_another_releases_contract_opens_no_case(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    officials, institution = [town.person("official") for _ in range(3)], town.person("institution")
    with monkeypatch.context() as former:
        former.setattr(town.chain, "deploy_passkey_verifier", lambda: town.open_case().case["address"])
        former.setattr(town.chain, "is_signed_by", lambda *_: True)
        Device().register(officials[0])
    assert officials[0].get("/api/session/passkey")["signer"] is None, "it has to be made anew"
    body = town.case_body(officials, institution)
    del body["officials"][0]["signer"]
    with pytest.raises(Refused, match="SignerMissing"):
        town.person("admin").post("/api/cases", body)
    Device().register(officials[0])
    assert town.person("admin").post("/api/cases", body)["officials"][0]["signer"]


def test_without_signer_and_passkey_no_case_is_opened(town: Town) -> None:
    officials, institution = [town.person("official") for _ in range(3)], town.person("institution")
    body = town.case_body(officials, institution)
    del body["institution"]["signer"]
    with pytest.raises(Refused, match="SignerMissing"):
        town.person("admin").post("/api/cases", body)


@pytest.mark.parametrize("entry", VECTORS["signatures"][:4], ids=lambda entry: entry["signer"][44:52])
def test_the_vectors(town: Town, entry: dict[str, Any]) -> None:
    signer, digest = bytes.fromhex(entry["signer"][2:]), bytes.fromhex(entry["proof_digest"][2:])
    assert rules.proof_digest(VECTORS["token"], signer) == digest
    rules.check_passkey(b"id", signer[20:])
    here = bytes.fromhex(town.chain.deploy_passkey_verifier()[2:]) + signer[20:]
    assert town.chain.is_signed_by(here, digest, bytes.fromhex(entry["encoded"][2:]))


@pytest.mark.parametrize("broken", [bytes(64), b"\xff" * 64, bytes(63), bytes(32) + b"\x01" * 32])
def test_what_is_no_point_is_refused(broken: bytes) -> None:
    with pytest.raises(PasskeyNotReadable):
        rules.check_passkey(b"id", broken)
