"""The Solidity ABI, as far as the two contracts use it.

The decoder reads what a Solidity contract would read, and no more: lengths and offsets must stay inside the data, numbers inside their
types. It is as lenient as a contract about where the parts of a call lie, because whoever sends a ballot chooses that, and must not be
able to spoil a recount by it.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from verifier.tally.keccak import keccak, word

MOST_PARTS = 64  # of a list of parts: the contracts take 32 signers or seats. Parts that lie over each other could fill the memory.


class NotDecodable(ValueError):
    """The bytes are no encoding of the types."""


@cache
def members(kind: str) -> tuple[str, ...]:
    """The members of a tuple type `(a,b,...)`, minding parentheses."""
    parts, depth, start, inside = [], 0, 0, kind[1:-1]
    for place, character in enumerate(inside):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append(inside[start:place])
            start = place + 1
    return (*parts, inside[start:]) if inside else ()


@cache
def is_dynamic(kind: str) -> bool:
    """Whether values of the type have no fixed length."""
    return kind.endswith("[]") or kind == "bytes" or (kind[0] == "(" and any(is_dynamic(part) for part in members(kind)))


@cache
def head_length(kind: str) -> int:
    """Bytes that a value takes in the head of its container."""
    if is_dynamic(kind) or kind[0] != "(":
        return 32
    return sum(head_length(part) for part in members(kind))


def _read(data: bytes, place: int) -> int:
    if place < 0 or place + 32 > len(data):
        raise NotDecodable(f"data of {len(data)} bytes ends before byte {place + 32}")
    return int.from_bytes(data[place : place + 32], "big")


def _scalar(kind: str, value: int) -> Any:
    if kind == "bytes32":
        return word(value)
    if kind == "bool":
        if value > 1:
            raise NotDecodable(f"{value} is no bool")
        return value == 1
    bits = 160 if kind == "address" else int(re.fullmatch(r"uint(\d+)", kind)[1])  # type: ignore[index]
    if value >> bits:
        raise NotDecodable(f"{value} does not fit {kind}")
    return value.to_bytes(20, "big") if kind == "address" else value


def _decode_one(kind: str, data: bytes, place: int) -> Any:
    """The value whose encoding starts at `place`."""
    if kind[0] == "(" and not kind.endswith("[]"):
        return _decode_row(members(kind), data, place, nested=True)
    if kind.endswith("[]"):
        item, count = kind[:-2], _read(data, place)
        if count * head_length(item) > len(data):
            raise NotDecodable(f"a list of {count} does not fit {len(data)} bytes")
        if is_dynamic(item) and count > MOST_PARTS:
            raise NotDecodable(f"a list of {count} is longer than any that a contract takes")
        return list(_decode_row((item,) * count, data, place + 32, nested=True))
    if kind == "bytes":
        length = _read(data, place)
        if place + 32 + length > len(data):
            raise NotDecodable(f"{length} bytes do not fit in {len(data)}")
        return data[place + 32 : place + 32 + length]
    return _scalar(kind, _read(data, place))


def _decode_row(kinds: Sequence[str], data: bytes, base: int, *, nested: bool) -> tuple[Any, ...]:
    values, place = [], base
    for kind in kinds:
        if is_dynamic(kind):
            offset = _read(data, place)
            if nested and offset >> 255:  # Solidity compares nested offsets of call data as signed numbers, those of the call itself not
                offset -= 2**256
            values.append(_decode_one(kind, data, base + offset))
        else:
            values.append(_decode_one(kind, data, place))
        place += head_length(kind)
    return tuple(values)


def decode(kinds: str, data: bytes, start: int = 0) -> tuple[Any, ...]:
    """The values of a tuple type `(a,b,...)` encoded in `data` from byte `start` on. Raises NotDecodable."""
    try:
        return _decode_row(members(kinds), data, start, nested=False)
    except RecursionError as error:
        raise NotDecodable("offsets lead in circles") from error


def _encode_one(kind: str, value: Any) -> bytes:
    if kind.endswith("[]"):
        return word(len(value)) + _encode_row((kind[:-2],) * len(value), value)
    if kind[0] == "(":
        return _encode_row(members(kind), value)
    if kind == "bytes":
        return word(len(value)) + bytes(value) + bytes(-len(value) % 32)
    if kind == "address":
        return bytes(12) + bytes(value)
    return bytes(value) if kind == "bytes32" else word(int(value))


def _encode_row(kinds: Sequence[str], values: Sequence[Any]) -> bytes:
    head, tail, length = b"", b"", sum(head_length(kind) for kind in kinds)
    for kind, value in zip(kinds, values, strict=True):
        piece = _encode_one(kind, value)
        if is_dynamic(kind):
            head, tail = head + word(length + len(tail)), tail + piece
        else:
            head += piece
    return head + tail


def encode(kinds: str, *values: Any) -> bytes:
    """abi.encode of the values in a tuple type `(a,b,...)`."""
    return _encode_row(members(kinds), values)


def selector(name: str, inputs: str) -> bytes:
    """The first four bytes of a call."""
    return keccak((name + inputs).encode())[:4]
