"""Kaia's rule: how a chain of several parties that runs Kaia hashes headers, transactions and receipts, and who sealed a block (§25.1)."""

from collections.abc import Sequence
from typing import Any

from verifier.tally import curve, rlp
from verifier.tally.chain.node import Node, data, quantity, record, rows_of
from verifier.tally.chain.rules import ROOTS, Ethereum, Written, bytes_of, items_of, number_of, place_of
from verifier.tally.chain.things import Block, Log, Transaction
from verifier.tally.chain.trie import root_of
from verifier.tally.findings import Wrong
from verifier.tally.keccak import keccak

#: Fields of a header in the order in which they are hashed, as nodes name them; those in NUMBERS are numbers, all others bytes.
FIELDS = (
    *("parentHash", "reward", "stateRoot", "transactionsRoot", "receiptsRoot", "logsBloom", "blockScore", "number", "gasUsed"),
    *("timestamp", "timestampFoS", "extraData", "governanceData", "voteData", "baseFeePerGas"),
)
NUMBERS = {"blockScore", "number", "gasUsed", "timestamp", "timestampFoS", "baseFeePerGas"}
EXTRA = FIELDS.index("extraData")
VANITY_BYTES, SEAL_BYTES = 32, 65
#: In front of a transaction that Ethereum types; in front of a call of a contract by Kaia's own kinds, whoever pays for it.
TYPED, CALLS = 0x78, (0x30, 0x31, 0x32)
CALL_TO, CALL_INPUT = 3, 6
CONTRACT_ACCOUNT = b"\x02"
COMMITTED = b"\x02"  # behind the header's hash in what a validator seals
RAW = "kaia_getRawTransactionByBlockNumberAndIndex"


class Kaia(Ethereum):
    """Kaia's rules from Magma to Cancun, without Randao; tries are Ethereum's."""

    has_certificates = True
    block_question, receipts_question, receipt_question = "kaia_getBlockByNumber", "kaia_getBlockReceipts", "kaia_getTransactionReceipt"

    def shown_blocks(self, node: Node, numbers: Sequence[int], place: str) -> list[Any]:
        """Headers as a node shows them; of the transactions the bytes, since kinds of their own are shown in other fields."""
        blocks = [record(one, place) for one in node.many(self.block_question, [[hex(number), False] for number in numbers], place)]
        counts = [len(rows_of(block.get("transactions"), place)) for block in blocks]
        wanted = [[hex(number), hex(index)] for number, count in zip(numbers, counts, strict=True) for index in range(count)]
        raws = iter(node.many(RAW, wanted, place) if wanted else [])
        return [{**block, "transactions": [{"hash": given, "raw": next(raws)} for given in block["transactions"]]} for block in blocks]

    def header(self, fields: dict[str, Any]) -> Block:
        place = place_of(fields)
        stated = data(fields.get("hash"), place, 32)
        block = self.raw_header(header_bytes(fields), place, "node.header")
        if block.hash != stated:
            raise Wrong("node.header", place, "its header does not give its hash", stated, block.hash)
        return block

    def written(self, fields: dict[str, Any], receipts: Sequence[Any]) -> Written:
        place = f"block {fields.get('number')}"
        rows = [record(row, place) for row in rows_of(fields.get("transactions"), place)]
        transactions = [data(row.get("raw"), place) for row in rows]
        return Written(header_bytes(fields), transactions, [receipt_bytes(record(row, place), place) for row in receipts])

    def raw_header(self, raw: bytes, place: str, finding: str = "proof.header") -> Block:
        """The block of a whole header, seals included; its hash leaves them out."""
        fields = items_of(raw, finding, place)
        if len(fields) != len(FIELDS) or not all(isinstance(one, bytes) for one in fields):
            raise Wrong(finding, place, "is no header", f"{len(FIELDS)} fields", len(fields))
        named = dict(zip(FIELDS, fields, strict=True))
        parent, state, transactions, receipts = (bytes_of(named[name], 32, finding, place) for name in ROOTS)
        number, timestamp = (number_of(named[name], finding, place) for name in ("number", "timestamp"))
        extra = named["extraData"]
        assert isinstance(extra, bytes)
        hashed, seals = unsealed(extra, finding, place)
        found = keccak(rlp.encode([*fields[:EXTRA], hashed, *fields[EXTRA + 1 :]]))
        return Block(number, found, timestamp, parent, state, transactions, receipts, seals, CONTRACT_ACCOUNT)

    def raw_transaction(self, raw: bytes, block: Block) -> Transaction:
        kind = raw[0] if raw else 0
        if kind == TYPED and len(raw) > 1:
            return super().raw_transaction(raw[1:], block)
        if kind >= 0xC0:
            return super().raw_transaction(raw, block)
        name, place = "proof.transaction", f"{block.place}, transaction"
        fields = items_of(raw[1:], name, place)
        if kind not in CALLS:  # it moves value, changes an account's key, and the like: none of our contracts is called by it
            return Transaction(keccak(raw), b"", b"", block)
        content = fields[CALL_INPUT] if len(fields) > CALL_INPUT else []
        if not isinstance(content, bytes):
            raise Wrong(name, place, "is no call of a contract", "nonce, price, gas, to, value, from, input", len(fields))
        return Transaction(keccak(raw), bytes_of(fields[CALL_TO], 20, name, place), content, block)

    def transactions(self, block: Block, rows: Sequence[Any]) -> list[Transaction]:
        raws = [data(record(row, block.place).get("raw"), block.place) for row in rows]
        root = root_of(raws)
        if root != block.transactions_root:
            what = "its transactions do not give the root in its header"
            raise Wrong("node.transaction", block.place, what, block.transactions_root, root)
        try:
            return [self.raw_transaction(raw, block) for raw in raws]
        except Wrong as wrong:
            raise wrong.renamed("node.transaction") from wrong

    def logs(self, block: Block, hashes: Sequence[bytes], receipts: Sequence[Any], addresses: set[bytes]) -> list[Log]:
        fields = [record(row, f"receipts of {block.place}") for row in receipts]
        root = root_of([receipt_bytes(one, block.place) for one in fields])
        if len(fields) != len(hashes) or root != block.receipts_root:
            raise Wrong("node.log", block.place, "its receipts do not give the root in its header", block.receipts_root, root)
        return self.logs_of(block, hashes, fields, addresses)


def unsealed(extra: bytes, finding: str, place: str) -> tuple[bytes, tuple[bytes, ...]]:
    """A header's extra data as it is hashed, without round and commit seals; and those seals. Raises Wrong."""
    parts = items_of(extra[VANITY_BYTES:], finding, place)
    if len(extra) < VANITY_BYTES or len(parts) != 3 or isinstance(parts[0], bytes) or isinstance(parts[2], bytes):
        raise Wrong(finding, place, "its extra data is none", "validators, seal, commit seals", extra[:40])
    seals = tuple(bytes_of(one, SEAL_BYTES, finding, place) for one in parts[2])
    return extra[: VANITY_BYTES - 1] + b"\0" + rlp.encode([parts[0], parts[1], []]), seals


def sealers(block: Block) -> list[bytes]:
    """Who sealed a block, by address, in the order of its seals. Raises Wrong for a seal by nobody."""
    digest = keccak(block.hash + COMMITTED)
    try:
        # A validator's program writes 0 or 1 where signatures of people have 27 or 28.
        return [curve.recover(digest, seal[:32], int.from_bytes(seal[32:64], "big"), 27 + seal[64]) for seal in block.seals]
    except curve.SignatureWrong as error:
        raise Wrong("node.finality", block.place, "a commit seal is no signature", "r, s, v", error) from error


def header_bytes(fields: dict[str, Any]) -> bytes:
    """A header of a node's fields, seals included. Raises Wrong."""
    place = place_of(fields)

    def item(name: str) -> bytes:
        value = fields.get(name)
        if name in NUMBERS:
            number = quantity(value, place)
            return number.to_bytes((number.bit_length() + 7) // 8, "big")
        return data(value, place)

    return rlp.encode([item(name) for name in FIELDS])


def receipt_bytes(fields: dict[str, Any], place: str) -> bytes:
    """A receipt of a node's fields as it is in the trie: the transaction's own gas, and why it failed in place of 0. Raises Wrong."""
    status = quantity(fields.get("txError") if fields.get("status") == "0x0" else fields.get("status"), place)
    logs: list[rlp.Item] = []
    for row in rows_of(fields.get("logs"), place):
        one = record(row, place)
        topics = [data(topic, place, 32) for topic in rows_of(one.get("topics"), place)]
        logs.append([data(one.get("address"), place, 20), topics, data(one.get("data"), place)])
    numbers = [number.to_bytes((number.bit_length() + 7) // 8, "big") for number in (status, quantity(fields.get("gasUsed"), place))]
    return rlp.encode([*numbers, data(fields.get("logsBloom"), place, 256), logs])
