"""How a chain hashes headers, transactions and receipts; chosen by whoever recounts, never guessed from an answer (protocol §13)."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from verifier.tally import curve, rlp
from verifier.tally.case import created_address
from verifier.tally.chain.node import data, quantity, record, rows_of
from verifier.tally.chain.things import Block, Log, Transaction
from verifier.tally.chain.trie import root_of
from verifier.tally.findings import Wrong
from verifier.tally.keccak import keccak


class ChainRule(ABC):
    """Turns what a node shows of a block into what the block's hash proves. Everything raises Wrong."""

    @abstractmethod
    def header(self, fields: dict[str, Any]) -> Block:
        """The block of a header whose fields give its hash."""

    @abstractmethod
    def transactions(self, block: Block, rows: Sequence[Any]) -> list[Transaction]:
        """All transactions of the block; together they give its transactions root."""

    @abstractmethod
    def logs(self, block: Block, hashes: Sequence[bytes], receipts: Sequence[Any], addresses: set[bytes]) -> list[Log]:
        """The logs of these addresses; all receipts of the block together give its receipts root. `hashes`: its transactions'."""


class Ethereum(ChainRule):
    """Ethereum's rules up to Osaka."""

    def header(self, fields: dict[str, Any]) -> Block:
        number = quantity(fields.get("number"), "node: block")
        place = f"block {number}"
        stated = data(fields.get("hash"), place, 32)
        found = rlp.block_hash(fields)
        if found != stated:
            raise Wrong("node.header", place, "its header does not give its hash", stated, found)
        roots = (data(fields.get(name), place, 32) for name in ("parentHash", "stateRoot", "transactionsRoot", "receiptsRoot"))
        return Block(number, stated, quantity(fields.get("timestamp"), place), *roots)

    def transactions(self, block: Block, rows: Sequence[Any]) -> list[Transaction]:
        raws = [rlp.transaction_bytes(record(row, block.place), block.place) for row in rows]
        root = root_of(raws)
        if root != block.transactions_root:
            what = "its transactions do not give the root in its header"
            raise Wrong("node.transaction", block.place, what, block.transactions_root, root)
        return [_transaction(raw, row, block) for raw, row in zip(raws, rows, strict=True)]

    def logs(self, block: Block, hashes: Sequence[bytes], receipts: Sequence[Any], addresses: set[bytes]) -> list[Log]:
        fields = [record(row, f"receipts of {block.place}") for row in receipts]
        root = root_of([rlp.receipt_bytes(one, block.place) for one in fields])
        if len(fields) != len(hashes) or root != block.receipts_root:
            raise Wrong("node.log", block.place, "its receipts do not give the root in its header", block.receipts_root, root)
        found, place = [], 0
        for transaction_hash, receipt in zip(hashes, fields, strict=True):
            for row in rows_of(receipt.get("logs"), block.place):
                one = record(row, block.place)
                address = data(one.get("address"), block.place, 20)
                if address in addresses:
                    topics = tuple(data(topic, block.place, 32) for topic in rows_of(one.get("topics"), block.place))
                    found.append(Log(address, topics, data(one.get("data"), block.place), block.number, place, transaction_hash))
                place += 1
        return found


def _transaction(raw: bytes, row: dict[str, Any], block: Block) -> Transaction:
    place = f"{block.place}, transaction"
    to = b"" if row.get("to") is None else data(row["to"], place, 20)
    created = b"" if to else created_address(_sender(row, place), quantity(row.get("nonce"), place))
    return Transaction(keccak(raw), to, data(row.get("input"), place), block, created)


def _sender(row: dict[str, Any], place: str) -> bytes:
    """The account that signed a transaction, from its signature."""
    digest, r, s, parity = rlp.signed_part(row, place)
    try:
        return curve.recover(digest, r.to_bytes(32, "big"), s, 27 + parity)
    except (curve.SignatureWrong, OverflowError) as error:
        raise Wrong("node.transaction", place, "is signed by nobody", "a signature", error) from error


RULES: dict[str, ChainRule] = {"ethereum": Ethereum()}
