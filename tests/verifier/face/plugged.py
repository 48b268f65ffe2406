"""Models that a setting can name, as an installation's own package would have them."""

from __future__ import annotations

import numpy as np

from verifier.face.detector import Box
from verifier.face.landmarks import DlibLandmarker, Points
from verifier.face.pictures import Pixels


class Suspicious:
    """Takes every face for a mask."""

    def is_attack(self, picture: Pixels, face: Box) -> bool:
        """Always."""
        return True


class Shifted(DlibLandmarker):
    """dlib's points, 3 pixels to the right."""

    def find(self, picture: Pixels, face: Box) -> Points:
        """68 rows."""
        points: Points = np.add(super().find(picture, face), (3.0, 0.0))
        return points


class NoModel:
    """Neither finds nor judges anything."""
