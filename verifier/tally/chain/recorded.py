"""Evidence bundles of protocol 1: what a node answered, written down, and asked again without the node (protocol §17).

Nothing ties those answers to a block, so a recount by them ends with "not proved" at best.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from verifier.tally import rlp
from verifier.tally.case import Release
from verifier.tally.chain.live import log_of
from verifier.tally.chain.node import BATCH_SIZE, Node, Refused, data, record
from verifier.tally.chain.rules import Ethereum
from verifier.tally.chain.sight import Place, Sight, Source
from verifier.tally.chain.things import Block, Log, Transaction
from verifier.tally.chain.views import State, Views
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.keccak import keccak
from verifier.tally.progress import Progress

MOST_ROW_BYTES = 2**28


def _question(method: str, parameters: Sequence[Any]) -> bytes:
    return keccak(json.dumps([method, list(parameters)], sort_keys=True, separators=(",", ":")).encode())


class Recorded(Node):
    """The answers that were written down, in place of the node that gave them. Raises Wrong when the file is no such record."""

    def __init__(self, path: Path) -> None:
        super().__init__("http://127.0.0.1")  # nobody is asked
        self._path = path
        self._rows: dict[bytes, tuple[int, int]] = {}
        start = 0
        try:
            with path.open("rb") as file:
                while line := file.readline(MOST_ROW_BYTES):
                    row = json.loads(line)
                    question = _question(row["method"], row["params"])
                    if question in self._rows:
                        raise Wrong("bundle.file", path.name, "has two answers to one question", "one", row["method"])
                    self._rows[question] = (start, len(line))
                    start += len(line)
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            what = "is no record of a node's answers"
            raise Wrong("bundle.file", path.name, what, "method, params and result in each line", error) from error

    def ask(self, method: str, parameters: Sequence[Any], place: str) -> Any:
        found = self._rows.get(_question(method, parameters))
        if found is None:
            raise Wrong("node.answer", place, "the record does not have the node's answer to this", method, "nothing")
        with self._path.open("rb") as file:
            file.seek(found[0])
            row = json.loads(file.read(found[1]))
        if "error" in row:
            raise Refused(str(row["error"]))
        return row.get("result")

    def many(self, method: str, rows: Sequence[Sequence[Any]], place: str) -> list[Any]:
        return [self.told(method, row, place) for row in rows]


class RecordedSource(Source):
    """The file of answers in a bundle of protocol 1."""

    def __init__(self, node: Recorded) -> None:
        self._node = node

    def open(self, place: Place, log: StepLog) -> Sight:
        log.equal("node.chain", "poll.json: chain_id", "is not the node's chain", self._node.chain_id(), place.chain_id)
        head = Ethereum().header(record(self._node.told("eth_getBlockByNumber", ["latest", False], "latest block"), "latest block"))
        return Answers(self._node, place, head)


class Answers(Sight):
    """A chain as far as the answers tell of it: headers and transactions give their hashes, no more."""

    believable = False
    rests_on = "by the word of whoever made the bundle: recount by a node, or have a bundle of protocol 2 made"

    def __init__(self, node: Recorded, place: Place, head: Block) -> None:
        self._node, self._place, self.head = node, place, head
        self._blocks: dict[int, Block] = {}
        self._listed: dict[int, bytes] = {}

    def logs(self, log: StepLog, progress: Progress) -> list[Log]:
        del progress
        addresses = {"address": ["0x" + address.hex() for address in (self._place.case, self._place.poll)]}
        found = []
        for _, rows in self._node.log_rows(addresses, self._place.from_block, self.head.number):
            for row in rows:
                fields = record(row, "logs")
                one = log_of(fields, "logs")
                block_hash = data(fields.get("blockHash"), one.place, 32)
                log.equal("node.log", one.place, "stands in a block of another hash", self.block(one.block_number).hash, block_hash)
                found.append(one)
        places = {one.order for one in found}
        log.holds("node.log", "logs", "two logs at one place", len(places) == len(found))
        return sorted(found, key=lambda one: one.order)

    def block(self, number: int) -> Block:
        if number not in self._blocks:
            place = f"block {number}"
            fields = record(self._node.told("eth_getBlockByNumber", [hex(number), False], place), place)
            found = Ethereum().header(fields)
            if found.number != number:
                raise Wrong("node.header", place, "another block was given", number, found.number)
            self._blocks[number] = found
            self._listed[number] = b"".join(data(one, place, 32) for one in fields.get("transactions") or [])
        return self._blocks[number]

    def transaction(self, block_number: int, transaction_hash: bytes) -> Transaction:
        place, block = f"transaction 0x{transaction_hash.hex()}", self.block(block_number)
        fields = record(self._node.told("eth_getTransactionByHash", ["0x" + transaction_hash.hex()], place), place)
        raw = rlp.transaction_bytes(fields, place)
        if keccak(raw) != transaction_hash:
            raise Wrong("node.transaction", place, "its fields do not give its hash", transaction_hash, keccak(raw))
        listed = self._listed[block_number]
        if all(listed[i : i + 32] != transaction_hash for i in range(0, len(listed), 32)):
            raise Wrong("node.transaction", place, f"{block.place} does not list it", "a place in it", "none")
        return Ethereum().transaction(raw, fields, block)

    def creation(self, block_number: int, case: bytes) -> Transaction:
        self.block(block_number)
        listed = self._listed[block_number]
        for i in range(0, len(listed), 32):
            try:
                found = self.transaction(block_number, listed[i : i + 32])
            except Wrong:  # transactions of others were not written down
                continue
            if found.created == case:
                return found
        raise Wrong("case.creation", f"block {block_number}", "no transaction of this block creates the case", "0x" + case.hex())

    def many(self, wanted: Sequence[tuple[int, bytes]], log: StepLog) -> Iterator[list[Transaction]]:
        del log
        for start in range(0, len(wanted), BATCH_SIZE):
            yield [self.transaction(*one) for one in wanted[start : start + BATCH_SIZE]]

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
        del release, name
        if any(len(signer) > 20 for signer in signers):
            log.note("the code behind passkeys was not written down; their signatures are judged by this tool all the same")

    def states(self, case: bytes, poll: bytes, protocol: int) -> Sequence[State]:
        del protocol
        return (Views(self._node, case, poll, self.head),)
