"""The queue: flagged ones and, for every four, one unflagged, drawn and mixed by a seed that anybody can compute again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backend.ground.common.hashing import keccak
from backend.watch.flags.rules.bounds import BOUNDS, Bounds
from backend.watch.flags.rules.subjects import Subject


@dataclass(frozen=True)
class Queued:
    """A place in the queue; `flagged` is not shown before the decision."""

    place: int
    subject: Subject


def seed_of(rules: bytes, data: bytes, scope: str) -> bytes:
    """What draws and mixes: known once rules and data are."""
    return keccak(b"LenderVote/flags/1/draw" + rules + data + scope.encode())


def queue(subjects: Iterable[Subject], seed: bytes, bounds: Bounds = BOUNDS) -> list[Queued]:
    """Flagged ones with their controls, in an order that tells nothing; controls are of the flagged ones' rules as far as there are any."""
    flagged: list[Subject] = []
    others: dict[str, list[Subject]] = {}
    for subject in subjects:
        if subject.flagged:
            flagged.append(subject)
        else:
            others.setdefault(subject.rule, []).append(subject)
    controls = _controls(flagged, others, seed, -(-len(flagged) // bounds.control_parts))
    mixed = sorted([*flagged, *controls], key=lambda subject: _rank(seed, "order", subject))
    return [Queued(place, subject) for place, subject in enumerate(mixed, start=1)]


def _controls(flagged: Sequence[Subject], others: dict[str, list[Subject]], seed: bytes, many: int) -> list[Subject]:
    ranked = {rule: sorted(found, key=lambda subject: _rank(seed, "control", subject), reverse=True) for rule, found in others.items()}
    wanted = sorted({subject.rule for subject in flagged}, key=lambda rule: keccak(seed + rule.encode()))
    rules = [rule for rule in wanted if rule in ranked] or sorted(ranked)
    drawn: list[Subject] = []
    while len(drawn) < many and any(ranked[rule] for rule in rules):
        for rule in rules:
            if ranked[rule] and len(drawn) < many:
                drawn.append(ranked[rule].pop())
    return drawn


def _rank(seed: bytes, what: str, subject: Subject) -> bytes:
    return keccak(seed + what.encode() + subject.rule.encode() + subject.key.encode())
