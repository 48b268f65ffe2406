"""Authorities that stamp times, as the settings name them, and as they are asked: bounded in time and size (RFC 3161 over HTTP)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx
from cryptography import x509
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, VerifierBuilder, decode_timestamp_response
from rfc3161_client.errors import VerificationError

from backend.ground.common.settings import Settings
from backend.vote.stamps.errors import AuthorityNotStamping, StampSettingsWrong

MOST_ANSWER_BYTES = 2**14
READ_SECONDS, WHOLE_SECONDS = 5.0, 20.0
HEADERS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


@dataclass(frozen=True)
class Stamped:
    """An authority's answer, and the time in it."""

    response: bytes
    at: datetime


@dataclass(frozen=True)
class Authority:
    """One authority: where it answers, and its roots, by which answers are held before they are kept."""

    name: str
    url: str
    roots: tuple[x509.Certificate, ...]

    def stamp(self, data: bytes) -> Stamped:
        """A stamp over the SHA-256 of the data. Raises: AuthorityNotStamping."""
        asked = TimestampRequestBuilder(data, HashAlgorithm.SHA256, nonce=True, cert_req=True).build()
        response = self._asked(asked.as_bytes())
        try:
            answer = decode_timestamp_response(response)
            VerifierBuilder(nonce=asked.nonce, roots=list(self.roots)).build().verify_message(answer, data)
            return Stamped(response, answer.tst_info.gen_time)
        except (ValueError, VerificationError) as error:
            raise AuthorityNotStamping(name=self.name, reason=str(error)[:200]) from error

    def _asked(self, question: bytes) -> bytes:
        """The whole answer, if it is not too long and does not take too long."""
        until, found = time.monotonic() + WHOLE_SECONDS, bytearray()
        try:
            with (
                httpx.Client(timeout=READ_SECONDS, follow_redirects=False) as client,
                client.stream("POST", self.url, content=question, headers=HEADERS) as answer,
            ):
                if answer.status_code != httpx.codes.OK:
                    raise AuthorityNotStamping(name=self.name, reason=f"HTTP {answer.status_code}")
                for part in answer.iter_raw(MOST_ANSWER_BYTES):
                    found += part
                    if len(found) > MOST_ANSWER_BYTES or time.monotonic() > until:
                        raise AuthorityNotStamping(name=self.name, reason="its answer is too long, or takes too long")
        except httpx.HTTPError as error:
            raise AuthorityNotStamping(name=self.name, reason=type(error).__name__) from error
        return bytes(found)


def read_authorities(settings: Settings) -> list[Authority]:
    """Those that the settings name; none where they name none. Raises: StampSettingsWrong."""
    urls, files = _pairs(settings.stamp_authorities), _pairs(settings.stamp_certificates)
    if urls.keys() != files.keys():
        lacking = ", ".join(sorted(urls.keys() ^ files.keys()))
        raise StampSettingsWrong(reason=f"an address and a certificate for each name, not so for {lacking}")
    return [Authority(name, _address(url), tuple(_roots(Path(files[name])))) for name, url in urls.items()]


def _pairs(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = one.partition("=")
        if not name.strip() or not value.strip() or len(name) > 40 or name.strip() in found:
            raise StampSettingsWrong(reason=f"“{one}” is no name=value, or its name stands twice")
        found[name.strip()] = value.strip()
    return found


def _address(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise StampSettingsWrong(reason=f"“{url}” is no address")
    return url


def _roots(path: Path) -> Sequence[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise StampSettingsWrong(reason=f"{path}: {error}") from error
