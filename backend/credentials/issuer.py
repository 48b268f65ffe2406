"""The issuer of credentials, as the backend reaches it: over HTTP, with no key of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from backend.credentials.errors import IssuerNotAnswering, IssuerRefused


@dataclass(frozen=True)
class CredentialList:
    """One verifier's signature over many (index, ballot key) pairs (protocol §5); `expires_at` in seconds since 1970."""

    entries: bytes
    expires_at: int
    signature: bytes


class IssuerClient:
    """Asks the issuer for what it publishes or signed before."""

    def __init__(self, url: str, timeout_seconds: float = 10) -> None:
        self._client = httpx.Client(base_url=url, timeout=timeout_seconds)

    def identity(self) -> str:
        """The issuer's address, 0x lower case. Raises: IssuerNotAnswering, IssuerRefused."""
        return str(self._ask("GET", "/v1/identity")["address"]).lower()

    def credential_list(self, poll: str, entries: Sequence[tuple[int, str]]) -> CredentialList:
        """A list over (index, ballot key) pairs ascending by index, all issued before.

        Raises: IssuerNotAnswering, IssuerRefused.
        """
        pairs = [{"index": index, "ballot_key": key} for index, key in entries]
        answer = self._ask("POST", "/v1/credential-lists", {"poll": poll, "entries": pairs})
        try:
            return CredentialList(_bytes(answer["entries"]), int(answer["expires_at"]), _bytes(answer["signature"]))
        except (KeyError, TypeError, ValueError) as error:
            raise IssuerNotAnswering() from error

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        try:
            response = self._client.request(method, path, json=body)
            answer = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise IssuerNotAnswering() from error
        if response.status_code >= 500 or response.status_code == 429 or not isinstance(answer, dict):
            raise IssuerNotAnswering()
        if response.status_code >= 400:
            raise IssuerRefused(rule=str(answer.get("error", {}).get("code", response.status_code)))
        return answer


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))
