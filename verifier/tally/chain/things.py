"""Blocks, transactions and logs, whoever showed them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Block:
    """A block's number, hash and time (seconds); the roots are empty where nobody can say what they mean.

    Where the chain's rule has certificates of finality, `seals` are the 65-byte signatures that the header carries beside what is hashed.
    `account_kind` stands in front of a contract's account in the state trie.
    """

    number: int
    hash: bytes
    timestamp: int
    parent_hash: bytes = b""
    state_root: bytes = b""
    transactions_root: bytes = b""
    receipts_root: bytes = b""
    seals: tuple[bytes, ...] = ()
    account_kind: bytes = b""

    @property
    def place(self) -> str:
        return f"block {self.number}"


@dataclass(frozen=True)
class Log:
    """One log of a contract, with its place in the chain."""

    address: bytes
    topics: tuple[bytes, ...]
    data: bytes
    block_number: int
    log_index: int  # within the block
    transaction_hash: bytes

    @property
    def place(self) -> str:
        return f"log {self.log_index} of block {self.block_number}, transaction 0x{self.transaction_hash.hex()}"

    @property
    def order(self) -> tuple[int, int]:
        """Its place in the order of the chain."""
        return self.block_number, self.log_index


@dataclass(frozen=True)
class Transaction:
    """What a transaction says, and the block in which it stands; `to` is empty for a creation, and then `created` is the new address."""

    hash: bytes
    to: bytes
    input: bytes
    block: Block
    created: bytes = b""

    @property
    def place(self) -> str:
        return f"transaction 0x{self.hash.hex()}"
