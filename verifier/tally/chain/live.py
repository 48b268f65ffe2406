"""The chain as a node shows it, each block that matters taken whole and held against its own header (protocol §13)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from verifier.tally.case import Release
from verifier.tally.chain.finality import Named, said
from verifier.tally.chain.node import BATCH_SIZE, Node, quantity, record, rows_of
from verifier.tally.chain.node import data as bytes_of
from verifier.tally.chain.rules import ChainRule
from verifier.tally.chain.sight import Place, Shown, Sight, Source
from verifier.tally.chain.things import Block, Log, Transaction
from verifier.tally.chain.views import State, Views
from verifier.tally.contracts import DIALECTS, SEALED
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.progress import Progress
from verifier.tally.signers import verifiers_behind

#: Events without which nothing can be said; their blocks are read first.
MANY = frozenset(
    topic
    for dialect in (*DIALECTS.values(), SEALED)
    for topic, name in dialect.names.items()
    if name in ("BallotsRecorded", "BallotRejected", "BallotsCounted")
)


@dataclass(frozen=True)
class Whole:
    """A block with all its transactions and the logs of the contracts looked at, as its own header proves them."""

    block: Block
    transactions: dict[bytes, Transaction]
    logs: list[Log]


class LiveSource(Source):
    """A node that is asked now."""

    def __init__(self, node: Node, rule: ChainRule, validators: Named | None = None) -> None:
        self._node, self._rule, self._validators = node, rule, validators

    def open(self, place: Place, log: StepLog) -> Sight:
        chain_id = self._node.chain_id()
        log.equal("node.chain", "poll.json: chain_id", "is not the node's chain", chain_id, place.chain_id)
        head = self._rule.shown_head(self._node, "latest", "node: latest block")
        if place.from_block > head.number:
            what = "is beyond the node's newest block"
            raise Wrong("case.creation", "poll.json: from_block", what, f"at most {head.number}", place.from_block)
        if self._rule.has_certificates and self._validators is None:
            log.note("no validators were named: that blocks are final rests on the node's word (--validators)")
        return Live(self._node, self._rule, place, head, self._validators, log)


class Live(Sight):
    """A node's blocks; nothing of them is believed but which block is the chain's under its number."""

    is_whole = True

    def __init__(self, node: Node, rule: ChainRule, place: Place, head: Block, validators: Named | None, log: StepLog) -> None:
        self._node, self._rule, self._place, self._validators = node, rule, place, validators
        self.head = head
        self._addresses = {place.case, place.poll}
        self._wholes: dict[int, Whole] = {}
        self._listed: dict[int, list[Log]] = {}
        self.rests_on = f"by the word of the node that block {head.number}, 0x{head.hash.hex()}, is the chain's"
        if validators is not None and validators.check(head, "node.finality", log):
            self.rests_on = said(head, validators)

    def logs(self, log: StepLog, progress: Progress) -> list[Log]:
        first, last = self._place.from_block, self.head.number
        with progress.of("events", last - first + 1) as ticked:
            for blocks, rows in self._node.log_rows(self._wanted(), first, last):
                for row in rows:
                    self._list(row, blocks)
                ticked(len(blocks))
        for number in sorted(self._listed):
            self._listed[number].sort(key=lambda one: one.log_index)
            places = [one.log_index for one in self._listed[number]]
            log.holds("node.log", f"block {number}", "two logs at one place", len(set(places)) == len(places))
        acts = [number for number, found in self._listed.items() if any(one.topics[:1] and one.topics[0] not in MANY for one in found)]
        with progress.of("blocks", len(acts)) as ticked:
            for wholes in self._read(sorted(acts), log):
                self._wholes |= {whole.block.number: whole for whole in wholes}
                ticked(len(wholes))
        return [one for number in sorted(self._listed) for one in self._listed[number]]

    def _wanted(self) -> dict[str, Any]:
        return {"address": ["0x" + address.hex() for address in sorted(self._addresses)]}

    def _list(self, row: Any, blocks: range) -> None:
        place = f"node: logs of blocks {blocks.start} to {blocks.stop - 1}"
        found = log_of(record(row, place), place)
        if found.address not in self._addresses or found.block_number not in blocks:
            raise Wrong("node.log", place, "a log that was not asked for", "the poll's or the case's", found.place)
        if self._place.matters(found.topics):
            self._listed.setdefault(found.block_number, []).append(found)

    def block(self, number: int) -> Block:
        return self._whole(number).block

    def shown(self, numbers: Sequence[int]) -> dict[int, Shown]:
        found = {}
        for number in numbers:
            if number <= self.head.number:
                block = self._rule.shown_head(self._node, hex(number), f"node: block {number}")
                if block.number != number:
                    raise Wrong("node.header", f"block {number}", "another block was given", number, block.number)
                found[number] = Shown(block.hash, block.timestamp)
        return found

    def transaction(self, block_number: int, transaction_hash: bytes) -> Transaction:
        return _of(self._whole(block_number), transaction_hash)

    def creation(self, block_number: int, case: bytes) -> Transaction:
        for transaction in self._whole(block_number).transactions.values():
            if transaction.created == case:
                return transaction
        raise Wrong("case.creation", f"block {block_number}", "no transaction of this block creates the case", "0x" + case.hex())

    def many(self, wanted: Sequence[tuple[int, bytes]], log: StepLog) -> Iterator[list[Transaction]]:
        numbers = sorted({number for number, _ in wanted})
        by_block: dict[int, list[bytes]] = {}
        for number, transaction_hash in wanted:
            by_block.setdefault(number, []).append(transaction_hash)
        for wholes in self._read(numbers, log):
            yield [_of(whole, one) for whole in wholes for one in by_block[whole.block.number]]

    def _whole(self, number: int) -> Whole:
        """Also one in which no log stands. Raises Wrong for whatever is wrong: a block that is asked for later has no step's log."""
        if number not in self._wholes:
            log = StepLog(1, "Node")
            ((whole,),) = self._read([number], log)
            for one in log.findings:
                raise Wrong(one.name, one.place, one.what, one.expected, one.found)
            self._wholes[number] = whole
        return self._wholes[number]

    def _read(self, numbers: Sequence[int], log: StepLog) -> Iterator[list[Whole]]:
        """Blocks with their transactions and receipts, held against header and listed logs, some at a time."""
        size = max(1, min(BATCH_SIZE, len(numbers) // 16))
        for start in range(0, len(numbers), size):
            part = numbers[start : start + size]
            blocks = self._rule.shown_blocks(self._node, part, "node: blocks")
            receipts = self._receipts(part, blocks)
            given = zip(part, blocks, receipts, strict=True)
            yield [self._checked(number, record(block, f"block {number}"), of_block, log) for number, block, of_block in given]

    def _receipts(self, numbers: Sequence[int], blocks: Sequence[Any]) -> list[list[Any]]:
        """The receipts of each block, one by one where the node does not give them by the block."""
        try:
            found = self._node.many(self._rule.receipts_question, [[hex(number)] for number in numbers], "node: receipts")
            return [rows_of(one, f"receipts of block {number}") for number, one in zip(numbers, found, strict=True)]
        except Wrong:
            return [self._one_by_one(block) for block in blocks]

    def _one_by_one(self, block: Any) -> list[Any]:
        rows = rows_of(record(block, "block").get("transactions"), "block: transactions")
        hashes = [[record(row, "block: transactions").get("hash")] for row in rows]
        return self._node.many(self._rule.receipt_question, hashes, "node: receipts") if hashes else []

    def _checked(self, number: int, fields: dict[str, Any], receipts: list[Any], log: StepLog) -> Whole:
        block = self._rule.header(fields)
        if block.number != number:
            raise Wrong("node.header", f"block {number}", "another block was given", number, block.number)
        if self._validators is not None:
            self._validators.check(block, "node.finality", log)
        transactions = self._rule.transactions(block, rows_of(fields.get("transactions"), block.place))
        logs = self._rule.logs(block, [one.hash for one in transactions], receipts, self._addresses)
        proved = [one for one in logs if self._place.matters(one.topics)]
        if number in self._listed:
            log.equal(
                "node.log", block.place, "the node's list of logs is not what the block's receipts hold", proved, self._listed[number]
            )
        return Whole(block, {one.hash: one for one in transactions}, proved)

    def check_code(self, release: Release, signers: Sequence[bytes], log: StepLog) -> None:
        for name, finding, address in (("Case", "case.code", self._place.case), (self._place.poll_contract, "poll.code", self._place.poll)):
            code = self._node.code(address, self.head)
            log.holds(
                finding,
                f"0x{address.hex()}",
                f"other code than {name} of release {release.number}",
                release.contracts[name].is_deployed(code),
            )
        self.check_verifiers(release, "case.officials", signers, log)

    def check_verifiers(self, release: Release, name: str, signers: Sequence[bytes], log: StepLog) -> None:
        for verifier in verifiers_behind(signers):
            right = release.contracts["PasskeyVerifier"].is_deployed(self._node.code(verifier, self.head))
            log.holds(name, f"0x{verifier.hex()}", "other code than the passkey verifier's stands behind a signer", right)

    def states(self, case: bytes, poll: bytes, protocol: int) -> Sequence[State]:
        del protocol
        return (Views(self._node, case, poll, self.head),)

    def check_unchanged(self, log: StepLog) -> None:
        place = f"node: {self.head.place}"
        again = self._rule.shown_head(self._node, hex(self.head.number), place)
        log.equal("state.changed", place, "the chain changed during the recount; run it again", self.head.hash, again.hash)


def _of(whole: Whole, transaction_hash: bytes) -> Transaction:
    found = whole.transactions.get(transaction_hash)
    if found is None:
        place = f"transaction 0x{transaction_hash.hex()}"
        raise Wrong("node.transaction", place, "is not in the block of its logs", whole.block.place, "another place")
    return found


def log_of(fields: dict[str, Any], place: str) -> Log:
    """A log as JSON-RPC gives it. Raises Wrong."""
    topics = fields.get("topics")
    return Log(
        bytes_of(fields.get("address"), place, 20),
        tuple(bytes_of(topic, place, 32) for topic in rows_of(topics, place)),
        bytes_of(fields.get("data"), place),
        quantity(fields.get("blockNumber"), place),
        quantity(fields.get("logIndex"), place),
        bytes_of(fields.get("transactionHash"), place, 32),
    )
