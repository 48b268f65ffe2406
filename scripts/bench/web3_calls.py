"""web3.py's ways to the chain beside ours, in microseconds of processor for each call; what ADR 13 decides by.

`python -m scripts.bench.web3_calls`: starts a chain of its own, measures, prints one line of JSON.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from eth_account import Account
from web3 import HTTPProvider, Web3
from web3.types import RPCEndpoint

from backend.ground.chain import artifacts, codec, signatures
from backend.ground.chain.anvil import EmbeddedAnvil
from backend.ground.chain.contracts import Contract
from backend.ground.chain.events import read_event
from backend.ground.chain.node import Node, executing
from backend.ground.chain.poll import PollContract
from backend.ground.common.hashing import keccak

BALLOTS, SIBLINGS = 50, 400
WORD, SOMEBODY = bytes(range(32)), "0x" + "ab" * 20
BLOCK = RPCEndpoint("eth_getBlockByNumber")
IMPORTS = {"nothing": "pass", "web3": "import web3", "backend": "import backend.app", "backend_and_web3": "import backend.app, web3"}


def microseconds(call: Callable[[], object], times: int) -> int:
    """Processor time of one call: the best of five rounds."""
    call()
    rounds = []
    for _ in range(5):
        began = time.process_time()
        for _ in range(times):
            call()
        rounds.append((time.process_time() - began) / times)
    return round(min(rounds) * 1e6)


def import_ms(program: str) -> int:
    """Processor milliseconds of a process that does this: the best of five."""
    found = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", program], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        found.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return round(min(found) * 1000)


def requests_of(node: Node) -> dict[str, int]:
    """A block's header, asked for in several ways."""
    plain = HTTPProvider(node.url, exception_retry_configuration=None)
    whole, asked = Web3(plain), ["latest", False]
    return {
        "web3_http_provider": microseconds(lambda: plain.make_request(BLOCK, asked), 300),
        "web3_get_block": microseconds(lambda: whole.eth.get_block("latest"), 300),
        "pooled_provider": microseconds(lambda: node.ask("eth_getBlockByNumber", *asked), 300),
        "pooled_get_block": microseconds(lambda: node.web3.eth.get_block("latest"), 300),
    }


def encoding(node: Node) -> dict[str, int]:
    """A transaction of many ballots, and a call with one number."""
    batch = ((WORD[:24] * BALLOTS, 1_800_000_000, (WORD, WORD)), b"\1" * 65 * BALLOTS, b"\1" * 65 * BALLOTS, [WORD] * SIBLINGS)
    poll, contract = artifacts.load("Poll"), node.interface("Poll")
    return {
        "web3_contract_cast_batch": microseconds(lambda: contract.encode_abi("castBatch", list(batch)), 20),
        "codec_cast_batch": microseconds(lambda: poll.encode_call("castBatch", batch), 100),
        "web3_contract_ballot_of": microseconds(lambda: contract.encode_abi("ballotOf", [5]), 100),
        "codec_ballot_of": microseconds(lambda: poll.encode_call("ballotOf", (5,)), 300),
    }


def decoding() -> dict[str, int]:
    """An event of many ballots: by web3.py, and by its codec, as the product does it."""
    recorded = codec.encode(["bytes"], [b"\1" * 5 * BALLOTS])
    places = {"blockNumber": "0x7", "blockHash": "0x" + "11" * 32, "transactionHash": "0x" + "22" * 32, "logIndex": "0x0"}
    topics = ["0x" + keccak(b"BallotsRecorded(bytes)").hex()]
    log: dict[str, Any] = {"address": SOMEBODY, "topics": topics, "data": "0x" + recorded.hex(), **places}
    event: Any = Answered("").interface("Poll").events.BallotsRecorded()
    return {
        "web3_process_log": microseconds(lambda: event.process_log(log | {"transactionIndex": "0x0"}), 300),
        "codec_read_event": microseconds(lambda: read_event(log), 300),
    }


def recovering() -> dict[str, int]:
    """Whose signature it is."""
    key, digest = keccak(b"a key"), keccak(b"a digest")
    signature = signatures.sign(key, digest)
    return {
        "web3_recover": microseconds(lambda: Account._recover_hash(digest, signature=signature), 100),
        "coincurve_recover": microseconds(lambda: signatures.recover(digest, signature), 100),
    }


class Answered(Node):
    """A node whose answer costs nothing."""

    def _ask_once(self, method: str, *params: object) -> str:
        return "0x" + "00" * 31 + "01"


def views() -> dict[str, int]:
    """A contract's view without the way to the node."""
    node = Answered("http://127.0.0.1:1")
    poll = PollContract(node, SOMEBODY)
    return {"web3_view": microseconds(poll.stage, 100), "codec_view": microseconds(lambda: view_by_codec(node, poll), 100)}


def view_by_codec(node: Node, poll: Contract) -> tuple[Any, ...]:
    """The same by call and codec alone."""
    with executing("stage"):
        return codec.decode(["uint8"], node.call(poll.call("stage")))


def main() -> None:
    """All of it."""
    found: dict[str, Any] = {"import_ms": {name: import_ms(program) for name, program in IMPORTS.items()}}
    with tempfile.TemporaryDirectory() as folder:
        anvil = EmbeddedAnvil(Path(folder) / "state.json")
        anvil.start()
        try:
            found["request_us"] = requests_of(anvil.node)
        finally:
            anvil.stop()
    found |= {"encode_us": encoding(Answered("")), "decode_us": decoding(), "recover_us": recovering(), "view_us": views()}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
