"""Pictures from anyone: refused with a reason, quickly and without decoding more than is asked for."""

from __future__ import annotations

import contextlib
import io
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from tests.verifier.face.pictures_made import HOSTILE, encode, hostile, motion_photo, pattern
from verifier.face.errors import PictureRefused
from verifier.face.pictures import WORKING_SIDE, open_picture

BROKEN = {name: code for name, (_, code) in HOSTILE.items() if code != "NoFace"}


@pytest.mark.parametrize("name", BROKEN)
def test_a_hostile_picture_is_refused_with_its_reason_in_a_second(name: str) -> None:
    data, code = hostile(name), BROKEN[name]
    began = time.monotonic()
    with pytest.raises(PictureRefused) as refused:
        open_picture(data)
    assert refused.value.reason.code == code
    assert refused.value.reason.zh
    assert time.monotonic() - began < 1


def test_size_is_refused_before_any_pixel_is_decoded() -> None:
    data = hostile("50,000 x 50,000 in the header")
    tracemalloc.start()
    with pytest.raises(PictureRefused):
        open_picture(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000


def test_half_a_photo_is_refused_even_after_the_library_allowed_it() -> None:
    # face_recognition sets this when it is imported; half a face on grey would then be compared.
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    with pytest.raises(PictureRefused) as refused:
        open_picture(hostile("truncated JPEG"))
    assert refused.value.reason.code == "PictureIncomplete"


@pytest.mark.parametrize(("orientation", "corner"), [(1, (0, 0)), (3, (-1, -1)), (6, (0, -1)), (8, (-1, 0))])
def test_a_photo_is_turned_upright_as_its_exif_says(orientation: int, corner: tuple[int, int]) -> None:
    image = Image.new("RGB", (200, 100), "black")
    image.paste("white", (0, 0, 40, 40))
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = open_picture(encode(image, exif=exif.tobytes(), quality=95))
    assert picture.shape == ((100, 200, 3) if orientation in {1, 3} else (200, 100, 3))
    assert picture[corner].min() > 200


def test_a_large_photo_is_worked_on_in_a_bounded_size() -> None:
    assert max(open_picture(encode(pattern(5_000, 4_000))).shape) == WORKING_SIDE


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK", "1", "I;16", "LA"])
def test_every_pixel_format_becomes_rgb(mode: str) -> None:
    image = pattern().convert("L") if mode == "I;16" else pattern()
    kind = "JPEG" if mode == "CMYK" else "PNG"
    picture = open_picture(encode(image.convert(mode), kind))
    assert picture.shape == (240, 320, 3)


def test_grey_of_sixteen_bits_keeps_its_shades() -> None:
    shades = np.linspace(0, 65_535, 320 * 240).reshape(240, 320).astype(np.uint16)
    stream = io.BytesIO()
    Image.fromarray(shades).save(stream, "PNG")
    picture = open_picture(stream.getvalue())
    assert np.abs(picture[..., 0].astype(int) - (shades >> 8)).max() <= 2
    assert len(np.unique(picture)) > 200


def test_a_film_behind_a_photo_is_no_matter() -> None:
    photo = motion_photo()
    assert np.array_equal(open_picture(photo), open_picture(photo[: photo.index(b"\x00\x00\x00\x18ftyp")]))


def test_a_photo_of_fifty_million_pixels_is_decoded_small() -> None:
    photo = encode(pattern(8_160, 6_120), quality=60)
    tracemalloc.start()
    began = time.monotonic()
    assert max(open_picture(photo).shape) == WORKING_SIDE
    assert time.monotonic() - began < 5
    tracemalloc.stop()


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_damaged_photo_is_a_picture_or_a_reason(data: st.DataObject) -> None:
    photo = bytearray(encode(pattern(120, 100), data.draw(st.sampled_from(["JPEG", "PNG"]))))
    for _ in range(data.draw(st.integers(1, 8))):
        photo[data.draw(st.integers(0, len(photo) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(PictureRefused):
        assert open_picture(bytes(photo)).ndim == 3
