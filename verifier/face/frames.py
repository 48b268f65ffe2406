"""One frame of a session: small pixels, one face found near the last one, and what that face does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from PIL import Image

from verifier.face import reasons
from verifier.face.detector import Box, Detector
from verifier.face.errors import PictureRefused
from verifier.face.landmarks import DlibLandmarker, Landmarker, Points
from verifier.face.library import frontal_detector
from verifier.face.pictures import Pixels, open_picture
from verifier.face.replays import Look
from verifier.face.signals import Pose, pose

#: Frames are worked on at this longest side.
FRAME_SIDE = 480
#: A face is searched at this width; the detector's own size is 80.
SEARCH_FACE = 96
SEARCH_SIDE = 240
HASH_ROWS = 32
#: Grey levels of 256 by which neighbouring places differ clearly.
CLEAR_CHANGE = 2


@dataclass(frozen=True)
class Frame:
    """What one frame shows; `look` is a perceptual hash of all of it."""

    picture: Pixels
    face: Box
    points: Points
    pose: Pose
    look: Look


class FaceSearch(Protocol):
    """Finds faces in frames; `picture` is RGB, `grey` the same frame."""

    def near(self, picture: Pixels, grey: Pixels, face: Box) -> list[Box]:
        """Those around where the face was in the frame before."""

    def everywhere(self, picture: Pixels, grey: Pixels) -> list[Box]:
        """Those in the whole frame."""


class HogSearch:
    """dlib's detector on small pixels."""

    def __init__(self) -> None:
        """Raises: FaceLibraryMissing."""
        self._detect = frontal_detector()

    def near(self, picture: Pixels, grey: Pixels, face: Box) -> list[Box]:
        """Those around it."""
        return self._search(grey, _around(face, grey), SEARCH_FACE / face.side)

    def everywhere(self, picture: Pixels, grey: Pixels) -> list[Box]:
        """Those that small pixels show, else those that all pixels do."""
        whole = Box(0, grey.shape[1], grey.shape[0], 0)
        found = self._search(grey, whole, min(1.0, SEARCH_SIDE / max(grey.shape)))
        return found or (self._search(grey, whole, 1.0) if max(grey.shape) > SEARCH_SIDE else [])

    def _search(self, grey: Pixels, window: Box, scale: float) -> list[Box]:
        crop = Image.fromarray(grey[window.top : window.bottom, window.left : window.right])
        small = crop.resize((max(1, round(crop.width * scale)), max(1, round(crop.height * scale))), Image.Resampling.BILINEAR)
        places = self._detect(np.asarray(small), 0)
        return [
            Box(
                window.top + round(place.top() / scale),
                window.left + round(place.right() / scale),
                window.top + round(place.bottom() / scale),
                window.left + round(place.left() / scale),
            )
            for place in places
        ]


@dataclass(frozen=True)
class DetectorSearch:
    """Any detector that looks at pixels of its own size, so that a window costs as much as the whole frame."""

    detector: Detector

    def near(self, picture: Pixels, grey: Pixels, face: Box) -> list[Box]:
        """Those around it."""
        window = _around(face, grey)
        found = self.detector.find(picture[window.top : window.bottom, window.left : window.right])
        return [Box(one.top + window.top, one.right + window.left, one.bottom + window.top, one.left + window.left) for one in found]

    def everywhere(self, picture: Pixels, grey: Pixels) -> list[Box]:
        """Those in the whole frame."""
        return self.detector.find(picture)


class FrameReader:
    """Detects small, and only around where the face was; falls back to the whole frame. Without parts of another kind: dlib's."""

    def __init__(self, landmarker: Landmarker | None = None, search: FaceSearch | None = None) -> None:
        """Raises: FaceLibraryMissing."""
        self._search = search or HogSearch()
        self._landmarker = landmarker or DlibLandmarker()

    def read(self, data: bytes, near: Box | None) -> Frame:
        """The only face. Raises: PictureRefused with what the person can do about it."""
        picture = open_picture(data, FRAME_SIDE)
        grey = np.asarray(Image.fromarray(picture).convert("L"))
        face = self._find(picture, grey, near)
        points = self._landmarker.find(picture if getattr(self._landmarker, "in_colour", False) else grey, face)
        return Frame(picture, face, points, pose(points), perceptual_hash(grey))

    def _find(self, picture: Pixels, grey: Pixels, near: Box | None) -> Box:
        found = self._search.near(picture, grey, near) if near else []
        found = found or self._search.everywhere(picture, grey)
        if not found:
            raise PictureRefused(reasons.NO_FACE)
        if len(found) > 1:
            raise PictureRefused(reasons.SEVERAL_FACES)
        return found[0]


def _around(near: Box, grey: Pixels) -> Box:
    reach = round(0.5 * near.side)
    return Box(
        max(0, near.top - reach),
        min(grey.shape[1], near.right + reach),
        min(grey.shape[0], near.bottom + reach),
        max(0, near.left - reach),
    )


def perceptual_hash(grey: Pixels) -> Look:
    """Of 32 x 32 places of the shrunken picture: which differ clearly from their left neighbour, and which of those are brighter.

    Places that hardly differ are left out: noise decides there, and a picture made again from a recording has other noise.
    """
    small = np.asarray(Image.fromarray(grey).resize((HASH_ROWS + 1, HASH_ROWS), Image.Resampling.BOX), dtype=np.int16)
    change = small[:, 1:] - small[:, :-1]
    sure, brighter = (int.from_bytes(np.packbits(bits).tobytes(), "big") for bits in (abs(change) > CLEAR_CHANGE, change > CLEAR_CHANGE))
    return Look(sure, brighter)
