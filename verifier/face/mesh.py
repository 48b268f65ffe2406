"""Faces, their points and their lids without dlib: three small models of mediapipe, run by LiteRT.

They find where a face is and what it does, and tell nobody from anybody. The mesh alone hardly closes the lids; a model of its own for
each eye does.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from verifier.face.detector import Box
from verifier.face.landmarks import Points
from verifier.face.liveness import Bounds
from verifier.face.model_choice import ModelNotUsable
from verifier.face.models.files import FINDER, IRIS, MESH, PREPARE, ModelFile, read
from verifier.face.pictures import Pixels

Floats = NDArray[np.float32]

#: Of the mesh's 468 points those that lie where the 68 of the iBUG scheme do.
_SIXTY_EIGHT = np.array(
    [
        *(162, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 389),  # jaw
        *(71, 63, 105, 66, 107, 336, 296, 334, 293, 301),  # brows
        *(168, 197, 5, 4, 75, 97, 2, 326, 305),  # nose
        *(33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380),  # eyes
        *(61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181),  # lips, outside
        *(78, 82, 13, 312, 308, 317, 14, 87),  # lips, inside
    ]
)
#: Corner, two of the upper lid, corner, two of the lower lid, from the eye's outer side: places in the eye model's answer.
_LIDS = [0, 11, 13, 8, 5, 3]
#: Points of the mesh at the corners of both eyes: outer and inner of the one left in the picture, then outer and inner of the other.
_CORNERS = ((33, 133), (263, 362))

#: Where a signal counts with these landmarks and SFace; chosen on the first half of the people (docs/face.md).
MESH_BOUNDS = Bounds(
    turn=0.08,
    other_turn=0.1,
    bow=0.22,
    narrow=-0.58,
    residual=0.03,
    closed_eye=0.78,
    opened_eye=0.85,
    neutral_mouth=0.46,
    open_mouth=0.11,
    same_person=0.9,
    other_person=0.98,
)


class TfliteModel:
    """One of the files, on one thread. Raises: ModelNotUsable."""

    def __init__(self, file: ModelFile) -> None:
        content = read(file)
        try:
            from ai_edge_litert.interpreter import Interpreter
        except ImportError as error:
            raise ModelNotUsable(f"ai-edge-litert is not installed: the extra sface has it; then run {PREPARE}") from error
        self._run = Interpreter(model_content=content, num_threads=1)
        self._run.allocate_tensors()
        self._input = self._run.get_input_details()[0]["index"]
        self._outputs = {str(one["name"]): one["index"] for one in self._run.get_output_details()}
        self.side = int(self._run.get_input_details()[0]["shape"][1])

    def answers(self, pixels: Floats) -> dict[str, Floats]:
        """What it says of side x side RGB pixels, by the answers' names."""
        self._run.set_tensor(self._input, pixels[None])
        self._run.invoke()
        return {name: np.asarray(self._run.get_tensor(index)[0], dtype=np.float32) for name, index in self._outputs.items()}


class BlazeFinder:
    """mediapipe's detector for faces up to two metres from a phone."""

    LEAST_SCORE, SAME_FACE = 0.5, 0.3

    def __init__(self) -> None:
        """Raises: ModelNotUsable."""
        self._model = TfliteModel(FINDER)
        self._anchors = np.concatenate([_anchors(16, 2), _anchors(8, 6)])

    def find(self, picture: Pixels) -> list[Box]:
        """Every face found, the surest first."""
        height, width = picture.shape[:2]
        side, longest = self._model.side, max(height, width)
        image = Image.fromarray(picture).convert("RGB")
        small = image.resize((max(1, round(width * side / longest)), max(1, round(height * side / longest))), Image.Resampling.BILINEAR)
        square = Image.new("RGB", (side, side))
        square.paste(small, ((side - small.width) // 2, (side - small.height) // 2))
        said = self._model.answers(np.asarray(square, dtype=np.float32) / np.float32(127.5) - np.float32(1))
        scores = 1 / (1 + np.exp(-said["classificators"][:, 0].clip(-80, 80)))
        sure = np.flatnonzero(scores >= self.LEAST_SCORE)
        places = said["regressors"][sure, :4] / side
        middles, sizes = places[:, :2] + self._anchors[sure], places[:, 2:]
        corners = np.concatenate([middles - sizes / 2, middles + sizes / 2], axis=1)
        offset = np.array([side - small.width, side - small.height] * 2) / 2 / side
        boxes = (corners - offset) * longest
        return [Box(round(top), round(right), round(bottom), round(left)) for left, top, right, bottom in _merged(boxes, scores[sure])]


def _anchors(cells: int, each: int) -> NDArray[np.float64]:
    y, x = np.mgrid[0:cells, 0:cells]
    return np.repeat(np.column_stack([x.ravel(), y.ravel()]) + 0.5, each, axis=0) / cells


def _merged(boxes: NDArray[Any], scores: NDArray[Any]) -> list[tuple[float, float, float, float]]:
    """Boxes that lie over one another as one, their mean by score."""
    order = list(np.argsort(-scores))
    found = []
    while order:
        overlaps = np.array([_overlap(boxes[order[0]], boxes[other]) for other in order])
        same = [other for other, overlap in zip(order, overlaps, strict=True) if overlap > BlazeFinder.SAME_FACE]
        left, top, right, bottom = (scores[same, None] * boxes[same]).sum(axis=0) / scores[same].sum()
        found.append((float(left), float(top), float(right), float(bottom)))
        order = [other for other in order if other not in same]
    return found


def _overlap(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Of both boxes' common area to that of both together."""
    sides = np.maximum(0, np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2]))
    common = float(sides[0] * sides[1])
    return common / (float(np.prod(one[2:] - one[:2]) + np.prod(other[2:] - other[:2])) - common)


class MeshLandmarker:
    """The mesh's points where the 68 of the iBUG scheme lie, with the lids of the eye model; `eyes` False leaves that one out."""

    in_colour = True

    def __init__(self, *, eyes: bool = True) -> None:
        """Raises: ModelNotUsable."""
        self._mesh = TfliteModel(MESH)
        self._eye = TfliteModel(IRIS) if eyes else None

    def find(self, picture: Pixels, face: Box) -> Points:
        """68 rows of x and y."""
        image = Image.fromarray(picture).convert("RGB")
        # Twice: the first look tells how the head is tilted, as the frame before does where faces are tracked.
        mesh = self._read(image, ((face.left + face.right) / 2, (face.top + face.bottom) / 2), 1.5 * (face.bottom - face.top), 0.0)
        tilt = float(np.arctan2(*(mesh[263] - mesh[33])[::-1]))
        low, high = mesh.min(axis=0), mesh.max(axis=0)
        middle = (low + high) / 2
        mesh = self._read(image, (middle[0], middle[1]), 1.5 * float((high - low).max()), tilt)
        points: Points = mesh[_SIXTY_EIGHT]
        if self._eye:
            points[36:42] = self._lids(image, mesh, 0, tilt)
            other = self._lids(image, mesh, 1, tilt)
            points[42:48] = other[[3, 2, 1, 0, 5, 4]]
        return points

    def _read(self, image: Image.Image, middle: tuple[float, float], side: float, tilt: float) -> Points:
        square, back = _cut(image, middle, side, tilt, self._mesh.side)
        said = self._mesh.answers(square)
        values = max(said.values(), key=lambda one: one.size).reshape(468, 3)[:, :2].astype(np.float64)
        return _through(back, values)

    def _lids(self, image: Image.Image, mesh: Points, eye: int, tilt: float) -> Points:
        """Six points from the eye's outer corner; the model knows one side, so the other eye is shown mirrored."""
        assert self._eye is not None
        outer, inner = (mesh[point] for point in _CORNERS[eye])
        middle, side = (outer + inner) / 2, 2.3 * float(np.linalg.norm(outer - inner))
        square, back = _cut(image, (middle[0], middle[1]), side, tilt, self._eye.side)
        if eye == 1:
            square = square[:, ::-1]
        said = self._eye.answers(np.ascontiguousarray(square))
        values = max(said.values(), key=lambda one: one.size).reshape(71, 3)[_LIDS, :2].astype(np.float64)
        if eye == 1:
            values[:, 0] = self._eye.side - values[:, 0]
        return _through(back, values)


def _cut(image: Image.Image, middle: tuple[float, float], side: float, tilt: float, size: int) -> tuple[Floats, NDArray[np.float64]]:
    """A tilted square around a place as size x size values of 0 to 1, and the 2 x 3 matrix from its places back to the picture's."""
    scale = max(1.0, side) / size
    turn = scale * np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    back = np.column_stack([turn, np.array(middle) - turn @ np.array([size / 2, size / 2])])
    square = image.transform((size, size), Image.Transform.AFFINE, tuple(float(value) for value in back.ravel()), Image.Resampling.BILINEAR)
    return np.asarray(square, dtype=np.float32) / np.float32(255), back


def _through(matrix: NDArray[np.float64], places: NDArray[np.float64]) -> Points:
    return np.asarray(places @ matrix[:, :2].T + matrix[:, 2], dtype=np.float64)
