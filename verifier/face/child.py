"""What runs inside a worker process: the models, and pictures from anywhere.

Answers go back as JSON and never as pickles: a picture that took this process over must not take over the one that holds the key.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from verifier.face import reasons
from verifier.face.errors import FaceLibraryMissing, PictureRefused
from verifier.face.model_choice import ModelChoice, ModelNotUsable

if TYPE_CHECKING:
    from verifier.face.room import Room

MEMORY_BYTES = 3 * 1024**3


def serve(connection: Connection, choice: ModelChoice) -> None:
    """Load the models, say so, then answer jobs until the other end closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _bound_resources()
    try:
        from verifier.face.furnishing import furnished

        room = furnished(choice)
    except FaceLibraryMissing as error:
        _say(connection, {"missing": error.cause})
        return
    except ModelNotUsable as error:
        _say(connection, {"missing": str(error), "says_what_to_do": True})
        return
    _say(connection, {"ready": os.getpid()})
    with contextlib.suppress(EOFError, OSError):
        while True:
            _say(connection, _answer(room, connection.recv()))


def _bound_resources() -> None:
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    with contextlib.suppress(ImportError, ValueError, OSError):  # not every system has it
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def _answer(room: Room, job: tuple[Any, ...]) -> dict[str, Any]:
    try:
        return room.answer(job[0], *job[1:])
    except PictureRefused as error:
        return {"refused": vars(error.reason)}
    except MemoryError:
        return {"refused": vars(reasons.TOO_SLOW)}


def _say(connection: Connection, message: dict[str, Any]) -> None:
    connection.send_bytes(json.dumps(message).encode())
