"""What a list of likenesses has to be (protocol §14), and the words of a finding; without web, tables, chain or clock."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from backend.ground.common.errors import BadInput
from backend.ground.common.hashing import canonical_json, keccak
from backend.ground.common.text import has_letters, line

MOST_PAIRS = 5000
MOST_REASON = 200
#: A list goes so long after its last pair was decided, and in any case so long after it was taken.
DECIDED_DAYS, MOST_DAYS = 30, 180
FINDINGS = ("same_person", "different", "documents")
_ADDRESS = re.compile(r"0x[0-9a-f]{40}")
_SIGNATURE = re.compile(r"0x[0-9a-f]{130}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class Band(StrEnum):
    """How like two faces are, by the verifier's word."""

    NEAR = "near"
    VERY_NEAR = "very_near"


class NotAList(Exception):
    """The field that is not as it should be."""


@dataclass(frozen=True)
class LikenessList:
    """A list as it was signed; `pairs` are (rank, first index, second index, band)."""

    verifier: str
    signature: bytes
    digest: bytes
    poll: str
    model: str
    made_at: str
    searched: int
    fmr_ppb: int
    expected_false_milli: int
    pairs: tuple[tuple[int, int, int, Band], ...]


def read_list(statement: Mapping[str, Any]) -> LikenessList:
    """The list in a statement; its signature is still to be checked over `digest`. Raises: NotAList."""
    if statement.get("kind") != "likenesses":
        raise NotAList("kind")
    texts = {
        "verifier": _ADDRESS,
        "signature": _SIGNATURE,
        "poll": _ADDRESS,
        "made_at": _MOMENT,
        "model": re.compile(r"[\x20-\x7e]{1,100}"),
    }
    for field, form in texts.items():
        if not isinstance(statement.get(field), str) or not form.fullmatch(statement[field]):
            raise NotAList(field)
    for field in ("searched", "fmr_ppb", "expected_false_milli"):
        if not _is_count(statement.get(field)):
            raise NotAList(field)
    try:
        said = canonical_json({key: value for key, value in statement.items() if key != "signature"})
    except (TypeError, ValueError) as error:
        raise NotAList("pairs") from error
    return LikenessList(
        statement["verifier"],
        bytes.fromhex(statement["signature"][2:]),
        keccak(b"LenderVote/1/statement" + said),
        statement["poll"],
        statement["model"],
        statement["made_at"],
        statement["searched"],
        statement["fmr_ppb"],
        statement["expected_false_milli"],
        _pairs(statement.get("pairs")),
    )


def read_line(text: str, most: int) -> str | None:
    """One line of text with something to read in it, or None."""
    try:
        said = line(text, most)
    except BadInput:
        return None
    return said if has_letters(said) else None


def _pairs(pairs: object) -> tuple[tuple[int, int, int, Band], ...]:
    if not isinstance(pairs, list) or len(pairs) > MOST_PAIRS:
        raise NotAList("pairs")
    found = []
    for place, pair in enumerate(pairs, start=1):
        if not isinstance(pair, dict) or not all(_is_count(pair.get(key)) for key in ("rank", "first", "second")):
            raise NotAList(f"pairs {place}")
        if pair["rank"] != place or not pair["first"] < pair["second"] < 2**24 or pair.get("band") not in tuple(Band):
            raise NotAList(f"pairs {place}")
        found.append((pair["rank"], pair["first"], pair["second"], Band(pair["band"])))
    return tuple(found)


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value < 2**53
