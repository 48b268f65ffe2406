"""A handful of photos made into many, so that a bench runs in seconds: it shows that every part works, and measures nothing."""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable, Mapping
from pathlib import Path

from PIL import Image, ImageEnhance, ImageFilter

#: What makes another photo out of one.
VARIANTS: Mapping[str, Callable[[Image.Image], Image.Image]] = {
    "plain": lambda image: image,
    "darker": lambda image: ImageEnhance.Brightness(image).enhance(0.8),
    "cut": lambda image: image.crop((image.width // 30, image.height // 40, image.width, image.height)),
    "tilted": lambda image: image.rotate(4, Image.Resampling.BICUBIC, fillcolor=(96, 98, 102)),
    "softer": lambda image: image.filter(ImageFilter.GaussianBlur(0.7)),
    "smaller": lambda image: image.resize((image.width * 3 // 4, image.height * 3 // 4), Image.Resampling.BILINEAR),
}
MOST_SIDE = 640


def varied(photos: Path, into: Path) -> Path:
    """DIR/group/person/photo out of photos named after person and number. Raises: ValueError where they show fewer than two people."""
    found: dict[str, list[Path]] = {}
    for path in sorted(photos.glob("*.jpg")):
        found.setdefault(path.stem.rstrip("0123456789"), []).append(path)
    if len(found) < 2:
        raise ValueError(f"{photos.name} holds photos of fewer than two people; name a folder of photos instead (FACES=...)")
    for person, paths in found.items():
        folder = into / "few" / person
        folder.mkdir(parents=True)
        for path in paths:
            image = Image.open(io.BytesIO(path.read_bytes())).convert("RGB")
            image.thumbnail((MOST_SIDE, MOST_SIDE))
            for name, change in VARIANTS.items():
                change(image).save(folder / f"{path.stem}-{name}.jpg", quality=88)
    return into


def add_photos(parser: argparse.ArgumentParser) -> None:
    """Which photos a bench takes: a folder of groups of people, or the few of the short form."""
    wanted = parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument("--faces", type=Path, help="DIR/group/person/photo")
    wanted.add_argument("--few", type=Path, help="the short form: a folder with a few photos, person and number in their names")
