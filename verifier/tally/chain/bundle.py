"""The blocks of an evidence bundle, proved from the head down (protocol §16, step 0)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from verifier.tally import abi
from verifier.tally.case import Release
from verifier.tally.chain.code_proof import proved_codes
from verifier.tally.chain.node import BATCH_SIZE, data
from verifier.tally.chain.rules import ChainRule
from verifier.tally.chain.sight import Place, Shown, Sight, Source
from verifier.tally.chain.state_proof import ProvedState
from verifier.tally.chain.things import Block, Log, Transaction
from verifier.tally.chain.trie import NotProved, key_of, value_at
from verifier.tally.chain.views import State
from verifier.tally.contracts import CHECKPOINT, CHECKPOINT_CALL
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.progress import Progress
from verifier.tally.published import Record, parse
from verifier.tally.signers import verifiers_behind

KEYS = "number header transactions receipts"
PROOF_KEYS = "index proof"
MOST_LINE_BYTES = 2**27
PIECE_BYTES = 40  # of a checkpoint: uint64 number, hash
RECEIPT_LOGS = 20  # places of logs are numbered by transaction and log within it


@dataclass(frozen=True)
class Line:
    """A block of the bundle: where its line is in the file, and its transactions' hashes by their index."""

    block: Block
    start: int
    length: int
    hashes: dict[bytes, int]


@dataclass
class BundleSource(Source):
    """blocks.jsonl, verified once; then it is looked at like a chain."""

    path: Path
    state: Path
    codes: Path
    head: bytes
    rule: ChainRule
    creation: bytes = b""  # of the block that creates the case, where whoever recounts knows it
    lines: dict[int, Line] = field(default_factory=dict)
    logs: list[Log] = field(default_factory=list)
    bridged: bool = False  # whether a checkpoint links a block
    certified: str = ""  # by whose seals the head is final, where that was checked
    named: dict[int, bytes] = field(default_factory=dict)  # hashes that linked blocks give of earlier ones

    def verify(self, case: bytes, log: StepLog, progress: Progress) -> None:
        """Hold every block against the head; findings for what does not follow from it. Raises Wrong where no more can be read."""
        size = self.path.stat().st_size if self.path.is_file() else 0
        above: Block | None = None
        with progress.of("bytes", size) as ticked:
            for start, content in self._rows():
                place = f"{self.path.name} byte {start}"
                above = self._take(
                    Record.of(parse(content, place, "proof.header"), place, KEYS, "proof.header"), above, start, len(content), case, log
                )
                ticked(len(content))
        if above is None:
            raise Wrong("proof.header", self.path.name, "holds no block", "blocks from the head down", "nothing")
        self.logs.sort(key=lambda one: one.order)
        log.note(
            f"{len(self.lines)} blocks from {above.number} to {max(self.lines)}, each proved by a later one up to block 0x{self.head.hex()}"
        )

    def _rows(self) -> Iterator[tuple[int, bytes]]:
        start = 0
        try:
            with self.path.open("rb") as file:
                while content := file.readline(MOST_LINE_BYTES):
                    if not content.endswith(b"\n"):
                        raise Wrong(
                            "proof.header", f"{self.path.name} byte {start}", "is cut off or too long", "LF at the end", content[-20:]
                        )
                    yield start, content
                    start += len(content)
        except OSError as error:
            raise Wrong("proof.header", self.path.name, "cannot be read", "the file", error) from error

    def _take(self, row: Record, above: Block | None, start: int, length: int, case: bytes, log: StepLog) -> Block:
        """One block: in order, linked, and what it holds by its tries."""
        block = self.rule.raw_header(_bytes(row.fields["header"], row.place, "proof.header"), row.place)
        log.equal("proof.header", row.place, "is not the block that its line says", row.whole("number", 2**64), block.number)
        if above is not None and block.number >= above.number:
            raise Wrong("proof.order", row.place, "blocks do not fall strictly", f"below {above.number}", block.number)
        expected = self.head if above is None else self.named.get(block.number)
        self.bridged |= above is not None and block.number != above.number - 1
        if expected != block.hash:
            raise Wrong("proof.link", row.place, "is linked to the head by no later block", expected or "a hash", block.hash)
        self._name(block.number - 1, block.parent_hash, row.place, log)
        line = Line(block, start, length, {})
        makers, callers = set[bytes](), set[bytes]()
        for index, transaction in self._transactions(row, block):
            line.hashes[transaction.hash] = index
            if transaction.created == case:
                makers.add(transaction.hash)
            if transaction.to == case and transaction.input.startswith(CHECKPOINT_CALL):
                callers.add(transaction.hash)
        self._take_logs(row, line, case, (makers, callers), log)
        self.lines[block.number] = line
        return block

    def _transactions(self, row: Record, block: Block) -> Iterator[tuple[int, Transaction]]:
        for index, raw in _proved(row, "transactions", block.transactions_root):
            yield index, self.rule.raw_transaction(raw, block)

    def _take_logs(self, row: Record, line: Line, case: bytes, senders: tuple[set[bytes], set[bytes]], log: StepLog) -> None:
        """The logs of the block's receipts; a checkpoint names earlier blocks.

        `senders` are transactions that create the case, and those that call its `checkpoint` themselves. While a contract is created, any
        code may leave an event in its name, and an account with code (EIP-7702) creates contracts by a call to itself: a checkpoint that
        was not asked of the case by its own transaction is nobody's word.
        """
        makers, callers = senders
        by_index = {index: transaction_hash for transaction_hash, index in line.hashes.items()}
        receipts = dict(_proved(row, "receipts", line.block.receipts_root))
        log.equal("proof.receipt", row.place, "has other receipts than transactions", sorted(by_index), sorted(receipts))
        for index in sorted(by_index.keys() & receipts.keys()):
            for number, (address, topics, content) in enumerate(self.rule.raw_receipt(receipts[index], row.place)):
                if topics[:1] == (CHECKPOINT,) and address == case:
                    if by_index[index] in makers:
                        raise Wrong("proof.link", row.place, "a checkpoint stands in the transaction that creates the case", "a later one")
                    if by_index[index] in callers:
                        self._take_checkpoint(content, line.block, row.place, log)
                else:
                    order = index << RECEIPT_LOGS | number
                    self.logs.append(Log(address, topics, content, line.block.number, order, by_index[index]))

    def _take_checkpoint(self, content: bytes, block: Block, place: str, log: StepLog) -> None:
        try:
            (pieces,) = abi.decode("(bytes)", content)
        except abi.NotDecodable as error:
            raise Wrong("proof.link", place, "is no checkpoint", f"pieces of {PIECE_BYTES} bytes", error) from error
        for i in range(0, len(pieces) - PIECE_BYTES + 1, PIECE_BYTES):
            number, named = int.from_bytes(pieces[i : i + 8], "big"), pieces[i + 8 : i + PIECE_BYTES]
            if number < block.number:
                self._name(number, named, place, log)

    def _name(self, number: int, named: bytes, place: str, log: StepLog) -> None:
        """Note down which hash a linked block gives of an earlier one; a finding where a later block gave another."""
        known = self.named.setdefault(number, named)
        log.equal("proof.link", place, f"names another hash of block {number} than a later block", known, named)

    def open(self, place: Place, log: StepLog) -> Sight:
        del log
        if not self.lines:
            raise Wrong("proof.header", self.path.name, "holds no block that is proved", "blocks", "nothing")
        return Bundle(self, place, self.creation)

    def row(self, line: Line) -> Record:
        """A verified line again."""
        with self.path.open("rb") as file:
            file.seek(line.start)
            content = file.read(line.length)
        return Record.of(parse(content, line.block.place, "proof.header"), line.block.place, KEYS, "proof.header")

    def transactions(self, line: Line, wanted: Sequence[bytes]) -> list[Transaction]:
        """Transactions of a block by their hashes. Raises Wrong."""
        found = {transaction.hash: transaction for _, transaction in self._transactions(self.row(line), line.block)}
        missing = [one for one in wanted if one not in found]
        if missing:
            raise Wrong("proof.transaction", line.block.place, "lacks a transaction", "0x" + missing[0].hex(), "nothing")
        return [found[one] for one in wanted]


def _bytes(value: object, place: str, finding: str) -> bytes:
    """Bytes that a bundle has in hex. Raises Wrong of that name."""
    try:
        return data(value, place)
    except Wrong as wrong:
        raise wrong.renamed(finding) from wrong


def _proved(row: Record, key: str, root: bytes) -> Iterator[tuple[int, bytes]]:
    """Index and content of what a block proves, each index once. Raises Wrong."""
    seen = set[int]()
    for number, value in enumerate(row.rows(key)):
        one = Record.of(value, f"{row.place} {key} {number}", PROOF_KEYS, "proof.trie")
        index, nodes = one.whole("index", 2**32), [_bytes(node, one.place, one.finding) for node in one.rows("proof")]
        if index in seen:
            raise Wrong("proof.trie", one.place, "an item stands twice", "each index once", index)
        seen.add(index)
        try:
            found = value_at(root, key_of(index), nodes)
        except NotProved as error:
            raise Wrong("proof.trie", one.place, "does not follow from the block's root", root, error) from error
        if not found:
            raise Wrong("proof.trie", one.place, "proves that the block has no such item", f"item {index}", "nothing")
        yield index, found


class Bundle(Sight):
    """A chain as a bundle proves it."""

    def __init__(self, source: BundleSource, place: Place, creation: bytes = b"") -> None:
        self._source, self._place = source, place
        self.head = source.lines[max(source.lines)].block
        self._creation = source.lines[place.from_block].block if place.from_block in source.lines else None
        self._proves_code = source.codes.is_file()
        self._is_creation_known = self._creation is not None and self._creation.hash == creation
        #: A checkpoint is worth what the code is worth that left it: proved, or following from a creation that somebody else vouches for.
        self.believable = not source.bridged or self._proves_code or self._is_creation_known
        self.rests_on = self._foundation()

    def _foundation(self) -> str:
        """What to compare, and what the bundle leaves to the word of whoever made it."""
        said = self._source.certified or f"by block {self.head.number}, 0x{self.head.hash.hex()}: compare it with nodes that you trust"
        if not self.believable and self._creation is not None:
            creation = f"block {self._creation.number}, 0x{self._creation.hash.hex()}"
            said += f"; checkpoints of code that is not proved link {creation}, in which the case was created: compare it too (--creation)"
        if self._source.state.is_file():
            return said
        return f"{said}; that no attestation and no leaf taken out was left out rests on whoever made the bundle: it proves no state"

    def check_code(self, release: Release, signers: Sequence[bytes], log: StepLog) -> None:
        wanted = [("Case", "case.code", self._place.case), (self._place.poll_contract, "poll.code", self._place.poll)]
        self._compare(release, [*wanted, *_judges(signers, "case.officials")], log)

    def check_verifiers(self, release: Release, name: str, signers: Sequence[bytes], log: StepLog) -> None:
        self._compare(release, _judges(signers, name), log)

    def _compare(self, release: Release, wanted: Sequence[tuple[str, str, bytes]], log: StepLog) -> None:
        """Contract, finding and address of each."""
        if not wanted or not self._proves_code:
            return
        codes, name = proved_codes(self._source.codes, self.head), self._source.codes.name
        for contract, finding, address in wanted:
            place = f"0x{address.hex()}"
            if not log.holds("proof.code", place, "its code is not proved at the head", address in codes, name, "nothing"):
                continue
            right = release.contracts[contract].is_deployed(codes[address])
            log.holds(finding, place, f"other code than {contract} of release {release.number}", right)

    def logs(self, log: StepLog, progress: Progress) -> list[Log]:
        del log, progress
        addresses = {self._place.case, self._place.poll}
        return [one for one in self._source.logs if one.address in addresses]

    def _line(self, number: int) -> Line:
        line = self._source.lines.get(number)
        if line is None:
            raise Wrong("proof.link", f"block {number}", "is not in the bundle", "the block", "nothing")
        return line

    def block(self, number: int) -> Block:
        return self._line(number).block

    def shown(self, numbers: Sequence[int]) -> dict[int, Shown]:
        lines, named = self._source.lines, self._source.named
        found = {number: Shown(named[number], None) for number in numbers if number in named}
        return found | {number: Shown(lines[number].block.hash, lines[number].block.timestamp) for number in numbers if number in lines}

    def transaction(self, block_number: int, transaction_hash: bytes) -> Transaction:
        return self._source.transactions(self._line(block_number), [transaction_hash])[0]

    def creation(self, block_number: int, case: bytes) -> Transaction:
        line = self._line(block_number)
        for transaction in self._source.transactions(line, list(line.hashes)):
            if transaction.created == case:
                return transaction
        raise Wrong("case.creation", f"block {block_number}", "no transaction of this block creates the case", "0x" + case.hex())

    def many(self, wanted: Sequence[tuple[int, bytes]], log: StepLog) -> Iterator[list[Transaction]]:
        del log
        by_block: dict[int, list[bytes]] = {}
        for number, transaction_hash in wanted:
            by_block.setdefault(number, []).append(transaction_hash)
        numbers = list(by_block)
        for start in range(0, len(numbers), BATCH_SIZE):
            part = numbers[start : start + BATCH_SIZE]
            yield [one for number in part for one in self._source.transactions(self._line(number), by_block[number])]

    def states(self, case: bytes, poll: bytes, protocol: int) -> Sequence[State]:
        del case
        return (ProvedState(self._source.state, poll, self.head, protocol),) if self._source.state.is_file() else ()


def _judges(signers: Sequence[bytes], finding: str) -> list[tuple[str, str, bytes]]:
    """The passkey verifiers among what code.jsonl has to prove."""
    return [("PasskeyVerifier", finding, address) for address in verifiers_behind(signers)]
