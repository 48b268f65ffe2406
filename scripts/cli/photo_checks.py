"""Whether the identity verifier could use each photo: decoded in processes of their own, and remembered, so that a second run goes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

from backend.ground.common.errors import Unavailable
from verifier.face import reasons
from verifier.face.decision import MAX_BYTES
from verifier.face.errors import FaceLibraryMissing, PictureRefused
from verifier.face.models.files import usual
from verifier.face.reasons import Reason
from verifier.face.worker import FaceRoom
from verifier.issuer.bindings.file import photo_hash

from .photo_folder import Named, Reference, Reject

CHECKED = "checked.jsonl"
PORTION = 64  # photos handed to the workers at once; none of them is in memory for longer than it is read


class FaceCheckMissing(Unavailable):
    """Photos cannot be checked on this machine."""

    zh = "本机没有人脸程序，无法检查照片：{cause}。请按 requirements-face.lock 安装后再运行；已检查的照片不会重新检查。"
    en = "This machine cannot check photos: {cause}. Install requirements-face.lock and run this again; what was checked stays."


class Checker(Protocol):
    """Says why a picture cannot be a reference; None when it can."""

    model_id: str
    workers: int

    def refusal(self, image: bytes) -> Reason | None: ...


class FaceChecker:
    """As the identity verifier itself checks a reference. A picture that ends its process is refused, and the next one gets a new one."""

    def __init__(self) -> None:
        self._room = FaceRoom(models=usual())
        self.model_id = self._room.model_id
        self.workers = self._room.places

    def refusal(self, image: bytes) -> Reason | None:
        """Raises: FaceCheckMissing."""
        try:
            self._room.read(image, "reference")
        except PictureRefused as refused:
            return refused.reason
        except FaceLibraryMissing as missing:
            raise FaceCheckMissing(cause=missing.cause) from missing
        return None

    def close(self) -> None:
        """End the processes."""
        self._room.close()


class Checks:
    """What was found before, by model and photo; a line is added as soon as a photo was checked."""

    def __init__(self, path: Path, checker: Checker) -> None:
        self._path = path
        self._checker = checker
        self._known = dict(self._lines())
        self.remembered = 0

    def run(self, folder: Path, named: Sequence[Named], told: Callable[[int, int], None]) -> tuple[list[Reference], list[Reject]]:
        """Photos that can be used, in their order, and the others. `told` hears (done, total).

        Raises: FaceCheckMissing, and whatever `told` raises to interrupt.
        """
        usable, rejects = list[Reference](), list[Reject]()
        with ThreadPoolExecutor(self._checker.workers) as pool, self._path.open("ab") as journal:
            for start in range(0, len(named), PORTION):
                portion = named[start : start + PORTION]
                for one, (photo, reason, line) in zip(portion, pool.map(lambda one: self._check(folder / one.file), portion), strict=True):
                    self.remembered += photo in self._known
                    if line:
                        journal.write(line)
                    if reason is None:
                        usable.append(Reference(one.file, one.index, photo))
                    else:
                        rejects.append(Reject(one.file, reason.code, reason.zh, reason.en))
                journal.flush()
                told(start + len(portion), len(named))
        return usable, rejects

    def _check(self, path: Path) -> tuple[bytes, Reason | None, bytes]:
        """The photo's hash, why it cannot be used, and the line to remember that by (empty when it is known, or may pass another time)."""
        with path.open("rb") as file:
            image = file.read(MAX_BYTES + 1)
        photo = photo_hash(image)
        if photo in self._known:
            return photo, self._known[photo], b""
        reason = self._checker.refusal(image)
        if reason == reasons.TOO_SLOW:
            return photo, reason, b""
        said = {"model": self._checker.model_id, "photo": "0x" + photo.hex(), "refused": None if reason is None else vars(reason)}
        return photo, reason, json.dumps(said, ensure_ascii=False).encode() + b"\n"

    def _lines(self) -> Iterator[tuple[bytes, Reason | None]]:
        content = self._path.read_bytes() if self._path.exists() else b""
        whole, _, torn = content.rpartition(b"\n")
        if torn:  # the last run was cut off in the middle of a line
            self._path.write_bytes(whole + b"\n" if whole else b"")
        for line in whole.splitlines():
            if (found := _read(line, self._checker.model_id)) is not None:
                yield found


def _read(line: bytes, model_id: str) -> tuple[bytes, Reason | None] | None:
    """What a line remembers; None where it is another model's, or none that a check wrote: that photo is checked again."""
    try:
        row = json.loads(line)
        photo, refused = bytes.fromhex(row["photo"][2:]), row["refused"]
        reason = None if refused is None else Reason(**{name: str(refused[name]) for name in refused})
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return (photo, reason) if row["model"] == model_id else None
