"""The face room as the rest of the process sees it: a few worker processes behind a bounded queue.

This process never loads dlib, numpy or a picture; a worker that crashes or takes too long is ended and replaced.
"""

from __future__ import annotations

import contextlib
import json
import math
import multiprocessing
import os
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Literal, TypeVar

from verifier.face import child, reasons
from verifier.face.decision import Band, Decision, Purpose
from verifier.face.errors import FaceLibraryMissing, FaceRoomBusy, PictureRefused
from verifier.face.model_choice import DLIB, ModelChoice
from verifier.face.reasons import Reason

START_SECONDS = 120.0
#: A session of the most frames has as many hashes of 512 characters in its state.
MAX_ANSWER_BYTES = 256 * 1024

_T = TypeVar("_T")


@dataclass(frozen=True)
class Reading:
    """The face in one picture: `embedding` as bytes, and its measured quality."""

    embedding: bytes
    side: int
    sharpness: float
    brightness: float
    contrast: float


class _Worker:
    """One process and the pipe to it."""

    def __init__(self, choice: ModelChoice) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._pipe: Connection = ours
        self._process = context.Process(target=child.serve, args=(theirs, choice), daemon=True, name="face")
        self._process.start()
        theirs.close()
        try:
            hello = self._receive(START_SECONDS)
        except (TimeoutError, EOFError, OSError, ValueError) as error:
            self.end()
            raise FaceLibraryMissing(f"the worker did not start: {error!r}") from error
        if "missing" in hello:
            self.end()
            raise FaceLibraryMissing(str(hello["missing"]), says_what_to_do=bool(hello.get("says_what_to_do")))

    def ask(self, job: tuple[Any, ...], seconds: float) -> dict[str, Any]:
        """The answer. Raises: TimeoutError, EOFError, OSError, ValueError when the worker is of no more use."""
        self._pipe.send(job)
        return self._receive(seconds)

    def end(self) -> None:
        """End the process now."""
        self._pipe.close()
        self._process.kill()
        self._process.join()

    def _receive(self, seconds: float) -> dict[str, Any]:
        if not self._pipe.poll(seconds):
            raise TimeoutError
        answer: dict[str, Any] = json.loads(self._pipe.recv_bytes(MAX_ANSWER_BYTES))
        return answer


class FaceRoom:
    """Reads and compares faces; safe to call from many threads, each call blocks its own.

    `workers` processes of about 300 MB each, started with the first job; `queue_length` callers may wait, the next is asked
    FaceRoomBusy; a job may take `job_seconds`.
    """

    def __init__(self, workers: int = 0, queue_length: int = 8, job_seconds: float = 30.0, models: ModelChoice = DLIB) -> None:
        """Raises: ModelNotUsable."""
        self.models = models
        self.model_id = models.model_id
        self._workers = workers or max(1, (os.cpu_count() or 1) - 1)
        self._job_seconds = job_seconds
        self.places = self._workers + queue_length
        self._places = threading.BoundedSemaphore(self.places)
        self._idle: queue.LifoQueue[_Worker | Literal["none yet"]] = queue.LifoQueue()
        for _ in range(self._workers):
            self._idle.put("none yet")
        self._lock = threading.Lock()
        self._present = 0
        self._usual_seconds = 1.0
        self._closed = False

    def read(self, image: bytes, purpose: Purpose) -> Reading:
        """The one face in a picture. Raises: PictureRefused, FaceRoomBusy, FaceLibraryMissing."""
        return self._work(("read", image, purpose), _as_reading)

    def match(self, references: Sequence[bytes], probes: Sequence[bytes]) -> Decision:
        """Compare 1 or more reference embeddings (as `Reading.embedding`) with 1 or more probe pictures.

        Raises: PictureRefused with the first unusable probe's reason, FaceRoomBusy, FaceLibraryMissing.
        """
        return self._work(("match", list(references), list(probes)), _as_decision)

    def watch(self, state: dict[str, Any], frames: Sequence[bytes], now: float) -> dict[str, Any]:
        """A liveness session's state after these frames. Raises: FaceRoomBusy, FaceLibraryMissing; PictureRefused: a worker was lost."""
        return self._work(("watch", state, list(frames), now), _as_state)

    def judge(self, references: Sequence[bytes], state: dict[str, Any]) -> Decision:
        """Compare reference embeddings with the faces of a finished session. Raises: as `match`."""
        return self._work(("judge", list(references), state), _as_decision)

    @property
    def present(self) -> int:
        """Callers served or waiting now."""
        return self._present

    def start(self) -> None:
        """Load one worker's models now. Raises: FaceLibraryMissing, FaceRoomBusy."""
        with self._place():
            self._give_back(self._take())

    def close(self) -> None:
        """End the workers; jobs in hand end with them."""
        self._closed = True
        for worker in self._waiting():
            worker.end()

    def _waiting(self) -> Iterator[_Worker]:
        """The workers that have no job, taken out."""
        while True:
            try:
                worker = self._idle.get_nowait()
            except queue.Empty:
                return
            if worker != "none yet":
                yield worker

    def _work(self, job: tuple[Any, ...], understand: Callable[[dict[str, Any]], _T]) -> _T:
        with self._place():
            worker = self._take()
            began = time.monotonic()
            try:
                answer = worker.ask(job, self._job_seconds)
                # An answer that is not understood counts as a worker lost: it may no longer be ours.
                result = _refused_or(answer, understand)
            except PictureRefused:
                self._give_back(worker)
                raise
            except Exception as error:
                worker.end()
                self._idle.put("none yet")
                raise PictureRefused(reasons.TOO_SLOW) from error
            self._usual_seconds = 0.8 * self._usual_seconds + 0.2 * (time.monotonic() - began)
            self._give_back(worker)
            return result

    def _take(self) -> _Worker:
        worker = self._idle.get()
        if isinstance(worker, _Worker):
            return worker
        try:
            return _Worker(self.models)
        except BaseException:
            self._idle.put("none yet")
            raise

    def _give_back(self, worker: _Worker) -> None:
        if self._closed:
            worker.end()
        else:
            self._idle.put(worker)

    @contextlib.contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise FaceRoomBusy(max(1, math.ceil(self._present * self._usual_seconds / self._workers)))
        try:
            self._count(1)
            yield
        finally:
            self._count(-1)
            self._places.release()

    def _count(self, change: int) -> None:
        with self._lock:
            self._present += change


def _refused_or(answer: dict[str, Any], understand: Callable[[dict[str, Any]], _T]) -> _T:
    if "refused" in answer:
        raise PictureRefused(Reason(**answer["refused"]))
    return understand(answer)


def _as_reading(answer: dict[str, Any]) -> Reading:
    return Reading(embedding=bytes.fromhex(answer["embedding"]), **answer["quality"])


def _as_decision(answer: dict[str, Any]) -> Decision:
    return Decision(answer["outcome"], Reason(**answer["reason"]), Band(answer["band"]), float(answer["distance"]))


def _as_state(answer: dict[str, Any]) -> dict[str, Any]:
    state: dict[str, Any] = answer["state"]
    return state
