"""SFace, an embedder whose file comes out of a pinned wheel; aligned by points of the mesh, so that neither dlib nor its files are read."""

from __future__ import annotations

import numpy as np

from verifier.face.decision import SFACE_MODEL_ID
from verifier.face.detector import Box
from verifier.face.embedder import Embedding
from verifier.face.landmarks import Landmarker
from verifier.face.mesh import MeshLandmarker
from verifier.face.model_choice import ModelNotUsable
from verifier.face.models.files import EMBEDDING, read
from verifier.face.onnx_embedder import OnnxModelNotUsable, aligned, five_points, open_session
from verifier.face.pictures import Pixels


class SFaceEmbedder:
    """128 values of length 1; the picture as it is, RGB from 0 to 255, at 112 x 112."""

    model_id = SFACE_MODEL_ID
    dim = 128

    def __init__(self, landmarker: Landmarker | None = None) -> None:
        """Raises: ModelNotUsable."""
        content = read(EMBEDDING)
        try:
            self._session = open_session(content)
        except OnnxModelNotUsable as error:
            raise ModelNotUsable(f"{EMBEDDING.name}: {error}") from error
        self._landmarker = landmarker or MeshLandmarker(eyes=False)

    def embed(self, picture: Pixels, face: Box) -> Embedding:
        """128 float32 values of length 1."""
        return self.embed_aligned(aligned(picture, five_points(self._landmarker.find(picture, face))))

    def embed_aligned(self, chip: Pixels) -> Embedding:
        """The same for a face of 112 x 112 RGB pixels already in place."""
        values = np.ascontiguousarray(chip.astype(np.float32).transpose(2, 0, 1)[None])
        (answer,) = self._session.run(None, {"data": values})
        vector = np.asarray(answer, dtype=np.float32).reshape(-1)
        return np.asarray(vector / np.float32(np.linalg.norm(vector)), dtype=np.float32)
