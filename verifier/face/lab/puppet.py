"""A still photo that a program moves: head, eyelids and mouth. It stands in for a person in the demo and in measurements.

It is also what an attacker with a virtual camera could send; liveness as built here does not stop that (docs/face.md).
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from verifier.face.detector import Box
from verifier.face.frames import Frame, FrameReader
from verifier.face.landmarks import Points
from verifier.face.pictures import Pixels

_GRID = 8
#: How far each point is in front of the jaw's ends, over the face's width: a common head, nobody's own.
_DEPTH = np.array(
    [0.0, 0.02, 0.05, 0.1, 0.18, 0.28, 0.36, 0.42, 0.44, 0.42, 0.36, 0.28, 0.18, 0.1, 0.05, 0.02, 0.0]
    + [0.26, 0.34, 0.38, 0.4, 0.4, 0.4, 0.4, 0.38, 0.34, 0.26]
    + [0.42, 0.5, 0.57, 0.64, 0.48, 0.51, 0.53, 0.51, 0.48]
    + [0.28, 0.34, 0.35, 0.35, 0.34, 0.32] * 2
    + [0.4, 0.46, 0.5, 0.51, 0.5, 0.46, 0.4, 0.45, 0.48, 0.49, 0.48, 0.45]
    + [0.41, 0.48, 0.5, 0.48, 0.41, 0.47, 0.48, 0.47]
)


@dataclass(frozen=True)
class Act:
    """What one frame shows: degrees to the person's left, eyelids 0 open to 1 closed, mouth 0 shut to 1 wide, shift in pixels."""

    turn: float = 0.0
    lids: float = 0.0
    mouth: float = 0.0
    shift: tuple[float, float] = (0.0, 0.0)


class Puppet:
    """Moves the one face of a photo. Raises: PictureRefused when there is none."""

    def __init__(self, photo: bytes, reader: FrameReader) -> None:
        seen: Frame = reader.read(photo, None)
        self.picture, self.points = _around(seen.picture, seen.face, seen.points)

    def show(self, act: Act, quality: int = 88) -> bytes:
        """One JPEG frame."""
        targets = self.targets(act)
        moved = _painted(warped(self.picture, self.points, targets), targets, act)
        stream = io.BytesIO()
        Image.fromarray(moved).save(stream, "JPEG", quality=quality)
        return stream.getvalue()

    def targets(self, act: Act) -> Points:
        """Where the 68 points come to lie, pixels of the picture."""
        points, width = self.points.copy(), float(np.linalg.norm(self.points[16] - self.points[0]))
        drop = act.mouth * 0.22 * width
        points[[57, 56, 58, 65, 66, 67, 55, 59]] += [0, drop]
        points[[6, 7, 8, 9, 10]] += [0, 0.8 * drop]
        angle = np.radians(act.turn)
        middle = (self.points[0, 0] + self.points[16, 0]) / 2
        points[:, 0] = middle + (points[:, 0] - middle) * np.cos(angle) + _DEPTH * width * np.sin(angle)
        return np.asarray(points + np.array(act.shift), dtype=np.float64)


def _around(picture: Pixels, face: Box, points: Points) -> tuple[Pixels, Points]:
    """The face with room around it, its box about 130 pixels wide in 300 x 360."""
    scale = 130.0 / face.side
    image = Image.fromarray(picture)
    middle = ((face.left + face.right) / 2, (face.top + face.bottom) / 2)
    corner = (middle[0] - 150 / scale, middle[1] - 180 / scale)
    shown = image.transform(
        (300, 360),
        Image.Transform.AFFINE,
        (1 / scale, 0, corner[0], 0, 1 / scale, corner[1]),
        Image.Resampling.BICUBIC,
        fillcolor=(96, 98, 102),
    )
    return np.asarray(shown), (points - np.array(corner)) * scale


def _painted(picture: Pixels, points: Points, act: Act) -> Pixels:
    if act.lids < 0.5 and act.mouth < 0.3:
        return picture
    image = Image.fromarray(picture)
    draw = ImageDraw.Draw(image)
    if act.lids >= 0.5:
        for lids, cheek in (([36, 37, 38, 39, 40, 41], 31), ([42, 43, 44, 45, 46, 47], 35)):
            _close(draw, points[lids], picture, points[cheek])
    if act.mouth >= 0.3:
        draw.polygon([(float(x), float(y)) for x, y in points[60:68]], fill=(38, 14, 16))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(0.7)))


def _close(draw: ImageDraw.ImageDraw, eye: Points, picture: Pixels, cheek: NDArray[np.float64]) -> None:
    """Skin over the eye, and the lashes as a line where the lids meet."""
    middle = eye.mean(axis=0)
    column, row = (int(value) for value in middle * 0.4 + cheek * 0.6)
    patch = picture[max(0, row - 2) : row + 3, max(0, column - 2) : column + 3].reshape(-1, 3)
    skin = tuple(int(value) for value in np.median(patch, axis=0))
    lid = eye.copy()
    lid[1:3, 1] -= 0.9 * (eye[4:6, 1] - eye[2:0:-1, 1])
    lid[4:6, 1] += 1
    draw.polygon([(float(x), float(y)) for x, y in lid], fill=skin)
    lashes = [(float(x), float(y)) for x, y in eye[[0, 5, 4, 3]]]
    draw.line(lashes, fill=tuple(value // 3 for value in skin), width=3)


def warped(picture: Pixels, points: Points, targets: Points) -> Pixels:
    """The picture with `points` moved to `targets`, the rest following smoothly and the edges staying."""
    height, width = picture.shape[:2]
    rim = [(x, y) for x in (0, width / 2, width) for y in (0, height / 2, height) if (x, y) != (width / 2, height / 2)]
    anchors = np.vstack([targets, np.array(rim)])
    pull = np.vstack([points - targets, np.zeros((len(rim), 2))])
    ys, xs = np.mgrid[0 : height + _GRID : _GRID, 0 : width + _GRID : _GRID]
    nodes = np.column_stack([xs.ravel(), ys.ravel()]).astype(np.float64)
    weight = 1.0 / (((nodes[:, None, :] - anchors[None]) ** 2).sum(axis=2) + 9.0) ** 1.5
    field = (weight @ pull) / weight.sum(axis=1, keepdims=True)
    return sampled(picture, field.reshape(*xs.shape, 2))


def sampled(picture: Pixels, field: NDArray[np.float64]) -> Pixels:
    """The picture read at each place plus the field, which has a node every 8 pixels."""
    height, width = picture.shape[:2]
    layers = []
    for axis in (0, 1):
        plane = Image.fromarray(field[:, :, axis].astype(np.float32))
        size = (plane.width * _GRID, plane.height * _GRID)
        big = plane.transform(size, Image.Transform.AFFINE, (1 / _GRID, 0, 0.5, 0, 1 / _GRID, 0.5), Image.Resampling.BILINEAR)
        layers.append(np.asarray(big)[:height, :width])
    y, x = np.mgrid[0:height, 0:width]
    return bilinear(picture, x + layers[0], y + layers[1])


def bilinear(picture: Pixels, x: NDArray[np.float64], y: NDArray[np.float64]) -> Pixels:
    """The picture at fractional places; outside it, its edge."""
    height, width = picture.shape[:2]
    x, y = np.clip(x, 0, width - 1.001), np.clip(y, 0, height - 1.001)
    left, top = x.astype(np.intp), y.astype(np.intp)
    right, down = (x - left)[..., None].astype(np.float32), (y - top)[..., None].astype(np.float32)
    upper = picture[top, left] * (1 - right) + picture[top, left + 1] * right
    lower = picture[top + 1, left] * (1 - right) + picture[top + 1, left + 1] * right
    return np.asarray(upper * (1 - down) + lower * down, dtype=np.uint8)
