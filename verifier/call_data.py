"""The inputs of calls as a Solidity contract reads them, wherever their parts lie and whatever fills them up.

A library's decoder wants the one usual layout. Whoever sends a call may choose another one that the contract takes all the same. A relay
that refused it would not see what was recorded, and a verifier would refuse a whole poll that the officials announced.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

_WORD, _WRAP = 32, 1 << 256
MOST_PARTS = 64  # of a bytes[]: the contracts take 32 signers; parts may lie over each other and fill the memory


class ArgumentsNotReadable(ValueError):
    """The bytes are no arguments of these types."""


def read_arguments(kinds: Sequence[str], data: bytes) -> tuple[Any, ...]:
    """Arguments without the selector: int, bool, bytes, 0x-text for addresses, tuples and lists. Raises: ArgumentsNotReadable."""
    try:
        return _row(kinds, data, 0, nested=False)
    except RecursionError as error:
        raise ArgumentsNotReadable("offsets lead in circles") from error


@functools.cache
def _parts(kind: str) -> tuple[str, ...]:
    """The types of a tuple's parts."""
    found, depth, start, inside = [], 0, 0, kind[1:-1]
    for place, sign in enumerate(inside):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            found.append(inside[start:place])
            start = place + 1
    return (*found, inside[start:])


@functools.cache
def _is_dynamic(kind: str) -> bool:
    return kind.endswith("[]") or kind in {"bytes", "string"} or (kind[0] == "(" and any(map(_is_dynamic, _parts(kind))))


@functools.cache
def _head(kind: str) -> int:
    """Bytes that a value takes in the head of its container."""
    return _WORD if _is_dynamic(kind) or kind[0] != "(" else sum(map(_head, _parts(kind)))


def _number(data: bytes, place: int) -> int:
    if not 0 <= place <= len(data) - _WORD:
        raise ArgumentsNotReadable("the call ends in the middle")
    return int.from_bytes(data[place : place + _WORD], "big")


def _row(kinds: Sequence[str], data: bytes, base: int, *, nested: bool) -> tuple[Any, ...]:
    values, place = [], base
    for kind in kinds:
        at = place
        if _is_dynamic(kind):
            offset = _number(data, place)
            # Solidity takes offsets inside of arguments as signed numbers, those of the call itself not.
            at = base + (offset - _WRAP if nested and offset >> 255 else offset)
        values.append(_value(kind, data, at))
        place += _head(kind)
    return tuple(values)


def _value(kind: str, data: bytes, place: int) -> Any:
    if kind.endswith("[]"):
        item, count = kind[:-2], _number(data, place)
        if item == "bytes" and count > MOST_PARTS:
            raise ArgumentsNotReadable("a list is longer than any that a contract takes")
        if count * _head(item) > len(data):
            raise ArgumentsNotReadable("a list is longer than the call")
        return list(_row((item,) * count, data, place + _WORD, nested=True))
    if kind[0] == "(":
        return _row(_parts(kind), data, place, nested=True)
    if kind in {"bytes", "string"}:
        length = _number(data, place)
        if place + _WORD + length > len(data):
            raise ArgumentsNotReadable("bytes are longer than the call")
        return data[place + _WORD : place + _WORD + length]
    return _scalar(kind, _number(data, place))


def _scalar(kind: str, value: int) -> Any:
    if kind == "bytes32":
        return value.to_bytes(_WORD, "big")
    bits = 160 if kind == "address" else 1 if kind == "bool" else int(kind.removeprefix("uint"))
    if value >> bits:
        raise ArgumentsNotReadable(f"{value} is no {kind}")
    return "0x" + value.to_bytes(20, "big").hex() if kind == "address" else bool(value) if kind == "bool" else value
