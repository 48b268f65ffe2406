"""A node, asked by plain JSON-RPC over HTTP. Whatever it answers wrongly is raised as Wrong with its place."""

import itertools
import json
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from verifier.tally.findings import Wrong
from verifier.tally.rlp import block_hash, transaction_hash

ATTEMPTS = 4
FIRST_PAUSE_SECONDS = 0.2  # doubled at each attempt: a node that is being restarted gets a second and a half
TIMEOUT_SECONDS = 60.0  # between two pieces of an answer
ANSWER_SECONDS = 300.0  # for a whole answer: a node that drips must not hold a recount for ever
BATCH_SIZE = 100
MOST_BYTES = 2**28  # of one answer
_PLAIN = {"Accept-Encoding": "identity"}  # a few packed bytes could unpack to more than the memory holds
_QUANTITY = re.compile(r"0x[0-9a-fA-F]{1,64}")


class Refused(Exception):
    """The node answered with an error instead of a result."""


@dataclass(frozen=True)
class Block:
    """A block's number, hash (32 bytes), timestamp (seconds), the hash that its header gives (empty when it is another chain's header),
    and the hashes of its transactions, joined."""

    number: int
    hash: bytes
    timestamp: int
    header_hash: bytes = b""
    transactions: bytes = b""

    def lists(self, transaction: bytes) -> bool:
        """Whether the transaction stands in the block, after the node's own list."""
        return any(self.transactions[i : i + 32] == transaction for i in range(0, len(self.transactions), 32))


@dataclass(frozen=True)
class Log:
    """One log of a contract, with its place in the chain."""

    address: bytes
    topics: tuple[bytes, ...]
    data: bytes
    block_number: int
    block_hash: bytes
    log_index: int
    transaction_hash: bytes

    @property
    def place(self) -> str:
        return f"log {self.log_index} of block {self.block_number}, transaction 0x{self.transaction_hash.hex()}"


@dataclass(frozen=True)
class Transaction:
    """A transaction's input and where it stands; `to` is empty for a creation, `fields_hash` is the hash that its fields give."""

    hash: bytes
    to: bytes
    input: bytes
    block_number: int
    block_hash: bytes
    fields_hash: bytes

    @property
    def place(self) -> str:
        return f"transaction 0x{self.hash.hex()}"


def quantity(value: Any, place: str) -> int:
    """A JSON-RPC number: 0x and at most 64 hex digits."""
    if isinstance(value, str) and _QUANTITY.fullmatch(value):
        return int(value, 16)
    raise Wrong(place, "no number", "0x and hex digits", value)


def data(value: Any, place: str, length: int = -1) -> bytes:
    """JSON-RPC bytes: 0x and an even number of hex digits; `length` in bytes when given."""
    if isinstance(value, str) and value.startswith("0x") and length in (-1, len(value) // 2 - 1):
        try:
            found = bytes.fromhex(value[2:])
        except ValueError:
            found = b""
        if 2 * len(found) == len(value) - 2:  # fromhex would skip spaces
            return found
    raise Wrong(place, "no bytes", "0x and hex digits" if length < 0 else f"0x and {2 * length} hex digits", value)


def record(value: Any, place: str) -> dict[str, Any]:
    """A JSON object."""
    if not isinstance(value, dict):
        raise Wrong(place, "no object", "an object", value)
    return value


class Node:
    """One node. Raises Wrong for whatever it cannot or will not tell."""

    def __init__(self, url: str) -> None:
        self._url = url
        encrypted = url.startswith("https://")  # certificates are loaded only where they are checked
        self._client = httpx.Client(timeout=TIMEOUT_SECONDS, verify=encrypted)
        self._ids = itertools.count(1)
        self._blocks: dict[int, Block] = {}

    def close(self) -> None:
        self._client.close()

    def _post(self, body: object, place: str) -> Any:
        """The decoded answer, after some attempts when the node is out of reach or out of breath."""
        fault: object = ""
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(FIRST_PAUSE_SECONDS * 2 ** (attempt - 1))
            try:
                with self._client.stream("POST", self._url, json=body, headers=_PLAIN) as response:
                    if response.status_code < 500 and response.status_code != 429:
                        return json.loads(self._whole(response, place))
                    fault = f"HTTP status {response.status_code}"
            except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, OSError) as error:
                fault = f"{type(error).__name__}: {error}"
            except (ValueError, RecursionError) as error:
                fault = f"the answer is no JSON: {error}"
        raise Wrong(place, "the node does not answer", "an answer", fault)

    @staticmethod
    def _whole(response: httpx.Response, place: str) -> bytearray:
        """The body as it comes, unpacked by nobody. Raises Wrong when it has no end."""
        found, until = bytearray(), time.monotonic() + ANSWER_SECONDS
        for piece in response.iter_raw():
            found += piece
            if len(found) > MOST_BYTES:
                raise Wrong(place, "the node's answer is too long", f"at most {MOST_BYTES} bytes", "more")
            if time.monotonic() > until:
                raise Wrong(place, "the node's answer does not end", f"{ANSWER_SECONDS:.0f} s at most", f"{len(found)} bytes by then")
        return found

    def ask(self, method: str, parameters: Sequence[Any], place: str) -> Any:
        """One result. Raises Refused when the node answers with an error."""
        number = next(self._ids)
        answer = record(self._post({"jsonrpc": "2.0", "id": number, "method": method, "params": list(parameters)}, place), place)
        return self._result(answer, place)

    @staticmethod
    def _result(answer: dict[str, Any], place: str) -> Any:
        if answer.get("error") is not None:
            error = answer["error"]
            raise Refused(str(error.get("message", error)) if isinstance(error, dict) else str(error))
        if "result" not in answer:
            raise Wrong(place, "the node's answer has no result", "a result", answer)
        return answer["result"]

    def told(self, method: str, parameters: Sequence[Any], place: str) -> Any:
        """One result, an error being Wrong."""
        try:
            return self.ask(method, parameters, place)
        except Refused as refused:
            raise Wrong(place, "the node refuses", "a result", refused) from refused

    def many(self, method: str, rows: Sequence[Sequence[Any]], place: str) -> list[Any]:
        """Results of one method for many parameter rows, in their order; asked together when the node lets us."""
        if len(rows) == 1:
            return [self.told(method, rows[0], place)]
        numbers = [next(self._ids) for _ in rows]
        body = [{"jsonrpc": "2.0", "id": i, "method": method, "params": list(row)} for i, row in zip(numbers, rows, strict=True)]
        answers = self._post(body, place)
        if not isinstance(answers, list):
            return [self.told(method, row, place) for row in rows]
        by_number = {answer.get("id"): answer for answer in answers if isinstance(answer, dict) and isinstance(answer.get("id"), int)}
        if len(by_number) != len(rows):
            raise Wrong(place, "the node did not answer all of a batch", len(rows), len(by_number))
        try:
            return [self._result(record(by_number.get(number), place), place) for number in numbers]
        except Refused as refused:
            raise Wrong(place, "the node refuses", "a result", refused) from refused

    def chain_id(self) -> int:
        return quantity(self.told("eth_chainId", [], "node: eth_chainId"), "node: eth_chainId")

    def code(self, address: bytes, at: Block) -> bytes:
        place = f"node: code at 0x{address.hex()}"
        return data(self.told("eth_getCode", ["0x" + address.hex(), hex(at.number)], place), place)

    def call(self, address: bytes, call_data: bytes, at: Block, place: str) -> bytes:
        """What the contract answers at the block."""
        call = {"to": "0x" + address.hex(), "data": "0x" + call_data.hex()}
        return data(self.told("eth_call", [call, hex(at.number)], place), place)

    def latest_block(self) -> Block:
        place = "node: latest block"
        return self._block(record(self.told("eth_getBlockByNumber", ["latest", False], place), place), place)

    @staticmethod
    def _block(found: dict[str, Any], place: str) -> Block:
        number, timestamp = quantity(found.get("number"), place), quantity(found.get("timestamp"), place)
        listed = found.get("transactions")
        if not isinstance(listed, list):
            raise Wrong(place, "no list of transactions", "a list of hashes", listed)
        transactions = b"".join(data(one, place, 32) for one in listed)
        return Block(number, data(found.get("hash"), place, 32), timestamp, block_hash(found), transactions)

    def block(self, number: int) -> Block:
        """A block by its number; asked once."""
        self.load_blocks([number])
        return self._blocks[number]

    def load_blocks(self, numbers: Iterable[int], ticked: Callable[[int], None] = lambda _: None) -> None:
        """Fetch blocks that are not known yet, many at a time; `ticked` hears how many."""
        missing = sorted(set(numbers) - self._blocks.keys())
        for start in range(0, len(missing), BATCH_SIZE):
            chunk = missing[start : start + BATCH_SIZE]
            rows = [[hex(number), False] for number in chunk]
            for number, found in zip(chunk, self.many("eth_getBlockByNumber", rows, "node: blocks"), strict=True):
                place = f"node: block {number}"
                block = self._block(record(found, place), place)
                if block.number != number:
                    raise Wrong(place, "another block was given", number, block.number)
                self._blocks[number] = block
            ticked(len(chunk))

    def fresh_block(self, number: int) -> Block:
        """A block asked for again, to see whether the chain is still the same."""
        self._blocks.pop(number, None)
        return self.block(number)

    def transactions(self, hashes: Sequence[bytes], ticked: Callable[[int], None] = lambda _: None) -> list[Transaction]:
        """Transactions by their hashes, in that order."""
        found: list[Transaction] = []
        for start in range(0, len(hashes), BATCH_SIZE):
            chunk = hashes[start : start + BATCH_SIZE]
            answers = self.many("eth_getTransactionByHash", [["0x" + h.hex()] for h in chunk], "node: transactions")
            found += [self._transaction(h, answer) for h, answer in zip(chunk, answers, strict=True)]
            ticked(len(chunk))
        return found

    @staticmethod
    def _transaction(expected: bytes, found: Any) -> Transaction:
        place = f"transaction 0x{expected.hex()}"
        if found is None:
            raise Wrong(place, "the node does not have a transaction whose logs it shows", "the transaction", "nothing")
        fields = record(found, place)
        if data(fields.get("hash"), place, 32) != expected:
            raise Wrong(place, "another transaction was given", expected, fields.get("hash"))
        to = b"" if fields.get("to") is None else data(fields["to"], place, 20)
        number, block = quantity(fields.get("blockNumber"), place), data(fields.get("blockHash"), place, 32)
        return Transaction(expected, to, data(fields.get("input"), place), number, block, transaction_hash(fields, place))

    def logs(self, addresses: Sequence[bytes], first: int, last: int, ticked: Callable[[int], None] = lambda _: None) -> list[Log]:
        """All logs of the contracts in the blocks first..last in the order of the chain; halves the range when the node refuses it."""
        found: list[Log] = []
        ranges = [(first, last)]
        while ranges:
            start, end = ranges.pop()
            place = f"node: logs of blocks {start} to {end}"
            asked = {"address": ["0x" + a.hex() for a in addresses], "fromBlock": hex(start), "toBlock": hex(end)}
            try:
                answer = self.ask("eth_getLogs", [asked], place)
            except Refused as refused:
                if start == end:
                    raise Wrong(place, "the node refuses", "logs", refused) from refused
                middle = (start + end) // 2
                ranges += [(middle + 1, end), (start, middle)]
                continue
            found += self._logs_of(answer, set(addresses), range(start, end + 1), place)
            ticked(end - start + 1)
        places = [(log.block_number, log.log_index) for log in found]
        if len(set(places)) != len(places):
            raise Wrong("node: logs", "two logs at one place")
        return sorted(found, key=lambda log: (log.block_number, log.log_index))

    @staticmethod
    def _logs_of(answer: Any, addresses: set[bytes], blocks: range, place: str) -> list[Log]:
        if not isinstance(answer, list):
            raise Wrong(place, "no list of logs", "a list", answer)
        logs = []
        for entry in answer:
            fields = record(entry, place)
            topics = fields.get("topics")
            log = Log(
                data(fields.get("address"), place, 20),
                tuple(data(topic, place, 32) for topic in (topics if isinstance(topics, list) else [topics])),
                data(fields.get("data"), place),
                quantity(fields.get("blockNumber"), place),
                data(fields.get("blockHash"), place, 32),
                quantity(fields.get("logIndex"), place),
                data(fields.get("transactionHash"), place, 32),
            )
            if log.address not in addresses or log.block_number not in blocks:
                raise Wrong(place, "a log that was not asked for", "the poll's or the case's", log.place)
            logs.append(log)
        return logs
