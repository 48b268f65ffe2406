"""Tampers with what the node says: a node of the other side, or one on the way to it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from eth_utils.abi import function_signature_to_4byte_selector
from eth_utils.crypto import keccak

from tests.verifier.tally.proxy import Lie
from tests.verifier.tally.vote import HeldVote
from verifier.tally.contracts import CALLS, EVENTS

SELECTORS = {name: "0x" + function_signature_to_4byte_selector(name + inputs).hex() for name, inputs in CALLS.items()}
TOPICS = {name: "0x" + keccak(text=f"{name}({','.join(k.split(' ')[0] for k in kinds)})").hex() for name, kinds in EVENTS.items()}
Entry = dict[str, Any]


@dataclass(frozen=True)
class NodeTamper:
    """A lie; `step` must find it first, in a finding whose place and rule contain `says`."""

    name: str
    step: int
    says: str
    made: Callable[[random.Random, HeldVote], Lie]


def _flip(text: str, byte: int, bit: int) -> str:
    raw = bytearray.fromhex(text[2:])
    raw[byte % len(raw)] ^= 1 << bit
    return "0x" + raw.hex()


def _input(call: str) -> Callable[[random.Random, HeldVote], Lie]:
    """One bit anywhere in the inputs of one transaction, after the name of the call."""

    def made(rng: random.Random, _: HeldVote) -> Lie:
        where, bit = rng.random(), rng.randrange(8)
        chosen: list[str] = []

        def lie(method: str, __: list[Any], result: Any) -> Any:
            if method != "eth_getTransactionByHash" or not result["input"].startswith(SELECTORS[call]):
                return result
            chosen[:] = chosen or [result["hash"]]
            length = len(result["input"]) // 2 - 5
            return {**result, "input": _flip(result["input"], 4 + int(where * length), bit)} if result["hash"] == chosen[0] else result

        return lie

    return made


def _event(name: str, change: Callable[[random.Random, Entry], Entry | None]) -> Callable[[random.Random, HeldVote], Lie]:
    """Changes or hides one event of that name, chosen by the seed."""

    def made(rng: random.Random, _: HeldVote) -> Lie:
        seed = rng.random()

        def lie(method: str, __: list[Any], result: Any) -> Any:
            if method != "eth_getLogs":
                return result
            again = random.Random(seed)
            mine = again.choice([entry for entry in result if entry["topics"][0] == TOPICS[name]])
            changed = change(again, dict(mine))
            return [one for one in ((changed if entry is mine else entry) for entry in result) if one is not None]

        return lie

    return made


def _data(byte: int) -> Callable[[random.Random, Entry], Entry]:
    return lambda rng, entry: {**entry, "data": _flip(entry["data"], byte, rng.randrange(2))}


def _view(signature: str, byte: int, arguments: Callable[[random.Random], str] = lambda _: "") -> Callable[[random.Random, HeldVote], Lie]:
    selector = "0x" + function_signature_to_4byte_selector(signature).hex()

    def made(rng: random.Random, _: HeldVote) -> Lie:
        asked = selector + arguments(rng)
        return lambda method, params, result: (
            _flip(result, byte, 0) if method == "eth_call" and params[0]["data"].startswith(asked) else result
        )

    return made


def _word(number: int) -> str:
    return number.to_bytes(32, "big").hex()


def _sum_of_votes_for(rng: random.Random) -> str:
    return _word(rng.randrange(2)) + _word(1)


def _block_time(rng: random.Random, vote: HeldVote) -> Lie:
    events = vote.poll.contract.events.BallotsRecorded().get_logs(from_block=0)
    number, shift = hex(rng.choice(events)["blockNumber"]), rng.randrange(1, 100)
    return lambda method, params, result: (
        {**result, "timestamp": hex(int(result["timestamp"], 16) + shift)}
        if method == "eth_getBlockByNumber" and params[0] == number
        else result
    )


def _code(rng: random.Random, _: HeldVote) -> Lie:
    """Other code than the sources give, in the part before everything that a contract keeps."""
    byte, bit = rng.randrange(500), rng.randrange(8)
    return lambda method, __, result: _flip(result, byte, bit) if method == "eth_getCode" else result


TAMPERS: tuple[NodeTamper, ...] = (
    NodeTamper("node: code", 1, "not the code that the sources compile to", _code),
    NodeTamper("node: time of a block", 1, "header does not give its hash", _block_time),
    NodeTamper("node: input of the announcement", 2, "fields do not give its hash", _input("announcePoll")),
    NodeTamper("node: input of a batch", 6, "fields do not give its hash", _input("castBatch")),
    NodeTamper("node: input of a ballot", 6, "fields do not give its hash", _input("cast")),
    NodeTamper("node: a recorded choice", 6, "BallotsRecorded is not what its ballots give", _event("BallotsRecorded", _data(64 + 4))),
    NodeTamper("node: a rejection hidden", 6, "BallotRejected is not what its ballots give", _event("BallotRejected", lambda _, __: None)),
    NodeTamper("node: heads", 7, "heads differ", _view("heads(uint256)", 31, lambda r: _word(r.randrange(2)))),
    NodeTamper("node: a sum of commitments", 7, "sum differs", _view("sumOf(uint256,uint8)", 9, _sum_of_votes_for)),
    NodeTamper("node: a tallied amount", 8, "opened amounts are not the tallied ones", _event("PollTallied", _data(32 * 5 + 32 * 3 + 31))),
    NodeTamper("node: result hash", 9, "resultHash", _view("resultHash()", 7)),
    NodeTamper("node: an attestation hidden", 10, "approvals differ", _event("OfficialAttested", lambda _, __: None)),
    NodeTamper("node: stage", 10, "stage", _view("stage()", -1)),
)  # fmt: skip
