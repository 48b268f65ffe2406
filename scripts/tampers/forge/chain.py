"""Blocks with right hashes and roots around whatever stands in them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_hash.auto import keccak
from eth_utils.address import to_checksum_address

from tests.contracts.ballot_box import secret
from verifier.tally import rlp
from verifier.tally.chain.trie import EMPTY_ROOT, proof_of, root_of

CHAIN_ID = 31337
GAS_LIMIT = 30_000_000
BLOOM = bytes(256)
Log = tuple[bytes, tuple[bytes, ...], bytes]  # address, topics, data


@dataclass
class Sending:
    """A transaction and the logs that it is said to have made; `to` is empty for a creation."""

    to: bytes
    data: bytes
    logs: list[Log] = field(default_factory=list)
    sender: bytes = field(default_factory=lambda: secret("sender"))
    status: int = 1
    raw: bytes = b""  # stands in the block in place of a signed transaction


@dataclass
class Forged:
    """A block: its number follows from its place, its header from what stands in it and from the block before."""

    time: int
    sendings: list[Sending]
    number: int = 0
    header: bytes = b""
    raws: list[bytes] = field(default_factory=list)
    receipts: list[bytes] = field(default_factory=list)

    @property
    def hash(self) -> bytes:
        return bytes(keccak(self.header))

    def line(self) -> dict[str, Any]:
        """The block as a bundle has it, with a proof of everything in it."""

        def proofs(items: list[bytes]) -> list[dict[str, Any]]:
            return [{"index": i, "proof": ["0x" + node.hex() for node in proof_of(items, i)]} for i in range(len(items))]

        return {
            "number": self.number,
            "header": "0x" + self.header.hex(),
            "transactions": proofs(self.raws),
            "receipts": proofs(self.receipts),
        }


@dataclass
class ForgedChain:
    """Blocks in order; `seal` makes headers, `lines` the bundle's file."""

    blocks: list[Forged] = field(default_factory=list)
    first_number: int = 1
    state_roots: dict[int, bytes] = field(default_factory=dict)

    def add(self, time: int, *sendings: Sending) -> Forged:
        """A block of that time, or the last one again when it has the same time and no header yet."""
        self.blocks.append(Forged(time, list(sendings), self.first_number + len(self.blocks)))
        return self.blocks[-1]

    def seal(self) -> None:
        """Give every block its transactions' signatures, its roots and its parent."""
        nonces: dict[bytes, int] = {}
        parent = bytes(32)
        for block in self.blocks:
            self.seal_one(block, parent, nonces)
            parent = block.hash

    def seal_one(self, block: Forged, parent: bytes, nonces: dict[bytes, int]) -> None:
        """Give one block its transactions' signatures, its roots and its parent."""
        block.raws = [_signed(one, nonces) for one in block.sendings]
        block.receipts = [_receipt(one, i) for i, one in enumerate(block.sendings)]
        block.header = _header(block, parent, self.state_roots.get(block.number, EMPTY_ROOT))

    @property
    def head(self) -> Forged:
        return self.blocks[-1]

    def lines(self, blocks: Iterable[Forged] | None = None) -> list[dict[str, Any]]:
        """From the head down."""
        return [one.line() for one in sorted(blocks or self.blocks, key=lambda one: -one.number)]

    def jsonl(self, change: Callable[[list[dict[str, Any]]], object] = lambda _: None) -> bytes:
        """blocks.jsonl, after a change of its lines."""
        lines = self.lines()
        change(lines)
        return b"".join(json.dumps(line, sort_keys=True, separators=(",", ":")).encode() + b"\n" for line in lines)


def _signed(one: Sending, nonces: dict[bytes, int]) -> bytes:
    if one.raw:
        return one.raw
    nonce = nonces.get(one.sender, 0)
    nonces[one.sender] = nonce + 1
    return _transaction(one.sender, nonce, one.to, one.data)


@lru_cache(maxsize=2048)  # hundreds of forged votes begin alike, and the same fields give the same signature
def _transaction(sender: bytes, nonce: int, to: bytes, data: bytes) -> bytes:
    fields: dict[str, Any] = {
        "type": 2,
        "chainId": CHAIN_ID,
        "nonce": nonce,
        "maxFeePerGas": 10**9,
        "maxPriorityFeePerGas": 10**9,
        "gas": 16_000_000,
        "value": 0,
        "data": data,
    }
    account: LocalAccount = Account.from_key(sender)
    return bytes(account.sign_transaction(fields | ({"to": to_checksum_address(to)} if to else {})).raw_transaction)


def _number(value: int) -> bytes:
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def _receipt(one: Sending, place: int) -> bytes:
    logs: list[rlp.Item] = [[address, list(topics), data] for address, topics, data in one.logs]
    return b"\x02" + rlp.encode([_number(one.status), _number(21_000 * (place + 1)), BLOOM, logs])


def _header(block: Forged, parent: bytes, state_root: bytes) -> bytes:
    roots = (state_root, root_of(block.raws), root_of(block.receipts))
    fields: list[rlp.Item] = [
        parent,
        bytes(keccak(rlp.encode([]))),
        bytes(20),
        *roots,
        BLOOM,
        b"",
        _number(block.number),
        _number(GAS_LIMIT),
        _number(21_000 * len(block.sendings)),
        _number(block.time),
        b"",
        bytes(32),
        bytes(8),
        _number(7),
        EMPTY_ROOT,
    ]
    return rlp.encode(fields)
