"""Nodes that bound what they answer, break the protocol, or answer something of another kind: a reason, never a defect."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.verifier.issuer.asking import code_of
from tests.verifier.issuer.conftest import With
from tests.verifier.issuer.papers import IssuerPapers
from tests.verifier.tally.proxy import Lie, NodeError, lying, serving

VOUCHED = "/v1/credentials/vouched"


def test_a_node_that_bounds_its_ranges_is_asked_again_in_pieces(with_nodes: With, papers: IssuerPapers, rpc_url: str) -> None:
    most = 3
    chain = papers.poll.chain
    for _ in range(20):
        chain.rpc("evm_mine")

    def bounded(method: str, params: list[Any], result: Any) -> Any:
        if method == "eth_getLogs" and int(params[0]["toBlock"], 16) - int(params[0]["fromBlock"], 16) >= most:
            raise NodeError("query exceeds max block range")
        return result

    with lying(rpc_url, bounded) as node, with_nodes(Court=node, Exchange=rpc_url) as client:
        assert client.post(VOUCHED, json=papers.vouched(3)).status_code == 200


RUDE = {
    "no JSON": b"<html>",
    "deep JSON": b"[" * 200_000,
    "an object": b'{"jsonrpc": "2.0", "id": 1, "result": "0x1"}',
    "ids that are lists": b'[{"id": [1], "result": "0x1"}]',
    "nothing": b"",
    "too much": b'["' + b"x" * (5 * 1024 * 1024) + b'"]',
}


@pytest.mark.parametrize("name", RUDE)
def test_a_rude_node_is_a_silent_one(with_nodes: With, papers: IssuerPapers, rpc_url: str, name: str) -> None:
    with serving(lambda _: (200, RUDE[name])) as rude, with_nodes(Court=rpc_url, Exchange=rude) as client:
        assert code_of(client.post(VOUCHED, json=papers.vouched(3))) == "NodesTooFew"


@pytest.mark.parametrize("result", [None, 7, "0x", "x", [], [7], [{}], [{"data": 7}], {}, "0x" + "ff" * 96, True, {"timestamp": "now"}])
@pytest.mark.parametrize("method", ["eth_chainId", "eth_call", "eth_getLogs", "eth_getTransactionByHash", "eth_getBlockByNumber"])
def test_an_answer_of_another_kind_is_no_defect_of_ours(
    with_nodes: With, papers: IssuerPapers, rpc_url: str, method: str, result: Any
) -> None:
    lie: Lie = lambda asked, params, true: result if asked == method else true  # noqa: E731
    with lying(rpc_url, lie) as rude, with_nodes({"one_node": True}, Exchange=rude) as client:
        answer = client.post(VOUCHED, json=papers.vouched(3))
        assert answer.status_code in {403, 404, 503}, json.dumps(answer.json())
