"""Turned heads of real people: photos of one person straight ahead and turned, held against the bounds of a turn.

Sessions are played by a puppet, which turns as its maker thought; here nothing is made. Two photos of different days differ in more than
the turn (expression, a nod, the camera), and a session takes six frames together, so these shares are the worse ones.
"""

from __future__ import annotations

import contextlib
import io
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from PIL import Image

from verifier.face.errors import PictureRefused
from verifier.face.frames import FrameReader
from verifier.face.lab.folders import Row, as_photo
from verifier.face.landmarks import Points
from verifier.face.liveness import Bounds
from verifier.face.signals import Pose, Turn, change, planar_residual, turn_of

STRAIGHT, MOST_TURNED = 0.06, 0.35
#: Smaller pictures are enlarged: landmarks are whole pixels.
LEAST_SIDE = 360


def turned_heads(rows: Iterable[Row], reader: FrameReader, bounds: Bounds) -> dict[str, Any]:
    """By group: pairs of photos, people, and the share of pairs whose turn each bound would take for a head's."""
    found = {}
    for group, people in _read(rows, reader).items():
        turns = [(person, turn) for person, frames in people.items() for turn in _turns(frames, bounds)]
        if turns:
            found[group] = {"pairs": len(turns), "people": len({person for person, _ in turns})} | _shares(
                [turn for _, turn in turns], bounds
            )
    return found


def _shares(turns: list[Turn], bounds: Bounds) -> dict[str, float]:
    seen = [bounds.like_a_head(turn) for turn in turns]
    seen = [each | {"all": all(each.values())} for each in seen]
    return {name: round(sum(each[name] for each in seen) / len(seen), 3) for name in seen[0]}


def _turns(frames: list[tuple[Pose, Points]], bounds: Bounds) -> Iterator[Turn]:
    """Of every pair of a straight and a turned photo."""
    for (start, before), (end, after) in itertools.permutations(frames, 2):
        turned = end.yaw - start.yaw
        if abs(start.yaw) < STRAIGHT and bounds.turn <= abs(turned) <= MOST_TURNED:
            yield turn_of([change(start, end, planar_residual(before, after), 1 if turned > 0 else -1)])


def _read(rows: Iterable[Row], reader: FrameReader) -> dict[str, dict[str, list[tuple[Pose, Points]]]]:
    groups: dict[str, dict[str, list[tuple[Pose, Points]]]] = defaultdict(lambda: defaultdict(list))
    for group, person, path in rows:
        with contextlib.suppress(PictureRefused):
            frame = reader.read(_enlarged(as_photo(path)), None)
            groups[group][person].append((frame.pose, frame.points))
    return groups


def _enlarged(photo: bytes) -> bytes:
    try:
        image = Image.open(io.BytesIO(photo))
        if max(image.size) >= LEAST_SIDE:
            return photo
        scale = LEAST_SIDE / max(image.size)
        larger = image.convert("RGB").resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BICUBIC)
    except OSError:
        return photo  # the reader says what is wrong with it
    stream = io.BytesIO()
    larger.save(stream, "PNG")
    return stream.getvalue()
