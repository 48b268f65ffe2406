"""From bytes that anyone may have sent to pixels of bounded number."""

from __future__ import annotations

import contextlib
import io
import warnings
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, ImageOps

from verifier.face import reasons
from verifier.face.decision import MAX_BYTES
from verifier.face.errors import PictureRefused

Pixels: TypeAlias = NDArray[np.uint8]

MAX_PIXELS = 25_000_000
MIN_SIDE = 64
#: Longest side on which faces are searched: a face of 80 pixels is a tenth of it.
WORKING_SIDE = 960
#: A progressive photo has about ten scans; one with thousands takes minutes to decode.
MAX_JPEG_SCANS = 64
#: WebP is left out: its decoder reserves memory for the whole picture before the size can be asked.
FORMATS = ("JPEG", "PNG")


def open_picture(data: bytes, longest_side: int = WORKING_SIDE) -> Pixels:
    """RGB pixels (height, width, 3), upright, longest side at most `longest_side`.

    Size and kind are read from the header before anything is decoded. Raises: PictureRefused.
    """
    if len(data) > MAX_BYTES:
        raise PictureRefused(reasons.TOO_MANY_BYTES)
    with _header(data) as image:
        _check_header(image, data)
        return _decode(image, longest_side)


def _header(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise PictureRefused(reasons.TOO_MANY_PIXELS) from error
    except Exception as error:  # Pillow raises a dozen kinds for a broken header
        raise PictureRefused(_kind_of(data)) from error


def _kind_of(data: bytes) -> reasons.Reason:
    video = data[4:8] == b"ftyp" and data[8:12] not in {b"heic", b"heix", b"mif1", b"avif"}
    matroska, avi = data[:4] == b"\x1a\x45\xdf\xa3", data[8:12] == b"AVI "
    if data[:4] == b"GIF8" or video or matroska or avi:
        return reasons.MOVING_PICTURE
    return reasons.NOT_A_PICTURE


def _check_header(image: Image.Image, data: bytes) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise PictureRefused(reasons.TOO_MANY_PIXELS)
    if min(width, height) < MIN_SIDE:
        raise PictureRefused(reasons.TOO_FEW_PIXELS)
    # Some phones append a second view to a JPEG (MPO); the first one is the photo.
    if image.format == "PNG" and getattr(image, "n_frames", 1) > 1:
        raise PictureRefused(reasons.MOVING_PICTURE)
    if image.format != "PNG" and data.count(b"\xff\xda") > MAX_JPEG_SCANS:
        raise PictureRefused(reasons.NOT_A_PICTURE)


def _decode(image: Image.Image, longest_side: int) -> Pixels:
    # Loading face_recognition sets this to True for the whole process: half a photo would pass as a grey one.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        image.thumbnail((longest_side, longest_side), reducing_gap=2.0)
        image.load()
        with contextlib.suppress(KeyError, ValueError, TypeError, SyntaxError, OverflowError):
            ImageOps.exif_transpose(image, in_place=True)
        return np.ascontiguousarray(np.asarray(image.convert("RGB"), dtype=np.uint8))
    except MemoryError as error:
        raise PictureRefused(reasons.TOO_MANY_PIXELS) from error
    except Exception as error:  # a decoder's failure, of whatever kind, says that the file is broken
        raise PictureRefused(reasons.TRUNCATED) from error
