"""web3.py speaks to the chain: when it is loaded, what it is kept from doing, and that what it reads is what this house means."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from eth_abi.abi import encode

from backend.ground.chain import artifacts, codec, former
from backend.ground.chain.calls import ContractCall
from backend.ground.chain.errors import NodeNotAnswering, TransactionReverted
from backend.ground.chain.events import EventNotReadable, read_event
from backend.ground.chain.fees import suggested_fees
from backend.ground.chain.node import Node
from backend.ground.chain.poll import PollContract
from backend.ground.chain.purse import read_purse
from backend.ground.common.hashing import keccak

SOMEBODY = "0x" + "ab" * 20
BLOCK: dict[str, Any] = {"number": "0x7", "hash": "0x" + "11" * 32, "timestamp": "0x64", "baseFeePerGas": "0x10", "extraData": "0x"}
ANSWERS = {"eth_getBlockByNumber": BLOCK, "eth_gasPrice": "0x10", "eth_maxPriorityFeePerGas": "0x2", "eth_getBalance": "0xff"}


class Told(Node):
    """A node that answers what it was given."""

    def __init__(self, **answers: Any) -> None:
        super().__init__("http://127.0.0.1:1")
        self.answers = ANSWERS | answers
        self.asked: list[tuple[str, tuple[Any, ...]]] = []

    def _ask_once(self, method: str, *params: Any) -> Any:
        self.asked.append((method, params))
        return self.answers[method]


def test_web3_is_not_loaded_before_a_node_is_asked() -> None:
    program = (
        "import sys, backend.app, scripts.cli.__main__\n"
        "from backend.ground.chain.node import Node\n"
        "node = Node('http://127.0.0.1:1')\n"
        "assert 'web3' not in sys.modules, 'at the import'\n"
        "try:\n    node.chain_id()\nexcept Exception as error:\n    assert type(error).__name__ == 'NodeNotAnswering'\n"
        "assert 'web3' in sys.modules\n"
        "assert sys.getrecursionlimit() == 1000\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_header_may_carry_the_validators_seals() -> None:
    """web3.py would want 32 bytes there; nobody here uses them, so it never sees them."""
    node = Told(eth_getBlockByNumber=BLOCK | {"extraData": "0x" + "5a" * 500})
    assert suggested_fees(node) == {"maxFeePerGas": 8 * 16 + 2, "maxPriorityFeePerGas": 2}
    assert "extraData" not in node.web3.eth.get_block("latest")


FIELDS = ["uncles", "transactions", "extraData", "logsBloom", "size", "difficulty", "withdrawals", "gasLimit", "miner"]


@pytest.mark.parametrize("wrong", [5, "zz", "0xzz", [5], {"a": 5}, None])
@pytest.mark.parametrize("field", FIELDS)
def test_no_field_of_a_header_makes_a_defect(field: str, wrong: Any) -> None:
    node = Told(eth_getBlockByNumber=BLOCK | {field: wrong})
    with suppress(NodeNotAnswering):
        assert suggested_fees(node)["maxFeePerGas"] == 130


@pytest.mark.parametrize("wrong", [5, "zz", "0xzz", [5], {"a": 5}, None])
@pytest.mark.parametrize("field", ["blockNumber", "input", "to", "v", "accessList", "chainId", "blobVersionedHashes", "value"])
def test_no_field_of_a_transaction_makes_a_defect(field: str, wrong: Any) -> None:
    node = Told(eth_getTransactionByHash={"blockNumber": "0x5", "input": "0x0102", field: wrong})
    with suppress(NodeNotAnswering):
        assert bytes(node.transaction("0x" + "22" * 32)["input"]) == b"\x01\x02"


@pytest.mark.parametrize("wrong", ["many", "16", "-0x1", "0x", 16, 1.5, True, [], {}, None])
@pytest.mark.parametrize("method", ["eth_gasPrice", "eth_maxPriorityFeePerGas", "eth_getBalance", "baseFeePerGas"])
def test_a_price_that_is_no_number_is_no_answer(method: str, wrong: Any) -> None:
    if method == "baseFeePerGas":
        node = Told(eth_getBlockByNumber=BLOCK | {"baseFeePerGas": wrong})
        if wrong is None:
            assert suggested_fees(node) == {"gasPrice": 16}, "a chain without base fees"
            return
    else:
        node = Told(**{method: wrong})
    with pytest.raises(NodeNotAnswering):
        suggested_fees(node) | vars(read_purse(node, SOMEBODY))


def test_a_contract_has_the_service_fetch_nothing() -> None:
    # EIP-3668: a revert that names addresses to ask. web3.py would follow it by default.
    asks = encode(
        ["address", "string[]", "bytes", "bytes4", "bytes"], [SOMEBODY, ["https://elsewhere.invalid/{sender}"], b"", b"1234", b""]
    )
    data = keccak(b"OffchainLookup(address,string[],bytes,bytes4,bytes)")[:4] + asks
    with Refusing({"code": 3, "message": "execution reverted", "data": "0x" + data.hex()}) as url:
        for ask in (lambda: Node(url).call(ContractCall(SOMEBODY, b"")), lambda: PollContract(Node(url), SOMEBODY).stage()):
            with pytest.raises(TransactionReverted) as refused:
                ask()
            assert refused.value.rule == "Unknown"


def test_an_answer_that_nests_too_deep_is_no_answer() -> None:
    with Refusing(None, b"[" * 90_000) as url, pytest.raises(NodeNotAnswering):
        Node(url).chain_id()


def test_a_call_is_asked_for_as_it_is() -> None:
    node = Told(eth_call="0x" + "00" * 31 + "05", eth_estimateGas="0x5208")
    assert node.call(ContractCall(SOMEBODY, b"\x01\x02", 90_000), SOMEBODY, 66) == bytes(31) + b"\x05"
    assert node.estimate(ContractCall(None, b"\x01\x02"), SOMEBODY) == 21_000
    assert [(method, [*map(plain, params)]) for method, params in node.asked] == [
        ("eth_call", [{"to": SOMEBODY, "from": SOMEBODY, "data": "0x0102", "gas": hex(90_000)}, "0x42"]),
        ("eth_estimateGas", [{"from": SOMEBODY, "data": "0x0102"}, "latest"]),
    ], "no field more than we gave: neither a price nor a chain's id"


def plain(value: Any) -> Any:
    return {name: text.lower() for name, text in value.items()} if isinstance(value, dict) else value


def test_the_codec_writes_what_a_contract_of_web3_would() -> None:
    word = bytes(range(32))
    single = ((5, 1, 1, bytes(20), (word, word), 1_800_000_000, (word, word)), (0, 7, 2**256 - 1), [word] * 20)
    batch = ((word[:24], 1_800_000_000, (word, word)), word + word + b"\x01", b"", [word, word])
    node, poll = Told(), artifacts.load("Poll")
    for function, values in (("cast", single), ("castBatch", batch), ("ballotOf", (5,))):
        assert "0x" + poll.encode_call(function, values).hex() == node.interface("Poll").encode_abi(function, list(values))


def test_addresses_in_views_and_events_are_lower_case_and_structs_are_tuples() -> None:
    conditions = [(0, 1, 2, 3, 4, True)]
    parameters = (1, 2, conditions, 3, 4, 5, [SOMEBODY, SOMEBODY], SOMEBODY)
    kinds = "(uint256,uint256,(uint8,uint8,uint8,uint32,uint32,bool)[],uint64,uint64,uint64,address[],address)"
    node = Told(eth_call="0x" + encode([kinds], [parameters]).hex())
    found = PollContract(node, SOMEBODY).parameters()
    assert (found.verifiers, found.receipt_signer) == ((SOMEBODY, SOMEBODY), SOMEBODY)
    frozen = read_event(log("RegisterFrozen(uint256,bytes32,uint256,(uint256,uint256,uint256)[])", [7], former_data()))
    assert dict(frozen.args) == {"registerNumber": 7, "root": b"\x01" * 32, "leafCount": 3, "classes": ((1, 2, 3), (4, 5, 6))}
    rejected = read_event(log("BallotRejected(uint256,address,uint8,uint8)", [4], encode(["address", "uint8", "uint8"], [SOMEBODY, 2, 3])))
    assert dict(rejected.args) == {"index": 4, "ballotKey": SOMEBODY, "sequence": 2, "reason": 3}


def test_recorded_ballots_are_read_as_web3_reads_them() -> None:
    data = codec.encode(["bytes"], [b"\x01" * 15])
    raw = log("BallotsRecorded(bytes)", [], data)
    event: Any = Told().interface("Poll").events.BallotsRecorded()
    assert dict(read_event(raw).args) == event.process_log(raw | {"transactionIndex": "0x0"})["args"] == {"recorded": b"\x01" * 15}
    for wrong in (log("BallotsRecorded(bytes)", [1], data), log("BallotsRecorded(bytes)", [], data[:-1])):
        with pytest.raises(EventNotReadable):
            read_event(wrong)


def former_data() -> bytes:
    assert [event["name"] for event in former.EVENTS] == ["RegisterFrozen", "CaseOpened"]
    return encode(["bytes32", "uint256", "(uint256,uint256,uint256)[]"], [b"\x01" * 32, 3, [(1, 2, 3), (4, 5, 6)]])


def log(signature: str, indexed: list[int], data: bytes) -> dict[str, Any]:
    topics = ["0x" + keccak(signature.encode()).hex(), *(f"0x{value:064x}" for value in indexed)]
    places = {"blockNumber": "0x7", "blockHash": "0x" + "11" * 32, "transactionHash": "0x" + "22" * 32, "logIndex": "0x0"}
    return {"address": SOMEBODY, "topics": topics, "data": "0x" + data.hex(), **places}


@pytest.mark.parametrize("topics", [[], [4, 5]])
@pytest.mark.parametrize("cut", [0, 1, 33])
def test_a_log_that_only_begins_like_ours_is_not_readable(topics: list[int], cut: int) -> None:
    data = codec.encode(["address", "uint8", "uint8"], [SOMEBODY, 2, 3])
    with pytest.raises(EventNotReadable):
        read_event(log("BallotRejected(uint256,address,uint8,uint8)", topics or [4], data[: len(data) - (cut if topics else cut or 5)]))


class Refusing:
    """A node that answers every question with one error, or with these bytes."""

    def __init__(self, error: Any, raw: bytes = b"") -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                body = raw or json.dumps({"jsonrpc": "2.0", "id": asked["id"], "error": error}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> str:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_port}"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
