"""The gate before any comparison."""

from __future__ import annotations

import numpy as np
import pytest

from verifier.face.detector import Box
from verifier.face.errors import PictureRefused
from verifier.face.pictures import Pixels
from verifier.face.quality import QualityGate

GATE = QualityGate()
DICE = np.random.default_rng(7)
FACE = Box(top=50, right=250, bottom=250, left=50)


def noise(mean: float, spread: float) -> Pixels:
    return np.clip(DICE.normal(mean, spread, (300, 300, 1)).repeat(3, axis=2), 0, 255).astype(np.uint8)


def box(side: int, top: int = 50, left: int = 50) -> Box:
    return Box(top, left + side, top + side, left)


@pytest.mark.parametrize(
    ("faces", "purpose", "code"),
    [
        ([], "probe", "NoFace"),
        ([FACE, box(20)], "probe", "SeveralFaces"),
        ([box(79)], "probe", "FaceTooSmall"),
        ([box(47)], "reference", "FaceTooSmall"),
        ([box(150, top=-30)], "probe", "FaceCutOff"),
        ([box(150, left=180)], "probe", "FaceCutOff"),
    ],
)
def test_only_one_whole_and_large_face_is_compared(faces: list[Box], purpose: str, code: str) -> None:
    with pytest.raises(PictureRefused) as refused:
        GATE.only_face(faces, noise(128, 40), purpose)  # type: ignore[arg-type]
    assert refused.value.reason.code == code


def test_the_small_photo_of_an_identity_card_may_be_a_reference() -> None:
    assert GATE.only_face([box(60)], noise(128, 40), "reference").side == 60


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        (noise(15, 20), "FaceTooDark"),
        (noise(250, 20), "FaceTooBright"),
        (noise(128, 3), "FaceWithoutContrast"),
        (np.tile(np.linspace(60, 200, 300).astype(np.uint8)[:, None, None], (1, 300, 3)), "FaceBlurred"),
    ],
)
def test_bad_light_and_blur_are_named(picture: Pixels, code: str) -> None:
    with pytest.raises(PictureRefused) as refused:
        GATE.check(picture, FACE)
    assert refused.value.reason.code == code


def test_a_sharp_face_in_good_light_passes() -> None:
    assert GATE.check(noise(128, 50), FACE).side == 200
