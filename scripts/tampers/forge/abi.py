"""Calls and events as contracts read and write them (ABI)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eth_abi.abi import encode
from eth_hash.auto import keccak

OPENED = ["bytes[]", "uint256", "bytes", "bool"]
CREATED = [*OPENED, "bytes[]", "bytes32"]
SIGNERS = ["bytes[]", "bytes[]"]
OPENINGS = "(uint256,uint256,uint256,uint256,uint256,uint256)[]"
CAST = [
    "(uint256,uint8,uint8,address,(bytes32,bytes32),uint64,(bytes32,bytes32))",
    "(uint8,uint256,uint256)",
    "bytes32[]",
]
BATCH = ["(bytes,uint64,(bytes32,bytes32))", "bytes", "bytes", "bytes32[]"]


def word(value: int) -> bytes:
    return value.to_bytes(32, "big")


def call(name: str, kinds: Sequence[str], values: Sequence[Any]) -> bytes:
    """A call's data."""
    return bytes(keccak(f"{name}({','.join(kinds)})".encode()))[:4] + encode(kinds, values)


def topic(name: str, kinds: Sequence[str]) -> bytes:
    return bytes(keccak(f"{name}({','.join(kinds)})".encode()))
