"""Photos in folders: DIR/person/photo, or DIR/group/person/photo where error rates are wanted for each group."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

SUFFIXES = {".jpg", ".jpeg", ".png", ".pgm", ".ppm", ".bmp", ".webp"}
MOST_SIDE = 4000


def photos_in(folder: Path) -> Iterator[tuple[str, str, Path]]:
    """Group, person and path of every photo; without groups the group is the folder's own name. Raises: ValueError when there is none."""
    found = False
    for first in sorted(path for path in folder.iterdir() if path.is_dir()):
        own = _photos(first)
        rows = [(folder.resolve().name, first.name, path) for path in own]
        if not own:
            rows = [(first.name, f"{first.name}/{person.name}", path) for person in sorted(first.iterdir()) for path in _photos(person)]
        for row in rows:
            found = True
            yield row
    if not found:
        raise ValueError(f"no photos in {folder.name}; it holds one sub-folder of photos a person, or a folder of such for each group")


def left_out(folder: Path) -> dict[str, str]:
    """Files and folders below `folder` that `photos_in` passes over, by their path, and why."""
    used = {path for _, _, path in photos_in(folder)}
    people = {path.parent for path in used}
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_dir():
            if not any(path.iterdir()):
                found[str(path.relative_to(folder))] = "EmptyFolder"
        elif path not in used:
            placed = path.parent in people
            kind = "NotAPhoto" if placed or path.suffix.lower() not in SUFFIXES else "NotInAPersonsFolder"
            found[str(path.relative_to(folder))] = kind
    return found


def as_photo(path: Path) -> bytes:
    """The file as the service would take it: JPEG and PNG as they are, other kinds as PNG."""
    data = path.read_bytes()
    if path.suffix.lower() in {".jpg", ".jpeg", ".png"}:
        return data
    try:
        image = Image.open(path).convert("RGB")
    except OSError:
        return data
    image.thumbnail((MOST_SIDE, MOST_SIDE))
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def _photos(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file())
