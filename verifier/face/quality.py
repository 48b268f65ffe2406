"""Is this picture good enough to compare?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from verifier.face import reasons
from verifier.face.decision import Purpose
from verifier.face.detector import Box
from verifier.face.errors import PictureRefused
from verifier.face.pictures import Pixels

#: A probe is a photo made now and can be asked for again; a reference may be the small photo of an identity card's chip.
MIN_FACE_SIDE: dict[Purpose, int] = {"reference": 48, "probe": 80}
_CROP_SIDE = 96
_MAX_OUTSIDE = 0.12


@dataclass(frozen=True)
class FaceQuality:
    """What was measured on the face: its side in pixels, and on 96 x 96 grey pixels of it sharpness, mean and spread."""

    side: int
    sharpness: float
    brightness: float
    contrast: float


@dataclass(frozen=True)
class Tones:
    """What tells a drawing from a photo: `bits` of entropy of the grey values, share of pixels `even` with their left and upper one."""

    bits: float
    even: float


@dataclass(frozen=True)
class QualityGate:
    """Bounds within which a face is compared; set on the photos named in docs/face.md."""

    min_sharpness: float = 45.0
    min_brightness: float = 35.0
    max_brightness: float = 225.0
    min_contrast: float = 14.0
    drawn_below_bits: float = 4.5
    drawn_from_even: float = 0.3
    drawn_above_brightness: float = 65.0

    def only_face(self, faces: list[Box], picture: Pixels, purpose: Purpose) -> Box:
        """The one face, wholly in the picture and large enough. Raises: PictureRefused."""
        if not faces:
            raise PictureRefused(reasons.NO_FACE)
        if len(faces) > 1:
            raise PictureRefused(reasons.SEVERAL_FACES)
        face = faces[0]
        if face.side < MIN_FACE_SIDE[purpose]:
            raise PictureRefused(reasons.FACE_TOO_SMALL)
        height, width = picture.shape[:2]
        outside = max(-face.top, -face.left, face.bottom - height, face.right - width)
        if outside > _MAX_OUTSIDE * face.side:
            raise PictureRefused(reasons.FACE_CUT_OFF)
        return face

    def check(self, picture: Pixels, face: Box) -> FaceQuality:
        """What was measured, when it is within bounds. Raises: PictureRefused."""
        quality = measure(picture, face)
        if quality.brightness < self.min_brightness:
            raise PictureRefused(reasons.TOO_DARK)
        if quality.brightness > self.max_brightness:
            raise PictureRefused(reasons.TOO_BRIGHT)
        if quality.contrast < self.min_contrast:
            raise PictureRefused(reasons.TOO_FLAT)
        if quality.sharpness < self.min_sharpness:
            raise PictureRefused(reasons.BLURRED)
        if quality.brightness > self.drawn_above_brightness and self._looks_drawn(measure_tones(picture, face)):
            raise PictureRefused(reasons.LOOKS_DRAWN)
        return quality

    def _looks_drawn(self, tones: Tones) -> bool:
        """Both at once and never in poor light, in the lender's favour: a dark, coarsely compressed photo has few tones, too."""
        return tones.bits < self.drawn_below_bits and tones.even >= self.drawn_from_even


def measure(picture: Pixels, face: Box) -> FaceQuality:
    """Sharpness is the variance of the Laplacian."""
    crop = _crop(picture, face)
    grey = np.asarray(Image.fromarray(crop).convert("L").resize((_CROP_SIDE, _CROP_SIDE), Image.Resampling.BILINEAR), dtype=np.float64)
    laplacian = 4 * grey[1:-1, 1:-1] - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:]
    return FaceQuality(face.side, float(laplacian.var()), float(grey.mean()), float(grey.std()))


def measure_tones(picture: Pixels, face: Box) -> Tones:
    """On the face as it is, not resized: that would smooth a drawing's edges and a photo's grain."""
    crop = _crop(picture, face).astype(np.int16)
    step = np.maximum(abs(crop[1:, 1:] - crop[1:, :-1]), abs(crop[1:, 1:] - crop[:-1, 1:])).max(axis=2)
    share = np.bincount((crop.sum(axis=2) // 3).ravel(), minlength=256) / (crop.shape[0] * crop.shape[1])
    used = share[share > 0]
    return Tones(float(-(used * np.log2(used)).sum()), float((step == 0).mean()))


def _crop(picture: Pixels, face: Box) -> Pixels:
    return picture[max(face.top, 0) : face.bottom, max(face.left, 0) : face.right]
