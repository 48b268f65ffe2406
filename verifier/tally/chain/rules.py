"""How a chain hashes headers, transactions and receipts; chosen by whoever recounts, never guessed from an answer (protocol §13)."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from verifier.tally import curve, rlp
from verifier.tally.case import created_address
from verifier.tally.chain.node import Node, data, quantity, record, rows_of
from verifier.tally.chain.things import Block, Log, Transaction
from verifier.tally.chain.trie import root_of
from verifier.tally.findings import Wrong
from verifier.tally.keccak import keccak

ROOTS = ("parentHash", "stateRoot", "transactionsRoot", "receiptsRoot")
RawLog = tuple[bytes, tuple[bytes, ...], bytes]  # address, topics, data


@dataclass(frozen=True)
class Written:
    """A block's header as it is hashed, its transactions and receipts as they are in their tries."""

    header: bytes
    transactions: list[bytes]
    receipts: list[bytes]


class ChainRule(ABC):
    """Turns what a node shows of a block into what the block's hash proves. Everything raises Wrong."""

    #: Whether blocks carry certificates of finality (protocol §25.2).
    has_certificates = False
    #: By which questions a node shows a block, its receipts together, and one of them.
    block_question, receipts_question, receipt_question = "eth_getBlockByNumber", "eth_getBlockReceipts", "eth_getTransactionReceipt"

    def shown_head(self, node: Node, which: str, place: str) -> Block:
        """A block's header as a node shows it, by number in hex or by tag."""
        return self.header(record(node.told(self.block_question, [which, False], place), place))

    def shown_blocks(self, node: Node, numbers: Sequence[int], place: str) -> list[Any]:
        """Blocks with their transactions as a node shows them."""
        return node.many(self.block_question, [[hex(number), True] for number in numbers], place)

    @abstractmethod
    def header(self, fields: dict[str, Any]) -> Block:
        """The block of a header whose fields give its hash."""

    @abstractmethod
    def written(self, fields: dict[str, Any], receipts: Sequence[Any]) -> "Written":
        """A whole block as bytes, to be put into a bundle."""

    @abstractmethod
    def raw_header(self, raw: bytes, place: str) -> Block:
        """The block of a header as it is hashed."""

    @abstractmethod
    def raw_transaction(self, raw: bytes, block: Block) -> Transaction:
        """A transaction as it is in its block's trie."""

    @abstractmethod
    def raw_receipt(self, raw: bytes, place: str) -> list[RawLog]:
        """The logs of a receipt as it is in its block's trie; its transaction has to have succeeded."""

    @abstractmethod
    def transactions(self, block: Block, rows: Sequence[Any]) -> list[Transaction]:
        """All transactions of the block; together they give its transactions root."""

    @abstractmethod
    def logs(self, block: Block, hashes: Sequence[bytes], receipts: Sequence[Any], addresses: set[bytes]) -> list[Log]:
        """The logs of these addresses; all receipts of the block together give its receipts root. `hashes`: its transactions'."""


def place_of(fields: dict[str, Any]) -> str:
    """Which block a node says this is, where it says so readably."""
    try:
        return f"block {quantity(fields.get('number'), '')}"
    except Wrong:
        return "node: block"


class Ethereum(ChainRule):
    """Ethereum's rules up to Osaka."""

    def header(self, fields: dict[str, Any]) -> Block:
        place = place_of(fields)
        stated = data(fields.get("hash"), place, 32)
        found = keccak(rlp.header_bytes(fields))  # before any field is read: what cannot be hashed is no header
        if found != stated:
            raise Wrong("node.header", place, "its header does not give its hash", stated, found)
        number = quantity(fields.get("number"), place)
        parent, state, transactions, receipts = (data(fields.get(name), place, 32) for name in ROOTS)
        return Block(number, stated, quantity(fields.get("timestamp"), place), parent, state, transactions, receipts)

    def written(self, fields: dict[str, Any], receipts: Sequence[Any]) -> Written:
        place = f"block {fields.get('number')}"
        transactions = [rlp.transaction_bytes(record(row, place), place) for row in rows_of(fields.get("transactions"), place)]
        return Written(rlp.header_bytes(fields), transactions, [rlp.receipt_bytes(record(row, place), place) for row in receipts])

    def raw_header(self, raw: bytes, place: str) -> Block:
        fields = items_of(raw, "proof.header", place)
        if not len(rlp.HEADER_FIELDS) <= len(fields) <= len(rlp.HEADER_FIELDS) + len(rlp.LATER_HEADER_FIELDS):
            raise Wrong("proof.header", place, "is no header", f"{len(rlp.HEADER_FIELDS)} fields or some more", len(fields))
        named = dict(zip(rlp.HEADER_FIELDS, fields, strict=False))
        parent, state, transactions, receipts = (bytes_of(named[name], 32, "proof.header", place) for name in ROOTS)
        number, timestamp = (number_of(named[name], "proof.header", place) for name in ("number", "timestamp"))
        return Block(number, keccak(raw), timestamp, parent, state, transactions, receipts)

    def raw_transaction(self, raw: bytes, block: Block) -> Transaction:
        name, place = "proof.transaction", f"{block.place}, transaction"
        kind = raw[0] if raw[:1] < b"\xc0" else 0
        order = rlp.TRANSACTION_FIELDS.get(kind)
        fields = items_of(raw[1:] if kind else raw, name, place)
        if order is None or len(fields) != len(order) + 3:
            raise Wrong(name, place, "is of no known kind", "a transaction of type 0 to 4", raw[:1])
        named = dict(zip(order, fields, strict=False))
        to = b"" if named["to"] == b"" else bytes_of(named["to"], 20, name, place)
        created = b"" if to else created_address(_signer(kind, fields, place), number_of(named["nonce"], name, place))
        content = named["input"]
        return Transaction(keccak(raw), to, content if isinstance(content, bytes) else b"", block, created)

    def raw_receipt(self, raw: bytes, place: str) -> list[RawLog]:
        name = "proof.receipt"
        fields = items_of(raw[1:] if raw[:1] < b"\xc0" else raw, name, place)
        if len(fields) != 4 or fields[0] != b"\x01" or isinstance(fields[3], bytes):
            raise Wrong(name, place, "is no receipt of a transaction that succeeded", "status 1, gas, bloom, logs", len(fields))
        found = []
        for one in fields[3]:
            if isinstance(one, bytes) or len(one) != 3 or isinstance(one[1], bytes) or not isinstance(one[2], bytes):
                raise Wrong(name, place, "holds a log that is none", "address, topics, data", len(one))
            topics = tuple(bytes_of(topic, 32, name, place) for topic in one[1])
            found.append((bytes_of(one[0], 20, name, place), topics, one[2]))
        return found

    def transactions(self, block: Block, rows: Sequence[Any]) -> list[Transaction]:
        raws = [rlp.transaction_bytes(record(row, block.place), block.place) for row in rows]
        root = root_of(raws)
        if root != block.transactions_root:
            what = "its transactions do not give the root in its header"
            raise Wrong("node.transaction", block.place, what, block.transactions_root, root)
        return [self.transaction(raw, row, block) for raw, row in zip(raws, rows, strict=True)]

    def transaction(self, raw: bytes, row: dict[str, Any], block: Block) -> Transaction:
        """A transaction of the block from its fields, which gave its bytes."""
        place = f"{block.place}, transaction"
        to = b"" if row.get("to") is None else data(row["to"], place, 20)
        created = b"" if to else created_address(_sender(row, place), quantity(row.get("nonce"), place))
        return Transaction(keccak(raw), to, data(row.get("input"), place), block, created)

    def logs(self, block: Block, hashes: Sequence[bytes], receipts: Sequence[Any], addresses: set[bytes]) -> list[Log]:
        fields = [record(row, f"receipts of {block.place}") for row in receipts]
        root = root_of([rlp.receipt_bytes(one, block.place) for one in fields])
        if len(fields) != len(hashes) or root != block.receipts_root:
            raise Wrong("node.log", block.place, "its receipts do not give the root in its header", block.receipts_root, root)
        return self.logs_of(block, hashes, fields, addresses)

    @staticmethod
    def logs_of(block: Block, hashes: Sequence[bytes], fields: Sequence[dict[str, Any]], addresses: set[bytes]) -> list[Log]:
        """The logs of these addresses in receipts that gave the root."""
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


def items_of(raw: bytes, finding: str, place: str) -> list[rlp.Item]:
    """The fields of an RLP list. Raises Wrong."""
    try:
        found = rlp.decode(raw)
    except rlp.NotRlp as error:
        raise Wrong(finding, place, "is no RLP", "its one canonical writing", error) from error
    if isinstance(found, bytes):
        raise Wrong(finding, place, "is no list", "fields", "bytes")
    return list(found)


def bytes_of(item: rlp.Item, length: int, finding: str, place: str) -> bytes:
    if not isinstance(item, bytes) or len(item) != length:
        raise Wrong(finding, place, "a field has another length", f"{length} bytes", len(item))
    return item


def number_of(item: rlp.Item, finding: str, place: str) -> int:
    if not isinstance(item, bytes) or len(item) > 8 or item[:1] == b"\0":
        raise Wrong(finding, place, "a field is no number", "at most 8 bytes without leading zeros", len(item))
    return int.from_bytes(item, "big")


def _signer(kind: int, fields: list[rlp.Item], place: str) -> bytes:
    """The account that signed a transaction of these fields."""
    parity, r, s = (int.from_bytes(one, "big") if isinstance(one, bytes) else 0 for one in fields[-3:])
    digest, bit = rlp.signing_digest(kind, fields[:-3], parity)
    return _recovered(digest, r, s, bit, place)


def _recovered(digest: bytes, r: int, s: int, parity: int, place: str) -> bytes:
    try:
        return curve.recover(digest, r.to_bytes(32, "big"), s, 27 + parity)
    except (curve.SignatureWrong, OverflowError) as error:
        raise Wrong("node.transaction", place, "is signed by nobody", "a signature", error) from error


def _sender(row: dict[str, Any], place: str) -> bytes:
    """The account that signed a transaction, from its signature."""
    digest, r, s, parity = rlp.signed_part(row, place)
    return _recovered(digest, r, s, parity, place)
