"""Photos of real people for the tests; none are in this repository."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image, ImageEnhance

from scripts.rig.photos import PhotosMissing, fetched_photos, own_photos

CACHE = Path(__file__).resolve().parents[3] / "var" / "photos"


@dataclass(frozen=True)
class Faces:
    """JPEG bytes: two photos of one person, one of somebody else."""

    lender: bytes
    lender_again: bytes
    stranger: bytes


def find_faces() -> Faces:
    """From the face library's package, else from one's own folder; skips the test when there are none."""
    try:
        people = fetched_photos(CACHE)
        return Faces(people["obama"][0].read_bytes(), people["obama"][1].read_bytes(), people["biden"][0].read_bytes())
    except PhotosMissing as error:
        own = list(own_photos().values())
        if len(own) < 2:
            pytest.skip(str(error))
        lender = own[0][0].read_bytes()
        return Faces(lender, _photographed_again(lender), own[1][0].read_bytes())


def _photographed_again(photo: bytes) -> bytes:
    image = Image.open(io.BytesIO(photo)).convert("RGB")
    width, height = image.size
    image = ImageEnhance.Brightness(image.crop((width // 50, height // 50, width, height))).enhance(0.9)
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=80)
    return stream.getvalue()
