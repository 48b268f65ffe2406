"""Pictures made for the tests: harmless and hostile ones."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image, ImageDraw


def encode(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def pattern(width: int = 320, height: int = 240) -> Image.Image:
    """Something with detail and no face."""
    return Image.linear_gradient("L").resize((width, height)).convert("RGB")


def cartoon() -> Image.Image:
    """A drawn face: even colours, black lines."""
    image = Image.new("RGB", (480, 480), "lightblue")
    draw = ImageDraw.Draw(image)
    draw.ellipse((90, 60, 390, 430), fill="bisque", outline="black", width=6)
    for left in (160, 270):
        draw.ellipse((left, 180, left + 50, 230), fill="white", outline="black", width=4)
        draw.ellipse((left + 18, 195, left + 34, 215), fill="black")
    draw.line((240, 230, 225, 290, 250, 290), fill="black", width=5)
    draw.arc((180, 280, 300, 370), 20, 160, fill="red", width=8)
    return image


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG whose header claims a size and that has hardly any data."""
    return _png(struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0), zlib.compress(b"\0" * 1000))


def png_that_has(width: int, height: int) -> bytes:
    """A PNG of black and white whose pixels are all there, white none."""
    packing, row = zlib.compressobj(1), b"\0" * (1 + width // 8)
    packed = b"".join(packing.compress(row * 1_000) for _ in range(height // 1_000)) + packing.flush()
    return _png(struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0), packed)


def _png(header: bytes, pixels: bytes) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def moving(kind: str, count: int = 2) -> bytes:
    """So many frames, none like the one before."""
    frames = [Image.new("RGB", (70, 70), colour) for colour in ("red", "blue")]
    return encode(frames[0], kind, save_all=True, append_images=[frames[place % 2] for place in range(1, count)])


def mp4() -> bytes:
    """The start of a video file."""
    return struct.pack(">I", 24) + b"ftypisom" + b"\0\0\2\0isomiso2" + b"\0" * 500


HOSTILE: dict[str, tuple[bytes, str]] = {
    "50,000 x 50,000 in the header": (png_that_claims(50_000, 50_000), "PictureTooLarge"),
    "50,000 x 50,000 that are there": (png_that_has(50_000, 50_000), "PictureTooLarge"),
    "one pixel row too many": (png_that_claims(5_000, 5_001), "PictureTooLarge"),
    "25 million pixels, no data": (png_that_claims(5_000, 5_000), "PictureIncomplete"),
    "truncated JPEG": (encode(pattern())[:-900], "PictureIncomplete"),
    "truncated PNG": (encode(pattern(), "PNG")[:-200], "PictureIncomplete"),
    "JPEG with a thousand scans": (encode(pattern()) + b"\xff\xda" * 1000, "NotAPicture"),
    "GIF": (moving("GIF"), "MovingPicture"),
    "animated PNG": (moving("PNG"), "MovingPicture"),
    "animated PNG of 10,000 frames": (moving("PNG", 10_000), "MovingPicture"),
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
