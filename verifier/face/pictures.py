"""From bytes that anyone may have sent to pixels of bounded number."""

from __future__ import annotations

import contextlib
import io
import re
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, ImageOps

from verifier.face import reasons
from verifier.face.decision import MAX_BYTES
from verifier.face.errors import PictureRefused

Pixels: TypeAlias = NDArray[np.uint8]

#: A PNG is decoded as a whole; of a JPEG no more than an eighth of each side, but a progressive one keeps all its coefficients.
MAX_PIXELS, MAX_JPEG_PIXELS, MAX_PROGRESSIVE_PIXELS = 25_000_000, 250_000_000, 50_000_000
MIN_SIDE = 64
#: Longest side on which faces are searched: a face of 80 pixels is a tenth of it.
WORKING_SIDE = 960
#: A progressive photo has about ten scans; one with thousands takes minutes to decode.
MAX_JPEG_SCANS = 64
#: WebP is left out: its decoder reserves memory for the whole picture before the size can be asked.
FORMATS = ("JPEG", "PNG")
#: A marker of a JPEG between the bytes of its scans; stuffed zeros and restarts are part of a scan.
_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])", re.DOTALL)
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_HEIC = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"heif"})
# The size is held to our own bounds, by kind of file, before anything is decoded.
Image.MAX_IMAGE_PIXELS = None


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
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except Exception as error:  # Pillow raises a dozen kinds for a broken header
        raise PictureRefused(_kind_of(data)) from error


def _kind_of(data: bytes) -> reasons.Reason:
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC:
        return reasons.HEIC_PICTURE
    video = data[4:8] == b"ftyp" and data[8:12] != b"avif"
    matroska, avi = data[:4] == b"\x1a\x45\xdf\xa3", data[8:12] == b"AVI "
    if data[:4] == b"GIF8" or video or matroska or avi:
        return reasons.MOVING_PICTURE
    return reasons.NOT_A_PICTURE


def _check_header(image: Image.Image, data: bytes) -> None:
    width, height = image.size
    if width * height > _most_pixels(image):
        raise PictureRefused(reasons.TOO_MANY_PIXELS)
    if min(width, height) < MIN_SIDE:
        raise PictureRefused(reasons.TOO_FEW_PIXELS)
    # Some phones append a second view to a JPEG (MPO); the first one is the photo.
    if image.format == "PNG" and getattr(image, "n_frames", 1) > 1:
        raise PictureRefused(reasons.MOVING_PICTURE)
    if image.format != "PNG" and _scans(data) > MAX_JPEG_SCANS:
        raise PictureRefused(reasons.NOT_A_PICTURE)


def _most_pixels(image: Image.Image) -> int:
    if image.format == "PNG":
        return MAX_PIXELS
    return MAX_PROGRESSIVE_PIXELS if image.info.get("progressive") else MAX_JPEG_PIXELS


def _scans(jpeg: bytes) -> int:
    """Scans up to the picture's end; a phone may put a film or a second picture behind it."""
    place, scans = 2, 0
    while scans <= MAX_JPEG_SCANS and (found := _MARKER.search(jpeg, place)):
        marker = found[1][0]
        if marker == _END_OF_IMAGE:
            break
        scans += marker == _START_OF_SCAN
        place = found.end() + int.from_bytes(jpeg[found.end() : found.end() + 2], "big")
    return scans


def _decode(image: Image.Image, longest_side: int) -> Pixels:
    # Loading face_recognition sets this to True for the whole process: half a photo would pass as a grey one.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        image = _of_eight_bits(image)
        image.thumbnail((longest_side, longest_side), reducing_gap=2.0)
        image.load()
        with contextlib.suppress(KeyError, ValueError, TypeError, SyntaxError, OverflowError):
            ImageOps.exif_transpose(image, in_place=True)
        return np.ascontiguousarray(np.asarray(image.convert("RGB"), dtype=np.uint8))
    except MemoryError as error:
        raise PictureRefused(reasons.TOO_MANY_PIXELS) from error
    except Exception as error:  # a decoder's failure, of whatever kind, says that the file is broken
        raise PictureRefused(reasons.TRUNCATED) from error


def _of_eight_bits(image: Image.Image) -> Image.Image:
    """Grey of 16 bits, as scanners save it, with its upper 8; the library would cut every brighter shade to white."""
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image, dtype=np.uint16) >> 8).astype(np.uint8))
    if image.mode == "I":
        return Image.fromarray((np.asarray(image, dtype=np.int32) >> 8).clip(0, 255).astype(np.uint8))
    return image
