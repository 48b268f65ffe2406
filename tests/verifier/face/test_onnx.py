"""An ArcFace-type model of one's own, tried on a tiny model that this test writes: no weights are fetched."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.verifier.face.onnx_made import SEEN, make_model
from tests.verifier.face.photos import Faces
from verifier.face import onnx_embedder
from verifier.face.detector import Box
from verifier.face.errors import FaceLibraryMissing
from verifier.face.onnx_embedder import PLACES, OnnxEmbedder, OnnxModelNotUsable, aligned, similarity

pytest.importorskip("onnxruntime", reason="needs onnxruntime: pip install 'lendervote[onnx]'")
MATRIX = np.random.default_rng(4).normal(size=(SEEN, 64)).astype(np.float32)


class Fixed:
    """Landmarks that lie where the test says."""

    def __init__(self, points: np.ndarray) -> None:
        self._points = points

    def find(self, picture: np.ndarray, face: Box) -> np.ndarray:
        return self._points


def sixty_eight(five: np.ndarray) -> np.ndarray:
    points = np.zeros((68, 2))
    points[36:42], points[42:48], points[30], points[48], points[54] = five[0], five[1], five[2], five[3], five[4]
    return points


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.onnx"
    path.write_bytes(make_model(MATRIX))
    return path


def test_the_model_sees_rgb_scaled_and_in_place_and_answers_a_vector_of_length_one(model: Path) -> None:
    squares = np.random.default_rng(5).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    picture = squares.repeat(28, axis=0).repeat(28, axis=1)
    embedder = OnnxEmbedder(model, Fixed(sixty_eight(PLACES)))
    found = embedder.embed(picture, Box(0, 112, 112, 0))
    seen = ((picture.astype(np.float32) - 127.5) / 127.5).transpose(2, 0, 1).reshape(3, 4, 28, 4, 28).mean(axis=(2, 4)).reshape(-1)
    expected = seen @ MATRIX / np.linalg.norm(seen @ MATRIX)
    assert found.dtype == np.float32
    assert found == pytest.approx(expected, abs=5e-3), "red first, not blue: the order of the channels matters"
    assert float(np.linalg.norm(found)) == pytest.approx(1.0, abs=1e-5)
    assert embedder.glance(picture, Box(0, 112, 112, 0)) == pytest.approx(found)
    assert (embedder.dim, embedder.model_id) == (64, "onnx-arcface-112/" + hashlib.sha256(model.read_bytes()).hexdigest()[:32])


@pytest.mark.parametrize(("degrees", "scale"), [(0, 1.0), (17, 2.3), (-40, 0.7)])
def test_a_turned_and_scaled_face_is_brought_into_place(degrees: float, scale: float) -> None:
    angle = np.radians(degrees)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    points = PLACES @ turn.T + (90, 70)
    matrix = similarity(points, PLACES)
    assert np.column_stack([points, np.ones(5)]) @ matrix.T == pytest.approx(PLACES, abs=1e-9)
    picture = np.zeros((500, 500, 3), dtype=np.uint8)
    for x, y in points[:2]:
        picture[int(y) - 3 : int(y) + 4, int(x) - 3 : int(x) + 4] = 255
    chip = aligned(picture, points)
    assert chip.shape == (112, 112, 3)
    for x, y in PLACES[:2]:
        assert chip[round(y) - 2 : round(y) + 3, round(x) - 2 : round(x) + 3].max() > 150, "an eye lies where eyes lie"


def test_points_are_never_mirrored() -> None:
    mirrored = PLACES * (-1, 1)
    matrix = similarity(mirrored, PLACES)
    assert np.linalg.det(matrix[:, :2]) > 0


def test_two_files_are_two_models(tmp_path: Path, model: Path) -> None:
    other = tmp_path / "other.onnx"
    other.write_bytes(make_model(MATRIX * 2))
    ids = {OnnxEmbedder(path, Fixed(sixty_eight(PLACES))).model_id for path in (model, other)}
    assert len(ids) == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no model"),
        (b"\x00 nonsense", "no model"),
        (make_model(np.ones((3, 8), dtype=np.float32), side=28), "not one"),
    ],
)
def test_what_is_no_such_model_is_refused_in_words(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "wrong.onnx"
    path.write_bytes(content)
    with pytest.raises(OnnxModelNotUsable, match=said):
        OnnxEmbedder(path, Fixed(sixty_eight(PLACES)))


def test_a_picture_of_nothing_has_no_direction(tmp_path: Path) -> None:
    path = tmp_path / "zero.onnx"
    path.write_bytes(make_model(np.zeros((SEEN, 8), dtype=np.float32)))
    with pytest.raises(OnnxModelNotUsable, match="direction"):
        OnnxEmbedder(path, Fixed(sixty_eight(PLACES))).embed_aligned(np.zeros((112, 112, 3), dtype=np.uint8))


def test_it_plugs_in_by_environment_and_works_on_a_real_face(model: Path, faces: Faces, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(onnx_embedder.MODEL_VARIABLE, str(model))
    try:
        embedder = onnx_embedder.from_environment()
    except FaceLibraryMissing as error:
        pytest.skip(str(error))
    from verifier.face.detector import HogDetector

    picture = np.asarray(Image.open(io.BytesIO(faces.lender)).convert("RGB"))
    (face,) = HogDetector().find(picture)
    vector = embedder.embed(picture, face)
    assert vector.shape == (64,)
    assert float(np.linalg.norm(vector)) == pytest.approx(1.0, abs=1e-5)
    monkeypatch.setenv(onnx_embedder.MODEL_VARIABLE, str(model.with_name("missing.onnx")))
    with pytest.raises(OnnxModelNotUsable, match="ONNX_MODEL"):
        onnx_embedder.from_environment()
