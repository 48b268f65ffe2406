"""Gas of sealed polls, on the register and the page of voters of the open poll's measurement."""

from __future__ import annotations

import random
from collections.abc import Sequence

from tests.contracts.ballot_box import Register
from tests.contracts.chain import Chain
from tests.contracts.sealed_world import SealedPoll, SealedTerms, SealedWorld, SealKeys

#: Ballots of one counting: about what 128 KiB of a transaction hold.
PIECE = 1_100
#: Six seats of whom three open, as is recommended (protocol §22).
SEATS, THRESHOLD = 6, 3
#: Beside one motion, what many cost is told.
MANY = 8


def _announce(chain: Chain, register: Register, motions: int) -> tuple[SealedPoll, int]:
    """A sealed poll that is open, and the gas of its announcement."""
    world = SealedWorld(chain, trustees=_identities())
    world.freeze(register)
    world.admit(world.submit())
    keys = SealKeys(("bench", motions), SEATS, THRESHOLD)
    poll = SealedPoll.announce(world, register, SealedTerms(world.terms(), motions), keys)
    block = chain.rpc("eth_getBlockByNumber", "latest", True)
    spent = int(chain.rpc("eth_getTransactionReceipt", block["transactions"][-1]["hash"])["gasUsed"], 16)
    chain.warp(poll.terms.poll.opens_at)
    return poll, spent


def _identities() -> list[bytes]:
    return [bytes([0x77, i + 1]).rjust(32, b"\x01") for i in range(SEATS)]


def _cast(poll: SealedPoll, indexes: Sequence[int], sequence: int = 1) -> int:
    """Gas of one batch of random choices by its ballots; demands that every ballot was recorded."""
    chance = random.Random(f"{len(indexes)}/{sequence}")
    votes = [poll.vote(index, *(chance.choice((1, 1, 1, 2, 3)) for _ in range(poll.motions)), sequence=sequence) for index in indexes]
    before = len(poll.records)
    receipt = poll.cast_batch(votes)
    if len(poll.records) - before != len(votes):
        raise RuntimeError("a ballot of the measurement was not recorded")
    return int(receipt["gasUsed"]) // len(votes)


def _count(poll: SealedPoll, number: int) -> int:
    """Gas of counting the last ballots, by the ballots."""
    return int(poll.count(number)["gasUsed"]) // number


def measure_sealed(chain: Chain, register: Register, voters: dict[str, list[int]]) -> dict[str, int]:
    """Figures in gas per ballot; the last pieces counted are the first ones cast, so that the sums exist already."""
    poll, announced = _announce(chain, register, 1)
    _cast(poll, voters["first"])
    last, other = voters["direct"]
    figures = {"sealed_page_50": _cast(poll, voters["half"]), "sealed_page_10": _cast(poll, voters["tenth"])}
    figures["sealed_relay_50"] = _cast(poll, voters["relay"])
    figures["sealed_relay_50_changed"] = _cast(poll, voters["relay"], sequence=2)
    figures["sealed_direct_first_of_its_word"] = int(poll.cast(poll.vote(last, 1))["gasUsed"])
    figures["sealed_direct"] = int(poll.cast(poll.vote(other, 1))["gasUsed"])
    figures["sealed_direct_changed"] = int(poll.cast(poll.vote(other, 2, sequence=2))["gasUsed"])
    figures |= _counted(poll, voters)
    return figures | {"sealed_announcement": announced} | _many(chain, register, voters)


def _counted(poll: SealedPoll, voters: dict[str, list[int]]) -> dict[str, int]:
    """What the counting of that poll costs, from the end of its box."""
    relay, tenth, half = (len(voters[name]) for name in ("relay", "tenth", "half"))
    poll.close()
    figures = {"sealed_share": int(poll.chain.send(poll.calls.publishShare(0, poll.keys.shares[0]))["gasUsed"])}
    figures["sealed_unseal"] = int(poll.unseal()["gasUsed"])
    figures["sealed_count_alone_first"] = int(poll.count(1)["gasUsed"])
    _count(poll, 2)
    figures["sealed_count_changed"] = _count(poll, relay)
    figures["sealed_count_replaced"] = _count(poll, relay)
    figures["sealed_count_10"] = _count(poll, min(tenth, PIECE))
    _count(poll, max(1, tenth - PIECE))
    figures["sealed_count_50"] = _count(poll, min(half, PIECE))
    figures["sealed_count_alone"] = int(poll.count(1)["gasUsed"])
    return figures


def _many(chain: Chain, register: Register, voters: dict[str, list[int]]) -> dict[str, int]:
    """The same of a poll of eight motions: casting is blind to them, counting adds every one."""
    poll, _ = _announce(chain, register, MANY)
    _cast(poll, voters["first"])
    figures = {f"sealed_page_50_of_{MANY}": _cast(poll, voters["half"])}
    poll.close()
    poll.unseal()
    poll.count(10)
    return figures | {f"sealed_count_50_of_{MANY}": _count(poll, 500)}
