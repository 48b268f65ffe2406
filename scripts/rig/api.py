"""One visitor of the API: keeps the session cookie and the CSRF token, and raises what the service says."""

from __future__ import annotations

import functools
import ssl
import weakref
from typing import Any

import httpx


class Refused(Exception):
    """The service answered with an error; `code` is the broken rule."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        self.status = status
        self.code = str(body.get("code", status))
        self.details = body.get("details", {})
        super().__init__(f"{status} {self.code}: {body.get('message_en') or body.get('message')} {str(self.details)[:600]}")


@functools.cache
def trust() -> ssl.SSLContext:
    """The certificates, read once for all visitors: it takes 40 ms of a processor."""
    return httpx.create_ssl_context()


class Api:
    """A visitor with a session of its own."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=120, verify=trust(), headers={"Accept-Language": "zh-CN"})
        weakref.finalize(self, self._client.close)  # a visitor who is forgotten leaves no connection open

    @property
    def raw(self) -> httpx.Client:
        """The connection itself, for whoever sends what no visitor would."""
        return self._client

    def get(self, path: str, **options: Any) -> Any:
        """GET; the JSON answer."""
        return self._answer(self._client.get(path, **options))

    def post(self, path: str, json: Any = None, **options: Any) -> Any:
        """POST with JSON or with `data=` and `files=`; the JSON answer."""
        return self._answer(self._client.post(path, json=json, **options))

    def download(self, path: str) -> bytes:
        """The bytes of a file."""
        return self.fetch("GET", path)[0]

    def fetch(self, method: str, path: str) -> tuple[bytes, httpx.Headers]:
        """The bytes of a file, and the answer's headers."""
        response = self._client.request(method, path)
        if response.status_code >= 400:
            self._answer(response)
        return response.content, response.headers

    def remember_token(self, token: str) -> None:
        """Send this CSRF token from now on."""
        self._client.headers["X-CSRF-Token"] = token

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    @staticmethod
    def _answer(response: httpx.Response) -> Any:
        try:
            body = response.json() if response.content else {}
        except ValueError:
            body = {}
        if response.status_code >= 400:
            raise Refused(response.status_code, body.get("error", body) if isinstance(body, dict) else {})
        return body
