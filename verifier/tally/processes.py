"""Work spread over processes, when there is enough of it to be worth their start."""

import gc
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from typing import TypeVar

Item = TypeVar("Item")
Found = TypeVar("Found")

SIGNATURES_FROM = 20_000  # fewer are checked by one process before the others have started
LEAVES_FROM = 100_000  # a leaf takes a third of a signature's time
RANGES_FROM = 30_000  # of range proofs a process checks 4,000 leaves in a second, in blocks of 16,384
MOST_PROCESSES = 8


def count() -> int:
    """How many processes share the work."""
    return min(os.cpu_count() or 1, MOST_PROCESSES)


@cache
def _pool() -> ProcessPoolExecutor:
    """Started when first needed and shared by all steps; Python ends it with the process."""
    return ProcessPoolExecutor(count(), mp_context=get_context("spawn"), initializer=keep_all)


def keep_all() -> None:
    """Look for no garbage: a recount makes millions of small objects without cycles, and looking through them takes a tenth of its time."""
    gc.disable()


def in_order(work: Callable[[Item], Found], items: Iterable[Item], *, much: bool) -> Iterator[Found]:
    """What `work` makes of each item, in their order; in several processes when there is `much` of it.

    Items are taken as they are needed and a few ahead, so that neither all of them nor all results are ever in memory at once.
    `work` must be a function of a module, or a partial of one.
    """
    if not much or count() == 1:
        yield from map(work, items)
        return
    waiting: deque[Future[Found]] = deque()
    try:
        for item in items:
            waiting.append(_pool().submit(work, item))
            if len(waiting) > 2 * count():
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
