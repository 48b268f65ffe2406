"""A stranger who counts one ballot of the box just before each piece: does the count creep on one ballot a block?"""

from __future__ import annotations

from pathlib import Path

from scripts.attacks.kinds import Patch, Told, passed, stopped
from tests.contracts.ballot_box import FOR, make_register
from tests.contracts.chain import Chain, Refused, anvil
from tests.contracts.sealed_world import SealedPoll, SealedWorld

LENDERS, PIECE = 12, 5

#: A piece is taken whole or not at all.
WHOLE_PIECES = (Patch("contracts/poll/Unsealing.sol", "                if (folded == inside) break;\n", ""),)


def creeping(folder: Path) -> Told:
    """Pieces of five ballots, each overtaken by one ballot; stopped where they still empty the box."""
    del folder
    with anvil() as address:
        poll = _unsealed(Chain(address))
        while poll.records:
            slower = poll.piece(PIECE)
            poll.count(1)  # the stranger's
            if poll.calls.box().call() == slower[0]:
                continue
            try:
                poll.chain.send(poll.calls.count(*slower))
            except Refused:
                return passed("contract")
            del poll.records[max(0, len(poll.records) + 1 - PIECE) :]
    return stopped("contract", "count")


def _unsealed(chain: Chain) -> SealedPoll:
    world = SealedWorld(chain)
    world.admit(world.submit())
    poll = SealedPoll.of(world, make_register(LENDERS))
    poll.cast_batch([poll.vote(index, FOR) for index in range(LENDERS)])
    poll.close()
    poll.unseal()
    return poll
