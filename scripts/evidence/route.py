"""Which blocks of a chain lead from its head to every block that matters, by parent hashes and checkpoints (protocol §16)."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable, Mapping

#: By block of a checkpoint, the earlier blocks whose hashes it has.
Checkpoints = Mapping[int, Iterable[int]]


def route(head: int, wanted: set[int], checkpoints: Checkpoints) -> set[int]:
    """The blocks to show, the head and the wanted ones among them, as few as Dijkstra's way from the head finds.

    A block leads to the one before it, for one block more, and to those that its checkpoint names.
    """
    named = {number: set(found) for number, found in checkpoints.items()}
    places = sorted({head, *wanted, *named, *(one for found in named.values() for one in found)}, reverse=True)
    below = dict(itertools.pairwise(place for place in places if place <= head))
    cost, came_from, queue = {head: 0}, dict[int, int](), [(0, -head)]
    while queue:
        so_far, negative = heapq.heappop(queue)
        number = -negative
        if so_far > cost[number]:
            continue
        steps = {below[number]: number - below[number]} if number in below else {}
        steps |= {one: 1 for one in named.get(number, ()) if one < number}
        for following, step in steps.items():
            if so_far + step < cost.get(following, head + 2):
                cost[following], came_from[following] = so_far + step, number
                heapq.heappush(queue, (so_far + step, -following))
    return _walked(wanted, came_from, named) | {head}


def _walked(wanted: set[int], came_from: Mapping[int, int], named: Mapping[int, set[int]]) -> set[int]:
    """All blocks on the ways to the wanted ones; between two places that no checkpoint joins, every header."""
    shown: set[int] = set()
    for place in wanted:
        number = place
        while number not in shown:
            shown.add(number)
            above = came_from.get(number, number)
            if number not in named.get(above, ()):
                shown.update(range(number, above))
            number = above
    return shown
