"""More people before the cameras than the issuer's face queue has places for, so that it is full as long as they stay."""

from __future__ import annotations

import asyncio
import io
import re
from collections import Counter
from dataclasses import dataclass, field

from PIL import Image

from scripts.load.wire import Answer, Crowd

ADDRESS = "127.10.1.1"
LOOK_SECONDS = 0.25
GATHER_SECONDS = 150  # the first picture starts the face workers
BOUNDARY = "a-made-picture"


class QueueNeverFull(Exception):
    """Nobody was told to come again; the message has what was answered instead. Without the face library it is 503."""


@dataclass
class Crowded:
    """What the face queue answered, and how full it was."""

    served: int = 0
    """Decoded, searched, and answered with the reason why no face is kept."""
    busy: int = 0
    """Told after how many seconds to come again."""
    busy_without_retry_after: int = 0
    others: Counter[str] = field(default_factory=Counter)
    """Any other answer, by status; 0 where the connection was lost."""
    places: int = 0
    taken: list[int] = field(default_factory=list)
    """Places taken, looked at four times a second."""

    @property
    def full_share(self) -> float:
        """The part of the looks at which no place was free."""
        return round(sum(1 for taken in self.taken if taken >= self.places) / max(1, len(self.taken)), 3)


class FaceCrowd:
    """Each person hands in a picture, waits for the answer, and comes again: at once when served, when told to otherwise."""

    def __init__(self, issuer_port: int, request: bytes) -> None:
        self._port, self._request = issuer_port, request
        self._ending = asyncio.Event()
        self._full = asyncio.Event()
        self._crowd = Crowd(issuer_port)
        self.found = Crowded()

    async def gather(self) -> list[asyncio.Task[None]]:
        """Send three people for every place; returns when the first was told to come again: the queue is full.

        Raises: QueueNeverFull.
        """
        await self._look()
        people = [asyncio.create_task(self._person()) for _ in range(3 * self.found.places)]
        try:
            await asyncio.wait_for(self._full.wait(), GATHER_SECONDS)
        except TimeoutError as error:
            raise QueueNeverFull(
                f"the face queue was not full within {GATHER_SECONDS} s; other answers: {dict(self.found.others)}"
            ) from error
        self.found.taken.clear()
        return [*people, asyncio.create_task(self._keep_looking())]

    async def leave(self, tasks: list[asyncio.Task[None]]) -> None:
        """Nobody comes again; whoever waits for an answer still gets it."""
        self._ending.set()
        await asyncio.gather(*tasks)
        self._crowd.close()

    async def _person(self) -> None:
        while not self._ending.is_set():
            wait = self._note(await self._crowd.ask(ADDRESS, self._request))
            if wait:
                await self._pass(wait)

    def _note(self, answer: Answer) -> int:
        """Count the answer; the seconds to wait."""
        found = self.found
        if answer.status == 503 and b"FacesBusy" in answer.body:
            self._full.set()
            found.busy += 1
            found.busy_without_retry_after += 0 if answer.retry_after_seconds else 1
            return max(1, answer.retry_after_seconds)
        if answer.status == 422 and b"NoFace" in answer.body:
            found.served += 1
            return 0
        found.others[str(answer.status)] += 1
        return 1

    async def _keep_looking(self) -> None:
        while not self._ending.is_set():
            await self._look()
            await self._pass(LOOK_SECONDS)

    async def _look(self) -> None:
        text = (await self._crowd.ask("127.0.0.1", b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")).body.decode()
        gauges = dict(re.findall(r"^(lendervote_face_\w+) (\d+)", text, re.MULTILINE))
        self.found.places = int(gauges["lendervote_face_places"])
        self.found.taken.append(int(gauges["lendervote_face_queue"]))

    async def _pass(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._ending.wait(), seconds)
        except TimeoutError:
            return


def picture_to_search(side: int = 1600) -> bytes:
    """A made JPEG with detail and without a face, as large as a phone's: it has to be decoded and searched."""
    stream = io.BytesIO()
    image = Image.effect_mandelbrot((side, side * 3 // 4), (-2.0, -1.2, 1.0, 1.2), 80)
    image.convert("RGB").save(stream, "JPEG")
    return stream.getvalue()


def post_reference(token: str, poll: str, index: int, picture: bytes) -> bytes:
    """The bytes of the operator's request that hands in a lender's photo."""
    fields = {"poll": poll, "index": str(index)}
    part = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="'
    text = "".join(f'{part}{name}"\r\n\r\n{value}\r\n' for name, value in fields.items())
    text += f'{part}image"; filename="made.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    body = text.encode() + picture + f"\r\n--{BOUNDARY}--\r\n".encode()
    head = (
        f"POST /v1/references HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
