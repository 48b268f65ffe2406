"""What a worker can be asked: read a photo, compare photos, move a session on, judge it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from verifier.face.decision import Decision, Purpose
from verifier.face.embedder import from_bytes, to_bytes
from verifier.face.liveness import Liveness, frontal_keys
from verifier.face.liveness_state import LivenessState
from verifier.face.matcher import Matcher
from verifier.face.reader import FaceReader


@dataclass
class Room:
    """The loaded models behind plain questions and answers that are JSON."""

    reader: FaceReader
    matcher: Matcher
    liveness: Callable[[], Liveness]

    def answer(self, question: str, *arguments: Any) -> dict[str, Any]:
        """The answer to `read`, `match`, `watch` or `judge`. Raises: PictureRefused."""
        questions: dict[str, Callable[..., dict[str, Any]]] = {
            "read": self._read,
            "match": self._match,
            "watch": self._watch,
            "judge": self._judge,
        }
        return questions[question](*arguments)

    @cached_property
    def _liveness(self) -> Liveness:
        return self.liveness()

    def _read(self, image: bytes, purpose: Purpose) -> dict[str, Any]:
        embedding, quality = self.reader.read(image, purpose)
        return {"embedding": to_bytes(embedding).hex(), "quality": vars(quality)}

    def _match(self, references: Sequence[bytes], probes: Sequence[bytes]) -> dict[str, Any]:
        shown = [self.reader.read(image, "probe")[0] for image in probes]
        return _plain(self.matcher.decide([from_bytes(reference) for reference in references], shown))

    def _watch(self, state: dict[str, Any], frames: Sequence[bytes], now: float) -> dict[str, Any]:
        return {"state": self._liveness.advance(LivenessState(**state), frames, now).as_json()}

    def _judge(self, references: Sequence[bytes], state: dict[str, Any]) -> dict[str, Any]:
        return _plain(self.matcher.decide([from_bytes(reference) for reference in references], frontal_keys(LivenessState(**state))))


def _plain(decision: Decision) -> dict[str, Any]:
    return {"outcome": decision.outcome, "reason": vars(decision.reason), "band": decision.band, "distance": decision.distance}
