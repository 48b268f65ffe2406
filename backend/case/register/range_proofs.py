"""Makes, keeps and gives out a register's range proofs (protocol §4.2).

The proofs themselves are the work of `verifier.ranges`, which says nothing about whether they are right: recounts and officials do, by
other code as well. Chunks that are proved are kept at once, so that whoever was stopped goes on where it was.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack, closing
from itertools import islice
from multiprocessing import get_context
from threading import Lock

from backend.case.register import leaf_store, store
from backend.case.register.errors import RangeProofsTakeLong
from backend.case.register.proof_store import chunks_kept, delete_proofs, keep_proof, proofs_between
from backend.case.register.sealing import RegisterSeal
from backend.case.register.views import Progress
from backend.ground.common.hashing import keccak_of_pieces
from backend.ground.db.sessions import Sessions
from verifier.ranges.checking import CHUNKS_TOGETHER, Claimed, wrong_chunks
from verifier.ranges.file import Chunk, chunks, header
from verifier.ranges.proving import Opening, prove
from verifier.ranges.transcript import Frozen

#: A request waits for so many leaves at most, some twenty seconds on two cores; more are proved from the command line.
IN_A_REQUEST_LEAVES = 2_000
_SPREAD_FROM_LEAVES = 256
"""Below this, starting further processes costs more time than it saves."""
_READ_TOGETHER = 1_000


class RangeProofShelf:
    """The proofs of every register that is drawn up."""

    def __init__(self, sessions: Sessions, seal: RegisterSeal) -> None:
        self._sessions = sessions
        self._seal = seal
        self._lock = Lock()

    def make(self, register: store.RegisterRow, frozen: Frozen, progress: Progress | None) -> bytes:
        """Prove what is not proved yet, check all of it, and give the file's hash. `progress` is told leaves done and in all; a request
        has none, and waits for a small register only.

        Raises: RangeProofsTakeLong; ArithmeticError where a proof does not hold: then this machine computes wrongly.
        """
        with self._lock:  # two officials at once: the second finds what the first had proved
            return self._make(register, frozen, progress)

    def _make(self, register: store.RegisterRow, frozen: Frozen, progress: Progress | None) -> bytes:
        if register.range_proofs_hash is not None:
            return register.range_proofs_hash
        with self._sessions.reading() as session:
            kept = chunks_kept(session, register.id)
        todo = [chunk for chunk in chunks(register.leaf_count) if chunk.number not in kept]
        left = sum(chunk.leaves for chunk in todo)
        if progress is None and left > IN_A_REQUEST_LEAVES:
            raise RangeProofsTakeLong(left=left, total=register.leaf_count)
        done = register.leaf_count - left
        with closing(self._proved(register.id, frozen.context, todo, left)) as proved:
            for chunk, proof in proved:
                keep_proof(self._sessions, register.id, chunk.number, proof)
                done += chunk.leaves
                if progress is not None:
                    progress(done, register.leaf_count)
        self._check(register, frozen.context)
        file_hash = keccak_of_pieces(self._pieces(register, frozen.context))
        with self._sessions.begin() as session:
            store.set_range_proofs(session, register.id, file_hash)
        register.range_proofs_hash = file_hash
        return file_hash

    def file(self, register: store.RegisterRow, frozen: Frozen) -> Iterator[bytes]:
        """The file in pieces, as its hash stands in the act and on the chain. The register has proofs."""
        return self._pieces(register, frozen.context)

    def _pieces(self, register: store.RegisterRow, context: bytes) -> Iterator[bytes]:
        yield header(context, register.leaf_count)
        for first in range(0, sum(1 for _ in chunks(register.leaf_count)), _READ_TOGETHER):
            with self._sessions.reading() as session:
                proofs = proofs_between(session, register.id, first, first + _READ_TOGETHER)
            yield b"".join(proofs)

    def _proved(self, register_id: str, context: bytes, todo: Sequence[Chunk], left: int) -> Generator[tuple[Chunk, bytes], None, None]:
        """Each chunk with its proof, on all processors when it is worth it."""
        tasks = ((chunk, self._opened(register_id, chunk)) for chunk in todo)
        processes = os.cpu_count() or 1
        if left < _SPREAD_FROM_LEAVES or processes == 1:
            yield from ((chunk, prove(context, chunk.start, *leaves)) for chunk, leaves in tasks)
            return
        with ExitStack() as ending:
            # spawn: the service has threads, and a forked copy of a locked lock stays locked for ever.
            # Ctrl-C is the command's affair alone.
            spawned = get_context("spawn")
            pool = ProcessPoolExecutor(processes, spawned, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN))
            ending.callback(pool.shutdown, cancel_futures=True)
            waiting: deque[tuple[Chunk, Future[bytes]]] = deque()
            for chunk, leaves in tasks:
                waiting.append((chunk, pool.submit(prove, context, chunk.start, *leaves)))
                if len(waiting) > 2 * processes:
                    yield _result(waiting.popleft())
            while waiting:
                yield _result(waiting.popleft())

    def _opened(self, register_id: str, chunk: Chunk) -> tuple[Sequence[Opening], bytes]:
        """Openings and commitments of a chunk's leaves."""
        with self._sessions.reading() as session:
            rows = leaf_store.sealed_leaves_between(session, register_id, chunk.start, chunk.start + chunk.leaves)
            read = [(row.leaf_index, row.point, row.opening_sealed) for row in rows]
        openings = [self._seal.open_opening(register_id, index, sealed) for index, _, sealed in read]
        return openings, b"".join(point for _, point, _ in read)

    def _check(self, register: store.RegisterRow, context: bytes) -> None:
        every = chunks(register.leaf_count)
        while block := list(islice(every, CHUNKS_TOGETHER)):
            last = block[-1]
            with self._sessions.reading() as session:
                rows = leaf_store.points_between(session, register.id, block[0].start, last.start + last.leaves)
                proofs = proofs_between(session, register.id, block[0].number, last.number + 1)
            points, begin = b"".join(point for _, _, point in rows), block[0].start
            claimed = (Claimed.of(chunk, proof, points, begin) for chunk, proof in zip(block, proofs, strict=True))
            if wrong_chunks(context, list(claimed)):
                with self._sessions.begin() as session:
                    delete_proofs(session, register.id)
                raise ArithmeticError("a range proof that was made here does not hold")


def _result(waited: tuple[Chunk, Future[bytes]]) -> tuple[Chunk, bytes]:
    chunk, proof = waited
    return chunk, proof.result()
