"""What one session in front of the camera costs a worker: 30 frames of 480 x 640, four embeddings, and the memory at its height."""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from verifier.face.decision import Way
from verifier.face.errors import PictureRefused
from verifier.face.furnishing import Parts, parts_of
from verifier.face.lab.folders import as_photo
from verifier.face.model_choice import OF_WAYS, SHIPPED

FRAMES, EMBEDDINGS, ROUNDS = 30, 4, 3
WIDTH, HEIGHT = 480, 640


def cost(way: Way, photos: Sequence[str]) -> dict[str, float]:
    """CPU milliseconds of the best of three sessions, those of loading, and megabytes. Raises: ValueError when no photo can be used."""
    began = time.process_time()
    parts = parts_of(SHIPPED[OF_WAYS[way]])
    reader = parts.frame_reader()
    loaded = 1000 * (time.process_time() - began)
    for path in photos:
        frame = _frame(Path(path))
        with contextlib.suppress(PictureRefused):
            reader.read(frame, None)
            took = min(_session(parts, frame) for _ in range(ROUNDS))
            return {"session_cpu_ms": round(took, 1), "load_cpu_ms": round(loaded), "peak_mb": peak_mb()}
    raise ValueError("no photo of which a session could be made")


def peak_mb() -> int:
    """Megabytes that this program held at its height. `getrusage` would count those of the process that started it, if that held more."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) // 1024


def _session(parts: Parts, frame: bytes) -> float:
    reader = parts.frame_reader()
    began, near = time.process_time(), None
    for place in range(FRAMES):
        seen = reader.read(frame, near)
        near = seen.face
        if place % (FRAMES // EMBEDDINGS) == 0 and place // (FRAMES // EMBEDDINGS) < EMBEDDINGS:
            parts.embedder.embed(seen.picture, seen.face)
    return 1000 * (time.process_time() - began)


def _frame(path: Path) -> bytes:
    """The photo as a phone's frame: wholly inside, the rest grey."""
    image = Image.open(io.BytesIO(as_photo(path))).convert("RGB")
    scale = min(WIDTH / image.width, HEIGHT / image.height)
    shown = image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))), Image.Resampling.BILINEAR)
    frame = Image.new("RGB", (WIDTH, HEIGHT), (96, 98, 102))
    frame.paste(shown, ((WIDTH - shown.width) // 2, (HEIGHT - shown.height) // 2))
    stream = io.BytesIO()
    frame.save(stream, "JPEG", quality=88)
    return stream.getvalue()
