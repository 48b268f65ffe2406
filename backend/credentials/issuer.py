"""The issuer of credentials, as the backend reaches it: over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from backend.chain import typed_data
from backend.chain.service import Chain
from backend.chain.typed_data import TypedData
from backend.common.clock import Clock, SystemClock, to_unix
from backend.credentials.errors import IssuerNotAnswering, IssuerRefused


@dataclass(frozen=True)
class CredentialList:
    """One verifier's signature over many (index, ballot key) pairs (protocol §5); `expires_at` in seconds since 1970."""

    entries: bytes
    expires_at: int
    signature: bytes


@dataclass(frozen=True)
class Refusal:
    """One time at which a machine did not accept a lender; `reasons` are (code, Chinese, English)."""

    time: datetime
    reasons: tuple[tuple[str, str, str], ...]


SIGNATURE_HEADER = "X-LenderVote-Signature"
"""The relay's signature over what it asks for (protocol §5, CredentialListRequest and LogRequest)."""


class IssuerClient:
    """Asks the issuer for what it publishes, and, signed by the relay's key, for what it tells the poll's relay alone (protocol §15.1)."""

    def __init__(self, url: str, chain: Chain, clock: Clock | None = None, timeout_seconds: float = 10) -> None:
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
        pairs = [{"index": index, "ballot_key": key} for index, key in entries]
        now = to_unix(self._clock.now())
        signed = typed_data.credential_list_request(self._chain.chain_id, poll, typed_data.pack_entries(list(entries)), now)
        body = {"poll": poll, "requested_at": now, "entries": pairs}
        answer = self._ask("POST", "/v1/credential-lists", signed, body=body)
        try:
            return CredentialList(_bytes(answer["entries"]), int(answer["expires_at"]), _bytes(answer["signature"]))
        except (KeyError, TypeError, ValueError) as error:
            raise IssuerNotAnswering() from error

    def declined(self, poll: str, index: int) -> list[Refusal]:
        """When and why the machine did not accept a lender, from the issuer's log. Raises: IssuerNotAnswering, IssuerRefused."""
        now = to_unix(self._clock.now())
        signed = typed_data.log_request(self._chain.chain_id, poll, 0, now)
        answer = self._ask("GET", "/v1/declined", signed, query={"poll": poll, "index": index, "requested_at": now})
        try:
            return [_refusal(entry) for entry in answer["declined"]]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise IssuerNotAnswering() from error

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _ask(
        self,
        method: str,
        path: str,
        signed: TypedData | None = None,
        *,
        body: dict[str, Any] | None = None,
        query: dict[str, str | int] | None = None,
    ) -> dict[str, Any]:
        headers = {} if signed is None else {SIGNATURE_HEADER: self._chain.sign(signed)}
        try:
            response = self._client.request(method, path, json=body, params=query, headers=headers)
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
