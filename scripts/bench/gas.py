"""Gas per ballot on a real Anvil that keeps to the 2^24 limit of a transaction, open and sealed, beside OpenZeppelin's
Governor and a GovernorBravo.

Run `python -m scripts.bench.gas` (or `make bench-gas`); `--lenders 131072` for a smaller register, `--renew` to accept the figures into
tests/snapshots/gas.json, which tests/contracts/test_gas.py holds every change to. Ends with one JSON line.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from itertools import chain as linked

from eth_utils.crypto import keccak

from backend.vote.ballots.rules import MAX_BATCH
from scripts.bench.gas_peers import measure_peers
from scripts.bench.gas_sealed import measure_sealed
from scripts.build.contracts import ROOT
from tests.contracts.ballot_box import Lender, Register, Vote, parent, secret
from tests.contracts.chain import Chain, anvil
from tests.contracts.world import OpenPoll, World

SNAPSHOT = ROOT / "tests" / "snapshots" / "gas.json"
LENDERS = 1_000_000
#: Ballots of one transaction, near what 2^24 gas hold.
HALF, TENTH = 1_500, 1_150
#: What the figures of our own contracts may differ from the snapshot.
TOLERANCE = 0.01


class Lenders(dict[int, Lender]):
    """Those lenders of a large register that vote here; its length is that of the register."""

    def __init__(self, count: int, voters: Sequence[int]) -> None:
        blind = int.from_bytes(secret("blind"), "big")
        super().__init__({index: Lender(index, 0, 100_000 + index, blind) for index in voters})
        self._count = count

    def __len__(self) -> int:
        return self._count


class WideRegister(Register):
    """A register of which only the voters' branches are worked out: all other nodes are random, which costs the same to prove."""

    def __init__(self, count: int, voters: Sequence[int]) -> None:
        self.lenders = Lenders(count, voters)  # type: ignore[assignment]
        self.depth = max(8, (count - 1).bit_length())
        self._branches = [{index: self.lenders[index].leaf_hash for index in voters}]
        for level in range(self.depth):
            positions = {position >> 1 for position in self._branches[level]}
            self._branches.append({at: parent(self._node(level, 2 * at), self._node(level, 2 * at + 1)) for at in positions})

    @property
    def root(self) -> bytes:
        return self._branches[self.depth][0]

    @property
    def classes(self) -> list[tuple[int, int, int]]:
        return [(len(self.lenders), 1 << 60, 1)]

    @property
    def class_count(self) -> int:
        return 1

    def _node(self, level: int, position: int) -> bytes:
        return self._branches[level].get(position) or keccak(b"%d/%d" % (level, position))


def voters_of(lenders: int) -> dict[str, list[int]]:
    """Who votes in which part of the measurement: pages of neighbours, of whom half or a tenth take part."""
    chance = random.Random(7)
    start = lenders // 2
    found = {"first": list(range(8))}
    for name, size, share in (("half", HALF, 2), ("relay", MAX_BATCH, 2), ("tenth", TENTH, 10)):
        found[name] = sorted(chance.sample(range(start, start + share * size), size))
        start += share * size
    found["direct"] = [lenders - 1, lenders - 2]
    return found


def announce(chain: Chain, register: Register) -> OpenPoll:
    """Freeze the register, announce a poll on it and let it open."""
    world = World(chain)
    world.freeze(register)
    world.admit(world.submit())
    poll = OpenPoll.announce(world, register, world.terms())
    chain.warp(poll.terms.opens_at)
    return poll


def per_ballot(poll: OpenPoll, indexes: Sequence[int], sequence: int = 1) -> int:
    """Gas of one batch of random choices by its ballots; demands that every ballot was recorded."""
    chance = random.Random(f"{len(indexes)}/{sequence}")
    votes: list[Vote] = [poll.vote(index, chance.choice((1, 1, 1, 2, 3)), sequence) for index in indexes]
    receipt = poll.cast_batch(votes)
    if poll.recorded(receipt) != b"".join(vote.record for vote in votes):
        raise RuntimeError("a ballot of the measurement was not recorded")
    return int(receipt["gasUsed"]) // len(votes)


def measure_ours(chain: Chain, register: Register, voters: dict[str, list[int]]) -> dict[str, int]:
    """Figures in gas per ballot. The sums exist already: the poll's very first ballots pay more, once."""
    poll = announce(chain, register)
    per_ballot(poll, voters["first"])
    last, other = voters["direct"]
    figures = {"page_50": per_ballot(poll, voters["half"]), "page_10": per_ballot(poll, voters["tenth"])}
    figures["relay_50"] = per_ballot(poll, voters["relay"])
    figures["relay_50_changed"] = per_ballot(poll, voters["relay"], sequence=2)
    figures["direct_first_of_its_word"] = int(poll.cast(poll.vote(last, 1))["gasUsed"])
    figures["direct"] = int(poll.cast(poll.vote(other, 1))["gasUsed"])
    figures["direct_changed"] = int(poll.cast(poll.vote(other, 2, 2))["gasUsed"])
    return figures


def measure(lenders: int = LENDERS) -> dict[str, int]:
    """Ours, open and sealed, and the peers', on one node."""
    with anvil("--enable-tx-gas-limit") as address:
        chain = Chain(address)
        voters = voters_of(lenders)
        register = WideRegister(lenders, list(linked.from_iterable(voters.values())))
        ours = measure_ours(chain, register, voters) | measure_sealed(chain, register, voters)
        return {"lenders": lenders} | ours | measure_peers(chain)


def moved(figures: dict[str, int], accepted: dict[str, int]) -> list[str]:
    """The figures that differ from the accepted ones by more than the tolerance, in words."""
    names = sorted(figures.keys() | accepted.keys())
    return [
        f"{name}: {accepted.get(name, 0):,} -> {figures.get(name, 0):,}"
        for name in names
        if abs(figures.get(name, 0) - accepted.get(name, 0)) > TOLERANCE * accepted.get(name, 0)
    ]


def main() -> None:
    """Measure, print ours beside the peers with ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lenders", type=int, default=LENDERS)
    parser.add_argument("--renew", action="store_true", help="accept the figures into the snapshot")
    chosen = parser.parse_args()
    figures = measure(chosen.lenders)
    print(f"{'gas per ballot':>32} {'':>9} {'OZ Governor':>13} {'Bravo-like':>12}")
    for name, gas in figures.items():
        if name != "lenders":
            print(f"{name:>32} {gas:>9,} {figures['oz_by_sig'] / gas:>12.2f}x {figures['bravo_by_sig'] / gas:>11.2f}x")
    if chosen.renew:
        SNAPSHOT.write_text(json.dumps(measure() if chosen.lenders != LENDERS else figures, indent=2) + "\n")
    ratios = {f"ratio_{name}": round(figures["oz_by_sig"] / figures[name], 2) for name in ("page_50", "page_10", "direct")}
    print(json.dumps(figures | ratios))


if __name__ == "__main__":
    main()
