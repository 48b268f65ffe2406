"""Where eyes, nose, mouth and jaw are; replaceable, since the model's data set is said to exclude commercial use."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from verifier.face.detector import Box
from verifier.face.library import landmark_model
from verifier.face.pictures import Pixels

#: 68 rows of x and y in the order of the iBUG 300-W scheme: jaw 0-16, nose 27-35, eyes 36-47, mouth 48-67.
Points: TypeAlias = NDArray[np.float64]


class Landmarker(Protocol):
    """Finds 68 points of a face; given grey pixels, or RGB where it says `in_colour = True`."""

    def find(self, picture: Pixels, face: Box) -> Points:
        """68 rows of x and y, pixels of the picture."""


class DlibLandmarker:
    """dlib's 68-point predictor."""

    def __init__(self) -> None:
        self._predict, self._rectangle = landmark_model()

    def find(self, picture: Pixels, face: Box) -> Points:
        """68 rows of x and y."""
        shape: Any = self._predict(picture, self._rectangle(face.left, face.top, face.right, face.bottom))
        return np.array([(point.x, point.y) for point in shape.parts()], dtype=np.float64)
