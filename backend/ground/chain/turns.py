"""Reading a contract's events to the end of the chain."""

from __future__ import annotations

from collections.abc import Iterator

from backend.ground.chain.mirror import BLOCKS_AT_ONCE
from backend.ground.chain.service import Chain


def turns_to_the_end(chain: Chain, address: str) -> Iterator[None]:
    """A turn for each look at a contract's mirrored events, with more blocks read in between; they end once all of the chain was read.

    Raises: NodeNotAnswering.
    """
    chain.follow(address)
    for _ in range(most_turns(chain)):
        yield
        chain.pump()


def most_turns(chain: Chain) -> int:
    """How often the chain has to be read until all its blocks were, and two times more: blocks come meanwhile. Raises: NodeNotAnswering."""
    return chain.block().number // BLOCKS_AT_ONCE + 3
