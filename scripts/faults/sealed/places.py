"""Twenty places of a count at which the backend can be told to die (`scripts/faults/served.py` looks at the order)."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from itertools import chain
from typing import Any

from backend.ground.chain.node import Node
from backend.ground.chain.post import Post
from backend.vote.tally import counter
from backend.vote.tally.box import BoxReader
from backend.vote.tally.counter import Counter
from backend.vote.tally.unsealing import Unsealing

PIECES = 4
#: What happens to a piece: it is about to go, signed and written down, handed in, and in a block.
MOMENTS = ("before", "signed", "sent", "after")
UNSEALING = ("before unsealing", "after unsealing", "before the box is read", "after the box is read")
PLACES = (*UNSEALING, *chain.from_iterable((f"piece {number} {moment}" for moment in MOMENTS) for number in range(1, PIECES + 1)))
#: The environment's word for how many ballots go into a piece, so that few ballots make several.
PIECE = "FAULT_PIECE"


class Watched:
    """Wraps what a count does; `die_if_told` is asked at every place."""

    def __init__(self, die_if_told: Callable[[str], None]) -> None:
        self._die_if_told = die_if_told
        self._piece = 0

    def install(self) -> None:
        """From now on."""
        counter.PIECE = int(os.environ.get(PIECE, counter.PIECE))
        self._wrap(Unsealing, "unseal", "before unsealing", "after unsealing")
        self._wrap(BoxReader, "read", "before the box is read", "after the box is read")
        self._wrap(Post, "_hand_in", "signed", "")
        self._wrap(Node, "send_raw", "", "sent")
        send = Counter._send

        def next_piece(*args: Any) -> None:
            self._piece += 1
            self._look("before")
            send(*args)
            self._look("after")

        Counter._send = next_piece  # type: ignore[method-assign, assignment]

    def _look(self, place: str) -> None:
        if place in MOMENTS:
            self._die_if_told(f"piece {self._piece} {place}")
        elif place:
            self._die_if_told(place)

    def _wrap(self, owner: type, name: str, before: str, after: str) -> None:
        act = getattr(owner, name)

        @functools.wraps(act)
        def acted(*args: Any, **options: Any) -> Any:
            self._look(before)
            result = act(*args, **options)
            if result is not False:  # not enough shares are there yet
                self._look(after)
            return result

        setattr(owner, name, acted)
