"""What a comparison answers; free of numpy, so that the process that asks stays small."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from verifier.face.reasons import Reason

#: Embeddings of different models cannot be compared; the model's name is sealed into every reference.
MODEL_ID = "dlib-resnet-v1/landmarks-68"
#: SFace as its file of December 2021 has it, aligned by five places of the mesh.
SFACE_MODEL_ID = "sface-2021dec/mesh-5"

#: A photo's file may have this many bytes: a phone of today saves 50 million pixels, or a photo with two seconds of film behind it.
MAX_BYTES = 20 * 1024 * 1024

Purpose = Literal["reference", "probe"]
#: A detector, landmarks, an embedder and thresholds that were measured together.
Way = Literal["dlib", "sface"]
Outcome = Literal["accepted", "again", "official"]


class Band(StrEnum):
    """How clear the comparison was, in words; the log carries this and never the distance."""

    CLEAR = "clear"
    ACCEPTED = "accepted"
    GREY = "grey"
    FAR = "far"
    NONE = "none"


@dataclass(frozen=True)
class Decision:
    """accepted, again (take another photo) or official (two officials check), and why.

    `distance` is for hands-on use and measurement only; it is neither logged nor sent. It is negative when nothing was compared.
    """

    outcome: Outcome
    reason: Reason
    band: Band = Band.NONE
    distance: float = -1.0
