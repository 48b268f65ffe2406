"""Pictures made for the tests: harmless and hostile ones."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image


def encode(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def pattern(width: int = 320, height: int = 240) -> Image.Image:
    """Something with detail and no face."""
    return Image.linear_gradient("L").resize((width, height)).convert("RGB")


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG whose header claims a size and that has hardly any data."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def moving(kind: str) -> bytes:
    """Two frames."""
    frames = [Image.new("RGB", (100, 100), colour) for colour in ("red", "blue")]
    return encode(frames[0], kind, save_all=True, append_images=frames[1:])


def mp4() -> bytes:
    """The start of a video file."""
    return struct.pack(">I", 24) + b"ftypisom" + b"\0\0\2\0isomiso2" + b"\0" * 500


HOSTILE: dict[str, tuple[bytes, str]] = {
    "50,000 x 50,000 in the header": (png_that_claims(50_000, 50_000), "PictureTooLarge"),
    "one pixel row too many": (png_that_claims(5_000, 5_001), "PictureTooLarge"),
    "25 million pixels, no data": (png_that_claims(5_000, 5_000), "PictureIncomplete"),
    "truncated JPEG": (encode(pattern())[:-900], "PictureIncomplete"),
    "truncated PNG": (encode(pattern(), "PNG")[:-200], "PictureIncomplete"),
    "JPEG with a thousand scans": (encode(pattern()) + b"\xff\xda" * 1000, "NotAPicture"),
    "GIF": (moving("GIF"), "MovingPicture"),
    "animated PNG": (moving("PNG"), "MovingPicture"),
    "video": (mp4(), "MovingPicture"),
    "WebP": (encode(pattern(), "WEBP"), "NotAPicture"),
    "empty": (b"", "NotAPicture"),
    "text": (b"<svg onload=alert(1)>" * 100, "NotAPicture"),
    "JPEG start only": (b"\xff\xd8\xff\xe0", "NotAPicture"),
    "7 MB": (b"\xff\xd8" + b"\0" * (7 * 1024 * 1024), "PictureTooHeavy"),
    "10 x 10": (encode(Image.new("RGB", (10, 10))), "PictureTooSmall"),
    "10,000 x 70": (encode(pattern(10_000, 70)), "NoFace"),
    "a pattern": (encode(pattern()), "NoFace"),
}
