"""A function or error of a contract, and how its arguments are read from bytes."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.ground.chain import codec
from backend.ground.common.hashing import keccak


@dataclass(frozen=True)
class Signature:
    """The names and ABI types of what a function or error takes."""

    name: str
    inputs: tuple[tuple[str, str], ...]

    @functools.cached_property
    def hash(self) -> bytes:
        """Keccak of the canonical signature; its first 4 bytes are the selector."""
        return keccak(f"{self.name}({','.join(self.types)})".encode())

    @property
    def types(self) -> list[str]:
        """The ABI types alone."""
        return [kind for _, kind in self.inputs]

    def read_input(self, data: bytes) -> dict[str, Any]:
        """The arguments by name, without the selector. Raises: eth_abi's DecodingError."""
        return dict(zip((name for name, _ in self.inputs), codec.decode(self.types, data), strict=True))


def signature_of(entry: Mapping[str, Any]) -> Signature:
    """An entry of a contract's interface."""
    from web3.utils import get_abi_input_names, get_abi_input_types

    element: Any = entry
    names, types = get_abi_input_names(element), get_abi_input_types(element)
    return Signature(entry.get("name", ""), tuple((str(name), kind) for name, kind in zip(names, types, strict=True)))
