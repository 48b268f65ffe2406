"""Hands checked photos to the identity verifier, which keeps their templates only; goes on where it ended, by the verifier's own log."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from backend.ground.common.errors import BadInput, Conflict, Unavailable
from verifier.face.decision import MAX_BYTES
from verifier.issuer.bindings.file import photo_hash

from .photo_folder import Reference, Reject

SECONDS = 120
MOST_WAIT_SECONDS, TRIES = 60, 20
#: What is wrong with one photo; everything else the verifier refuses holds for all of them.
OF_ONE_PHOTO = frozenset({"PictureNotUsable", "TooManyReferences"})


class IssuerAddressPlain(BadInput):
    """The operator's token and people's photos would go over the network unencrypted."""

    zh = "身份核验机构的地址须以 https:// 开头；http:// 只能用于本机。"
    en = "The identity verifier's address begins with https://; http:// is for this machine only."


class IssuerSilent(Unavailable):
    """The verifier did not answer."""

    zh = "身份核验机构没有应答（{cause}）。已存入的照片有效；恢复后重新运行即可继续。"
    en = "The identity verifier does not answer ({cause}). What was stored stays; run this again to go on."


class IssuerSaysNo(Conflict):
    """The verifier refuses for a reason that is not this photo's."""

    zh = "身份核验机构拒绝：{said_zh} 已存入的照片有效；处理后重新运行即可继续。"
    en = "The identity verifier refuses: {said_en} What was stored stays; mend it and run this again to go on."


class PhotoChanged(BadInput):
    """The file is not the one that was checked, so officials have not signed it."""

    zh = "文件已不是检查时的照片，或已不在文件夹中。请恢复原文件，或重新执行 photos prepare。"
    en = "This is not the photo that was checked, or it is gone. Restore the file, or run photos prepare again."


def operators_client(url: str, token: str) -> httpx.Client:
    """A connection to the verifier as its operator. Raises: IssuerAddressPlain."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_this_machine(parts.hostname or "")):
        raise IssuerAddressPlain
    return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=SECONDS)


class Sender:
    """One poll's photos to one verifier."""

    def __init__(self, client: httpx.Client, poll: str, wait: Callable[[float], object] = time.sleep) -> None:
        self._client = client
        self._poll = poll
        self._wait = wait
        self.sent = 0

    def stored(self) -> set[tuple[int, str]]:
        """(index, photo's hash) of every reference that the verifier's log says was stored. Raises: IssuerSilent, IssuerSaysNo."""
        return {(entry["index"], entry["photo"]) for entry in self._entries() if entry["kind"] == "reference_stored" and entry.get("photo")}

    def send(self, folder: Path, references: Sequence[Reference], told: Callable[[int, int], None]) -> list[Reject]:
        """What was not stored; `sent` counts what was. `told` hears (done, total). Raises: IssuerSilent, IssuerSaysNo."""
        rejects = list[Reject]()
        for number, one in enumerate(references, start=1):
            reject = self._send(folder, one)
            if reject is None:
                self.sent += 1
            else:
                rejects.append(reject)
            told(number, len(references))
        return rejects

    def _send(self, folder: Path, one: Reference) -> Reject | None:
        try:
            with (folder / one.file).open("rb") as file:
                image = file.read(MAX_BYTES + 1)
        except FileNotFoundError:
            image = b""
        if photo_hash(image) != one.photo:
            return Reject.of(one.file, PhotoChanged())
        form = {"poll": self._poll, "index": str(one.index)}
        answer = self._ask("POST", "/v1/references", data=form, files={"image": ("photo", image)})
        if answer.status_code == 204:
            return None
        error = _error_of(answer)
        if error["code"] in OF_ONE_PHOTO:
            return Reject(one.file, error["code"], error["message_zh"], error["message_en"])
        raise IssuerSaysNo(said_zh=error["message_zh"], said_en=error["message_en"])

    def _entries(self) -> Iterator[dict[str, Any]]:
        after = 0
        while True:
            answer = self._ask("GET", "/v1/log/entries", params={"poll": self._poll, "after": after})
            if answer.status_code != 200:
                error = _error_of(answer)
                raise IssuerSaysNo(said_zh=error["message_zh"], said_en=error["message_en"])
            entries = answer.json()["entries"]
            if not entries:
                return
            yield from entries
            after = entries[-1]["seq"]

    def _ask(self, method: str, path: str, **what: Any) -> httpx.Response:
        """The answer; who is busy is asked again after the time it says. Raises: IssuerSilent."""
        for _ in range(TRIES):
            try:
                answer = self._client.request(method, path, **what)
            except httpx.HTTPError as error:
                raise IssuerSilent(cause=type(error).__name__) from error
            seconds = answer.headers.get("Retry-After", "")
            if answer.status_code not in (429, 503) or not seconds.isdigit():
                return answer
            self._wait(min(int(seconds), MOST_WAIT_SECONDS))
        raise IssuerSilent(cause="busy")


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _error_of(answer: httpx.Response) -> dict[str, str]:
    """The verifier's error in its one shape, or what stands for an answer of somebody else, say of a proxy."""
    try:
        error = answer.json()["error"]
        return {key: str(error[key]) for key in ("code", "message_zh", "message_en")}
    except (ValueError, KeyError, TypeError):
        said = f"HTTP {answer.status_code}"
        return {"code": "", "message_zh": said, "message_en": said}
