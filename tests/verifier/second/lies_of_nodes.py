"""What a node may say wrongly, each with the finding under which a recount has to name it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from eth_utils.crypto import keccak

from tests.verifier.tally.proxy import Lie, NodeError
from verifier.tally.abi import selector
from verifier.tally.contracts import CALLS, EVENTS, topic_of

SELECTORS = {name: "0x" + selector(name, inputs).hex() for name, inputs in CALLS.items()}
TOPICS = {name: "0x" + topic_of(name, kinds).hex() for name, kinds in EVENTS.items()}
ELSEWHERE = "0x" + "22" * 20


def flip(text: str, byte: int) -> str:
    """Hex with one bit flipped; negative bytes count from the end."""
    raw = bytearray.fromhex(text[2:])
    raw[byte] ^= 1
    return "0x" + raw.hex()


def method(name: str, change: Callable[[Any], Any]) -> Lie:
    return lambda asked, _, result: change(result) if asked == name else result


def refused(name: str) -> Lie:
    def lie(asked: str, _: list[Any], result: Any) -> Any:
        if asked == name:
            raise NodeError("\x1b[31mno")
        return result

    return lie


def view(signature: str, byte: int = -1) -> Lie:
    """One bit of a view's answer."""
    start = "0x" + keccak(signature.encode())[:4].hex()
    return lambda asked, params, result: flip(result, byte) if asked == "eth_call" and params[0]["data"].startswith(start) else result


def logs(change: Callable[[list[dict[str, Any]]], list[Any]]) -> Lie:
    return method("eth_getLogs", change)


def hidden(name: str) -> Lie:
    """Every event of that name, as if it had never been."""
    return logs(lambda rows: [row for row in rows if row["topics"][0] != TOPICS[name]])


def block_with(call: str, change: Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]]) -> Lie:
    """The whole block in which a call stands; `change` hears the block and the transaction."""

    def lie(asked: str, params: list[Any], result: Any) -> Any:
        if asked != "eth_getBlockByNumber" or not params[1]:
            return result
        found = [one for one in result["transactions"] if one["input"].startswith(SELECTORS[call])]
        return change(result, found[0]) if found else result

    return lie


def transaction(call: str, **changes: Callable[[Any], Any]) -> Lie:
    """Fields of the transactions that carry a call."""

    def change(block: dict[str, Any], chosen: dict[str, Any]) -> dict[str, Any]:
        other = {**chosen, **{name: to(chosen[name]) for name, to in changes.items()}}
        return {**block, "transactions": [other if one is chosen else one for one in block["transactions"]]}

    return block_with(call, change)


def field(name: str, to: Callable[[Any], Any]) -> Lie:
    """A field of the header in which the ballots of a batch stand."""
    return block_with("castBatch", lambda block, _: {**block, name: to(block[name])})


def receipts(change: Callable[[list[dict[str, Any]]], list[Any]]) -> Lie:
    return method("eth_getBlockReceipts", change)


def _first_log(**changes: Any) -> Callable[[list[dict[str, Any]]], list[Any]]:
    def change(rows: list[dict[str, Any]]) -> list[Any]:
        if not rows[0]["logs"]:
            return rows
        return [{**rows[0], "logs": [{**rows[0]["logs"][0], **changes}, *rows[0]["logs"][1:]]}, *rows[1:]]

    return change


def _again(of: Callable[[list[Any]], bool], to: Callable[[Any], Any]) -> Lie:
    """Of the questions of a kind, every one after the first is answered by a change of the first answer."""
    seen: list[Any] = []

    def lie(asked: str, params: list[Any], result: Any) -> Any:
        if asked != "eth_getBlockByNumber" or not of(params):
            return result
        seen.append(result)
        return result if len(seen) == 1 else to(seen[0])

    return lie


def _earlier_head() -> Lie:
    """The head that was read is not the chain's any more: an earlier block, whole and right, stands under its number."""
    earlier: list[Any] = []

    def lie(asked: str, params: list[Any], result: Any) -> Any:
        if asked == "eth_getBlockByNumber" and params[1]:
            earlier.append(result)
        return earlier[0] if asked == "eth_getBlockByNumber" and not params[1] and params[0] != "latest" else result

    return lie


LIES: dict[str, tuple[Lie, str]] = {
    "another chain": (method("eth_chainId", lambda _: "0x1"), "node.chain"),
    "no chain id": (method("eth_chainId", lambda _: None), "node.answer"),
    "no code at all": (method("eth_getCode", lambda _: "0x"), "case.code"),
    "other code": (method("eth_getCode", lambda code: flip(code, 700)), "poll.code"),
    "a head without hash": (method("eth_getBlockByNumber", lambda block: {**block, "hash": None}), "node.answer"),
    "a head that is none": (method("eth_getBlockByNumber", lambda _: None), "node.answer"),
    "another time": (field("timestamp", lambda one: hex(int(one, 16) - 5000)), "node.header"),
    "another parent": (field("parentHash", lambda one: flip(one, 3)), "node.header"),
    "another receipts root": (field("receiptsRoot", lambda one: flip(one, 3)), "node.header"),
    "extra data": (field("extraData", lambda _: "0x01"), "node.header"),
    "a header field that is no number": (field("gasLimit", lambda _: "many"), "node.header"),
    "another block": (
        lambda m, p, r: {**r, "number": "0x1"} if m == "eth_getBlockByNumber" and p[1] else r,
        "node.header",
    ),
    "a ballot's input": (transaction("cast", input=lambda one: flip(one, 70)), "node.transaction"),
    "an opening's input": (transaction("openSums", input=lambda one: flip(one, 70)), "node.transaction"),
    "an act sent elsewhere": (transaction("announcePoll", to=lambda _: ELSEWHERE), "node.transaction"),
    "a creation where there is none": (transaction("castBatch", to=lambda _: None), "node.transaction"),
    "a transaction of an unknown type": (transaction("castBatch", type=lambda _: "0x7e"), "node.transaction"),
    "a transaction left out": (
        block_with("castBatch", lambda block, chosen: {**block, "transactions": [t for t in block["transactions"] if t is not chosen]}),
        "node.transaction",
    ),
    "no transactions": (block_with("castBatch", lambda block, _: {**block, "transactions": None}), "node.answer"),
    "hashes in place of transactions": (
        block_with("castBatch", lambda block, _: {**block, "transactions": [one["hash"] for one in block["transactions"]]}),
        "node.transaction",
    ),
    "a receipt's log": (receipts(_first_log(data="0x")), "node.log"),
    "a receipt's topic": (receipts(_first_log(topics=[])), "node.log"),
    "a receipt that failed": (receipts(lambda rows: [{**rows[0], "status": "0x0"}, *rows[1:]]), "node.log"),
    "a receipt left out": (receipts(lambda rows: rows[1:]), "node.log"),
    "receipts of nothing": (receipts(lambda rows: [None for _ in rows]), "node.log"),
    "a log twice": (logs(lambda rows: [*rows, rows[-1]]), "node.log"),
    "a log of another contract": (logs(lambda rows: [*rows, {**rows[-1], "address": ELSEWHERE}]), "node.log"),
    "a log of another transaction": (logs(lambda rows: [*rows[:-1], {**rows[-1], "transactionHash": "0x" + "11" * 32}]), "node.log"),
    "a log of a later block": (logs(lambda rows: [*rows[:-1], {**rows[-1], "blockNumber": "0xffffff"}]), "node.log"),
    "a log's data": (logs(lambda rows: [*rows[:-1], {**rows[-1], "data": flip(rows[-1]["data"], -1)}]), "node.log"),
    "an event that nobody emitted": (logs(lambda rows: [*rows[:-1], {**rows[-1], "topics": ["0x" + "11" * 32]}]), "node.log"),
    "a log that is no object": (logs(lambda rows: [*rows, 7]), "node.answer"),
    "logs that are no list": (method("eth_getLogs", lambda _: {}), "node.answer"),
    "logs that are refused": (refused("eth_getLogs"), "node.answer"),
    "blocks that are refused": (refused("eth_getBlockByNumber"), "node.answer"),
    "the opening of the case hidden": (hidden("CaseOpened"), "node.log"),
    "the announcement hidden": (hidden("PollAnnounced"), "parameters.announced"),
    "the freezing hidden": (hidden("RegisterFrozen"), "register.frozen"),
    "the submission hidden": (hidden("PlanSubmitted"), "plan.submitted"),
    "the admission hidden": (hidden("PlanAdmitted"), "plan.admitted"),
    "ballots hidden": (hidden("BallotsRecorded"), "outcome.heads"),
    "rejections hidden": (hidden("BallotRejected"), "node.log"),
    "notes hidden": (hidden("Noted"), "receipts.unanchored"),
    "the result hidden": (hidden("PollTallied"), "opening.missing"),
    "attestations hidden": (hidden("OfficialAttested"), "node.log"),
    "heads": (view("heads(uint256)"), "state.view"),
    "a sum": (view("sumOf(uint256,uint8)"), "state.view"),
    "the result": (view("resultHash()"), "state.view"),
    "the outcome": (view("passed()"), "state.view"),
    "the end of the challenge period": (view("challengeEndsAt()"), "state.view"),
    "the approvals": (view("approvals()"), "state.view"),
    "the refusals": (view("refusals()"), "state.view"),
    "a view that is none": (method("eth_call", lambda _: "0x01"), "state.view"),
    "views that are refused": (refused("eth_call"), "node.answer"),
    "the same block for every number": (_again(lambda params: bool(params[1]), lambda one: one), "node.header"),
    "a head that is spoiled at the end": (_again(lambda params: not params[1], lambda one: {**one, "extraData": "0x77"}), "node.header"),
    "a chain that changed": (_earlier_head(), "state.changed"),
}  # fmt: skip
