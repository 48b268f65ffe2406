"""Faces as 68 points in space, without a picture of anybody: a head that turns, a print that is turned, a print that is bent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from verifier.face.detector import Box
from verifier.face.embedder import Embedding
from verifier.face.frames import Frame
from verifier.face.lab.puppet import Act
from verifier.face.landmarks import Points
from verifier.face.pictures import Pixels
from verifier.face.replays import Look
from verifier.face.signals import pose

Shape = Callable[[Act], Points]
_SPACE = NDArray[np.float64]


def _face() -> _SPACE:
    """68 points of an upright face 140 wide: x to the right, y down, z towards the camera."""
    points = np.zeros((68, 3))
    angles = np.linspace(np.pi, 0, 17)
    points[:17] = np.column_stack([70 * np.cos(angles), 100 * np.sin(angles) - 5, 55 * np.sin(angles)])
    brow = np.linspace(-52, -14, 5)
    points[17:22] = np.column_stack([brow, np.full(5, -38.0), 44 - 0.006 * (brow + 20) ** 2])
    points[22:27] = points[17:22][::-1] * [-1, 1, 1]
    points[27:31] = [[0, -20, 55], [0, -6, 64], [0, 8, 73], [0, 20, 80]]
    points[31:36] = [[-14, 29, 60], [-7, 31, 66], [0, 33, 68], [7, 31, 66], [14, 29, 60]]
    points[36:42] = [[-44, -18, 36], [-36, -23, 41], [-27, -23, 43], [-19, -17, 42], [-27, -13, 43], [-36, -13, 41]]
    points[42:48] = points[[39, 38, 37, 36, 41, 40]] * [-1, 1, 1]
    lips = np.linspace(-25, 25, 7)
    points[48:55] = np.column_stack([lips, 48 - 4 * np.cos(lips / 12), 56 - 0.01 * lips**2])
    points[55:60] = np.column_stack([lips[5:0:-1], 58 + 4 * np.cos(lips[5:0:-1] / 20), np.full(5, 56.0)])
    inner = np.linspace(-20, 20, 5)
    points[60:65] = np.column_stack([inner, np.full(5, 50.0), np.full(5, 57.0)])
    points[65:68] = np.column_stack([inner[3:0:-1], np.full(3, 52.0), np.full(3, 57.0)])
    return points


FACE = _face()
BLURRED = 99


def moved(act: Act) -> _SPACE:
    """The face in space with eyelids and mouth as the act has them, not turned."""
    points = FACE.copy()
    for lid, under in ((37, 41), (38, 40), (43, 47), (44, 46)):
        points[lid, 1] += act.lids * 0.9 * (points[under, 1] - points[lid, 1])
    points[[55, 56, 57, 58, 59, 65, 66, 67], 1] += 24 * act.mouth
    points[6:11, 1] += 18 * act.mouth
    return points


def head(act: Act) -> Points:
    """A head with a nose that stands out, turned by the act's degrees to the person's left (to the right in the picture)."""
    return _seen(moved(act) @ _turned(act.turn).T, act)


def flat_print(act: Act) -> Points:
    """A print, turned twice as far as a head, for it has no depth that would show a turn."""
    points = moved(act)
    points[:, 2] = 0
    return _seen(points @ _turned(2.2 * act.turn).T, act)


def bent_print(half_angle: float, reach: float = 1.3, slant: float = 0.0) -> Shape:
    """A print bent round a cylinder, of which it covers so many degrees to each side, and turned; the axis leans by `slant` degrees."""
    lean, radius = _leaning(slant), 70 / np.radians(half_angle)

    def show(act: Act) -> Points:
        along = moved(act) @ lean.T
        angle = along[:, 0] / radius
        bent = np.column_stack([radius * np.sin(angle), along[:, 1], radius * np.cos(angle) - radius])
        return _seen(bent @ lean @ _turned(reach * act.turn).T, act)

    return show


def _leaning(degrees: float) -> _SPACE:
    angle = np.radians(degrees)
    return np.array([[np.cos(angle), np.sin(angle), 0], [-np.sin(angle), np.cos(angle), 0], [0, 0, 1]])


def _turned(degrees: float) -> _SPACE:
    angle = np.radians(degrees)
    return np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])


def _seen(points: _SPACE, act: Act) -> Points:
    """Through a lens ten faces away."""
    away = 1400.0
    scale = away / (away - points[:, 2:])
    return np.asarray(points[:, :2] * scale + 240 + np.array(act.shift), dtype=np.float64)


@dataclass
class Film:
    """Gives frames for numbers instead of for JPEGs: `add` one, and `read` it by what `add` gave. Landmarks tremble by half a pixel."""

    dice: np.random.Generator = field(default_factory=lambda: np.random.default_rng(7))
    frames: list[tuple[Points, int]] = field(default_factory=list)

    def add(self, points: Points, person: int = 0) -> bytes:
        """Its name."""
        self.frames.append((points + self.dice.normal(0, 0.5, points.shape), person))
        return str(len(self.frames) - 1).encode()

    def read(self, data: bytes, near: Box | None) -> Frame:
        """As `FrameReader.read`."""
        points, person = self.frames[int(data)]
        picture: Pixels = self.dice.integers(0, 255, (480, 480, 3), dtype=np.uint8)
        picture[0, 0] = person
        return Frame(picture, Box(150, 330, 340, 150), points, pose(points), Look(int(data), int(data)))


class OfPerson:
    """An embedder that knows who is in a frame of the film, and whose frame is blurred."""

    model_id, dim = "made", 128

    def embed(self, picture: Pixels, face: Box) -> Embedding:
        """One vector for each person, 0.7 apart from all others; a BLURRED one is 0.44 from the person 0 that it is."""
        found, person = np.zeros(self.dim, dtype=np.float32), int(picture[0, 0, 0])
        if person == BLURRED:
            found[[0, 1]] = 0.5, 0.44
        else:
            found[person] = 0.5
        return found
