"""The people of the demo: officials, the institution, lenders with their phones. Each acts only through the API and its own key."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pyotp

from scripts.rig.api import Api, Refused, trust
from scripts.rig.camera import Camera
from scripts.rig.keys import Key, ballot_typed_data, consent_typed_data
from scripts.rig.register_check import KIND, check_code_of
from scripts.rig.sealing import sealed_and_signed

FOR, AGAINST, ABSTAIN = 1, 2, 3
SMS_SECONDS = 10


@dataclass
class Member:
    """Somebody with an account, a second factor and a signing key: an official or the institution."""

    name: str
    password: str
    totp_secret: str
    key: Key
    api: Api

    @property
    def account_key(self) -> bytes:
        """The private key, as the member's own key file holds it."""
        return bytes(self.key.account.key)

    def sign_in(self) -> None:
        """Password and second factor."""
        code = pyotp.TOTP(self.totp_secret).now()
        answer = self.api.post("/api/session", {"name": self.name, "password": self.password, "code": code})
        self.api.remember_token(answer["csrf_token"])

    def sign_act(self, act: dict[str, Any]) -> dict[str, Any]:
        """Sign an act that the officials decide together; a register only after the tool has worked it out."""
        body = {"signer": self.key.address, "signature": self.key.sign(act["typed_data"])}
        if act["kind"] == KIND:
            body["check_code"] = check_code_of(self.api, act)
        answer: dict[str, Any] = self.api.post(f"/api/acts/{act['id']}/signatures", body)
        return answer


@dataclass
class Phone:
    """A lender's phone during one vote."""

    url: str
    mobile: str
    outbox: Path
    poll: dict[str, Any]
    api: Api = field(init=False)
    claim: dict[str, Any] = field(init=False)
    key: Key = field(init=False)

    def __post_init__(self) -> None:
        """Open a connection of its own."""
        self.api = Api(self.url)

    def sign_in(self, document_end: str = "") -> None:
        """Ask for a code, read it, enter it; where a phone serves several lenders, with the end of their own document number."""
        base = f"/api/polls/{self.poll['id']}/lender"
        before = len(codes_sent(self.outbox, self.mobile))
        self.api.post(f"{base}/code", {"phone": self.mobile})
        code = read_code(self.outbox, self.mobile, before)
        answer = self.api.post(f"{base}/session", {"phone": self.mobile, "code": code, "document_end": document_end})
        self.api.remember_token(answer["csrf_token"])
        self.read_claim()

    def read_claim(self) -> None:
        """Look at the claim, the proof and the next sequence number."""
        self.claim = self.api.get(f"/api/polls/{self.poll['id']}/lender/claim")

    def ticket(self) -> dict[str, Any]:
        """Make a ballot key on this device and get the ticket for it."""
        self.key = Key.make()
        answer: dict[str, Any] = self.api.post(f"/api/polls/{self.poll['id']}/lender/ticket", {"ballot_key": self.key.address})
        return answer

    def credential_by_face(self, issuer_url: str, camera: Camera) -> dict[str, Any] | None:
        """Agree, then go before the camera; the frames go to the issuer directly. None when officials are to check instead."""
        request = self._request(self.ticket())
        with httpx.Client(base_url=issuer_url, timeout=120, verify=trust()) as client:
            agree(client, self.poll["chain_id"], self.key, request)
            return camera.credential(client, request)

    def ask_for_vouchers(self, method: int) -> str:
        """Ask two officials to see this lender; the request's id."""
        self._ticket = self.ticket()
        answer = self.api.post(f"/api/polls/{self.poll['id']}/lender/voucher-requests", {"ballot_key": self.key.address, "method": method})
        return str(answer["id"])

    def credential_by_vouchers(self, issuer_url: str, request_id: str) -> dict[str, Any]:
        """Take the two officials' vouchers to the issuer."""
        answer = self.api.get(f"/api/polls/{self.poll['id']}/lender/voucher-requests/{request_id}")
        body = self._request(self._ticket) | {"vouchers": answer["vouchers"]}
        with httpx.Client(timeout=60, verify=trust()) as client:
            response = client.post(f"{issuer_url}/v1/credentials/vouched", json=body)
        reply = response.json()
        if response.status_code >= 400:
            raise Refused(response.status_code, reply.get("error", reply))
        credential: dict[str, Any] = reply["credential"]
        return credential

    def ballot(self, credential: dict[str, Any], choice: int, sequence: int) -> dict[str, Any]:
        """A signed ballot with its credential, ready to be sent by anyone; in a sealed poll the choice is sealed and cannot be read."""
        place = {"index": self.claim["index"], "sequence": sequence, "ballot_key": self.key.address}
        proof = {"credential_expires_at": credential["expires_at"], "credential_signature": credential["signature"]}
        return place | proof | self._chosen(choice, sequence)

    def _chosen(self, choice: int, sequence: int) -> dict[str, Any]:
        """The choice, or what hides it, and its signature."""
        if self.poll.get("sealing") is not None:
            return dict(sealed_and_signed(self.poll, self.key, self.claim["index"], sequence, choice))
        typed = ballot_typed_data(
            self.poll["chain_id"], self.poll["address"], self.claim["index"], choice, sequence, self.poll["plan"]["plan_hash"]
        )
        return {"choice": choice, "ballot_signature": self.key.sign(typed)}

    def cast(self, ballot: dict[str, Any]) -> dict[str, Any]:
        """Hand the ballot in; the receipt."""
        receipt: dict[str, Any] = self.api.post(f"/api/polls/{self.poll['id']}/ballots", ballot)
        return receipt

    def _request(self, ticket: dict[str, Any]) -> dict[str, Any]:
        return {
            "poll": self.poll["address"],
            "index": self.claim["index"],
            "ballot_key": self.key.address,
            "ticket": {"expires_at": ticket["expires_at"], "signature": ticket["signature"]},
        }


def codes_sent(outbox: Path, mobile: str) -> list[str]:
    """Every code that the console gateway has written for a phone, oldest first."""
    # The last line may be half written.
    lines = outbox.read_text().rpartition("\n")[0].splitlines() if outbox.exists() else []
    messages = [json.loads(line) for line in lines if mobile in line]  # few of many: a load asks for thousands of codes
    return [str(message["code"]) for message in messages if message["phone"] == mobile]


def read_code(outbox: Path, mobile: str, before: int = 0) -> str:
    """The newest code for a phone that had `before` codes already; it is written just after the answer. Raises: LookupError."""
    deadline = time.monotonic() + SMS_SECONDS
    while time.monotonic() < deadline:
        if len(codes := codes_sent(outbox, mobile)) > before:
            return codes[-1]
        time.sleep(0.02)  # a text message has no event to wait for
    raise LookupError(f"no code was sent to {mobile}")


def agree(client: httpx.Client, chain_id: int, key: Key, request: dict[str, Any]) -> None:
    """Record the lender's consent to the newest Chinese text at the issuer, signed by the ballot key. Raises: Refused."""
    shown = [each for each in client.get("/v1/consents/texts").json()["texts"] if each["language"] == "zh"][-1]
    now = datetime.now(UTC).replace(microsecond=0)
    consent = {name: shown[name] for name in ("version", "language", "text_hash")} | {"agreed_at": now.isoformat()}
    typed = consent_typed_data(chain_id, request["poll"], request["index"], shown["text_hash"], int(now.timestamp()))
    response = client.post("/v1/consents", json={**request, "consent": consent, "signature": key.sign(typed)})
    if response.status_code >= 400:
        raise Refused(response.status_code, response.json().get("error", {}))
