"""Pictures made for the tests: harmless and hostile ones."""

from __future__ import annotations

import functools
import io
import struct
import zlib
from collections.abc import Callable

from PIL import Image, ImageDraw


def encode(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def pattern(width: int = 320, height: int = 240) -> Image.Image:
    """Something with detail and no face."""
    return Image.linear_gradient("L").resize((width, height)).convert("RGB")


def cartoon(skin: str = "bisque", paper: str = "lightblue", line: str = "black", side: int = 480, *, shaded: bool = False) -> Image.Image:
    """A drawn face: even colours and lines; shaded, it gets darker towards its edge as a painting would."""
    image = Image.new("RGB", (960, 960), paper)
    draw = ImageDraw.Draw(image)
    draw.ellipse((180, 120, 780, 860), fill=skin, outline=line, width=12)
    for left in (320, 540):
        draw.ellipse((left, 360, left + 100, 460), fill="white", outline=line, width=8)
        draw.ellipse((left + 36, 390, left + 68, 430), fill="black")
    draw.line((480, 460, 450, 580, 500, 580), fill=line, width=10)
    draw.arc((360, 560, 600, 740), 20, 160, fill="red", width=16)
    if shaded:
        depth = Image.radial_gradient("L").resize(image.size).point(lambda grey: grey // 2)
        image = Image.composite(Image.new("RGB", image.size, "sienna"), image, depth)
    return image.resize((side, side), Image.Resampling.LANCZOS)


@functools.cache
def cartoons() -> dict[str, bytes]:
    """Drawn faces as files."""
    return {
        "JPEG": encode(cartoon()),
        "PNG": encode(cartoon(), "PNG"),
        "coarse JPEG": encode(cartoon("peachpuff", "white"), quality=50),
        "large": encode(cartoon("burlywood", "khaki", "saddlebrown", 1400)),
        "small": encode(cartoon("navajowhite", "plum", side=300), quality=90),
        "grey": encode(cartoon().convert("L")),
    }


def jpeg_that_claims(width: int, height: int, *, progressive: bool = False) -> bytes:
    """A JPEG whose frame header claims a size; its pixels are those of a small picture."""
    photo = bytearray(encode(pattern(), progressive=progressive))
    frame = photo.index(b"\xff\xc2" if progressive else b"\xff\xc0")
    photo[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(photo)


def motion_photo() -> bytes:
    """A photo with the film that some phones put behind it, in which everything may stand."""
    film = struct.pack(">I", 24) + b"ftypmp42" + b"\xff\xda" * 5_000 + bytes(range(256)) * 8_000
    return encode(cartoon(), quality=90) + film


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


#: What makes a file, and why it is refused: every process of tests imports this, and few need a picture of 10,000 frames.
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "50,000 x 50,000 in the header": (lambda: png_that_claims(50_000, 50_000), "PictureTooLarge"),
    "50,000 x 50,000 that are there": (lambda: png_that_has(50_000, 50_000), "PictureTooLarge"),
    "one pixel row too many": (lambda: png_that_claims(5_000, 5_001), "PictureTooLarge"),
    "25 million pixels, no data": (lambda: png_that_claims(5_000, 5_000), "PictureIncomplete"),
    "truncated JPEG": (lambda: encode(pattern())[:-900], "PictureIncomplete"),
    "truncated PNG": (lambda: encode(pattern(), "PNG")[:-200], "PictureIncomplete"),
    "JPEG with a thousand scans": (lambda: encode(pattern())[:-2] + b"\xff\xda\x00\x02" * 1000 + b"\xff\xd9", "NotAPicture"),
    "JPEG of a gigapixel": (lambda: jpeg_that_claims(40_000, 30_000), "PictureTooLarge"),
    "progressive JPEG of 60 million pixels": (lambda: jpeg_that_claims(10_000, 6_000, progressive=True), "PictureTooLarge"),
    "HEIC": (lambda: struct.pack(">I", 24) + b"ftypheic" + b"\0\0\0\0mif1heic" + b"\0" * 500, "PictureHeic"),
    "GIF": (lambda: moving("GIF"), "MovingPicture"),
    "animated PNG": (lambda: moving("PNG"), "MovingPicture"),
    "animated PNG of 10,000 frames": (lambda: moving("PNG", 10_000), "MovingPicture"),
    "video": (mp4, "MovingPicture"),
    "WebP": (lambda: encode(pattern(), "WEBP"), "NotAPicture"),
    "empty": (lambda: b"", "NotAPicture"),
    "text": (lambda: b"<svg onload=alert(1)>" * 100, "NotAPicture"),
    "JPEG start only": (lambda: b"\xff\xd8\xff\xe0", "NotAPicture"),
    "21 MB": (lambda: b"\xff\xd8" + b"\0" * (21 * 1024 * 1024), "PictureTooHeavy"),
    "10 x 10": (lambda: encode(Image.new("RGB", (10, 10))), "PictureTooSmall"),
    "10,000 x 70": (lambda: encode(pattern(10_000, 70)), "NoFace"),
    "a pattern": (lambda: encode(pattern()), "NoFace"),
}


@functools.cache
def hostile(name: str) -> bytes:
    """One of them, made once."""
    return HOSTILE[name][0]()
