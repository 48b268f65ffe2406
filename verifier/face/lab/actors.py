"""Who sits before the camera in a measurement: a puppet that does as asked, and attackers of several kinds."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from verifier.face.challenge import StepKind
from verifier.face.lab.puppet import Act, Puppet, bilinear, warped
from verifier.face.liveness_state import LivenessState
from verifier.face.pictures import Pixels

Motion = Callable[[Act], bytes]


class Actor(Protocol):
    """Sends one frame after another, knowing what is asked, as a person at the page would."""

    def frame(self, state: LivenessState) -> bytes:
        """The next JPEG."""


class Scripted:
    """Does what is asked, a little differently each time; `show` turns an act into a frame."""

    def __init__(self, show: Motion, dice: random.Random) -> None:
        self._show, self._dice = show, dice
        self._asked: tuple[int, StepKind] | None = None
        self._acts: Iterator[Act] = iter(())

    def frame(self, state: LivenessState) -> bytes:
        """The next frame of the movement for the present step; it begins and ends looking straight ahead."""
        if self._asked != (state.step, state.kind):
            self._asked = (state.step, state.kind)
            self._acts = iter(())
        act = next(self._acts, None)
        if act is None:
            self._acts = iter(movement(state.kind, self._dice))
            act = next(self._acts)
        sway = (self._dice.uniform(-2, 2), self._dice.uniform(-2, 2))
        return self._show(Act(act.turn, act.lids, act.mouth, sway))


def movement(kind: StepKind, dice: random.Random) -> list[Act]:
    """The frames of one movement, at about four a second."""
    rest = [Act()] * dice.randint(1, 2)
    if kind in {"turn_left", "turn_right"}:
        side = (1 if kind == "turn_left" else -1) * dice.uniform(20, 27)
        return [*rest, *(Act(turn=side * share) for share in (0.4, 0.8, 1.0, 1.0, 0.6, 0.2)), *rest]
    if kind == "blink":
        return [*rest, *[Act(lids=1.0)] * dice.randint(1, 2), *rest]
    if kind == "open_mouth":
        return [*rest, *(Act(mouth=dice.uniform(0.8, 1.1)) for _ in range(2)), *rest]
    return rest


class Recorder:
    """Passes another actor's frames on and keeps them."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self.frames: list[bytes] = []

    def frame(self, state: LivenessState) -> bytes:
        """The other's frame."""
        self.frames.append(self._actor.frame(state))
        return self.frames[-1]


class Played:
    """A recording from its beginning, over and over; `change` makes each frame a little other than it was."""

    def __init__(self, frames: list[bytes], change: Callable[[bytes], bytes]) -> None:
        self._frames, self._change, self._place = frames, change, 0

    def frame(self, state: LivenessState) -> bytes:
        """The next frame of the recording, whatever is asked."""
        data = self._frames[self._place % len(self._frames)]
        self._place += 1
        return self._change(data)


class Swapped:
    """One person begins, another goes on from a step."""

    def __init__(self, first: Actor, second: Actor, from_step: int) -> None:
        self._first, self._second, self._from = first, second, from_step

    def frame(self, state: LivenessState) -> bytes:
        """The frame of whoever sits there now."""
        return (self._second if state.step >= self._from else self._first).frame(state)


def recoded(dice: random.Random) -> Callable[[bytes], bytes]:
    """What a recording goes through: other compression, size and brightness."""
    quality, scale, light = dice.randint(55, 85), dice.uniform(0.85, 1.1), dice.uniform(0.92, 1.08)

    def change(data: bytes) -> bytes:
        recording = Image.open(io.BytesIO(data))
        image = recording.resize((round(recording.width * scale), round(recording.height * scale)), Image.Resampling.BILINEAR)
        return _jpeg(ImageEnhance.Brightness(image).enhance(light), quality)

    return change


def mirrored(frame: bytes) -> bytes:
    """The frame with left and right exchanged."""
    return _jpeg(ImageOps.mirror(Image.open(io.BytesIO(frame)).convert("RGB")), 92)


def mirrored_steps(steps: tuple[StepKind, ...]) -> tuple[StepKind, ...]:
    """What a mirrored recording does: turns to the other side."""
    other: dict[StepKind, StepKind] = {"turn_left": "turn_right", "turn_right": "turn_left"}
    return tuple(other.get(step, step) for step in steps)


def pasted(puppet: Puppet, other: Puppet) -> Motion:
    """Another's face, bent to the first one's movements and laid over it: a face swap, cheaply made."""

    def show(act: Act) -> bytes:
        below = Image.open(io.BytesIO(puppet.show(act))).convert("RGB")
        targets = puppet.targets(act)
        bent = Image.fromarray(warped(other.picture, other.points, targets))
        outline = [*targets[0:17], *targets[26:21:-1], *targets[21:16:-1]]
        mask = Image.new("L", below.size, 0)
        ImageDraw.Draw(mask).polygon([(float(x), float(y)) for x, y in outline], fill=255)
        below.paste(bent, (0, 0), mask.filter(ImageFilter.GaussianBlur(4)))
        return _jpeg(below, 88)

    return show


def held_flat(puppet: Puppet, dice: random.Random) -> Motion:
    """A print that is swung, tilted, rolled and brought closer in time with what is asked."""
    reach, tilt = dice.uniform(1.2, 2.2), dice.uniform(-20, 20)

    def show(act: Act) -> bytes:
        angles = (act.turn * reach, tilt * abs(act.turn) / 25 + 30 * act.lids, dice.uniform(-3, 3) + act.turn * dice.uniform(-0.6, 0.6))
        return _jpeg(_swung(puppet.picture, angles, 1 + 0.1 * act.mouth, act.shift), 85)

    return show


def cut_and_bent(puppet: Puppet, dice: random.Random) -> Motion:
    """A print bent round an upright cylinder and turned, with holes through which the attacker's own eyes and mouth move."""
    half_angle, reach = np.radians(dice.uniform(15, 60)), dice.uniform(0.9, 1.6)

    def show(act: Act) -> bytes:
        moving = puppet.show(Act(0, act.lids, act.mouth, act.shift))
        picture = np.asarray(Image.open(io.BytesIO(moving)))
        return _jpeg(Image.fromarray(_bent(picture, float(half_angle), float(np.radians(act.turn * reach)))), 85)

    return show


def _bent(picture: Pixels, half_angle: float, turn: float) -> Pixels:
    """The face's middle 180 pixels span twice the half angle of a cylinder, which is turned."""
    height, width = picture.shape[:2]
    radius, middle = 90.0 / half_angle, width / 2
    seen = np.clip((np.arange(width) - middle) / radius, -0.98, 0.98)
    source = middle + (np.arcsin(seen) - turn) * radius
    x, y = np.meshgrid(source, np.arange(height, dtype=np.float64))
    return bilinear(picture, x, y)


def _swung(picture: Pixels, degrees: tuple[float, float, float], scale: float, shift: tuple[float, float]) -> Image.Image:
    yaw, pitch, roll = (float(np.radians(value)) for value in degrees)
    about_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    about_z = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    height, width = picture.shape[:2]
    far = 2.0 * width
    turned = about_z @ about_x @ about_y
    plane = np.column_stack([turned[:, 0], turned[:, 1], np.array([0, 0, far / scale])])
    lens = np.array([[far, 0, width / 2 + shift[0]], [0, far, height / 2 + shift[1]], [0, 0, 1]])
    back = np.linalg.inv(lens @ plane @ np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, 1]]))
    numbers = (back / back[2, 2]).ravel()[:8]
    image = Image.fromarray(picture)
    data = tuple(float(value) for value in numbers)
    return image.transform((width, height), Image.Transform.PERSPECTIVE, data, Image.Resampling.BILINEAR, fillcolor=(96, 98, 102))


def _jpeg(image: Image.Image, quality: int) -> bytes:
    stream = io.BytesIO()
    image.convert("RGB").save(stream, "JPEG", quality=quality)
    return stream.getvalue()
