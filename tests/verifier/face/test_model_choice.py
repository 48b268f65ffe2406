"""Licensed models by setting: an embedder with thresholds of its own, other landmarks, a detector of attacks."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from tests.verifier.face.onnx_made import SEEN, make_model
from tests.verifier.face.photos import Faces
from tests.verifier.face.pictures_made import encode, pattern
from verifier.face.__main__ import main
from verifier.face.embedder import from_bytes
from verifier.face.errors import FaceLibraryMissing
from verifier.face.liveness_state import LivenessState
from verifier.face.model_choice import DLIB, ModelChoice, ModelNotUsable
from verifier.face.onnx_embedder import MODEL_VARIABLE, OnnxEmbedder
from verifier.face.worker import FaceRoom
from verifier.issuer.settings import IssuerSettings

HERE = "tests.verifier.face.plugged"


def thresholds_for(model_id: str, folder: Path) -> str:
    """The shipped table under another model's name; its figures mean nothing for that model."""
    table = json.loads(resources.files("verifier.face").joinpath("thresholds.json").read_text("utf-8"))
    path = folder / "thresholds.json"
    path.write_text(json.dumps(table | {"model_id": model_id}))
    return str(path)


def watched(choice: ModelChoice, photo: bytes) -> LivenessState:
    """A session after three frames of one photo."""
    room = FaceRoom(workers=1, models=choice)
    try:
        begun = LivenessState.begin(("turn_left", "blink", "turn_left"), 0.0)
        return LivenessState(**room.watch(begun.as_json(), [photo] * 3, 0.1))
    finally:
        room.close()


def test_an_embedder_of_ones_own_makes_the_templates_under_its_name(faces: Faces, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("onnxruntime", reason="needs onnxruntime: pip install 'lendervote[onnx]'")
    model = tmp_path / "model.onnx"
    model.write_bytes(make_model(np.random.default_rng(4).normal(size=(SEEN, 64)).astype(np.float32)))
    monkeypatch.setenv(MODEL_VARIABLE, str(model))
    name = OnnxEmbedder(model).model_id
    choice = ModelChoice("verifier.face.onnx_embedder:from_environment", thresholds=thresholds_for(name, tmp_path))
    room = FaceRoom(workers=1, models=choice)
    try:
        assert room.model_id == name
        template = from_bytes(room.read(faces.lender, "reference").embedding)
        assert (len(template), round(float(np.linalg.norm(template)), 4)) == (64, 1.0)
        assert room.match([room.read(faces.lender, "reference").embedding], [faces.lender]).outcome == "accepted"
    finally:
        room.close()


def test_a_detector_of_attacks_ends_the_session_with_a_reason(faces: Faces) -> None:
    state = watched(ModelChoice(attack_detector=f"{HERE}:Suspicious"), faces.lender)
    assert state.failed is not None
    assert (state.failed["code"], state.keys) == ("NotLive", [])
    assert state.scores[-1]["attack"] is True
    assert watched(DLIB, faces.lender).step == 1, "the same photo, with nobody to suspect it"


def test_other_landmarks_are_those_that_are_judged(faces: Faces) -> None:
    ours, other = (watched(ModelChoice(landmarker=name), faces.lender).base_points for name in ("", f"{HERE}:Shifted"))
    assert ours is not None
    assert other is not None
    assert np.allclose(np.array(other) - np.array(ours), [3, 0])


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (ModelChoice(embedder=f"{HERE}:NoModel"), "thresholds"),
        (ModelChoice(thresholds="nowhere.json"), "no table of thresholds"),
        (ModelChoice(thresholds=__file__), "no table of thresholds"),
    ],
)
def test_a_choice_without_thresholds_is_refused_before_any_worker_starts(choice: ModelChoice, said: str) -> None:
    with pytest.raises(ModelNotUsable, match=said):
        FaceRoom(workers=1, models=choice)


@pytest.mark.parametrize("name", [f"{HERE}:NoModel", f"{HERE}:Missing", "no.such.package:Model", "nonsense"])
def test_what_is_no_model_is_named_when_a_worker_starts(name: str) -> None:
    room = FaceRoom(workers=1, models=ModelChoice(landmarker=name))
    try:
        with pytest.raises(FaceLibraryMissing, match=name.partition(":")[0]):
            room.start()
    finally:
        room.close()


def test_thresholds_of_another_model_are_refused(tmp_path: Path) -> None:
    room = FaceRoom(workers=1, models=ModelChoice(thresholds=thresholds_for("another", tmp_path)))
    try:
        with pytest.raises(FaceLibraryMissing, match="for another, not for dlib"):
            room.start()
    finally:
        room.close()


def test_measuring_with_what_is_no_embedder_says_what_it_lacks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for place, person in ((tmp_path / "photos" / "one", 1), (tmp_path / "photos" / "two", 2)):
        place.mkdir(parents=True)
        (place / "no-face.png").write_bytes(encode(pattern(90 * person, 90)))
    photos = str(tmp_path / "photos")
    for command in ("calibrate", "evaluate"):
        assert main([command, photos, "--embedder", f"{HERE}:NoModel"]) == 2
        assert "it has no model_id, dim, embed" in capsys.readouterr().err


def test_settings_name_the_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LENDERVOTE_ISSUER_LANDMARKER", "a.package:Points")
    monkeypatch.setenv("LENDERVOTE_ISSUER_ATTACK_DETECTOR", "a.package:Detector")
    monkeypatch.setenv("LENDERVOTE_ISSUER_THRESHOLDS", "own.json")
    assert IssuerSettings(_env_file=None).models == ModelChoice("", "a.package:Points", "a.package:Detector", "own.json")
