"""Loads the chosen models into a worker's room."""

from __future__ import annotations

from verifier.face.embedder import DlibEmbedder, Embedder
from verifier.face.frames import FrameReader
from verifier.face.landmarks import Landmarker
from verifier.face.liveness import AttackDetector, Bounds, Liveness
from verifier.face.matcher import Matcher, MatchPolicy
from verifier.face.model_choice import ModelChoice
from verifier.face.reader import FaceReader
from verifier.face.room import Room


def furnished(choice: ModelChoice) -> Room:
    """The room. Raises: FaceLibraryMissing, ModelNotUsable."""
    reader = reader_of(choice)
    landmarker: Landmarker | None = choice.make(choice.landmarker, "find") if choice.landmarker else None
    detector: AttackDetector | None = choice.make(choice.attack_detector, "is_attack") if choice.attack_detector else None
    policy = MatchPolicy.load(reader.embedder.model_id, choice)
    bounds = _bounds(policy) if choice.embedder else Bounds()
    return Room(reader, Matcher(policy), lambda: Liveness(FrameReader(landmarker), reader.embedder, bounds=bounds, attacks=detector))


def reader_of(choice: ModelChoice) -> FaceReader:
    """Reads photos with the chosen embedder. Raises: FaceLibraryMissing, ModelNotUsable."""
    embedder: Embedder = choice.make(choice.embedder, "model_id", "dim", "embed") if choice.embedder else DlibEmbedder()
    return FaceReader(embedder=embedder)


def _bounds(policy: MatchPolicy) -> Bounds:
    """Distances mean another thing to another embedder: one person is who would be asked to show the face once more, at least."""
    near = policy.below(1, 1) + policy.grey_band
    return Bounds(same_person=near, other_person=near)
