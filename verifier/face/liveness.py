"""Does somebody do what was asked, now? A state that each batch of frames moves on; no picture stays in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, field, replace
from typing import Any, Protocol

import numpy as np

from verifier.face import reasons
from verifier.face.challenge import NEUTRAL_SECONDS, SESSION_SECONDS, STEP_SECONDS, TURNS
from verifier.face.detector import Box
from verifier.face.embedder import Embedder, Embedding, from_bytes, to_bytes
from verifier.face.errors import PictureRefused
from verifier.face.frames import Frame, FrameReader
from verifier.face.liveness_state import LivenessState
from verifier.face.pictures import Pixels
from verifier.face.quality import QualityGate
from verifier.face.reasons import Reason
from verifier.face.signals import Pose, Turn, change, planar_residual, turn_of

MOST_FRAMES = 240


@dataclass(frozen=True)
class Bounds:
    """Where a signal counts; figures in docs/face.md."""

    turn: float = 0.11
    other_turn: float = 0.12
    bow: float = 0.19
    flat_bow: float = 0.1
    narrow: float = -0.55
    residual: float = 0.026
    neutral_yaw: float = 0.13
    neutral_eye: float = 0.16
    neutral_mouth: float = 0.32
    settled_yaw: float = 0.07
    closed_eye: float = 0.7
    opened_eye: float = 0.8
    open_mouth: float = 0.18
    same_person: float = 0.42
    other_person: float = 0.46
    neutral_frames: int = 3
    turned_frames: int = 6
    wrong_frames: int = 2

    def like_a_head(self, turn: Turn) -> dict[str, bool]:
        """Which of a turn's signals are a head's, by their names."""
        return {"bow": turn.bow >= self.bow, "width": turn.width >= self.narrow, "residual": turn.residual >= self.residual}


class AttackDetector(Protocol):
    """Tells a face shown to the camera from a picture, screen or mask of one; a licensed one may be named in the settings."""

    def is_attack(self, picture: Pixels, face: Box) -> bool:
        """Whether this frame (RGB) shows no living face. Asked at the end of each step."""


@dataclass(frozen=True)
class Liveness:
    """Moves a session on by frames; lives in a worker, where the models are."""

    reader: FrameReader
    embedder: Embedder
    gate: QualityGate = field(default_factory=QualityGate)
    bounds: Bounds = field(default_factory=Bounds)
    attacks: AttackDetector | None = None

    def advance(self, state: LivenessState, frames: Sequence[bytes], now: float) -> LivenessState:
        """The state after these frames, which arrived at `now`; a session that ended stays as it is."""
        state = replace(state, hint=None)
        for data in frames:
            if state.done or state.failed:
                break
            self._one(state, data, now)
        return state

    def _one(self, state: LivenessState, data: bytes, now: float) -> None:
        state.frames += 1
        limit = STEP_SECONDS if state.step else NEUTRAL_SECONDS
        if now - state.began_at > SESSION_SECONDS or now - state.step_began_at > limit:
            _fail(state, reasons.STEP_TOO_LATE)
            return
        if state.frames > MOST_FRAMES:
            _fail(state, reasons.TOO_MANY_FRAMES)
            return
        try:
            frame = self.reader.read(data, Box(*state.near) if state.near else None)
        except PictureRefused as refused:
            state.near, state.neutral, state.hint = None, [], vars(refused.reason)
            return
        state.near = [frame.face.top, frame.face.right, frame.face.bottom, frame.face.left]
        state.trail.append(str(frame.look))
        if state.step == 0:
            self._neutral(state, frame, now)
        else:
            self._step(state, frame, now)

    def _neutral(self, state: LivenessState, frame: Frame, now: float) -> None:
        pose, bounds = frame.pose, self.bounds
        if abs(pose.yaw) > bounds.neutral_yaw or pose.eye < bounds.neutral_eye or pose.mouth > bounds.neutral_mouth:
            state.neutral, state.hint = [], vars(reasons.LOOK_STRAIGHT)
            return
        state.neutral.append(list(astuple(pose)))
        if len(state.neutral) < bounds.neutral_frames:
            return
        try:
            face = self.gate.only_face([frame.face], frame.picture, "probe")
            self.gate.check(frame.picture, face)
        except PictureRefused as refused:
            state.neutral, state.hint = [], vars(refused.reason)
            return
        state.base = [float(value) for value in np.median(np.array(state.neutral), axis=0)]
        state.base_points = frame.points.tolist()
        self._complete(state, frame, now, {"signal": "neutral", "value": round(state.base[0], 3)})

    def _step(self, state: LivenessState, frame: Frame, now: float) -> None:
        base = Pose(*(state.base or []))
        turned = frame.pose.yaw - base.yaw
        straight = abs(turned) < self.bounds.settled_yaw
        opened = frame.pose.mouth - base.mouth >= self.bounds.open_mouth
        if not state.settled:
            state.settled = straight and not opened and frame.pose.eye > self.bounds.opened_eye * base.eye
            return
        if self._is_other(state, turned, mouth_only=straight and opened):
            state.wrong += 1  # one frame may be misread
            if state.wrong >= self.bounds.wrong_frames:
                _fail(state, reasons.STEP_WRONG)
            return
        state.wrong = 0
        if state.kind in TURNS:
            self._turn(state, frame, now, base)
        elif state.kind == "blink":
            self._blink(state, frame, now, frame.pose.eye / max(base.eye, 1e-6))
        elif straight and opened:
            self._complete(state, frame, now, {"signal": "mouth", "value": round(frame.pose.mouth - base.mouth, 3)})

    def _is_other(self, state: LivenessState, turned: float, *, mouth_only: bool) -> bool:
        """Whether this is a movement nobody asked for. Who does the last one once more has not read on yet, and may."""
        allowed = {state.kind, state.kind_before}
        if abs(turned) >= self.bounds.other_turn:
            return ("turn_left" if turned > 0 else "turn_right") not in allowed
        return mouth_only and "open_mouth" not in allowed

    def _turn(self, state: LivenessState, frame: Frame, now: float, base: Pose) -> None:
        side = 1 if state.kind == "turn_left" else -1
        if (frame.pose.yaw - base.yaw) * side < self.bounds.turn:
            return
        state.turned.append(change(base, frame.pose, planar_residual(np.array(state.base_points), frame.points), side))
        if len(state.turned) < self.bounds.turned_frames:
            return
        turn = turn_of(state.turned)
        if turn.bow < self.bounds.flat_bow:
            _fail(state, reasons.STEP_WRONG)
        elif all(self.bounds.like_a_head(turn).values()):
            score = {name: round(value, 3) for name, value in vars(turn).items() if name != "yaw"}
            self._complete(state, frame, now, {"signal": "turn", "value": round(turn.yaw, 3), **score})

    def _blink(self, state: LivenessState, frame: Frame, now: float, share: float) -> None:
        if share <= self.bounds.closed_eye:
            state.closed = True
        elif state.closed and share >= self.bounds.opened_eye:
            self._complete(state, frame, now, {"signal": "blink", "value": round(share, 3)})

    def _complete(self, state: LivenessState, frame: Frame, now: float, score: dict[str, Any]) -> None:
        if self.attacks and self.attacks.is_attack(frame.picture, frame.face):
            state.scores.append({"step": state.kind, **score, "attack": True})
            _fail(state, reasons.NOT_LIVE)
            return
        embedding = self.embedder.embed(frame.picture, frame.face)
        if state.keys:
            apart = float(np.linalg.norm(from_bytes(bytes.fromhex(state.keys[0])) - embedding))
            score["same_person"] = apart < self.bounds.same_person
            if not score["same_person"] and apart < self.bounds.other_person and not state.doubted:
                state.doubted = True  # in the person's favour: one blurred frame is no other face, so one more is looked at
                return
        state.scores.append({"step": state.kind, **score})
        if not score.get("same_person", True):
            _fail(state, reasons.PERSON_CHANGED)
            return
        state.keys.append(to_bytes(embedding).hex())
        state.looks.append(str(frame.look))
        state.next_step(now)


def frontal_keys(state: LivenessState) -> list[Embedding]:
    """Embeddings to compare with references: the neutral frame, and those after a blink, which look straight ahead."""
    kinds = ["neutral", *state.steps]
    return [from_bytes(bytes.fromhex(key)) for kind, key in zip(kinds, state.keys, strict=False) if kind in {"neutral", "blink"}][:3]


def _fail(state: LivenessState, reason: Reason) -> None:
    state.failed = dict(vars(reason))
