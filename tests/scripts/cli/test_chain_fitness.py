"""`lendervote doctor --chain`: Anvil is fit; a node that lacks one thing after the other is not, and it is said which."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.ground.chain.node import Node
from backend.ground.chain.service import Chain
from scripts.cli import chain_fitness, engine_trials
from tests.backend.ground.chain.lines import Between, Refuse
from tests.backend.ground.chain.world import open_test_chain


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    chain = open_test_chain(tmp_path_factory.mktemp("chain"), pump=False)
    yield chain
    chain.stop()


@pytest.fixture
def line(source: Chain, monkeypatch: pytest.MonkeyPatch) -> Iterator[Between]:
    monkeypatch.setattr(chain_fitness, "WATCHED_SECONDS", 0.3)
    monkeypatch.setattr(engine_trials, "WAIT_SECONDS", 5.0)
    between = Between(source.rpc_url)
    yield between
    between.stop()


def last_line(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text.strip().splitlines()[-1])
    return found


def test_anvil_is_fit(line: Between, capsys: pytest.CaptureFixture[str]) -> None:
    assert chain_fitness.examine(line.url) == 0
    assert last_line(capsys.readouterr().out) == {"fit": True, "checks": len(chain_fitness.TRIALS), "unfit": []}


def refusing(*methods: str) -> Any:
    def change(request: dict[str, Any], result: Any) -> Any:
        if request["method"] in methods:
            raise Refuse(-32601, "the method does not exist/is not available")
        return result

    return change


def in_milliseconds(request: dict[str, Any], result: Any) -> Any:
    if request["method"] == "eth_call" and request["params"][0].get("data") == "0x" + engine_trials.TIMESTAMP:
        return "0x" + (1000 * int(result, 16)).to_bytes(32, "big").hex()
    return result


def small_blocks(request: dict[str, Any], result: Any) -> Any:
    return {**result, "gasLimit": "0xe4e1c0"} if request["method"] == "eth_getBlockByNumber" else result


def before_cancun(request: dict[str, Any], result: Any) -> Any:
    if request["method"] == "eth_call" and request["params"][0].get("data") == "0x" + engine_trials.MCOPY:
        raise Refuse(-32000, "invalid opcode: opcode 0x5e not defined")
    return result


def no_recovery(request: dict[str, Any], result: Any) -> Any:
    data = request["params"][0].get("data", "") if request["method"] == "eth_call" else ""
    wanted = f"{0:064x}{27:064x}{chain_fitness.G_X:064x}"
    return "0x" + "00" * 31 + "01" if wanted in data else result


def bounded_computations(request: dict[str, Any], result: Any) -> Any:
    if request["method"] == "eth_getTransactionReceipt" and result and int(result["gasUsed"], 16) > 1_000_000:
        return {**result, "status": "0x0"}
    return result


def other_answer_at_0x100(request: dict[str, Any], result: Any) -> Any:
    data = request["params"][0].get("data", "") if request["method"] == "eth_call" else ""
    return "0x" + f"{1:064x}{7:064x}" if engine_trials.push(0x100, 2) + "5afa" in data else result


@pytest.mark.parametrize(
    ("change", "unfit"),
    [
        (in_milliseconds, "timestamps"),
        (small_blocks, "gas of blocks"),
        (before_cancun, "MCOPY (Cancun)"),
        (no_recovery, "ecrecover with hash 0"),
        (bounded_computations, "long computations"),
        (other_answer_at_0x100, "P-256 at 0x100"),
        (refusing("eth_getLogs"), "ranges of events"),
    ],
)
def test_what_a_chain_lacks_is_named(line: Between, change: Any, unfit: str, capsys: pytest.CaptureFixture[str]) -> None:
    line.change = change
    assert chain_fitness.examine(line.url) == 1
    said = capsys.readouterr().out
    assert last_line(said)["unfit"] == [unfit]


def test_what_recounts_and_bundles_can_do_without_makes_no_chain_unfit(line: Between, capsys: pytest.CaptureFixture[str]) -> None:
    line.change = refusing("eth_getProof", "eth_getBlockReceipts")
    assert chain_fitness.examine(line.url) == 0
    assert "prove no state" in " ".join(capsys.readouterr().out.split())


def test_where_places_cost_money_transactions_are_not_tried(line: Between, capsys: pytest.CaptureFixture[str]) -> None:
    line.change = refusing("anvil_setBalance")
    assert chain_fitness.examine(line.url) == 0
    assert "not tried" in capsys.readouterr().out


def test_a_node_that_is_not_there_is_unfit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert chain_fitness.examine("http://127.0.0.1:9") == 1
    assert "chain id" in last_line(capsys.readouterr().out)["unfit"]


def test_so_many_signatures_are_recovered_and_no_gas_is_left_over_for_fewer(source: Chain) -> None:
    node = Node(source.rpc_url)
    account = engine_trials.sender(node)
    found = engine_trials.await_receipt(
        node, engine_trials.send(node, account, 0, 6_000_000, engine_trials.many_signatures(1_400), creates=True)
    )
    assert found["status"] == "0x1"
    assert 1_400 * 3_000 < int(str(found["gasUsed"]), 16) < 6_000_000
