"""Whatever a node says wrongly is found by the step that owns it; whatever it only says awkwardly is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from eth_utils import function_signature_to_4byte_selector, keccak

from scripts.build_contracts import load
from tests.verifier.tally.proxy import Lie, NodeError, forward, lying, serving
from tests.verifier.tally.vote import HeldVote
from verifier.tally.contracts import CALLS, EVENTS
from verifier.tally.recount import Recount

Again = Callable[..., Recount]
SELECTORS = {name: "0x" + function_signature_to_4byte_selector(name + inputs).hex() for name, inputs in CALLS.items()}
TOPICS = {name: "0x" + keccak(text=f"{name}({','.join(k.split(' ')[0] for k in kinds)})").hex() for name, kinds in EVENTS.items()}


def flip(text: str, byte: int, bit: int = 1) -> str:
    """Hex with one bit flipped; negative bytes count from the end."""
    raw = bytearray.fromhex(text[2:])
    raw[byte] ^= bit
    return "0x" + raw.hex()


def steps_of(work: Recount) -> list[int]:
    findings = [finding for log in work.steps for finding in log.findings]
    assert not [finding for finding in findings if "the tool failed" in finding.what], findings
    return [log.number for log in work.steps if not log.clean]


def view(signature: str, byte: int, data: str = "", bit: int = 1) -> Lie:
    """Flips a bit of a view's answer."""
    selector = "0x" + function_signature_to_4byte_selector(signature).hex()

    def lie(method: str, params: list[Any], result: Any) -> Any:
        asked = method == "eth_call" and params[0]["data"].startswith(selector + data)
        return flip(result, byte, bit) if asked else result

    return lie


def calldata(name: str, byte: int, nth: int = 0) -> Lie:
    """Flips a bit of the input of the nth transaction that carries the call."""
    seen: list[str] = []

    def lie(method: str, params: list[Any], result: Any) -> Any:
        if method != "eth_getTransactionByHash" or not result["input"].startswith(SELECTORS[name]):
            return result
        if result["hash"] not in seen:
            seen.append(result["hash"])
        return {**result, "input": flip(result["input"], byte)} if seen.index(result["hash"]) == nth else result

    return lie


def logs(change: Callable[[list[dict[str, Any]]], list[Any]]) -> Lie:
    return lambda method, _, result: change(result) if method == "eth_getLogs" else result


def event(name: str, nth: int, change: Callable[[dict[str, Any]], dict[str, Any] | None]) -> Lie:
    """Changes, or hides, the nth event of that name."""

    def apply(entries: list[dict[str, Any]]) -> list[Any]:
        chosen = [entry for entry in entries if entry["topics"][0] == TOPICS[name]][nth]
        return [change(dict(entry)) if entry is chosen else entry for entry in entries if entry is not chosen or change(dict(entry))]

    return logs(apply)


def event_data(name: str, byte: int, nth: int = 0) -> Lie:
    return event(name, nth, lambda entry: {**entry, "data": flip(entry["data"], byte)})


def block_time(of: Callable[[HeldVote], int], shift: int) -> Callable[[HeldVote], Lie]:
    """Shifts the time of one block."""

    def made(vote: HeldVote) -> Lie:
        number = hex(of(vote))

        def lie(method: str, params: list[Any], result: Any) -> Any:
            moved = method == "eth_getBlockByNumber" and params[0] == number
            return {**result, "timestamp": hex(int(result["timestamp"], 16) + shift)} if moved else result

        return lie

    return made


def block_of(name: str, nth: int = 0) -> Callable[[HeldVote], int]:
    def found(vote: HeldVote) -> int:
        contract = vote.world.case if name in ("PollAnnounced", "PlanAdmitted") else vote.poll.contract
        return int(contract.events[name]().get_logs(from_block=0)[nth]["blockNumber"])

    return found


def method(name: str, change: Callable[[Any], Any]) -> Lie:
    return lambda asked, _, result: change(result) if asked == name else result


def of_cast(**changes: Any) -> Lie:
    """Changes fields of the transactions that carry a single ballot."""
    return lambda asked, _, result: (
        {**result, **changes} if asked == "eth_getTransactionByHash" and result["input"].startswith(SELECTORS["cast"]) else result
    )


def word(number: int) -> str:
    return number.to_bytes(32, "big").hex()


CASES: dict[str, tuple[Lie, int]] = {
    "another chain": (method("eth_chainId", lambda _: "0x1"), 1),
    "no chain id": (method("eth_chainId", lambda _: None), 1),
    "no code": (method("eth_getCode", lambda _: "0x"), 1),
    "another poll under the number": (view("poll(uint256)", -1), 1),
    "the poll of another case": (view("caseContract()", -1), 1),
    "another poll number": (view("pollNumber()", -1), 1),
    "another official": (view("officials()", -20), 1),
    "a lower threshold": (view("threshold()", -1, bit=3), 1),
    "another institution": (view("institution()", 70), 1),
    "the opening of the case hidden": (event("CaseOpened", 0, lambda _: None), 1),
    "a log twice": (logs(lambda entries: [*entries, entries[-1]]), 1),
    "a log of another contract": (logs(lambda entries: [*entries, {**entries[-1], "address": "0x" + "11" * 20}]), 1),
    "a log of another block": (logs(lambda entries: [*entries[:-1], {**entries[-1], "blockHash": "0x" + "11" * 32}]), 1),
    "an unknown event": (logs(lambda entries: [*entries[:-1], {**entries[-1], "topics": ["0x" + "11" * 32]}]), 1),
    "a log without topics": (logs(lambda entries: [*entries[:-1], {**entries[-1], "topics": []}]), 1),
    "a log cut off": (event("PollTallied", 0, lambda entry: {**entry, "data": entry["data"][:-64]}), 1),
    "a log that is no object": (logs(lambda entries: [*entries, 7]), 1),
    "logs that are no list": (method("eth_getLogs", lambda _: {"logs": []}), 1),
    "a head without hash": (method("eth_getBlockByNumber", lambda b: {**b, "hash": None}), 1),
    "another block": (lambda m, p, r: {**r, "number": "0x1"} if m == "eth_getBlockByNumber" and p[0] == "0x5" else r, 1),
    "other parameters": (view("parameters()", 32 * 4 - 1), 2),
    "another parameters hash": (view("parametersHash()", 0), 2),
    "the announcement hidden": (event("PollAnnounced", 0, lambda _: None), 2),
    "an official's signature under the announcement": (calldata("announcePoll", -40), 2),
    "other parameters announced": (calldata("announcePoll", 4 + 32 * 3 + 31), 2),
    "another depth": (view("depth()", -1), 2),
    "another root": (view("registerRoot()", 5), 3),
    "another register of the case": (view("register(uint256)", 5), 3),
    "other class totals": (view("classes()", -33), 3),
    "the freezing hidden": (event("RegisterFrozen", 0, lambda _: None), 3),
    "an official's signature under the freezing": (calldata("freezeRegister", -40), 3),
    "another plan hash": (view("planHash()", 5), 4),
    "another plan of the case": (view("plan(uint256)", 5), 4),
    "another submitter": (view("planSubmitter()", -20), 4),
    "the submission hidden": (event("PlanSubmitted", 0, lambda _: None), 4),
    "the institution's signature": (calldata("submitPlan", -60), 4),
    "an official's signature under the admission": (calldata("admitPlan", -60), 4),
    "the admission hidden": (event("PlanAdmitted", 0, lambda _: None), 4),
    "a cast ballot's choice": (calldata("cast", 4 + 32 * 1 + 31, 0), 6),
    "a cast ballot's leaf": (calldata("cast", 4 + 32 * 9 + 31, 0), 6),
    "a cast ballot's point": (calldata("cast", 4 + 32 * 10 + 31, 1), 6),
    "a batch's expiry": (calldata("castBatch", 4 + 32 * 4 + 32 + 31), 6),
    "a batch's entry": (calldata("castBatch", 4 + 32 * 4 + 32 * 5 + 3), 6),
    "a batch's ballot key": (calldata("castBatch", 4 + 32 * 4 + 32 * 5 + 20), 6),
    "recorded ballots": (event_data("BallotsRecorded", 64 + 4), 6),
    "recorded index": (event_data("BallotsRecorded", 64 + 3, 1), 6),
    "a rejection's reason": (event_data("BallotRejected", -1), 6),
    "a rejection hidden": (event("BallotRejected", 0, lambda _: None), 6),
    "a recording hidden": (event("BallotsRecorded", 1, lambda _: None), 6),
    "a transaction gone": (lambda m, p, r: None if m == "eth_getTransactionByHash" and r["input"].startswith(SELECTORS["cast"]) else r, 6),
    "a transaction sent elsewhere": (of_cast(to="0x" + "22" * 20), 6),
    "a transaction of another hash": (of_cast(hash="0x" + "22" * 32), 6),
    "a transaction of another block": (of_cast(blockHash="0x" + "22" * 32), 6),
    "a whole cast hidden": (event("BallotsRecorded", -1, lambda _: None), 7),
    "heads": (view("heads(uint256)", 31, word(0)), 7),
    "heads of the other class": (view("heads(uint256)", 63, word(1)), 7),
    "a sum": (view("sumOf(uint256,uint8)", 3, word(1) + word(1)), 7),
    "a sum where nothing was cast": (view("sumOf(uint256,uint8)", 3, word(1) + word(2)), 7),
    "the tally hidden": (event("PollTallied", 0, lambda _: None), 8),
    "a blind": (calldata("openSums", 4 + 32 * 2 + 63), 8),
    "an amount": (calldata("openSums", 4 + 32 * 2 + 31), 8),
    "an amount in the event": (event_data("PollTallied", 32 * 5 + 32 * 3 + 31), 8),
    "heads in the event": (event_data("PollTallied", 32 * 5 + 31), 9),
    "the outcome in the event": (event_data("PollTallied", 32 + 31), 9),
    "the outcome": (view("passed()", -1), 9),
    "the result hash": (view("resultHash()", 7), 9),
    "the end of the challenge": (view("challengeEndsAt()", -1), 9),
    "the tallies": (view("tallies()", -1), 9),
    "an attestation's signature": (calldata("attest", -70), 10),
    "an attestation turned round": (event_data("OfficialAttested", 31), 10),
    "an attestation hidden": (event("OfficialAttested", 0, lambda _: None), 10),
    "an attestation of another": (
        event("OfficialAttested", 0, lambda entry: {**entry, "topics": [entry["topics"][0], flip(entry["topics"][1], 3)]}), 10,
    ),
    "the approvals": (view("approvals()", -1), 10),
    "the refusals": (view("refusals()", -1), 10),
    "the stage": (view("stage()", -1), 10),
    "the decision hidden": (event("PollDecided", 0, lambda _: None), 10),
    "the decision": (event_data("PollDecided", 31), 10),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_lie__is_found_by_its_step(name: str, published: Path, count_again: Again, node_address: str) -> None:
    lie, step = CASES[name]
    with lying(node_address, lie) as address:
        work = count_again(published, address)
    steps = steps_of(work)
    assert steps, "nothing was found"
    assert steps[0] == step, [log.findings for log in work.steps if not log.clean]


def expired(method: str, _: list[Any], result: Any) -> Any:
    """Single ballots whose credential ended in 1970."""
    if method != "eth_getTransactionByHash" or not result["input"].startswith(SELECTORS["cast"]):
        return result
    start = 2 + 2 * (4 + 32 * 6)
    return {**result, "input": result["input"][:start] + word(1) + result["input"][start + 64 :]}


#: Where in the input of `cast` each part stands: index, choice, sequence, key, r, vs, expiry, r, vs of the credential, class, x, y, proof.
RULES = {
    "the proof does not lead to the register's root": calldata("cast", -1),
    "credential is not signed by a verifier of the poll": calldata("cast", 4 + 32 * 7 + 9),
    "credential had expired": expired,
    "a ballot was recorded that had to be refused": calldata("cast", 4 + 32 * 4 + 9),
    "leaf is not the published one": calldata("cast", 4 + 32 * 10 + 9),
    "index does not exist": calldata("cast", 4 + 30),
    "BallotsRecorded is not what its ballots give": calldata("cast", 4 + 32 + 31),
}


@pytest.mark.parametrize("rule", RULES)
def test_rule__is_checked_by_itself(rule: str, published: Path, count_again: Again, node_address: str) -> None:
    """Each rule of a ballot is found broken under its own name, beside the input that is no longer the transaction's."""
    with lying(node_address, RULES[rule]) as address:
        found = {finding.what for finding in count_again(published, address).steps[5].findings}
    assert {"its fields do not give its hash", rule} <= found, found


TIMES = {
    "announced after the opening": (block_time(block_of("PollAnnounced"), 5_000), 2),
    "cast before the opening": (block_time(block_of("BallotsRecorded"), -5_000), 6),
    "cast after the close": (block_time(block_of("BallotsRecorded", 1), 50_000), 6),
    "opened before the close": (block_time(block_of("PollTallied"), -1), 8),
    "attested within the challenge period": (block_time(block_of("OfficialAttested"), -3_000), 10),
}


@pytest.mark.parametrize("name", TIMES)
def test_time__of_a_block_is_held_to_the_window(
    name: str, published: Path, count_again: Again, node_address: str, held_vote: HeldVote
) -> None:
    """On a chain whose headers nobody can check; where they can be checked, another time is already no header of the block."""
    made, step = TIMES[name]
    lie = made(held_vote)

    def foreign(method: str, params: list[Any], result: Any) -> Any:
        result = lie(method, params, result)
        return {**result, "extraData": "0x77"} if method == "eth_getBlockByNumber" else result

    with lying(node_address, foreign) as address:
        work = count_again(published, address)
    assert steps_of(work)[0] == step
    assert any("hashes its blocks in another way" in note for note in work.steps[0].notes)


@pytest.mark.parametrize("name", TIMES)
def test_time__of_a_block_is_bound_to_its_hash(
    name: str, published: Path, count_again: Again, node_address: str, held_vote: HeldVote
) -> None:
    with lying(node_address, TIMES[name][0](held_vote)) as address:
        first = count_again(published, address).steps[0].findings[0]
    assert first.what == "its header does not give its hash"


def test_block__that_does_not_list_a_transaction(published: Path, count_again: Again, node_address: str) -> None:
    def lie(method: str, params: list[Any], result: Any) -> Any:
        return {**result, "transactions": []} if method == "eth_getBlockByNumber" else result

    with lying(node_address, lie) as address:
        work = count_again(published, address)
    assert steps_of(work) == [2, 3, 4, 6, 8, 10]
    assert all("does not list it" in finding.what for log in work.steps for finding in log.findings)


def test_batch__every_part_matters(published: Path, count_again: Again, node_address: str, held_vote: HeldVote) -> None:
    """One flipped bit anywhere in a batch's input is found: the input is bound to the transaction's hash."""
    first = held_vote.poll.contract.events.BallotRejected().get_logs(from_block=0)[0]["transactionHash"]
    raw = bytes(held_vote.poll.contract.w3.eth.get_transaction(first)["input"])
    for place in range(4 + 32 * 9, len(raw), 97):
        with lying(node_address, calldata("castBatch", place)) as address:
            work = count_again(published, address)
        assert steps_of(work)[0] == 6, place
        assert "its fields do not give its hash" in {finding.what for finding in work.steps[5].findings}


def test_chain__that_changes_during_the_recount_is_found(published: Path, count_again: Again, node_address: str) -> None:
    late: list[str] = []  # what was asked from the decision's step on
    stage = "0x" + function_signature_to_4byte_selector("stage()").hex()

    def lie(method: str, params: list[Any], result: Any) -> Any:
        if late or (method == "eth_call" and params[0]["data"] == stage):
            late.append(method)
        return {**result, "hash": "0x" + "77" * 32} if late and method == "eth_getBlockByNumber" else result

    with lying(node_address, lie) as address:
        work = count_again(published, address)
    assert steps_of(work) == [12]


def test_node__that_refuses_wide_ranges_is_asked_for_narrow_ones(published: Path, count_again: Again, node_address: str) -> None:
    def lie(method: str, params: list[Any], result: Any) -> Any:
        if method == "eth_getLogs" and int(params[0]["toBlock"], 16) - int(params[0]["fromBlock"], 16) > 2:
            raise NodeError("query returned more than 3 blocks")
        return result

    with lying(node_address, lie) as address:
        assert count_again(published, address).agrees


def test_node__that_never_gives_logs_is_a_finding(published: Path, count_again: Again, node_address: str) -> None:
    def lie(method: str, params: list[Any], result: Any) -> Any:
        if method == "eth_getLogs":
            raise NodeError("\x1b[31mno logs here")
        return result

    with lying(node_address, lie) as address:
        work = count_again(published, address)
    assert steps_of(work) == list(range(1, 13))
    assert "\\x1b[31mno logs here" in work.steps[0].findings[0].found


def test_node__without_json_batches_is_asked_one_by_one(published: Path, count_again: Again, node_address: str) -> None:
    def answer(body: bytes) -> tuple[int, bytes]:
        call = json.loads(body)
        if isinstance(call, list):
            return 200, json.dumps({"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": "no batches"}}).encode()
        return 200, json.dumps(forward(node_address, call)).encode()

    with serving(answer) as address:
        assert count_again(published, address).agrees


def test_node__that_falters_is_asked_again(published: Path, count_again: Again, node_address: str) -> None:
    count = [0]

    def answer(body: bytes) -> tuple[int, bytes]:
        count[0] += 1
        if count[0] % 9 == 0:
            return 503, b"busy"
        return 200, json.dumps(forward(node_address, json.loads(body))).encode()

    with serving(answer) as address:
        assert count_again(published, address).agrees


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"null",
        b"7",
        b"[]",
        b"{}",
        b'{"id":1}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"jsonrpc":"2.0","id":1,"result":' + b"9" * 5000 + b"}",
    ],
    ids=lambda body: repr(body[:12]),
)
def test_node__that_talks_nonsense_is_a_finding(body: bytes, published: Path, count_again: Again, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verifier.tally.rpc.FIRST_PAUSE_SECONDS", 0.0)
    with serving(lambda _: (200, body)) as address:
        assert steps_of(count_again(published, address))[0] == 1


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://[", "http://", "http://no-such-host.invalid:8545", "http://\x00"])
def test_node__out_of_reach_is_a_finding(address: str, published: Path, count_again: Again, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verifier.tally.rpc.FIRST_PAUSE_SECONDS", 0.0)
    work = count_again(published, address)
    assert steps_of(work) == list(range(1, 13))
    assert "does not answer" in work.steps[0].findings[0].what


def storage() -> dict[str, int]:
    """Slots of the poll that a recount must notice, by name."""
    found = {row["label"]: int(row["slot"]) for row in load("Poll")["storageLayout"]["storage"]}
    return {
        "heads of class 0": found["_heads"],
        "heads of class 1": found["_heads"] + 1,
        "sum of class 0, for": found["_sums"] + 2,
        "sum of class 1, for": found["_sums"] + 10,
        "result hash": found["_resultHash"],
        "outcome and end of challenge": found["_passed"],
        "approvals": found["_approvals"],
        "parameters": found["_parameters"],
    }


@pytest.mark.parametrize(("name", "step"), [(name, 2 if name == "parameters" else 0) for name in storage()])
def test_storage__changed_under_the_contract_is_found(
    name: str, step: int, published: Path, count_again: Again, node_address: str, held_vote: HeldVote
) -> None:
    chain, poll = held_vote.poll.chain, held_vote.poll.contract.address
    snapshot = chain.rpc("evm_snapshot")
    try:
        place = hex(storage()[name])
        value = int.from_bytes(chain.w3.eth.get_storage_at(poll, int(place, 16)), "big") ^ (1 << 65 if "heads" in name else 1)
        chain.rpc("anvil_setStorageAt", poll, place, "0x" + value.to_bytes(32, "big").hex())
        chain.rpc("evm_mine")
        steps = steps_of(count_again(published))
    finally:
        assert chain.rpc("evm_revert", snapshot)
    expected = {"heads": 7, "sum": 7, "result": 9, "outcome": 9, "approvals": 10, "parameters": 2}
    assert steps
    assert steps[0] == expected[name.split(" ", maxsplit=1)[0]]
