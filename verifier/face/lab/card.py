"""The model card, from a bench's figures: who is refused, on what data, by which files, and what is not known."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from verifier.face.decision import MODEL_ID, SFACE_MODEL_ID
from verifier.face.models.files import ALL, EMBEDDING, RUNNERS

#: What is not a file of ours to hash: licence, where it is stated, what is unknown.
_SAID = {
    EMBEDDING.name: (
        "Apache-2.0",
        "the wheel's models/README.md; the file's own hash is OpenCV Zoo's",
        "**training data undocumented** (CASIA-WebFace, VGGFace2 or MS1MV2, opencv_zoo issue 313): counsel decides",
    ),
    "*": (
        "Apache-2.0",
        "the wheel's LICENSE; for the models by their maintainers' word (mediapipe-samples issue 407)",
        "the makers' cards call identity recognition out of scope: here they find points, and tell nobody from anybody",
    ),
}
_DLIB = (
    ("shape_predictor_68_face_landmarks.dat", "CC0 by the wheel, **not for commercial use** by the README of dlib-models (300-W)"),
    ("dlib_face_recognition_resnet_model_v1.dat", "public domain by its author; about half of its pictures are VGG and FaceScrub"),
)
LIMITS = (
    "Few people, public photos, no lenders: none of these are rates for lenders.",
    "All people of the folder set the thresholds; the second half is shown, and `unseen` says what thresholds of the first half alone "
    "would do on it. With two or three people of a group in a half these are far apart.",
    "Draws of several photos overlap, so the bounds are narrower than the truth. Frames of one session are more alike than these photos.",
    "Public figures on web photos may be among the pictures that a model was trained on; the Olivetti set is older than all of them.",
    "Age, sex and skin are not labelled in these sets, glasses and old photos neither: nothing is said about them by themselves.",
)


def write_card(found: Mapping[str, Any]) -> str:
    """Markdown."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    yield "# Model card: comparison of faces"
    yield ""
    yield f"Written by `make bench-face-models` on {datetime.now(UTC):%Y-%m-%d}. Ways: dlib (`{MODEL_ID}`), sface (`{SFACE_MODEL_ID}`);"
    yield f"the default is **{found['default']}**. People by group: {_listed(found['people'])}."
    yield ""
    yield "## The default at its shipped thresholds, second half of the people"
    yield from _table(found["shipped"])
    yield "## The ways by one rule, on the photos that all could read, second half of the people"
    for way, sizes in found["ways"].items():
        yield ""
        yield f"### {way}"
        yield from _table({size: facts for size, facts in sizes.items() if isinstance(facts, dict)})
    if found["worsened"]:
        yield "## The default on photos worsened by known operations, references and probes alike"
    for operation, sizes in found["worsened"].items():
        yield ""
        yield f"### {operation}"
        yield from _table({size: facts for size, facts in sizes.items() if size != "not_read"})
        yield f"Not read: {'; '.join(f'{group}: {_listed(counts) or 0}' for group, counts in sizes['not_read'].items())}."
    yield ""
    yield from _provenance()
    yield "## Limits"
    yield ""
    yield from (f"- {limit}" for limit in LIMITS)


def _table(sizes: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    yield "| references + probes | threshold | group | lenders not accepted (95 % bound) | others accepted (95 % bound) |"
    yield "|---|---|---|---|---|"
    for size, facts in sizes.items():
        for name, group in facts["groups"].items():
            told = "too few photos" if group["fnmr"] is None else f"{group['fnmr']:.1%} ({group['fnmr_upper95']:.1%}) of {group['genuine']}"
            others = f"{group['fmr']:.1e} ({group['fmr_upper95']:.1e}) of {group['impostor']}"
            yield f"| {size} | {facts.get('below', '')} | {name} | {told} | {others} |"
        if "unseen" in facts:
            unseen = facts["unseen"]
            rate = "-" if unseen["fmr_worst"] is None else f"{unseen['fmr_worst']:.1e}"
            yield f"| {size} | {unseen['below']} | set by the first half alone | {unseen['fnmr']} | {rate} |"
    yield ""


def _provenance() -> Iterator[str]:
    yield "## Provenance"
    yield ""
    yield "| file | from | SHA-256 | licence | stated where | not known |"
    yield "|---|---|---|---|---|---|"
    for file in ALL:
        licence, where, unknown = _SAID.get(file.name, _SAID["*"])
        given = f"{file.sha256}" if file.given == file.sha256 else f"{file.sha256}, made from {file.given}"
        yield f"| {file.name} | {file.wheel} | {given} | {licence} | {where} | {unknown} |"
    for name, said in _DLIB:
        yield f"| {name} | face_recognition_models | {_hash_of(name)} | {said} | | |"
    for name in (*RUNNERS, "dlib_bin"):
        yield f"| (runs them) {name.replace('_', '-')} | {_version(name)} | in the locks | | the package's metadata | |"
    yield ""


def _hash_of(name: str) -> str:
    try:
        path = next(Path(str(file.locate())) for file in metadata.files("face_recognition_models") or () if file.name == name)
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except (metadata.PackageNotFoundError, StopIteration, OSError):
        return "not installed here"


def _version(name: str) -> str:
    try:
        return metadata.version(name.replace("_", "-"))
    except metadata.PackageNotFoundError:
        return "not installed here"


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())
