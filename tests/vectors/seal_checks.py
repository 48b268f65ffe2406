"""seal_checks.json: what a ballot page shows another device of a seal, and what that device finds (protocol §22.5)."""

from __future__ import annotations

from typing import Any

from tests.vectors import reference as ref
from tests.vectors import seals
from tests.vectors.seeds import CASE, CHAIN_ID, hex_of, hex_word, seeded

POLL_NUMBER, MOTIONS = 1, 3
SECRET = seals.SECRETS[0]
KEY = ref.multiply(SECRET, ref.G)
POLL = ref.created_address(ref.created_address(CASE, 1), POLL_NUMBER + 1)


def compressed(point: ref.Point) -> str:
    return "0x" + (b"\x02" if point[1] % 2 == 0 else b"\x03").hex() + ref.word(point[0]).hex()


def lines(name: str, index: int, sequence: int, choices: list[int]) -> dict[str, Any]:
    """Both lines of one seal, with the choices that it holds."""
    seal, k = seals.seal_of(seeded(f"LenderVote/vector/seal check/{name}") % (ref.N - 1) + 1)
    plain = seals.plain_of(choices)
    separator = ref.domain_separator(CHAIN_ID, POLL)
    sealed = plain ^ seals.word(separator, index, sequence, seal, ref.multiply(k, KEY))
    first = f"lendervote-seal/1 {hex_of(CASE)} {POLL_NUMBER} {index} {sequence} {hex_word(seal)} {seals.hex_8(sealed)}"
    return {
        "name": name,
        "first": first,
        "second": f"lendervote-open/1 {hex_word(k)} {compressed(KEY)} {seals.hex_8(plain)}",
        "index": index,
        "sequence": sequence,
        "choices": choices,
    }


def refusals(one: dict[str, Any], other: dict[str, Any]) -> list[dict[str, Any]]:
    """Lines that do not fit together, or are none, with the rule that each breaks."""
    first, second = one["first"], one["second"]
    _, k, key, plain = second.split(" ")
    other_plain = seals.hex_8(int(plain, 16) ^ 3)

    def case(name: str, why: str, first: str = first, second: str = second) -> dict[str, Any]:
        return {"name": name, "why": why, "first": first, "second": second}

    def opened(*words: str) -> str:
        return " ".join(("lendervote-open/1", *words))

    return [
        case("another plain value", "other_choice", second=opened(k, key, other_plain)),
        case("k of another seal", "other_seal", second=other["second"]),
        case("the other k of the same x", "other_seal", second=opened(hex_word(ref.N - int(k, 16)), key, plain)),
        case("another key", "other_key", second=opened(k, compressed(ref.multiply(2, KEY)), plain)),
        case("the key's other half", "other_key", second=opened(k, "0x03" + key[4:] if key[3] == "2" else "0x02" + key[4:], plain)),
        case("another case", "other_poll", first=first.replace(hex_of(CASE), "0x" + "11" * 20)),
        case("another poll", "other_poll", first=first.replace(f" {POLL_NUMBER} ", f" {POLL_NUMBER + 1} ", 1)),
        case("another index", "other_choice", first=first.replace(f" {one['index']} ", f" {one['index'] + 1} ", 1)),
        case("k is 0", "unread", second=opened(hex_word(0), key, plain)),
        case("k is the order", "unread", second=opened(hex_word(ref.N), key, plain)),
        case("a key off the curve", "unread", second=opened(k, "0x02" + hex_word(5)[2:], plain)),
        case("the second line first", "unread", first=second),
        case("a word more", "unread", first=first + " 1"),
        case("a word too short", "unread", first=first[:-1]),
        case("nothing", "unread", second=""),
    ]


def seal_checks_file() -> dict[str, Any]:
    good = [
        lines("one motion", 4, 1, [2]),
        lines("three motions", 255, 63, [1, 3, 2]),
        lines("for", 0, 1, [1]),
    ]
    return {
        "chain_id": CHAIN_ID,
        "case": hex_of(CASE),
        "poll_number": POLL_NUMBER,
        "poll": hex_of(POLL),
        "seal_key": "0x" + ref.address_of(KEY).hex(),
        "good": good,
        "wrong": refusals(good[0], good[1]),
    }
