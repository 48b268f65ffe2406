"""The issuer of credentials, as the backend reaches it: over HTTP, asking with the relay's signature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from backend.ground.chain import typed_data
from backend.ground.chain.entries import pack_entries
from backend.ground.chain.service import Chain
from backend.ground.chain.typed_data import TypedData
from backend.ground.common.clock import Clock, SystemClock, to_unix
from backend.ground.common.hex_text import to_hex
from backend.vote.credentials.errors import IssuerNotAnswering, IssuerRefused

SIGNATURE_HEADER = "X-LenderVote-Signature"
"""The relay's signature over what it asks for (protocol §5, CredentialListRequest and LogRequest)."""


@dataclass(frozen=True)
class CredentialList:
    """One verifier's signature over many (index, ballot key) pairs (protocol §5); `expires_at` in seconds since 1970."""

    entries: bytes
    expires_at: int
    signature: bytes


@dataclass(frozen=True)
class SignedIdentityFile:
    """An identity file with k officials' signatures; `case` is its contract, 0x lower case."""

    case: str
    register_number: int
    file_hash: bytes
    signers: Sequence[bytes]
    signatures: Sequence[bytes]


@dataclass(frozen=True)
class Refusal:
    """One time at which a machine did not accept a lender; `reasons` are (code, Chinese, English)."""

    time: datetime
    reasons: tuple[tuple[str, str, str], ...]


class IssuerClient:
    """Asks the issuer for what it publishes or signed before, and hands over what officials signed for it.

    `chain` signs with the relay's key what the issuer answers to a poll's relay alone (protocol §15.1).
    """

    def __init__(self, url: str, chain: Chain, timeout_seconds: float = 10, clock: Clock | None = None) -> None:
        self._client = httpx.Client(base_url=url, timeout=timeout_seconds)
        self._chain = chain
        self._clock = clock or SystemClock()

    def identity(self) -> str:
        """The issuer's address, 0x lower case. Raises: IssuerNotAnswering, IssuerRefused."""
        return str(self._ask("GET", "/v1/identity")["address"]).lower()

    def credential_list(self, poll: str, entries: Sequence[tuple[int, str]]) -> CredentialList:
        """A list over (index, ballot key) pairs ascending by index, all issued before.

        Raises: IssuerNotAnswering, IssuerRefused.
        """
        at = self._now()
        pairs = [{"index": index, "ballot_key": key} for index, key in entries]
        signed = typed_data.credential_list_request(self._chain.chain_id, poll, pack_entries(list(entries)), at)
        body = {"poll": poll, "requested_at": at, "entries": pairs}
        answer = self._ask("POST", "/v1/credential-lists", json=body, headers=self._signed(signed))
        try:
            return CredentialList(_bytes(answer["entries"]), int(answer["expires_at"]), _bytes(answer["signature"]))
        except (KeyError, TypeError, ValueError) as error:
            raise IssuerNotAnswering() from error

    def declined(self, poll: str, index: int) -> list[Refusal]:
        """When and why the machine did not accept a lender, from the issuer's log. Raises: IssuerNotAnswering, IssuerRefused."""
        at = self._now()
        signed = typed_data.log_request(self._chain.chain_id, poll, 0, at)
        query = {"poll": poll, "index": index, "requested_at": at}
        answer = self._ask("GET", "/v1/declined", params=query, headers=self._signed(signed))
        try:
            return [_refusal(entry) for entry in answer["declined"]]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise IssuerNotAnswering() from error

    def hand_in(self, signed: SignedIdentityFile, content: bytes) -> None:
        """Give the issuer an identity file, first its signatures; the same again does no harm.

        Raises: IssuerNotAnswering, IssuerRefused.
        """
        said = {
            "case": signed.case,
            "register_number": signed.register_number,
            "file_hash": to_hex(signed.file_hash),
            "signers": [to_hex(signer) for signer in signed.signers],
            "signatures": [to_hex(signature) for signature in signed.signatures],
        }
        self._ask("POST", "/v1/identity-files", json=said)
        self._ask("PUT", f"/v1/identity-files/{said['file_hash']}", content=content)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _now(self) -> int:
        return to_unix(self._clock.now())

    def _signed(self, typed: TypedData) -> dict[str, str]:
        return {SIGNATURE_HEADER: self._chain.sign(typed)}

    def _ask(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        try:
            response = self._client.request(method, path, **options)
            answer = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise IssuerNotAnswering() from error
        if response.status_code >= 500 or response.status_code == 429 or not isinstance(answer, dict):
            raise IssuerNotAnswering()
        if response.status_code >= 400:
            raise IssuerRefused(rule=str(answer.get("error", {}).get("code", response.status_code)))
        return answer


def _refusal(entry: dict[str, Any]) -> Refusal:
    reasons = [(str(reason["code"]), str(reason["zh"]), str(reason["en"])) for reason in entry["reasons"]]
    return Refusal(datetime.fromisoformat(entry["time"]), tuple(reasons))


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))
