"""Runs the rules over made polls and registers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from random import Random

from backend.ground.common.hashing import keccak
from backend.watch.flags.rules.bursts import bursts
from backend.watch.flags.rules.claims import altered, reconciled, straws
from backend.watch.flags.rules.officials_way import BEIJING_SECONDS, DAY_SECONDS, DayOfWays, drift, night, pairs, sharpest
from backend.watch.flags.rules.shared import shared
from backend.watch.flags.rules.subjects import Subject
from scripts.bench.flags.halves import SEEDS, World
from scripts.bench.flags.polls import MadePoll, make
from scripts.bench.flags.registers import MadeRegister, make_register

BURST_NEAR = 300
BUDGET = 100


def flagged_in_poll(poll: MadePoll, seed: bytes, *, scan: bool = True) -> list[Subject]:
    """What all rules of a poll flag; without the scan for bursts, which takes nearly all of the time, where it is not asked for."""
    first = {arrival.index: arrival.at for arrival in poll.arrivals}
    seen = {each.index for each in poll.seen}
    days: dict[int, list[int]] = {}
    for index, at in first.items():
        days.setdefault((at + BEIJING_SECONDS) // DAY_SECONDS, []).append(index)
    ways = [DayOfWays(day, len(indexes), len(seen.intersection(indexes))) for day, indexes in days.items()]
    found = [
        *shared(poll.holders(), poll.links), *(bursts(poll.arrivals, poll.opens, poll.closes, seed) if scan else ()), *pairs(poll.seen),
        *sharpest(drift("drift_ways", ways)), *sharpest(drift("drift_refusals", poll.refusals)), *night(first),
    ]  # fmt: skip
    return [subject for subject in found if subject.flagged]


def measure_of_register(made: MadeRegister) -> list[Subject]:
    """Everything that all rules of a register look at."""
    amounts = {holder.number: holder.amount_fen for holder in made.holders}
    return [
        *shared(made.holders, made.links), *straws(made.claims, made.before, made.links), *altered(made.claims, made.before),
        *reconciled(amounts, made.moved),
    ]  # fmt: skip


def recall_in_polls(world: World, half: str, fault: str, many: int) -> float:
    """Share of polls in which the planted fault is flagged."""
    hits = 0
    for number in range(many):
        poll = make(world, f"{SEEDS[half]}:{fault}:{number}", fault)
        hits += any(
            _is_it(subject, poll.planted) for subject in flagged_in_poll(poll, keccak(poll.planted.encode()), scan=fault == "burst_20")
        )
    return hits / many


def honest_polls(world: World, half: str, many: int) -> tuple[float, int, Counter[str]]:
    """Share of honest polls with any flag; flagged groups of none but families, halls and homes; flags by rule."""
    flagged, innocent, rules = 0, 0, Counter[str]()
    for number in range(many):
        poll = make(world, f"{SEEDS[half]}:honest:{number}")
        found = flagged_in_poll(poll, keccak(f"{SEEDS[half]}{number}".encode()))
        flagged += bool(found)
        rules.update(subject.rule for subject in found)
        innocent += _innocent(found, poll.innocent)
    return flagged / many, innocent, rules


def registers(world: World, half: str, many: int) -> tuple[dict[str, float], int, float]:
    """Recall by fault; flagged groups of the innocent; precision of the first hundred in the order of a review budget."""
    hits, planted, innocent = Counter[str](), Counter[str](), 0
    pool: list[bool] = []
    for number in range(many):
        made = make_register(world, f"{SEEDS[half]}:register:{number}", faults=3)
        found = [subject for subject in measure_of_register(made) if subject.flagged]
        keys = {subject.key for subject in found}
        for fault, wanted in made.planted.items():
            planted[fault] += len(wanted)
            hits[fault] += sum(_starts(keys, key) for key in wanted)
        innocent += _innocent(found, made.innocent)
        right = {key for wanted in made.planted.values() for key in wanted}
        pool += [subject.key in right for subject in found]
    Random(half).shuffle(pool)
    first = pool[:BUDGET]
    return {fault: hits[fault] / planted[fault] for fault in sorted(planted)}, innocent, sum(first) / max(1, len(first))


def _is_it(subject: Subject, planted: str) -> bool:
    if planted.startswith("burst:") and subject.rule == "burst":
        return abs(int(subject.facts["from"]) - int(planted[6:])) <= BURST_NEAR
    return planted in (subject.key, subject.rule)


def _starts(keys: set[str], key: str) -> bool:
    return key in keys


def _innocent(found: Iterable[Subject], innocent: set[int]) -> int:
    return sum(bool(subject.lenders) and set(subject.lenders) <= innocent for subject in found)
