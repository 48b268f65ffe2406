"""A licensed model of the ArcFace kind in place of dlib's: an ONNX file of one's own, run by onnxruntime. No weights come with it.

What such models expect, and what is done here: the face brought to 112 x 112 pixels by five points (eyes, nose, corners of the mouth) at
the places that ArcFace and its descendants were trained with, RGB, (value - 127.5) / 127.5, one picture a run as (1, 3, 112, 112); the
answer, one vector, is brought to length 1. A model that wants anything else needs an adapter of its own.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from verifier.face.detector import Box
from verifier.face.embedder import Embedding
from verifier.face.landmarks import DlibLandmarker, Landmarker, Points
from verifier.face.pictures import Pixels

SIDE = 112
#: Where eyes, nose tip and corners of the mouth come to lie, left to right in the picture (Deng et al., ArcFace, 2019).
PLACES = np.array([(38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041)])
#: The file, for `from_environment`.
MODEL_VARIABLE = "LENDERVOTE_ISSUER_ONNX_MODEL"


class OnnxModelNotUsable(Exception):
    """The file is missing, onnxruntime is not installed, or the model has another shape than described above."""


class OnnxEmbedder:
    """One ONNX file. `model_id` is drawn from its bytes, so that templates of one file are never compared with another's."""

    def __init__(self, path: Path, landmarker: Landmarker | None = None) -> None:
        """Raises: OnnxModelNotUsable, FaceLibraryMissing."""
        try:
            content = path.read_bytes()
        except OSError as error:
            raise OnnxModelNotUsable(f"{MODEL_VARIABLE}: {error}") from error
        self._session = open_session(content)
        self.model_id = f"onnx-arcface-112/{hashlib.sha256(content).hexdigest()[:32]}"
        self._input, self.dim = _shape(self._session)
        self._landmarker = landmarker or DlibLandmarker()

    def embed(self, picture: Pixels, face: Box) -> Embedding:
        """`dim` float32 values of length 1."""
        return self.embed_aligned(aligned(picture, five_points(self._landmarker.find(picture, face))))

    def glance(self, picture: Pixels, face: Box) -> Embedding:
        """The same: such a model has no cheaper look."""
        return self.embed(picture, face)

    def embed_aligned(self, chip: Pixels) -> Embedding:
        """The same for a face of 112 x 112 RGB pixels already in place. Raises: OnnxModelNotUsable when the answer is no vector."""
        scaled = (chip.astype(np.float32) - 127.5) / 127.5
        (answer,) = self._session.run(None, {self._input: np.ascontiguousarray(scaled.transpose(2, 0, 1)[None])})
        vector = np.asarray(answer, dtype=np.float32).reshape(-1)
        length = float(np.linalg.norm(vector))
        if not np.isfinite(length) or length == 0.0:
            raise OnnxModelNotUsable("the model's answer has no direction")
        return np.asarray(vector / np.float32(length), dtype=np.float32)


def from_environment() -> OnnxEmbedder:
    """The embedder made of the file that LENDERVOTE_ISSUER_ONNX_MODEL names. Raises: OnnxModelNotUsable."""
    return OnnxEmbedder(Path(os.environ.get(MODEL_VARIABLE, "")))


def from_environment_by_mesh() -> OnnxEmbedder:
    """The same file with the five points from the mesh, so that nothing of dlib is loaded. Raises: OnnxModelNotUsable, ModelNotUsable."""
    from verifier.face.mesh import MeshLandmarker

    return OnnxEmbedder(Path(os.environ.get(MODEL_VARIABLE, "")), MeshLandmarker(eyes=False))


def five_points(points: Points) -> NDArray[np.float64]:
    """Eyes, nose tip and corners of the mouth, left to right in the picture, from the 68 points."""
    return np.array([points[36:42].mean(axis=0), points[42:48].mean(axis=0), points[30], points[48], points[54]])


def aligned(picture: Pixels, points: NDArray[np.float64]) -> Pixels:
    """The face of 112 x 112 RGB pixels whose five points lie at PLACES as nearly as turning, scaling and shifting can bring them."""
    back = similarity(PLACES + 0.5, points + 0.5)  # points name pixels, Pillow counts from their corners
    image = Image.fromarray(picture).transform((SIDE, SIDE), Image.Transform.AFFINE, tuple(back.ravel()), Image.Resampling.BILINEAR)
    return np.asarray(image.convert("RGB"), dtype=np.uint8)


def similarity(source: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """The 2 x 3 matrix of turn, scale and shift that brings `source` to `target` with the least squares (Umeyama, 1991), never mirrored."""
    middle, goal = source.mean(axis=0), target.mean(axis=0)
    left, sizes, right = np.linalg.svd((target - goal).T @ (source - middle) / len(source))
    kept = np.diag([1.0, np.sign(np.linalg.det(left @ right))])
    turn = left @ kept @ right
    scale = float((sizes * np.diag(kept)).sum() / (source - middle).var(axis=0).sum())
    return np.column_stack([scale * turn, goal - scale * turn @ middle])


def open_session(content: bytes) -> Any:
    """A model on one thread. Raises: OnnxModelNotUsable."""
    try:
        import onnxruntime
    except ImportError as error:
        raise OnnxModelNotUsable("onnxruntime is not installed: pip install 'lendervote[onnx]'") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # each worker has one core
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the library has an exception class for each of its faults, none of them shared
        raise OnnxModelNotUsable(f"the file is no model that onnxruntime can run: {error}") from error


def _shape(session: Any) -> tuple[str, int]:
    """The input's name and the length of the answer, from the graph."""
    inputs, outputs = session.get_inputs(), session.get_outputs()
    if len(inputs) != 1 or len(outputs) != 1 or inputs[0].shape[1:] != [3, SIDE, SIDE] or inputs[0].type != "tensor(float)":
        raise OnnxModelNotUsable(f"the model takes {[each.shape for each in inputs]}, not one (1, 3, {SIDE}, {SIDE}) of float")
    length = outputs[0].shape[-1] if len(outputs[0].shape) == 2 else None
    if not isinstance(length, int) or length < 1:
        raise OnnxModelNotUsable(f"the model answers {outputs[0].shape}, not one vector of a known length")
    return str(inputs[0].name), length
