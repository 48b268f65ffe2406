"""What the browser's camera sees, changed while it is open: a raw film whose pictures are written over in place."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageOps

from verifier.face.challenge import StepKind
from verifier.face.lab.actors import movement
from verifier.face.lab.puppet import Act, Puppet

if TYPE_CHECKING:
    from playwright.sync_api import Page, Response

WIDTH, HEIGHT, FRAMES, RATE = 640, 480, 12, 5
HEAD = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{RATE}:1 Ip A1:1 C420jpeg\n".encode()
FRAME = b"FRAME\n"
#: What a person does who misunderstands each step.
WRONG: dict[StepKind, StepKind] = {"turn_left": "turn_right", "turn_right": "turn_left", "blink": "turn_left", "open_mouth": "turn_left"}


class Camera:
    """A film that loops; the browser has it open and reads on, so that each step can be acted when it is asked."""

    def __init__(self, path: Path) -> None:
        self.path = path
        size = len(FRAME) + WIDTH * HEIGHT * 3 // 2
        path.write_bytes(HEAD + bytes(FRAMES * size))
        self._actor: tuple[Puppet, bool] | None = None
        self._shown: tuple[Any, ...] = ()
        self._dice = random.Random(5)

    def seat(self, puppet: Puppet, *, obedient: bool = True) -> None:
        """Who sits there from now on; somebody who is not obedient does another movement than asked."""
        self._actor = (puppet, obedient)
        self.act("neutral", 0)

    def follow(self, page: Page) -> None:
        """Act out every step as the page is told it."""
        page.on("response", self._on_response)

    def _on_response(self, answer: Response) -> None:
        if "/v1/sessions" in answer.url and answer.ok and "/decision" not in answer.url and answer.request.method == "POST":
            step = answer.json().get("step")
            if step:
                self.act(step["kind"], step["number"])

    def act(self, kind: StepKind, number: int) -> None:
        """Write one movement into the film."""
        if self._actor is None or (kind, number, self._actor) == self._shown:
            return
        self._shown = (kind, number, self._actor)
        puppet, obedient = self._actor
        acts = movement(kind if obedient else WRONG.get(kind, kind), self._dice)
        acts = (acts + [Act()] * FRAMES)[:FRAMES]
        self._write([puppet.show(Act(act.turn, act.lids, act.mouth, self._sway())) for act in acts])

    def _sway(self) -> tuple[float, float]:
        return self._dice.uniform(-2, 2), self._dice.uniform(-2, 2)

    def _write(self, pictures: Sequence[bytes]) -> None:
        film = bytearray(HEAD)
        for picture in pictures:
            film += FRAME + _planes(picture)
        with self.path.open("r+b") as file:
            file.write(film)


def _planes(picture: bytes) -> bytes:
    image = ImageOps.pad(Image.open(io.BytesIO(picture)).convert("RGB"), (WIDTH, HEIGHT), color=(96, 98, 102)).convert("YCbCr")
    luma, blue, red = image.split()
    half = (WIDTH // 2, HEIGHT // 2)
    return luma.tobytes() + blue.resize(half).tobytes() + red.resize(half).tobytes()
