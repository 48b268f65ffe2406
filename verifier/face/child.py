"""What runs inside a worker process: the models, and pictures from anywhere.

Answers go back as JSON and never as pickles: a picture that took this process over must not take over the one that holds the key.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from verifier.face import reasons
from verifier.face.errors import FaceLibraryMissing, PictureRefused

if TYPE_CHECKING:
    from verifier.face.decision import Purpose
    from verifier.face.matcher import Matcher
    from verifier.face.reader import FaceReader

MEMORY_BYTES = 3 * 1024**3


def serve(connection: Connection) -> None:
    """Load the models, say so, then answer jobs until the other end closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _bound_resources()
    try:
        from verifier.face.matcher import Matcher, MatchPolicy
        from verifier.face.reader import FaceReader

        reader = FaceReader()
        matcher = Matcher(MatchPolicy.load(reader.embedder.model_id))
    except FaceLibraryMissing as error:
        _say(connection, {"missing": error.cause})
        return
    _say(connection, {"ready": os.getpid()})
    with contextlib.suppress(EOFError, OSError):
        while True:
            _say(connection, _answer(reader, matcher, connection.recv()))


def _bound_resources() -> None:
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    with contextlib.suppress(ImportError, ValueError, OSError):  # not every system has it
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def _answer(reader: FaceReader, matcher: Matcher, job: tuple[Any, ...]) -> dict[str, Any]:
    try:
        if job[0] == "read":
            return _read(reader, job[1], job[2])
        return _match(reader, matcher, job[1], job[2])
    except PictureRefused as error:
        return {"refused": vars(error.reason)}
    except MemoryError:
        return {"refused": vars(reasons.TOO_SLOW)}


def _read(reader: FaceReader, image: bytes, purpose: Purpose) -> dict[str, Any]:
    from verifier.face.embedder import to_bytes

    embedding, quality = reader.read(image, purpose)
    return {"embedding": to_bytes(embedding).hex(), "quality": vars(quality)}


def _match(reader: FaceReader, matcher: Matcher, references: Sequence[bytes], probes: Sequence[bytes]) -> dict[str, Any]:
    from verifier.face.embedder import from_bytes

    shown = [reader.read(image, "probe")[0] for image in probes]
    decision = matcher.decide([from_bytes(reference) for reference in references], shown)
    return {"outcome": decision.outcome, "reason": vars(decision.reason), "band": decision.band, "distance": decision.distance}


def _say(connection: Connection, message: dict[str, Any]) -> None:
    connection.send_bytes(json.dumps(message).encode())
