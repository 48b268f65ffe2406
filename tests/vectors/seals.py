"""seals.json: choices sealed to a poll's key and what they open to, good ones and malformed ones (protocol §21.1)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from tests.vectors import reference as ref
from tests.vectors.seeds import CHAIN_ID, POLL, hex_of, hex_word, seeded, xy

SEAL_TYPE = ref.keccak(b"LenderVote/1/seal")
GOOD_OF_ONE_MOTION, MOST_MOTIONS, LENDERS = 300, 16, 24
POLLS = (POLL, ref.created_address(POLL, 1), ref.created_address(POLL, 2))
SECRETS = tuple(seeded(f"LenderVote/vector/seal/secret/{number}") % (ref.N - 1) + 1 for number in range(3))
SEQUENCES = (1, 2, 3, 7, 33, 62, 63)
INDEXES = (0, 1, 2, 255, 256, 65_535, 999_999, 2**24 - 1)


# --- the reference (protocol §21.1) --------------------------------------------------------------------------------------------------


def even(r: int) -> ref.Point | None:
    """The point with that x and an even y, if the number is a seal and there is one."""
    if not 0 < r < ref.N:
        return None
    square = (pow(r, 3, ref.P) + 7) % ref.P
    y = pow(square, (ref.P + 1) // 4, ref.P)
    if y * y % ref.P != square:
        return None
    return r, y if y % 2 == 0 else ref.P - y


def word(separator: bytes, index: int, sequence: int, seal: int, shared: ref.Point) -> int:
    """The eight bytes that hide a plain value."""
    hashed = SEAL_TYPE + separator + ref.word(index) + ref.word(sequence) + ref.word(seal) + bytes(12) + ref.address_of(shared)
    assert len(hashed) == 192
    return int.from_bytes(ref.keccak(hashed)[:8], "big")


def seal_of(drawn: int) -> tuple[int, int]:
    """The seal of a drawn k, and the k that is used."""
    point = ref.multiply(drawn, ref.G)
    assert point[0] < ref.N, "draw again"
    return point[0], drawn if point[1] % 2 == 0 else ref.N - drawn


def plain_of(choices: list[int]) -> int:
    """Two bits for each motion, from the lowest."""
    return sum(choice << 2 * motion for motion, choice in enumerate(choices))


def is_valid(plain: int, motions: int) -> bool:
    return plain >> 2 * motions == 0 and all(plain >> 2 * motion & 3 for motion in range(motions))


def opened(secret: int, separator: bytes, index: int, sequence: int, seal: int, sealed: int, motions: int) -> int:
    """The plain value, 0 for an invalid ballot."""
    point = even(seal)
    if point is None:
        return 0
    plain = sealed ^ word(separator, index, sequence, seal, ref.multiply(secret, point))
    return plain if is_valid(plain, motions) else 0


def record(index: int, voting_class: int, c: ref.Point, sequence: int, seal: int, sealed: int) -> bytes:
    head = index.to_bytes(4, "big") + bytes([voting_class]) + ref.word(c[0]) + ref.word(c[1])
    written = head + bytes([sequence]) + ref.word(seal) + sealed.to_bytes(8, "big")
    assert len(written) == 110
    return written


@lru_cache
def separator_of(poll: bytes) -> bytes:
    return ref.domain_separator(CHAIN_ID, poll)


@lru_cache
def lender(number: int) -> tuple[int, ref.Point]:
    """Class and commitment of one of the made-up lenders."""
    return number % 4, ref.commit(10_000 * (number + 1), seeded(f"LenderVote/vector/seal/blind/{number}") % (ref.N - 1) + 1)


# --- cases -------------------------------------------------------------------------------------------------------------------------------


def hex_8(value: int) -> str:
    return hex_of(value.to_bytes(8, "big"))


def sealed_case(name: str, number: int, motions: int, plain: int, **changed: int) -> dict[str, Any]:
    """One honest sealing of a plain value, good or not; `changed`: index, sequence, poll or secret that the opening has instead."""
    secret, poll = number % len(SECRETS), number // 5 % len(POLLS)
    index, sequence = INDEXES[number % len(INDEXES)], SEQUENCES[number % len(SEQUENCES)]
    drawn = seeded(f"LenderVote/vector/seal/k/{name}/{number}") % (ref.N - 1) + 1
    seal, k = seal_of(drawn)
    shared = ref.multiply(k, ref.multiply(SECRETS[secret], ref.G))
    hiding = word(separator_of(POLLS[poll]), index, sequence, seal, shared)
    fields = {"index": index, "sequence": sequence, "poll": poll, "secret": secret} | changed
    case = written(name, number, motions, fields, seal, plain ^ hiding)
    if not changed:
        case |= {"drawn_k": hex_word(drawn), "k": hex_word(k), "plain": hex_8(plain)}
        case |= {"shared_address": hex_of(ref.address_of(shared)), "word": hex_8(hiding)}
    return case


def written(name: str, number: int, motions: int, fields: dict[str, int], seal: int, sealed: int) -> dict[str, Any]:
    """A ballot as the box has it, and what it opens to."""
    separator, secret = separator_of(POLLS[fields["poll"]]), SECRETS[fields["secret"]]
    voting_class, c = lender(number % LENDERS)
    index, sequence = fields["index"], fields["sequence"]
    opens_to = opened(secret, separator, index, sequence, seal, sealed, motions)
    return {
        "name": name,
        "motions": motions,
        "separator": hex_of(separator),
        "secret": hex_word(secret),
        "key": xy(ref.multiply(secret, ref.G)),
        "index": index,
        "voting_class": voting_class,
        "c": xy(c),
        "sequence": sequence,
        "seal": hex_word(seal),
        "sealed_choice": hex_8(sealed),
        "record": hex_of(record(index, voting_class, c, sequence, seal, sealed)),
        "opens_to": hex_8(opens_to),
        "choices": [opens_to >> 2 * motion & 3 for motion in range(motions)] if opens_to else [],
    }


def good() -> list[dict[str, Any]]:
    cases = [sealed_case("one motion", number, 1, number // 3 % 3 + 1) for number in range(GOOD_OF_ONE_MOTION)]
    for motions in range(2, MOST_MOTIONS + 1):
        for number in range(3):
            draws = ref.keccak(f"LenderVote/vector/seal/choices/{motions}/{number}".encode())
            choices = [3] * motions if number == 0 else [draws[motion] % 3 + 1 for motion in range(motions)]
            cases.append(sealed_case(f"{motions} motions", 1000 + 3 * motions + number, motions, plain_of(choices)))
    for case in cases:
        assert case["opens_to"] == case["plain"], case["name"]
    return cases


def no_point() -> int:
    """The smallest number above zero that is no x of a point."""
    return next(r for r in range(1, 100) if even(r) is None)


def point_beyond_order() -> int:
    """The smallest x of a point that is not below the order."""
    return next(r for r in range(ref.N, ref.P) if pow((pow(r, 3, ref.P) + 7) % ref.P, (ref.P - 1) // 2, ref.P) == 1)


def malformed() -> list[dict[str, Any]]:
    seals = {"off the curve": no_point(), "zero": 0, "the order": ref.N, "a point's x above the order": point_beyond_order()}
    seals |= {"p - 1": ref.P - 1, "p": ref.P, "2^256 - 1": 2**256 - 1}
    plains = {0: "choice 0", 4: "choice 4", 5: "two motions where there is one", 255: "choice 255", 2**40: "choice 2^40"}
    plains |= {2**62 + 1: "a bit far up", 2**64 - 1: "all bits"}
    fields = {"index": 7, "sequence": 1, "poll": 0, "secret": 0}
    cases = [
        written(f"seal: {name}", number, 1, fields, seal, seeded(f"LenderVote/vector/seal/garbage/{number}") >> 192)
        for number, (name, seal) in enumerate(seals.items())
    ]
    cases += [sealed_case(name, number, 1, plain) for number, (plain, name) in enumerate(plains.items())]
    cases += [
        sealed_case("first of two motions empty", 20, 2, plain_of([0, 1])),
        sealed_case("last of two motions empty", 21, 2, plain_of([1, 0])),
        sealed_case("one motion where there are sixteen", 22, 16, 1),
        sealed_case("one of sixteen motions empty", 23, 16, plain_of([1] * 7 + [0] + [2] * 8)),
        sealed_case("a seventeenth motion", 24, 16, plain_of([1] * 17)),
        sealed_case("copied to another index", 25, 1, 1, index=26),
        sealed_case("copied to another sequence", 26, 1, 1, sequence=5),
        sealed_case("copied to another poll", 27, 1, 1, poll=1),
        sealed_case("sealed to another key", 28, 1, 1, secret=2),
        written("garbage word under a good seal", 29, 1, fields, seal_of(seeded("garbage") % ref.N)[0], seeded("garbage word") >> 192),
    ]
    for case in cases:
        assert int(case["opens_to"], 16) == 0, case["name"]
    return cases


def seals_file() -> dict[str, Any]:
    return {"chain_id": CHAIN_ID, "polls": [hex_of(poll) for poll in POLLS], "good": good(), "malformed": malformed()}
