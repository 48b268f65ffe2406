"""The lines of an openings file, in their one spelling: first what register it is, then one leaf a line (protocol §19)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from verifier.register.hashes import canonical_json

_HEADER = {"case": str, "chain_id": int, "claims_keccak": str, "class_names": list, "register_number": int, "with_related": bool}
_LEAF = {"amount_fen": int, "blind": str, "index": int, "rows": list, "voting_class": int}
_BLIND = re.compile("0x[0-9a-f]{64}")
#: Python writes out numbers to 4,300 digits; sums and neighbours of those that are let in stay below.
_MOST_DIGITS = 4_000


class LineWrong(Exception):
    """A line is not the canonical JSON that belongs there."""


@dataclass(frozen=True)
class Header:
    """Which register the leaves belong to, by the word of whoever made the file."""

    case: str
    chain_id: int
    claims_keccak: str
    class_names: list[str]
    register_number: int
    with_related: bool


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf's opening, and the rows of the claims file that make up its lender."""

    index: int
    voting_class: int
    amount_fen: int
    blind: int
    rows: list[int]


def read_header(line: bytes) -> Header:
    """The first line. Raises: LineWrong."""
    header = Header(**_object(line, _HEADER))
    if not all(type(name) is str for name in header.class_names):
        raise LineWrong
    return header


def read_leaf(line: bytes) -> Leaf:
    """Any other line. Raises: LineWrong."""
    value = _object(line, _LEAF)
    rows = value["rows"]
    if not all(type(row) is int for row in rows) or not _BLIND.fullmatch(value["blind"]):
        raise LineWrong
    return Leaf(value["index"], value["voting_class"], value["amount_fen"], int(value["blind"], 16), rows)


def _number(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise LineWrong
    return int(digits)


def _object(line: bytes, kinds: Mapping[str, type]) -> dict[str, Any]:
    try:
        value = json.loads(line, parse_int=_number)
        same = canonical_json(value) == line
    except (ValueError, RecursionError) as error:
        raise LineWrong from error
    if not same or type(value) is not dict or value.keys() != kinds.keys():
        raise LineWrong
    if any(type(value[key]) is not kind for key, kind in kinds.items()):
        raise LineWrong
    return value
