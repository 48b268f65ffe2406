"""Photos in folders: DIR/person/photo, or DIR/group/person/photo where error rates are wanted for each group."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image

SUFFIXES = {".jpg", ".jpeg", ".png", ".pgm", ".ppm", ".bmp", ".webp"}
MOST_SIDE = 4000


Row = tuple[str, str, Path]


def photos_in(folder: Path) -> Iterator[Row]:
    """Group, person and path of every photo; without groups the group is the folder's own name. Raises: ValueError when there is none.

    A group of fewer than two people has nobody to be mistaken for, so it is left out beside groups that have; alone it stays.
    """
    rows = list(_all_photos(folder))
    if not rows:
        raise ValueError(f"no photos in {folder.name}; it holds one sub-folder of photos a person, or a folder of such for each group")
    lonely = _lonely_groups(rows)
    return (row for row in rows if row[0] not in lonely)


def left_out(folder: Path) -> dict[str, str]:
    """Files and folders below `folder` that `photos_in` passes over, by their path, and why; a group that is too small is named once."""
    rows = list(_all_photos(folder))
    lonely = _lonely_groups(rows)
    used = {path for _, _, path in rows}
    people = {path.parent for path in used}
    small = {folder / path.relative_to(folder).parts[0] for group, _, path in rows if group in lonely}
    found = {str(path.relative_to(folder)): "FewerThanTwoPeople" for path in small}
    for path in sorted(folder.rglob("*")):
        if any(path.is_relative_to(group) for group in small):
            continue
        if path.is_dir():
            if not any(path.iterdir()):
                found[str(path.relative_to(folder))] = "EmptyFolder"
        elif path not in used:
            placed = path.parent in people
            kind = "NotAPhoto" if placed or path.suffix.lower() not in SUFFIXES else "NotInAPersonsFolder"
            found[str(path.relative_to(folder))] = kind
    return found


def _all_photos(folder: Path) -> Iterator[Row]:
    for first in sorted(path for path in folder.iterdir() if path.is_dir()):
        own = _photos(first)
        if own:
            yield from ((folder.resolve().name, first.name, path) for path in own)
        else:
            yield from ((first.name, f"{first.name}/{person.name}", path) for person in sorted(first.iterdir()) for path in _photos(person))


def _lonely_groups(rows: Sequence[Row]) -> set[str]:
    """Groups of one person, where another group has two or more."""
    people = Counter(group for group, _ in {(group, person) for group, person, _ in rows})
    lonely = {group for group, many in people.items() if many < 2}
    return lonely if len(lonely) < len(people) else set()


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
