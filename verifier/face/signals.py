"""What a face does, as numbers that a flat picture cannot change by being moved, turned or bent a little.

All are ratios within the face: size, place, roll and stretching of the whole picture leave them alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verifier.face.landmarks import Points

#: Points that hardly move with expression: jaw sides, brows' ends, nose, corners of the eyes.
_RIGID = [0, 1, 2, 3, 13, 14, 15, 16, 27, 28, 29, 30, 31, 33, 35, 36, 39, 42, 45]


@dataclass(frozen=True)
class Pose:
    """`yaw` is the nose tip's place between the jaw's ends minus one half: it grows when the person turns to their own left.

    `eye` is the eyes' opening over their own width (the eye aspect ratio), `mouth` the lips' opening over the length of the nose.
    `bow` is how far the nose tip stands beside the straight line from between the eyes to the chin, over that line: on a flat picture,
    or one bent around an upright axis, straight stays straight. `width` is the jaw's, at three heights, over the height from brows to
    chin: a print that is turned or bent grows narrow, a head hardly does.
    """

    yaw: float
    eye: float
    mouth: float
    bow: float
    width: float


def pose(points: Points) -> Pose:
    """The numbers of one face."""
    across = points[16] - points[0]
    yaw = float(np.dot(points[30] - points[0], across) / np.dot(across, across)) - 0.5
    nose = max(1.0, float(np.linalg.norm(points[27] - points[33])))
    eyes = [_opening(points[corner : corner + 6]) for corner in (36, 42)]
    lips = [float(np.linalg.norm(points[top] - points[bottom])) for top, bottom in ((61, 67), (62, 66), (63, 65))]
    return Pose(yaw, float(np.mean(eyes)), float(np.mean(lips)) / nose, _bow(points), _width(points))


def _opening(eye: Points) -> float:
    """Of one eye's six points, from corner to corner and back."""
    high = float(np.linalg.norm(eye[1] - eye[5])) + float(np.linalg.norm(eye[2] - eye[4]))
    return high / 2 / max(1.0, float(np.linalg.norm(eye[0] - eye[3])))


def _width(points: Points) -> float:
    jaw = sum(float(np.linalg.norm(points[left] - points[right])) for left, right in ((0, 16), (2, 14), (4, 12)))
    return jaw / max(1.0, float(np.linalg.norm((points[19] + points[24]) / 2 - points[8])))


def _bow(points: Points) -> float:
    down, tip = points[8] - points[27], points[30] - points[27]
    return float(tip[0] * down[1] - tip[1] * down[0]) / max(1.0, float(np.dot(down, down)))


@dataclass(frozen=True)
class Turn:
    """How a face changed over the turned frames of one step, each over the change of yaw; `residual` is the frames' median.

    Frames are taken together: one frame's landmarks are as far off as a small turn moves them.
    """

    yaw: float
    bow: float
    width: float
    residual: float


def change(start: Pose, end: Pose, residual: float, side: float) -> list[float]:
    """One row for `turn_of`: what changed from one pose to the other; `side` is 1 for a turn to the person's left, -1 to the right."""
    return [(end.yaw - start.yaw) * side, (end.bow - start.bow) * side, end.width / start.width - 1, residual]


def turn_of(frames: Sequence[Sequence[float]]) -> Turn:
    """Least squares through the start over rows of changes in the direction asked: yaw, bow, width (a share), and residual."""
    yaw, bow, width, residual = np.asarray(frames, dtype=np.float64).T
    weight = float(np.dot(yaw, yaw))
    return Turn(float(yaw.max()), float(np.dot(yaw, bow)) / weight, float(np.dot(yaw, width)) / weight, float(np.median(residual)))


def planar_residual(before: Points, after: Points) -> float:
    """How badly one plane explains the change, over the distance of the eyes; near 0 for a flat picture however it is held."""
    source, target = before[_RIGID], after[_RIGID]
    moved = _project(_homography(source, target), source)
    apart = float(np.linalg.norm(after[36] - after[45])) or 1.0
    return float(np.sqrt(np.mean(np.sum((moved - target) ** 2, axis=1)))) / apart


def _homography(source: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    to_unit, from_unit = _unit(source), _unit(target)
    here, there = _project(to_unit, source), _project(from_unit, target)
    rows = []
    for (x, y), (u, v) in zip(here, there, strict=True):
        rows.append([-x, -y, -1, 0, 0, 0, u * x, u * y, u])
        rows.append([0, 0, 0, -x, -y, -1, v * x, v * y, v])
    found = np.linalg.svd(np.array(rows))[2][-1].reshape(3, 3)
    return np.asarray(np.linalg.inv(from_unit) @ found @ to_unit, dtype=np.float64)


def _unit(points: NDArray[np.float64]) -> NDArray[np.float64]:
    middle = points.mean(axis=0)
    scale = 1.0 / max(1e-9, float(np.abs(points - middle).mean()))
    return np.array([[scale, 0, -scale * middle[0]], [0, scale, -scale * middle[1]], [0, 0, 1]])


def _project(matrix: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    lifted = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return np.asarray(lifted[:, :2] / lifted[:, 2:], dtype=np.float64)
