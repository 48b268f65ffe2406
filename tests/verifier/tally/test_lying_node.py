"""Whatever a node says wrongly is found under its name; whatever it only says awkwardly is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.build.contracts import load
from scripts.tampers.lies.nodes import NODE_LIES, NodeLie
from tests.verifier.tally.proxy import NodeError, forward, lying, serving
from tests.verifier.tally.vote import HeldVote
from verifier.tally.recount import Recount

Again = Callable[..., Recount]


def names_of(work: Recount) -> set[str]:
    names = {finding.name for finding in work.findings}
    assert "step.failed" not in names, work.findings
    return names


@pytest.mark.parametrize("lie", NODE_LIES, ids=lambda lie: lie.name)
def test_lie__is_found_under_its_name(lie: NodeLie, published: Path, count_again: Again, node_address: str, held_vote: HeldVote) -> None:
    with lying(node_address, lie.made(held_vote)) as address:
        work = count_again(published, address)
    assert lie.finding in names_of(work), work.findings


def test_lies__have_a_name_each() -> None:
    assert len({lie.name for lie in NODE_LIES}) == len(NODE_LIES)


def test_node__that_refuses_wide_ranges_is_asked_for_narrow_ones(published: Path, count_again: Again, node_address: str) -> None:
    def lie(method: str, params: list[Any], result: Any) -> Any:
        if method == "eth_getLogs" and int(params[0]["toBlock"], 16) - int(params[0]["fromBlock"], 16) > 2:
            raise NodeError("query returned more than 3 blocks")
        return result

    with lying(node_address, lie) as address:
        assert count_again(published, address).agrees


def test_node__without_receipts_by_the_block_is_asked_for_each(published: Path, count_again: Again, node_address: str) -> None:
    def lie(method: str, _: list[Any], result: Any) -> Any:
        if method == "eth_getBlockReceipts":
            raise NodeError("method not found")
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
    assert names_of(work) == {"node.answer", "step.blocked"}
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


NONSENSE = [
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
]


@pytest.mark.parametrize("body", NONSENSE, ids=lambda body: repr(body[:12]))
def test_node__that_talks_nonsense_is_a_finding(body: bytes, published: Path, count_again: Again, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verifier.tally.chain.node.FIRST_PAUSE_SECONDS", 0.0)
    with serving(lambda _: (200, body)) as address:
        assert "node.answer" in names_of(count_again(published, address))


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://[", "http://", "http://no-such-host.invalid:8545", "http://\x00"])
def test_node__out_of_reach_is_a_finding(address: str, published: Path, count_again: Again, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verifier.tally.chain.node.FIRST_PAUSE_SECONDS", 0.0)
    work = count_again(published, address)
    assert names_of(work) == {"node.answer", "step.blocked"}
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
    }


@pytest.mark.parametrize("name", storage())
def test_storage__changed_under_the_contract_is_found(
    name: str, published: Path, count_again: Again, node_address: str, held_vote: HeldVote
) -> None:
    chain, poll = held_vote.poll.chain, held_vote.poll.contract.address
    snapshot = chain.rpc("evm_snapshot")
    try:
        place = hex(storage()[name])
        value = int.from_bytes(chain.w3.eth.get_storage_at(poll, int(place, 16)), "big") ^ (1 << 65 if "heads" in name else 1)
        chain.rpc("anvil_setStorageAt", poll, place, "0x" + value.to_bytes(32, "big").hex())
        chain.rpc("evm_mine")
        assert names_of(count_again(published)) == {"state.view"}
    finally:
        assert chain.rpc("evm_revert", snapshot)
