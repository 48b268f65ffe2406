"""What a draw needs of the chain, asked of one node: when the register was frozen, and the block from which the seed is."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.sampling.draw import BLOCKS_LATER
from verifier.tally.chain.node import Node, data, quantity, record
from verifier.tally.contracts import DIALECTS

from .errors import OpeningsOfAnotherRegister, SeedNotThere


@dataclass(frozen=True)
class FrozenThere:
    """A register as the chain has it; the block is that of the seed."""

    chain_id: int
    root: bytes
    block_number: int
    block_hash: bytes


def frozen_there(url: str, case: bytes, number: int, confirmations: int, from_block: int = 0) -> FrozenThere:
    """Raises: OpeningsOfAnotherRegister where there is none, SeedNotThere, verifier.tally.findings.Wrong."""
    node = Node(url)
    try:
        head = quantity(node.ask("eth_blockNumber", [], "head"), "head")
        topics = ["0x" + topic.hex() for topic, name in DIALECTS[max(DIALECTS)].names.items() if name == "RegisterFrozen"]
        wanted = {"address": ["0x" + case.hex()], "topics": [topics, f"0x{number:064x}"]}
        rows = [row for _, found in node.log_rows(wanted, from_block, head) for row in found]
        if len(rows) != 1:
            raise OpeningsOfAnotherRegister(number=number, what=f"RegisterFrozen x {len(rows)}")
        row = record(rows[0], "RegisterFrozen")
        block = quantity(row.get("blockNumber"), "RegisterFrozen") + BLOCKS_LATER
        if head < block + confirmations:
            raise SeedNotThere(block=block, head=head, needed=block + confirmations)
        shown = record(node.ask("eth_getBlockByNumber", [hex(block), False], "block"), "block")
        return FrozenThere(node.chain_id(), data(row.get("data"), "RegisterFrozen")[:32], block, data(shown.get("hash"), "block", 32))
    finally:
        node.close()
