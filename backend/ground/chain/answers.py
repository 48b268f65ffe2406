"""What nodes answer, read to the letter: numbers, bytes and blocks as JSON-RPC writes them, and nothing else."""

from __future__ import annotations

import re

from backend.ground.chain.calls import Block
from backend.ground.chain.errors import NodeNotAnswering

HEX = re.compile(r"0x(?:[0-9a-fA-F]{2})*")
_QUANTITY = re.compile(r"0x[0-9a-fA-F]{1,64}")


def read_number(value: object) -> int:
    """A JSON-RPC quantity. Raises: NodeNotAnswering for anything else."""
    if isinstance(value, str) and _QUANTITY.fullmatch(value):
        return int(value, 16)
    raise NodeNotAnswering(reason="an answer that is no number")


def read_bytes(value: object) -> bytes:
    """JSON-RPC bytes. Raises: NodeNotAnswering for anything else."""
    if isinstance(value, str) and HEX.fullmatch(value):
        return bytes.fromhex(value[2:])
    raise NodeNotAnswering(reason="an answer that is no bytes")


def read_block(value: object) -> Block:
    """Number, hash and time of a block as a node gives it. Raises: NodeNotAnswering for anything else."""
    if not isinstance(value, dict) or len(read_bytes(value.get("hash"))) != 32:
        raise NodeNotAnswering(reason="an answer that is no block")
    return Block(read_number(value.get("number")), str(value["hash"]).lower(), read_number(value.get("timestamp")))
