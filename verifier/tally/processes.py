"""Work spread over processes, when there is enough of it to be worth their start."""

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

Item = TypeVar("Item")
Found = TypeVar("Found")

SIGNATURES_FROM = 20_000  # fewer are checked by one process before the others have started
MOST_PROCESSES = 8
CHUNKS_EACH = 8


def in_order(
    work: Callable[[Sequence[Item]], list[Found]], items: Sequence[Item], signatures: int, ticked: Callable[[int], None]
) -> list[Found]:
    """What `work` makes of the items, chunk by chunk, in their order; `ticked` hears how many items are done.

    `signatures` says about how many signatures are to be checked. `work` must be a function of a module, or a partial of one.
    """
    processes = min(os.cpu_count() or 1, MOST_PROCESSES)
    size = max(1, len(items) // (processes * CHUNKS_EACH))
    chunks = [items[start : start + size] for start in range(0, len(items), size)]
    found: list[Found] = []

    def take(results: Iterable[list[Found]]) -> list[Found]:
        for chunk, result in zip(chunks, results, strict=True):
            found.extend(result)
            ticked(len(chunk))
        return found

    if signatures < SIGNATURES_FROM or processes == 1:
        return take(map(work, chunks))
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        return take(pool.map(work, chunks))
