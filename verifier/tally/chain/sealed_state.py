"""Where a sealed poll keeps what a count comes to, and by which views it tells it (protocol §16, §21)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from verifier.tally.keccak import keccak, word

BOX, SHARES, SECRET, BROKEN_AT = 7, 11, 12, 13
HEADS, SUMS, EXCLUDED = 8, 9, 16  # mappings
RESULT_HASH, OUTCOME, PASSED, ABANDONED, VOICES = 17, 19, 20, 21, 23
CHOICES = (1, 2, 3)


@dataclass(frozen=True)
class SealedFacts:
    """What a sealed poll's state has beyond an open one's; `heads` and `sums` of a count stand motion by motion."""

    classes: int
    invalid: list[int]
    box: bytes
    shares_published: int
    secret: int
    broken_at: int
    abandoned_for: bytes


def _slot(key: int, mapping: int) -> int:
    return int.from_bytes(keccak(word(key) + word(mapping)), "big")


def slots(classes: int, motions: int) -> list[int]:
    """All slots that tell something of a poll with so many classes and motions."""
    places = range(classes * motions)
    sums = [_slot(4 * place + choice, SUMS) + half for place in places for choice in CHOICES for half in (0, 1)]
    excluded = [_slot(number, EXCLUDED) + half for number in range(classes) for half in (0, 1)]
    single = [BOX, SHARES, SECRET, BROKEN_AT, RESULT_HASH, OUTCOME, PASSED, ABANDONED, VOICES]
    return [*single, *(_slot(place, HEADS) for place in places), *sums, *excluded]


def expected(counted: Any, facts: SealedFacts) -> Iterator[tuple[int, int, str]]:
    """Slot, value and what it is; `counted` is a Counted."""
    for place, (yes, no, abstain) in enumerate(counted.heads):
        lane = facts.invalid[place] if place < facts.classes else 0
        where = f"motion {place // facts.classes}, class {place % facts.classes}"
        yield _slot(place, HEADS), lane | yes << 64 | no << 128 | abstain << 192, f"heads of {where}"
        for choice, total in zip(CHOICES, counted.sums[place], strict=True):
            for half in (0, 1):
                number = int.from_bytes(total[32 * half : 32 * half + 32], "big")
                yield _slot(4 * place + choice, SUMS) + half, number, f"sum of {where}, choice {choice}"
    for number, (heads, fen) in enumerate(counted.excluded):
        yield _slot(number, EXCLUDED), heads, f"leaves taken out of class {number}"
        yield _slot(number, EXCLUDED) + 1, fen, f"amount taken out of class {number}"
    yield BOX, int.from_bytes(facts.box, "big"), "box"
    yield SHARES, facts.shares_published, "shares published"
    yield SECRET, facts.secret, "secret"
    yield BROKEN_AT, facts.broken_at, "time of the breach"
    yield ABANDONED, int.from_bytes(facts.abandoned_for, "big"), "reason of the abandonment"
    yield RESULT_HASH, int.from_bytes(counted.result_hash, "big"), "result hash"
    yield OUTCOME, counted.challenge_ends_at << 8 | bool(counted.passed), "outcome and end of the challenge period"
    yield PASSED, counted.passed, "motions that passed"
    yield VOICES, counted.refusals << 128 | counted.approvals, "approvals and refusals"


def views(counted: Any, facts: SealedFacts) -> Iterator[tuple[str, str, str, tuple[Any, ...], Any]]:
    """A view with its inputs' and outputs' types, its arguments, and the answer of a recount."""
    for place, heads in enumerate(counted.heads):
        motion, voting_class = divmod(place, facts.classes)
        yield "heads", "(uint256,uint256)", "(uint256,uint256,uint256)", (motion, voting_class), heads
        for choice, total in zip(CHOICES, counted.sums[place], strict=True):
            numbers = int.from_bytes(total[:32], "big"), int.from_bytes(total[32:], "big")
            yield "sumOf", "(uint256,uint256,uint8)", "(uint256,uint256)", (motion, voting_class, choice), numbers
    for number, invalid in enumerate(facts.invalid):
        yield "invalid", "(uint256)", "(uint256)", (number,), (invalid,)
    single = [
        ("box", "bytes32", facts.box),
        ("secret", "uint256", facts.secret),
        ("sharesPublished", "uint256", facts.shares_published),
        ("sealBrokenAt", "uint64", facts.broken_at),
        ("abandonedFor", "bytes32", facts.abandoned_for),
        ("resultHash", "bytes32", counted.result_hash),
        ("challengeEndsAt", "uint64", counted.challenge_ends_at),
        ("approvals", "uint256", counted.approvals),
        ("refusals", "uint256", counted.refusals),
    ]
    if any(counted.result_hash):
        single.append(("passed", "uint256", counted.passed))
    for name, kind, value in single:
        yield name, "()", f"({kind})", (), (value,)
