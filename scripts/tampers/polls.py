"""Honest polls of every kind, held on a real chain by calling the contracts directly, and what their count must be."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.contracts.ballot_box import ABSTAIN, AGAINST, FOR, Lender, N, Register, opening
from tests.contracts.chain import Chain
from tests.contracts.sealed_world import SealedWorld
from tests.verifier.tally.sealed_vote import SealedHeldVote
from tests.verifier.tally.vote import VECTORS, HeldVote

PRESETS = tuple(json.loads((VECTORS / "rules.json").read_bytes())["presets"])
HUGE_FEN = 2**62
BATCH = 200
DECISIONS = {True: "approved", False: "refused"}


@dataclass(frozen=True)
class PollKind:
    """What is special about a poll: lenders, classes, how they vote, what they claim, and which rule counts."""

    lenders: int
    classes: int
    mood: str  # nobody, abstain, tie, for, mixed
    claims: str  # equal, mixed, huge
    rule_name: str
    motions: int = 0  # of a sealed poll; an open one has none

    @property
    def name(self) -> str:
        return "sealed" if self.motions else "open"


#: The corners first; every other poll is drawn.
CORNERS = (
    PollKind(1, 1, "nobody", "mixed", "CN_SZ_A"),
    PollKind(1, 1, "for", "mixed", "CN_SZ_B"),
    PollKind(1, 1, "abstain", "huge", "CN_EBL64"),
    PollKind(2, 1, "tie", "equal", "CN_EBL84"),
    PollKind(10, 5, "tie", "equal", "US_1126C"),
    PollKind(40, 4, "abstain", "mixed", "UK_899"),
    PollKind(30, 3, "for", "huge", "CN_SZ_A"),
    PollKind(257, 2, "mixed", "huge", "CN_SZ_B"),
    PollKind(1, 1, "nobody", "mixed", "CN_SZ_A", 1),
    PollKind(2, 1, "tie", "equal", "CN_EBL84", 16),
    PollKind(30, 3, "for", "huge", "CN_SZ_A", 2),
    PollKind(120, 4, "mixed", "mixed", "UK_899", 1),
)
LARGE = (
    PollKind(1_000, 3, "mixed", "huge", "US_1126C"),
    PollKind(3_000, 4, "tie", "equal", "CN_SZ_B"),
    PollKind(10_000, 5, "mixed", "mixed", "CN_EBL84"),
)


def kinds(count: int, rng: random.Random, large: bool) -> list[PollKind]:
    """So many kinds of polls: the corners, the large ones, and drawn ones whose sizes spread over the orders of magnitude."""
    found = [*CORNERS, *(LARGE if large else ())]
    while len(found) < count:
        lenders = int(10 ** rng.uniform(0, 2.3))
        mood = rng.choice(["nobody", "abstain", "tie", "for", *["mixed"] * 6])
        claims = rng.choice(["equal", "mixed", "mixed", "huge"])
        motions = rng.choice([0, 0, 1, 1, 3])
        found.append(PollKind(lenders, rng.randint(1, min(5, lenders)), mood, claims, PRESETS[len(found) % len(PRESETS)], motions))
    return found[:count]


def register_of(kind: PollKind, rng: random.Random) -> Register:
    """Lenders with their claims; in a huge register the first one holds 2^62 fen."""
    lenders = []
    for index in range(kind.lenders):
        amount_fen = 100_000 if kind.claims == "equal" else int(10 ** rng.uniform(0, 11))
        if kind.claims == "huge" and index == 0:
            amount_fen = HUGE_FEN
        voting_class = index if index < kind.classes else rng.randrange(kind.classes)
        lenders.append(Lender(index, voting_class, amount_fen, rng.randrange(1, N)))
    return Register(lenders)


def choices_of(kind: PollKind, rng: random.Random) -> list[tuple[int, int]]:
    """(index, choice) of those who vote, in index order."""
    everyone = range(kind.lenders)
    if kind.mood == "nobody":
        return []
    if kind.mood == "tie":
        return [(index, FOR if index % 2 else AGAINST) for index in everyone]
    if kind.mood in ("for", "abstain"):
        return [(index, FOR if kind.mood == "for" else ABSTAIN) for index in everyone]
    turnout, liking = rng.random(), rng.random()
    voters = [index for index in everyone if rng.random() < turnout]
    return [(index, ABSTAIN if rng.random() < 0.1 else FOR if rng.random() < liking else AGAINST) for index in voters]


@dataclass(frozen=True)
class HonestPoll:
    """A poll that was held, its published folder, and its tallies counted from the lenders' choices."""

    vote: HeldVote
    tallies: list[tuple[int, ...]]
    decision: str
    passed: bool | list[bool]


def hold(chain: Chain, world: SealedWorld, kind: PollKind, rng: random.Random, folder: Path) -> HonestPoll:
    """Hold a poll of this kind from register to decision and publish it."""
    if kind.motions:
        return hold_sealed(chain, world, kind, rng, folder)
    vote = HeldVote.announce(chain, register_of(kind, rng), world, kind.rule_name)
    poll = vote.poll
    chain.warp(poll.terms.opens_at)
    first = [vote.vote(index, choice) for index, choice in choices_of(kind, rng)]
    changed = [
        vote.vote(one.lender.index, rng.choice([FOR, AGAINST, ABSTAIN]), 2) for one in first if kind.mood == "mixed" and rng.random() < 0.1
    ]
    for votes in (first, changed):
        _send(vote, votes, rng)
        vote.count(votes)
    _open(vote)
    decision = _decide(vote, rng)
    vote.publish(folder)
    return HonestPoll(vote, _tallies(vote), decision, bool(poll.calls.passed().call()))


def _send(vote: HeldVote, votes: Sequence[Any], rng: random.Random) -> None:
    """Ballots of the poll's kind, by batches in index order, the odd one directly."""
    alone = [one for one in votes if rng.random() < 0.05][:3]
    for one in alone:
        vote.poll.cast(one)
    rest = [one for one in votes if one not in alone]
    for start in range(0, len(rest), BATCH):
        vote.poll.cast_batch(rest[start : start + BATCH])


def _open(vote: HeldVote) -> None:
    """Close an open poll and open its sums."""
    poll, chain = vote.poll, vote.poll.chain
    chain.warp(poll.terms.closes_at)
    vote.note(closed=True)
    chain.send(poll.calls.openSums(opening(vote.register, vote.newest)))


def _decide(vote: HeldVote, rng: random.Random) -> str:
    """Two of three officials approve where anything passed and refuse where nothing did, or nobody has decided yet."""
    if rng.random() < 0.2:
        return "undecided"
    poll = vote.poll
    passed = bool(poll.calls.passed().call())
    poll.chain.warp(poll.calls.challengeEndsAt().call())
    for key in vote.world.official_keys[:2]:
        poll.attest(key, passed)
    return DECISIONS[passed]


def _tallies(vote: HeldVote) -> list[tuple[int, ...]]:
    """Heads and fen for, against and abstaining of each class, counted from the choices alone."""
    tallies = []
    for voting_class in range(vote.register.class_count):
        mine = [one for one in vote.register.lenders if one.voting_class == voting_class]
        chosen = [[one for one in mine if vote.newest.get(one.index) == choice] for choice in (FOR, AGAINST, ABSTAIN)]
        tallies.append((*(len(them) for them in chosen), *(sum(one.amount_fen for one in them) for them in chosen)))
    return tallies


# --- sealed polls ------------------------------------------------------------------------------------------------------------------------


def hold_sealed(chain: Chain, world: SealedWorld, kind: PollKind, rng: random.Random, folder: Path) -> HonestPoll:
    """The same of a sealed poll: some ballots hold nothing, the box is counted in drawn pieces."""
    vote = SealedHeldVote.announce_sealed(chain, register_of(kind, rng), world, kind.rule_name, kind.motions)
    poll = vote.poll
    chain.warp(vote.terms.opens_at)
    nonsense = 0.1 if kind.mood == "mixed" else 0
    first = [vote.sealed(index, 0 if rng.random() < nonsense else choice) for index, choice in choices_of(kind, rng)]
    changed = [
        vote.sealed(one.lender.index, rng.choice([FOR, AGAINST, ABSTAIN]), 2)
        for one in first
        if kind.mood == "mixed" and rng.random() < 0.1
    ]
    for votes in (first, changed):
        _send(vote, votes, rng)
        vote.chose(votes)
    vote.unseal(rng.choice([(0, 1), (0, 2), (2, 1), (0, 1, 2)]))
    while poll.records:
        poll.count(rng.randint(1, BATCH))
    poll.open_sums(vote.chosen)
    decision = _decide(vote, rng)
    vote.publish(folder)
    passed = [bool(poll.calls.passed().call() >> motion & 1) for motion in range(kind.motions)]
    return HonestPoll(vote, _sealed_tallies(vote), decision, passed)


def _sealed_tallies(vote: SealedHeldVote) -> list[tuple[int, ...]]:
    """Motion by motion and in each class by class, counted from the choices alone."""
    tallies = []
    for motion in range(vote.poll.motions):
        for voting_class in range(vote.register.class_count):
            mine = [one for one in vote.register.lenders if one.voting_class == voting_class and vote.chosen.get(one.index)]
            chosen = [[one for one in mine if vote.chosen[one.index][motion] == choice] for choice in (FOR, AGAINST, ABSTAIN)]
            tallies.append((*(len(them) for them in chosen), *(sum(one.amount_fen for one in them) for them in chosen)))
    return tallies
