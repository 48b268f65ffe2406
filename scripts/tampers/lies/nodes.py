"""Lies of a node that is asked: its headers, transactions, receipts, lists of logs, code and views."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from eth_utils.abi import function_signature_to_4byte_selector
from eth_utils.crypto import keccak

from tests.verifier.tally.proxy import Lie as Answer
from tests.verifier.tally.vote import HeldVote
from verifier.tally.contracts import CALLS, EVENTS

SELECTORS = {name: "0x" + function_signature_to_4byte_selector(name + inputs).hex() for name, inputs in CALLS.items()}
TOPICS = {name: "0x" + keccak(text=f"{name}({','.join(k.split(' ')[0] for k in kinds)})").hex() for name, kinds in EVENTS.items()}
KIND = "node answers"
Entry = dict[str, Any]


@dataclass(frozen=True)
class NodeLie:
    """A lie by name; `made` makes it for a vote that was held on the real node. `finding` is the name under which it has to be found."""

    name: str
    finding: str
    made: Callable[[HeldVote], Answer]
    kind: str = KIND


def flip(text: str, byte: int, bit: int = 1) -> str:
    """Hex with one bit flipped; negative bytes count from the end."""
    raw = bytearray.fromhex(text[2:])
    raw[byte % len(raw)] ^= bit
    return "0x" + raw.hex()


def _method(name: str, change: Callable[[Any], Any]) -> Callable[[HeldVote], Answer]:
    return lambda _: lambda asked, __, result: change(result) if asked == name else result


def _block(change: Callable[[Entry], Entry], *, of: str | None = None) -> Callable[[HeldVote], Answer]:
    """Changes blocks; of one event only when `of` names it."""

    def made(vote: HeldVote) -> Answer:
        number = hex(_block_of(vote, of)) if of else None

        def lie(method: str, params: list[Any], result: Any) -> Any:
            mine = method == "eth_getBlockByNumber" and (number is None or params[0] == number)
            return change(dict(result)) if mine else result

        return lie

    return made


def _block_of(vote: HeldVote, event: str) -> int:
    contract = vote.world.case if event in ("CaseOpened", "PollAnnounced", "PlanAdmitted", "RegisterFrozen") else vote.poll.contract
    return int(contract.events[event]().get_logs(from_block=0)[0]["blockNumber"])


def _first_transaction(change: Callable[[Entry], Entry]) -> Callable[[Entry], Entry]:
    """Changes the first transaction of a block that is given with whole transactions."""

    def inside(block: Entry) -> Entry:
        rows = block["transactions"]
        return {**block, "transactions": [change(dict(rows[0])), *rows[1:]]} if rows and isinstance(rows[0], dict) else block

    return inside


def _logs(change: Callable[[list[Entry]], list[Any]]) -> Callable[[HeldVote], Answer]:
    return _method("eth_getLogs", change)


def _event(name: str, change: Callable[[Entry], Entry | None]) -> Callable[[HeldVote], Answer]:
    """Changes or hides the first event of that name in the node's list."""

    def apply(entries: list[Entry]) -> list[Any]:
        place = next(i for i, entry in enumerate(entries) if entry["topics"][0] == TOPICS[name])
        changed = change(dict(entries[place]))
        return [*entries[:place], *([] if changed is None else [changed]), *entries[place + 1 :]]

    return _logs(apply)


def _receipts(change: Callable[[Entry], Entry]) -> Callable[[HeldVote], Answer]:
    """Changes every receipt that has logs."""
    return _method("eth_getBlockReceipts", lambda rows: [change(dict(row)) if row["logs"] else row for row in rows])


def _first_log(**changes: Any) -> Callable[[Entry], Entry]:
    return lambda row: {**row, "logs": [{**row["logs"][0], **changes}, *row["logs"][1:]]}


def _view(signature: str, byte: int, arguments: str = "") -> Callable[[HeldVote], Answer]:
    asked = "0x" + function_signature_to_4byte_selector(signature).hex() + arguments

    def lie(method: str, params: list[Any], result: Any) -> Any:
        return flip(result, byte) if method == "eth_call" and params[0]["data"].startswith(asked) else result

    return lambda _: lie


def _code(of: Callable[[HeldVote], str], change: Callable[[str], str]) -> Callable[[HeldVote], Answer]:
    def made(vote: HeldVote) -> Answer:
        address = of(vote).lower()
        return lambda method, params, result: change(result) if method == "eth_getCode" and params[0] == address else result

    return made


def _changed_later(_: HeldVote) -> Answer:
    """The chain is another one when it is looked at once more at the end."""
    late: list[str] = []
    attested = "0x" + function_signature_to_4byte_selector("refusals()").hex()

    def lie(method: str, params: list[Any], result: Any) -> Any:
        if method == "eth_chainId":  # the next recount begins
            late.clear()
        if method == "eth_call" and params[0]["data"] == attested:
            late.append(method)
        if not late or method != "eth_getBlockByNumber":
            return result
        return {**result, "extraData": "0x77"}

    return lie


def _another_head(_: HeldVote) -> Answer:
    """At the end, the node gives an honest block of another number in place of the head."""
    late: list[str] = []
    attested = "0x" + function_signature_to_4byte_selector("refusals()").hex()
    earlier: dict[str, Any] = {}

    def lie(method: str, params: list[Any], result: Any) -> Any:
        if method == "eth_chainId":  # the next recount begins
            late.clear()
            earlier.clear()
        if method == "eth_call" and params[0]["data"] == attested:
            late.append(method)
        if method != "eth_getBlockByNumber":
            return result
        if not late:
            earlier.setdefault(params[0], {**result, "transactions": []})
            return result
        return next(block for number, block in earlier.items() if number not in ("latest", params[0]))

    return lie


def _word(number: int) -> str:
    return number.to_bytes(32, "big").hex()


NODE_LIES: tuple[NodeLie, ...] = (
    NodeLie("another chain", "node.chain", _method("eth_chainId", lambda _: "0x1")),
    NodeLie("no chain id", "node.answer", _method("eth_chainId", lambda _: None)),
    NodeLie("no head", "node.answer", _block(lambda block: {**block, "hash": None})),
    NodeLie("a header's number that is none", "node.header", _block(lambda block: {**block, "number": "much"})),
    NodeLie("a header's root that is none", "node.header", _block(lambda block: {**block, "stateRoot": None})),
    NodeLie("a header's limit that is no number", "node.header", _block(lambda block: {**block, "gasLimit": "much"})),
    NodeLie(
        "a transaction's field that is no number",
        "node.transaction",
        _block(_first_transaction(lambda row: {**row, "gas": 7}), of="BallotsRecorded"),
    ),
    NodeLie("a receipt's field that is missing", "node.log", _receipts(lambda row: {**row, "cumulativeGasUsed": None})),
    NodeLie("the time of a block", "node.header", _block(lambda b: {**b, "timestamp": hex(int(b["timestamp"], 16) + 5)}, of="PollTallied")),
    NodeLie("the head's extra data", "node.header", _block(lambda block: {**block, "extraData": "0x77"})),
    NodeLie("another block", "node.header", _block(lambda block: {**block, "number": "0x1"}, of="PollTallied")),
    NodeLie("a block without transactions", "node.transaction", _block(lambda block: {**block, "transactions": []}, of="PollAnnounced")),
    NodeLie(
        "the input of a transaction",
        "node.transaction",
        _block(_first_transaction(lambda row: {**row, "input": flip(row["input"], -70)}), of="PollAnnounced"),
    ),
    NodeLie(
        "the input of a batch",
        "node.transaction",
        _block(_first_transaction(lambda row: {**row, "input": flip(row["input"], 500)}), of="BallotRejected"),
    ),
    NodeLie(
        "whom a transaction was sent to",
        "node.transaction",
        _block(_first_transaction(lambda row: {**row, "to": "0x" + "22" * 20}), of="BallotsRecorded"),
    ),
    NodeLie(
        "a transaction of no known kind",
        "node.transaction",
        _block(_first_transaction(lambda row: {**row, "type": "0x7e"}), of="BallotsRecorded"),
    ),
    NodeLie("a log of the receipts", "node.log", _receipts(_first_log(data="0x" + "11" * 64))),
    NodeLie("a receipt's gas", "node.log", _receipts(lambda row: {**row, "cumulativeGasUsed": "0x1"})),
    NodeLie("receipts left out", "node.log", _method("eth_getBlockReceipts", lambda _: [])),
    NodeLie("a recording hidden", "outcome.heads", _event("BallotsRecorded", lambda _: None)),
    NodeLie("a rejection hidden", "node.log", _event("BallotRejected", lambda _: None)),
    NodeLie("a recorded choice", "node.log", _event("BallotsRecorded", lambda one: {**one, "data": flip(one["data"], 68)})),
    NodeLie("a log twice", "node.log", _logs(lambda entries: [*entries, entries[-1]])),
    NodeLie("a log of another contract", "node.log", _logs(lambda entries: [*entries, {**entries[-1], "address": "0x" + "11" * 20}])),
    NodeLie("an unknown event", "node.log", _logs(lambda entries: [*entries[:-1], {**entries[-1], "topics": ["0x" + "11" * 32]}])),
    NodeLie("a log of another block", "node.log", _event("PollTallied", lambda one: {**one, "blockNumber": "0x5"})),
    NodeLie("a log that is no object", "node.answer", _logs(lambda entries: [*entries, 7])),
    NodeLie("logs that are no list", "node.answer", _method("eth_getLogs", lambda _: {"logs": []})),
    NodeLie("other code at the case", "case.code", _code(lambda vote: vote.world.case.address, lambda code: flip(code, 300))),
    NodeLie("other code at the poll", "poll.code", _code(lambda vote: vote.poll.contract.address, lambda _: "0x" + "fe" * 17_444)),
    NodeLie("no code at the poll", "poll.code", _code(lambda vote: vote.poll.contract.address, lambda _: "0x")),
    NodeLie("heads", "state.view", _view("heads(uint256)", 31, _word(1))),
    NodeLie("a sum", "state.view", _view("sumOf(uint256,uint8)", 9, _word(0) + _word(1))),
    NodeLie("the result's hash", "state.view", _view("resultHash()", 7)),
    NodeLie("the outcome", "state.view", _view("passed()", -1)),
    NodeLie("the end of the challenge period", "state.view", _view("challengeEndsAt()", -1)),
    NodeLie("the approvals", "state.view", _view("approvals()", -1)),
    NodeLie("the refusals", "state.view", _view("refusals()", -1)),
    NodeLie("a head that changes meanwhile", "node.header", _changed_later),
    NodeLie("a chain that changes meanwhile", "state.changed", _another_head),
)
