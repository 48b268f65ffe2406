"""What the person is asked to do: three steps in an order that nobody knows before the session."""

from __future__ import annotations

import itertools
import secrets
from dataclasses import dataclass
from typing import Literal

StepKind = Literal["neutral", "turn_left", "turn_right", "blink", "open_mouth"]

KINDS: tuple[StepKind, ...] = ("turn_left", "turn_right", "blink", "open_mouth")
TURNS: tuple[StepKind, ...] = ("turn_left", "turn_right")
STEPS = 3
NEUTRAL_SECONDS = 10.0
STEP_SECONDS = 8.0
SESSION_SECONDS = 30.0


@dataclass(frozen=True)
class StepWords:
    """What the person reads."""

    zh: str
    en: str


WORDS: dict[StepKind, StepWords] = {
    "neutral": StepWords("请正对镜头，睁眼，闭嘴。", "Look straight into the camera, eyes open, mouth closed."),
    "turn_left": StepWords("请慢慢把头转向您的左边，再转回来。", "Slowly turn your head to your left, then back."),
    "turn_right": StepWords("请慢慢把头转向您的右边，再转回来。", "Slowly turn your head to your right, then back."),
    "blink": StepWords("请闭上双眼约半秒，再睁开。", "Close both eyes for half a second, then open them."),
    "open_mouth": StepWords("请张大嘴，再合上。", "Open your mouth wide, then close it."),
}


def draw_steps() -> tuple[StepKind, ...]:
    """Three steps, none twice in a row, at least one a turn: 34 orders, each as likely, from the system's random source."""
    while True:
        steps = tuple(secrets.choice(KINDS) for _ in range(STEPS))
        if any(step in TURNS for step in steps) and all(one != other for one, other in itertools.pairwise(steps)):
            return steps
