"""ABI encoding and decoding, by web3.py's codec.

The codec alone, not `Contract.encode_abi`: that walks every value three times more and takes 20 times as long (docs/adr/0013).
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eth_abi.codec import ABICodec


def encode(types: Sequence[str], values: Sequence[Any]) -> bytes:
    """The values as ABI types; bytes32 are 32 bytes, neither more nor fewer. Raises: eth_abi's EncodingError."""
    return _codec().encode(types, values)


def decode(types: Sequence[str], data: bytes) -> tuple[Any, ...]:
    """The values in ABI data; addresses as 0x-text in lower case. Raises: eth_abi's DecodingError."""
    return _codec().decode(types, data)


@functools.cache
def _codec() -> ABICodec:
    from backend.ground.chain.provider import without_node

    return without_node().codec
