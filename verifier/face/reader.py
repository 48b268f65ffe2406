"""From the bytes of a photo to the embedding of the one good face in it."""

from __future__ import annotations

from dataclasses import dataclass, field

from verifier.face.decision import Purpose
from verifier.face.detector import Detector, HogDetector
from verifier.face.embedder import DlibEmbedder, Embedder, Embedding
from verifier.face.pictures import open_picture
from verifier.face.quality import FaceQuality, QualityGate


@dataclass(frozen=True)
class FaceReader:
    """Picture, detector, gate and embedder in a row; made inside a worker, where the models are loaded."""

    detector: Detector = field(default_factory=HogDetector)
    embedder: Embedder = field(default_factory=DlibEmbedder)
    gate: QualityGate = field(default_factory=QualityGate)

    def read(self, image: bytes, purpose: Purpose) -> tuple[Embedding, FaceQuality]:
        """Embedding and quality of the only face. Raises: PictureRefused with the reason."""
        picture = open_picture(image)
        face = self.gate.only_face(self.detector.find(picture), picture, purpose)
        quality = self.gate.check(picture, face)
        return self.embedder.embed(picture, face), quality
