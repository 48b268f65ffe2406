"""Faces compared by SFace and the mesh: nothing of dlib is loaded, and its own table is used."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.verifier.face.photos import Faces
from verifier.face.decision import SFACE_MODEL_ID
from verifier.face.liveness_state import LivenessState
from verifier.face.matcher import MatchPolicy
from verifier.face.model_choice import SFACE, ModelNotUsable
from verifier.face.models.files import installed
from verifier.face.worker import FaceRoom

ROOT = Path(__file__).resolve().parents[3]
#: A worker's work in a process that says which of its mapped files, opened files and modules are dlib's.
SCRIPT = """
import json, sys
opened = []
sys.addaudithook(lambda event, given: opened.append(str(given[0])) if event == "open" else None)
from verifier.face.furnishing import furnished
from verifier.face.liveness_state import LivenessState
from verifier.face.model_choice import SFACE
room = furnished(SFACE)
photo = open(sys.argv[1], "rb").read()
room.answer("read", photo, "reference")
begun = LivenessState.begin(("turn_left", "blink", "turn_left"), 0.0)
state = room.answer("watch", begun.as_json(), [photo] * 3, 0.1)["state"]
mapped = open("/proc/self/maps").read()
words = ("dlib", "face_recognition", "shape_predictor")
print(json.dumps({
    "files": [one for one in opened if any(word in one for word in words) and one != sys.argv[1] and "verifier" not in one],
    "mapped": [word for word in words if word in mapped],
    "modules": [name for name in sys.modules if name.startswith(("dlib", "_dlib", "face_recognition"))],
    "step": state["step"],
}))
"""


@pytest.fixture(scope="module", autouse=True)
def _extra() -> None:
    if not installed():
        pytest.skip("the extra sface is not set up here: requirements-sface.lock, then python -m verifier.face models")


def test_neither_dlib_nor_its_landmarks_are_loaded(faces: Faces, tmp_path: Path) -> None:
    if not Path("/proc/self/maps").exists():
        pytest.skip("this system does not tell which files a process has mapped")
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(faces.lender)
    done = subprocess.run([sys.executable, "-c", SCRIPT, str(photo)], capture_output=True, text=True, check=True, cwd=ROOT)
    assert json.loads(done.stdout) == {"files": [], "mapped": [], "modules": [], "step": 1}


def test_a_lender_is_accepted_and_a_stranger_is_not(faces: Faces) -> None:
    room = FaceRoom(workers=1, models=SFACE)
    try:
        assert room.model_id == SFACE_MODEL_ID
        reference = room.read(faces.lender, "reference").embedding
        assert room.match([reference], [faces.lender_again]).outcome == "accepted"
        assert room.match([reference], [faces.stranger]).outcome == "official"
        begun = LivenessState.begin(("turn_left", "blink", "turn_left"), 0.0)
        assert LivenessState(**room.watch(begun.as_json(), [faces.lender] * 3, 0.1)).step == 1
    finally:
        room.close()


def test_its_table_is_for_it_alone() -> None:
    assert MatchPolicy.load(SFACE_MODEL_ID, SFACE).below(2, 2) < MatchPolicy.load(SFACE_MODEL_ID, SFACE).below(1, 1)
    with pytest.raises(ModelNotUsable, match="not for"):
        MatchPolicy.load("dlib-resnet-v1/landmarks-68", SFACE)
