"""Where the faces are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from verifier.face.library import face_library
from verifier.face.pictures import Pixels


@dataclass(frozen=True)
class Box:
    """A face's place, in pixels of the working picture; may reach beyond its edge."""

    top: int
    right: int
    bottom: int
    left: int

    @property
    def side(self) -> int:
        """The shorter side, pixels."""
        return min(self.bottom - self.top, self.right - self.left)


class Detector(Protocol):
    """Finds faces."""

    def find(self, picture: Pixels) -> list[Box]:
        """Every face found, none twice."""


class HogDetector:
    """dlib's frontal HOG detector; sees faces from about 80 pixels, in small pictures from about 40."""

    #: Below this longest side the picture is enlarged once: the photo in an identity card's chip is 102 x 126.
    ENLARGE_BELOW = 480

    def __init__(self) -> None:
        self._library = face_library()

    def find(self, picture: Pixels) -> list[Box]:
        """Every face found."""
        enlarge = 1 if max(picture.shape[:2]) < self.ENLARGE_BELOW else 0
        found = self._library.face_locations(picture, number_of_times_to_upsample=enlarge, model="hog")
        return [Box(*(int(edge) for edge in place)) for place in found]
