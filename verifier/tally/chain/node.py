"""A node, asked by plain JSON-RPC over HTTP. Whatever it answers wrongly is raised as Wrong with its place."""

import itertools
import json
import re
import time
from collections.abc import Iterator, Sequence
from typing import Any

import httpx

from verifier.tally.chain.things import Block
from verifier.tally.findings import Wrong

ATTEMPTS = 4
FIRST_PAUSE_SECONDS = 0.2  # doubled at each attempt: a node that is being restarted gets a second and a half
TIMEOUT_SECONDS = 60.0  # between two pieces of an answer
ANSWER_SECONDS = 300.0  # for a whole answer: a node that drips must not hold a recount for ever
BATCH_SIZE = 100
MOST_BYTES = 2**28  # of one answer
MOST_LOG_QUESTIONS = 2**17  # 60 days at a block a second by 100 blocks each, refusals included, are less
NAME = "node.answer"
_PLAIN = {"Accept-Encoding": "identity"}  # a few packed bytes could unpack to more than the memory holds
_QUANTITY = re.compile(r"0x[0-9a-fA-F]{1,64}")


class Refused(Exception):
    """The node answered with an error instead of a result."""


class TooLong(Wrong):
    """The answer is longer than memory should hold; less may be asked at once: anybody can fill blocks and leave long notes."""


def quantity(value: Any, place: str) -> int:
    """A JSON-RPC number: 0x and at most 64 hex digits."""
    if isinstance(value, str) and _QUANTITY.fullmatch(value):
        return int(value, 16)
    raise Wrong(NAME, place, "no number", "0x and hex digits", value)


def data(value: Any, place: str, length: int = -1) -> bytes:
    """JSON-RPC bytes: 0x and an even number of hex digits; `length` in bytes when given."""
    if isinstance(value, str) and value.startswith("0x") and length in (-1, len(value) // 2 - 1):
        try:
            found = bytes.fromhex(value[2:])
        except ValueError:
            found = b""
        if 2 * len(found) == len(value) - 2:  # fromhex would skip spaces
            return found
    raise Wrong(NAME, place, "no bytes", "0x and hex digits" if length < 0 else f"0x and {2 * length} hex digits", value)


def record(value: Any, place: str) -> dict[str, Any]:
    """A JSON object."""
    if not isinstance(value, dict):
        raise Wrong(NAME, place, "no object", "an object", value)
    return value


def rows_of(value: Any, place: str) -> list[Any]:
    """A JSON list."""
    if not isinstance(value, list):
        raise Wrong(NAME, place, "no list", "a list", value)
    return value


class Node:
    """One node. Raises Wrong for whatever it cannot or will not tell."""

    def __init__(self, url: str, *, timeout_seconds: float = TIMEOUT_SECONDS, attempts: int = ATTEMPTS) -> None:
        self._url, self._attempts = url, attempts
        encrypted = url.startswith("https://")  # certificates are loaded only where they are checked
        self._client = httpx.Client(timeout=timeout_seconds, verify=encrypted)
        self._ids = itertools.count(1)

    def close(self) -> None:
        self._client.close()

    def _post(self, body: object, place: str) -> Any:
        """The decoded answer, after some attempts when the node is out of reach or out of breath."""
        fault: object = ""
        for attempt in range(self._attempts):
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
        raise Wrong(NAME, place, "the node does not answer", "an answer", fault)

    @staticmethod
    def _whole(response: httpx.Response, place: str) -> bytearray:
        """The body as it comes, unpacked by nobody. Raises Wrong when it has no end."""
        found, until = bytearray(), time.monotonic() + ANSWER_SECONDS
        for piece in response.iter_raw():
            found += piece
            if len(found) > MOST_BYTES:
                raise TooLong(NAME, place, "the node's answer is too long", f"at most {MOST_BYTES} bytes", "more")
            if time.monotonic() > until:
                what = "the node's answer does not end"
                raise Wrong(NAME, place, what, f"{ANSWER_SECONDS:.0f} s at most", f"{len(found)} bytes by then")
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
            raise Wrong(NAME, place, "the node's answer has no result", "a result", answer)
        return answer["result"]

    def told(self, method: str, parameters: Sequence[Any], place: str) -> Any:
        """One result, an error being Wrong."""
        try:
            return self.ask(method, parameters, place)
        except Refused as refused:
            raise Wrong(NAME, place, "the node refuses", "a result", refused) from refused

    def many(self, method: str, rows: Sequence[Sequence[Any]], place: str) -> list[Any]:
        """Results of one method for many parameter rows, in their order; asked together as far as the node lets us."""
        if len(rows) == 1:
            return [self.told(method, rows[0], place)]
        try:
            return self._together(method, rows, place)
        except (Refused, TooLong):  # some nodes bound what they answer at once
            half = len(rows) // 2
            return self.many(method, rows[:half], place) + self.many(method, rows[half:], place)

    def _together(self, method: str, rows: Sequence[Sequence[Any]], place: str) -> list[Any]:
        """One batch. Raises Refused, TooLong."""
        numbers = [next(self._ids) for _ in rows]
        body = [{"jsonrpc": "2.0", "id": i, "method": method, "params": list(row)} for i, row in zip(numbers, rows, strict=True)]
        answers = self._post(body, place)
        if not isinstance(answers, list):
            return [self.told(method, row, place) for row in rows]
        by_number = {answer.get("id"): answer for answer in answers if isinstance(answer, dict) and isinstance(answer.get("id"), int)}
        if len(by_number) != len(rows):
            raise Wrong(NAME, place, "the node did not answer all of a batch", len(rows), len(by_number))
        return [self._result(record(by_number.get(number), place), place) for number in numbers]

    def chain_id(self) -> int:
        return quantity(self.told("eth_chainId", [], "node: eth_chainId"), "node: eth_chainId")

    def code(self, address: bytes, at: Block) -> bytes:
        place = f"node: code at 0x{address.hex()}"
        return data(self.told("eth_getCode", ["0x" + address.hex(), hex(at.number)], place), place)

    def call(self, address: bytes, call_data: bytes, at: Block, place: str) -> bytes:
        """What the contract answers at the block."""
        call = {"to": "0x" + address.hex(), "data": "0x" + call_data.hex()}
        return data(self.told("eth_call", [call, hex(at.number)], place), place)

    def log_rows(self, wanted: dict[str, Any], first: int, last: int) -> Iterator[tuple[range, list[Any]]]:
        """Rows of eth_getLogs over the blocks first..last with the range of each; it is halved where it is refused or says too much."""
        ranges, asked = [(first, last)], 0
        while ranges:
            start, end = ranges.pop()
            place, asked = f"node: logs of blocks {start} to {end}", asked + 1
            if asked > MOST_LOG_QUESTIONS:  # whoever makes up a head of 2^48 and gives block by block would be asked for ever
                what = "the node gives the logs of too few blocks at once: ask another one"
                raise Wrong(NAME, place, what, f"all up to block {last} in {MOST_LOG_QUESTIONS} answers", f"{start - first} blocks by then")
            try:
                answer = self.ask("eth_getLogs", [{**wanted, "fromBlock": hex(start), "toBlock": hex(end)}], place)
            except (Refused, TooLong) as fault:
                if start == end and isinstance(fault, Refused):
                    raise Wrong(NAME, place, "the node refuses", "logs", fault) from fault
                if start == end:
                    raise
                middle = (start + end) // 2
                ranges += [(middle + 1, end), (start, middle)]
                continue
            yield range(start, end + 1), rows_of(answer, place)
