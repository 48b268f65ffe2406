"""A function, error or event of a contract, and how its arguments are read from bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from eth_abi.abi import decode

from backend.ground.common.hashing import keccak


@dataclass(frozen=True)
class Signature:
    """The names and ABI types of what a function, error or event takes and gives."""

    name: str
    inputs: tuple[tuple[str, str], ...]
    indexed: tuple[bool, ...]
    outputs: tuple[str, ...]

    @property
    def hash(self) -> bytes:
        """Keccak of the canonical signature; its first 4 bytes are the selector."""
        return keccak(f"{self.name}({','.join(kind for _, kind in self.inputs)})".encode())

    def read_input(self, data: bytes) -> dict[str, Any]:
        """The arguments by name, without the selector. Raises: eth_abi's DecodingError."""
        return dict(zip((name for name, _ in self.inputs), decode([kind for _, kind in self.inputs], data), strict=True))

    def read_event(self, topics: list[bytes], data: bytes) -> dict[str, Any]:
        """An event's arguments by name; the first topic is its own hash."""
        pairs = list(zip(self.inputs, self.indexed, strict=True))
        plain = [item for item, indexed in pairs if not indexed]
        args = dict(zip((name for name, _ in plain), decode([kind for _, kind in plain], data), strict=True))
        in_topics = [item for item, indexed in pairs if indexed]
        for (name, kind), topic in zip(in_topics, topics[1:], strict=True):
            args[name] = decode([kind], topic)[0]
        return {name: args[name] for name, _ in self.inputs}
