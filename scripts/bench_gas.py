"""Gas per ballot on a real Anvil: one by one, and in batches at half and at a tenth turnout of a large register.

Run `python -m scripts.bench_gas`; `--lenders 1000000` for the largest. Ends with one JSON line of its figures.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence

from tests.contracts.ballot_box import Vote, make_large_register
from tests.contracts.chain import Chain, anvil
from tests.contracts.world import OpenPoll, World

BATCH = 256


def announce(chain: Chain, lenders: int) -> OpenPoll:
    """Freeze a register of so many lenders, announce a poll on it and let it open."""
    register = make_large_register(lenders)
    world = World(chain)
    world.freeze(register)
    world.admit(world.submit())
    poll = OpenPoll.announce(world, register, world.terms())
    chain.warp(poll.terms.opens_at)
    return poll


def votes_of(poll: OpenPoll, indexes: Sequence[int], choices: random.Random, sequence: int = 1) -> list[Vote]:
    """A random choice for each of the lenders."""
    return [poll.vote(index, choices.choice((1, 1, 1, 2, 3)), sequence) for index in indexes]


def per_ballot(poll: OpenPoll, votes: Sequence[Vote]) -> int:
    """Gas of one batch by its ballots; demands that every ballot was recorded."""
    receipt = poll.cast_batch(votes)
    if poll.recorded(receipt) != b"".join(vote.record for vote in votes):
        raise RuntimeError("a ballot of the measurement was not recorded")
    return int(receipt["gasUsed"]) // len(votes)


def measure(poll: OpenPoll) -> dict[str, int]:
    """Figures in gas per ballot. The sums exist already: the poll's very first ballots pay more, once."""
    chance = random.Random(7)
    lenders = len(poll.register.lenders)
    page = lenders // 2
    per_ballot(poll, votes_of(poll, range(8), chance))
    half = sorted(chance.sample(range(page, page + 2 * BATCH), BATCH))
    figures = {"lenders": lenders, "depth": poll.register.depth, "batch": BATCH}
    figures["batch_half_turnout"] = per_ballot(poll, votes_of(poll, half, chance))
    figures["batch_half_turnout_changed"] = per_ballot(poll, votes_of(poll, half, chance, sequence=2))
    start = page + 4 * BATCH
    tenth = sorted(chance.sample(range(start, start + 10 * BATCH), BATCH))
    figures["batch_tenth_turnout"] = per_ballot(poll, votes_of(poll, tenth, chance))
    figures["cast_first_of_its_word"] = int(poll.cast(poll.vote(lenders - 1, 1))["gasUsed"])
    figures["cast"] = int(poll.cast(poll.vote(lenders - 2, 1))["gasUsed"])
    figures["cast_changed"] = int(poll.cast(poll.vote(lenders - 2, 2, 2))["gasUsed"])
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lenders", type=int, default=1 << 17)
    lenders = parser.parse_args().lenders
    with anvil() as address:
        figures = measure(announce(Chain(address), lenders))
    for name, value in figures.items():
        print(f"{name:>28} {value:>9,}")
    print(json.dumps({"gas_per_ballot": figures}))


if __name__ == "__main__":
    main()
