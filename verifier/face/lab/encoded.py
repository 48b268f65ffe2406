"""Photos read once by each way, as they are and worsened by known operations; what was read is kept, so that figures can be drawn again."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageEnhance, ImageFilter

from verifier.face.decision import Purpose
from verifier.face.embedder import Embedding, from_bytes, to_bytes
from verifier.face.errors import PictureRefused
from verifier.face.lab.folders import Row, as_photo
from verifier.face.reader import FaceReader

#: Smallest face of a group's photos below which the gate of reference photos is used for all of it.
_SMALL = "FaceTooSmall"


def _changed(change: Callable[[Image.Image], Image.Image], quality: int = 92) -> Callable[[bytes], bytes]:
    def run(photo: bytes) -> bytes:
        stream = io.BytesIO()
        change(Image.open(io.BytesIO(photo)).convert("RGB")).save(stream, "JPEG", quality=quality)
        return stream.getvalue()

    return run


def _half(image: Image.Image) -> Image.Image:
    return image.resize((max(64, image.width // 2), max(64, image.height // 2)), Image.Resampling.BILINEAR)


#: Operations on a photo, by the name that the model card uses.
OPERATIONS: Mapping[str, Callable[[bytes], bytes]] = {
    "as it is": lambda photo: photo,
    "dim light (brightness 0.45)": _changed(lambda image: ImageEnhance.Brightness(image).enhance(0.45)),
    "strong compression (JPEG 20)": _changed(lambda image: image, 20),
    "out of focus (blur of 1 pixel)": _changed(lambda image: image.filter(ImageFilter.GaussianBlur(1.0))),
    "half the pixels": _changed(_half),
}
PLAIN = "as it is"


@dataclass
class Sheet:
    """What one way read in one group's photos: embeddings by person and file, and why others were refused."""

    people: dict[str, dict[str, Embedding]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    def lists(self, wanted: set[str] | None = None) -> dict[str, list[Embedding]]:
        """Embeddings by person, of those people that are wanted."""
        return {name: list(own.values()) for name, own in sorted(self.people.items()) if own and (wanted is None or name in wanted)}


class Kept:
    """Embeddings in one file of JSON lines, keyed by the photo's hash, the model, the gate and the operation; appended as they come."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._known: dict[str, str] = {}
        if path and path.is_file():
            for line in path.read_text("utf-8").splitlines():
                key, value = json.loads(line)
                self._known[key] = value

    def read(self, photo: bytes, reader: FaceReader, gate: Purpose, operation: str) -> str:
        """The embedding in hex, or why there is none after an exclamation mark."""
        key = f"{hashlib.sha256(photo).hexdigest()[:32]} {reader.embedder.model_id} {gate} {operation}"
        if key not in self._known:
            self._known[key] = _read(photo, reader, gate, operation)
            if self._path:
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps([key, self._known[key]]) + "\n")
        return self._known[key]


def _read(photo: bytes, reader: FaceReader, gate: Purpose, operation: str) -> str:
    try:
        return to_bytes(reader.read(OPERATIONS[operation](photo), gate)[0]).hex()
    except PictureRefused as error:
        return "!" + error.reason.code
    except OSError:
        return "!FileNotReadable"


def sheets(rows: list[Row], reader: FaceReader, kept: Kept, operation: str = PLAIN) -> dict[str, Sheet]:
    """By group. A live camera's gate is used; where it refuses half of a group as too small, that of reference photos."""
    groups: dict[str, list[tuple[str, Path]]] = {}
    for group, person, path in rows:
        groups.setdefault(group, []).append((person, path))
    found = {}
    for name, photos in groups.items():
        sheet = _sheet(photos, reader, kept, "probe", operation)
        if sum(why == _SMALL for why in sheet.refused.values()) > len(photos) / 2:
            sheet = _sheet(photos, reader, kept, "reference", operation)
        found[name] = sheet
    return found


def _sheet(photos: list[tuple[str, Path]], reader: FaceReader, kept: Kept, gate: Purpose, operation: str) -> Sheet:
    sheet = Sheet()
    for person, path in photos:
        said = kept.read(as_photo(path), reader, gate, operation)
        if said.startswith("!"):
            sheet.refused[f"{person}/{path.name}"] = said[1:]
        else:
            sheet.people.setdefault(person, {})[path.name] = from_bytes(bytes.fromhex(said))
    return sheet
