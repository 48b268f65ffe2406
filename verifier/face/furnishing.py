"""Loads the chosen models into a worker's room; nothing of a way that was not chosen is imported."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from verifier.face.detector import Detector
from verifier.face.embedder import Embedder
from verifier.face.frames import DetectorSearch, FaceSearch, FrameReader
from verifier.face.landmarks import Landmarker
from verifier.face.liveness import AttackDetector, Bounds, Liveness
from verifier.face.matcher import Matcher, MatchPolicy
from verifier.face.model_choice import ModelChoice
from verifier.face.reader import FaceReader
from verifier.face.room import Room


@dataclass(frozen=True)
class Parts:
    """What one way finds, reads and bounds faces with; `search` and `landmarker` None are dlib's own, made when a frame comes."""

    detector: Detector
    embedder: Embedder
    search: FaceSearch | None = None
    landmarker: Landmarker | None = None
    bounds: Bounds = field(default_factory=Bounds)

    def frame_reader(self) -> FrameReader:
        """Raises: FaceLibraryMissing."""
        return FrameReader(self.landmarker, self.search)


def furnished(choice: ModelChoice) -> Room:
    """The room. Raises: FaceLibraryMissing, ModelNotUsable."""
    parts = parts_of(choice)
    detector: AttackDetector | None = choice.make(choice.attack_detector, "is_attack") if choice.attack_detector else None
    policy = MatchPolicy.load(parts.embedder.model_id, choice)
    bounds = _bounds(policy, parts.bounds) if choice.embedder else parts.bounds
    reader = FaceReader(parts.detector, parts.embedder)
    return Room(reader, Matcher(policy), lambda: Liveness(parts.frame_reader(), parts.embedder, bounds=bounds, attacks=detector))


def reader_of(choice: ModelChoice) -> FaceReader:
    """Reads photos with the chosen embedder. Raises: FaceLibraryMissing, ModelNotUsable."""
    parts = parts_of(choice)
    return FaceReader(parts.detector, parts.embedder)


def parts_of(choice: ModelChoice) -> Parts:
    """The way's parts, with those that an installation names in their place. Raises: FaceLibraryMissing, ModelNotUsable."""
    landmarker: Landmarker | None = choice.make(choice.landmarker, "find") if choice.landmarker else None
    embedder: Embedder | None = choice.make(choice.embedder, "model_id", "dim", "embed") if choice.embedder else None
    return _sface(embedder, landmarker) if choice.way == "sface" else _dlib(embedder, landmarker)


def _dlib(embedder: Embedder | None, landmarker: Landmarker | None) -> Parts:
    from verifier.face.detector import HogDetector
    from verifier.face.embedder import DlibEmbedder

    return Parts(HogDetector(), embedder or DlibEmbedder(), landmarker=landmarker)


def _sface(embedder: Embedder | None, landmarker: Landmarker | None) -> Parts:
    from verifier.face.mesh import MESH_BOUNDS, BlazeFinder, MeshLandmarker
    from verifier.face.sface import SFaceEmbedder

    finder = BlazeFinder()
    found = embedder or SFaceEmbedder()
    return Parts(finder, found, DetectorSearch(finder), landmarker or MeshLandmarker(), MESH_BOUNDS)


def _bounds(policy: MatchPolicy, bounds: Bounds) -> Bounds:
    """Distances mean another thing to another embedder: one person is who would be asked to show the face once more, at least."""
    near = policy.below(1, 1) + policy.grey_band
    return replace(bounds, same_person=near, other_person=near)
