"""A node of the chain, by plain JSON-RPC; the issuer only reads."""

from __future__ import annotations

import itertools
import json
import re
import threading
from collections.abc import Sequence
from typing import Any

import httpx

from verifier.issuer.errors import ChainSilent

_QUANTITY = re.compile(r"0x[0-9a-fA-F]{1,64}")
_DATA = re.compile(r"0x(?:[0-9a-fA-F]{2})*")
#: Looks at a node that is between two blocks: it knows neither the old newest one nor the new one then.
_ATTEMPTS = 3
#: What nodes say when somebody asks too often.
_LIMIT_EXCEEDED = -32005
#: How nodes say that the newest block is not the newest any more.
_NO_SUCH_BLOCK = ("blockoutofrange", "block height is", "header not found", "unknown block")
_MAX_ANSWER_BYTES = 4 * 1024 * 1024
#: For one whole answer, headers included: the time-out is for each piece of it.
_ANSWER_SECONDS = 10.0
#: A few packed bytes could unpack to more than the memory holds.
_PLAIN = {"Accept-Encoding": "identity"}
#: How many blocks are asked for logs at first: twice as many after each answer, until the node refuses; then half as many.
_STRETCH = 65_536
#: Questions for the logs of one event; a node that refuses nearly everything is given up.
_MOST_STRETCHES = 4096


class CallRefused(Exception):
    """The node answered a call with an error: the contract reverted, or there is none."""


class RangeRefused(Exception):
    """The node answered a question for logs with an error: too many blocks, most likely."""


class Node:
    """One node; safe to use from many threads."""

    def __init__(self, url: str, timeout_seconds: float = 5.0, answer_seconds: float = _ANSWER_SECONDS) -> None:
        self._url = url
        self._timeout_seconds = timeout_seconds
        self._answer_seconds = answer_seconds
        self._client = self._connected()
        self._renewing = threading.Lock()
        self._numbers = itertools.count(1)

    def ask(self, questions: Sequence[tuple[str, list[Any]]]) -> list[Any]:
        """Results in the order of the questions, each (method, parameters), in one round trip.

        Raises: ChainSilent, CallRefused when a call is reverted, RangeRefused when logs are refused.
        """
        for _ in range(_ATTEMPTS - 1):
            try:
                return self._ask_once(questions)
            except _BetweenBlocks:
                continue
        return self._ask_once(questions)

    def _ask_once(self, questions: Sequence[tuple[str, list[Any]]]) -> list[Any]:
        calls: list[dict[str, Any]] = [
            {"jsonrpc": "2.0", "id": next(self._numbers), "method": method, "params": params} for method, params in questions
        ]
        answers = {answer.get("id"): answer for answer in self._post(calls) if isinstance(answer.get("id"), int)}
        results = []
        for call in calls:
            answer = answers.get(call["id"])
            if answer is None:
                raise ChainSilent()
            if answer.get("error") is not None:
                raise _refusal(call["method"], answer["error"])
            results.append(answer.get("result"))
        return results

    def logs(self, address: str, topics: Sequence[Any], newest: int) -> list[dict[str, Any]]:
        """Logs of one contract in the newest stretch of blocks that has any, up to block `newest`; none: []. Raises: ChainSilent.

        Nodes bound how many blocks they look at, each in its own way, so the stretch is found by trying.
        """
        last, size, grows = newest, _STRETCH, True
        for _ in range(_MOST_STRETCHES):
            if last < 0:
                return []
            first = max(0, last - size + 1)
            asked = {"address": address, "topics": topics, "fromBlock": hex(first), "toBlock": hex(last)}
            try:
                (found,) = self.ask([("eth_getLogs", [asked])])
            except RangeRefused as error:
                if size == 1:
                    raise ChainSilent() from error
                size, grows = size // 2, False
                continue
            if not isinstance(found, list) or not all(isinstance(log, dict) for log in found):
                raise ChainSilent()
            if found:
                return found
            last, size = first - 1, size * 2 if grows else size
        raise ChainSilent()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _connected(self) -> httpx.Client:
        return httpx.Client(base_url=self._url, timeout=self._timeout_seconds)

    def _renew(self, client: httpx.Client) -> None:
        """Close the connections of an answer that does not end, and go on with others."""
        with self._renewing:
            if self._client is not client:
                return
            self._client = self._connected()
        client.close()

    def _post(self, calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
        client = self._client
        # Nothing else ends a node that drips headers; it ends other answers of the same node, too.
        ending = threading.Timer(self._answer_seconds, self._renew, [client])
        ending.daemon = True
        ending.start()
        try:
            with client.stream("POST", "", json=calls, headers=_PLAIN) as response:
                response.raise_for_status()
                answers = json.loads(_whole(response))
        except (httpx.HTTPError, OSError, RuntimeError, ValueError) as error:  # RuntimeError: the client was closed, or JSON too deep
            raise ChainSilent() from error
        finally:
            ending.cancel()
        if not isinstance(answers, list) or not all(isinstance(answer, dict) for answer in answers):
            raise ChainSilent()
        return answers


def _whole(response: httpx.Response) -> bytearray:
    """The body as it comes, unpacked by nobody. Raises: ChainSilent when it is too long."""
    found = bytearray()
    for piece in response.iter_raw():
        found += piece
        if len(found) > _MAX_ANSWER_BYTES:
            raise ChainSilent()
    return found


class _BetweenBlocks(ChainSilent):
    """The node answered, but not to what was asked: asked again at once it mostly does."""


def _refusal(method: object, error: Any) -> Exception:
    """What a contract answers to a call, kept apart from what says nothing about it."""
    fault = error if isinstance(error, dict) else {}
    if method == "eth_getLogs":
        return RangeRefused()
    if method != "eth_call" or fault.get("code") == _LIMIT_EXCEEDED:
        return ChainSilent()
    message = str(fault.get("message", "")).lower()
    return _BetweenBlocks() if any(words in message for words in _NO_SUCH_BLOCK) else CallRefused(str(error)[:200])


def call(to: str, data: bytes) -> tuple[str, list[Any]]:
    """The question of a view call at the newest block."""
    return "eth_call", [{"to": to, "data": "0x" + data.hex()}, "latest"]


def number_in(value: Any) -> int:
    """A number as nodes write it. Raises: ChainSilent for anything else."""
    if isinstance(value, str) and _QUANTITY.fullmatch(value):
        return int(value, 16)
    raise ChainSilent()


def bytes_in(value: Any) -> bytes:
    """Bytes as nodes write them. Raises: ChainSilent for anything else."""
    if isinstance(value, str) and _DATA.fullmatch(value):
        return bytes.fromhex(value[2:])
    raise ChainSilent()


def object_in(value: Any) -> dict[str, Any]:
    """A block, transaction or log. Raises: ChainSilent for anything else."""
    if isinstance(value, dict):
        return value
    raise ChainSilent()
