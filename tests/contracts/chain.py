"""A real node for the contract tests, Anvil or Hardhat: transactions at chosen times, and the error of those that were refused."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import urllib3
from eth_abi.abi import decode, encode
from eth_account import Account
from eth_typing import ChecksumAddress
from eth_utils.abi import collapse_if_tuple, function_signature_to_4byte_selector
from eth_utils.crypto import keccak
from web3 import Web3
from web3.contract import Contract
from web3.contract.contract import ContractFunction
from web3.providers.base import JSONBaseProvider
from web3.types import RPCEndpoint, RPCResponse

from scripts.build.contracts import ROOT, build, load
from scripts.rig.processes import free_port

ANVIL = ROOT / "node_modules" / ".bin" / "anvil"
HARDHAT = ROOT / "node_modules" / ".bin" / "hardhat"
START = 1_780_000_000
GAS = 16_000_000


def anvil(*options: str) -> contextlib.AbstractContextManager[str]:
    """Start Anvil on a free port, yield its address, stop it."""
    return _node([str(ANVIL), "--silent", "--prune-history", "1000", "--timestamp", str(START), *options])


def hardhat() -> contextlib.AbstractContextManager[str]:
    """Start Hardhat's node on a free port, yield its address, stop it."""
    config = Path(__file__).parent / "hardhat.config.cjs"
    started = datetime.fromtimestamp(START, UTC).isoformat()
    return _node([str(HARDHAT), "--config", str(config), "node"], LENDERVOTE_START=started, HARDHAT_DISABLE_TELEMETRY_PROMPT="true")


def chosen_node() -> contextlib.AbstractContextManager[str]:
    """The node that LENDERVOTE_TEST_CHAIN names: anvil (or nothing) or hardhat."""
    chosen = os.environ.get("LENDERVOTE_TEST_CHAIN", "anvil")
    return {"anvil": anvil, "hardhat": hardhat}[chosen]()


@contextlib.contextmanager
def _node(command: list[str], **environment: str) -> Iterator[str]:
    port = free_port()
    with subprocess.Popen(
        [*command, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=os.environ | environment
    ) as process:
        try:
            _await_port(process, port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(300)  # a node that writes down a large chain's state takes its time


def _await_port(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 180  # a kept chain of a million ballots takes long to load
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the node ended: {process.stderr.read().decode() if process.stderr else ''}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
    raise RuntimeError("the node did not open its port")


class NodeSaidNo(RuntimeError):
    """The node answered with an error; `revert_data` is what a contract gave with it, None if none was asked."""

    def __init__(self, method: str, error: dict[str, Any]) -> None:
        super().__init__(f"{method}: {error}")
        data = error.get("data")
        found = data.get("data") if isinstance(data, dict) else None
        self.revert_data = bytes.fromhex(found[2:]) if isinstance(found, str) else None


class Refused(Exception):
    """A transaction reverted."""

    def __init__(self, name: str, arguments: tuple[Any, ...]) -> None:
        super().__init__(f"{name}{arguments}")
        self.name = name
        self.arguments = arguments


class NearNode(JSONBaseProvider):
    """A node of this machine over connections that are kept; web3.py's own provider looks up proxies at every question."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._pool = urllib3.connection_from_url(address, timeout=60, retries=False, headers={"Content-Type": "application/json"})

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """The node's answer as it is."""
        return self.decode_rpc_response(self._pool.urlopen("POST", "/", self.encode_rpc_request(method, params)).data)


class Chain:
    """One Anvil with the errors of all contracts in mind."""

    def __init__(self, address: str, contracts: Path | None = None) -> None:
        self.w3 = Web3(NearNode(address))
        self.w3.middleware_onion.remove("validation")  # it asks for the chain's id twice before every call
        self.folder = contracts or build()
        self.accounts: Sequence[ChecksumAddress] = self.w3.eth.accounts
        self.chain_id = self.w3.eth.chain_id
        self._errors: dict[bytes, tuple[str, list[str]]] = {}
        for name in ("ICase", "IPoll", "ISealedPoll", "PollFactory"):
            self._learn_errors(load(name)["abi"])
        self._views = {item["name"]: _signature(item) for item in load("Poll")["abi"] if item.get("stateMutability") == "view"}

    def _learn_errors(self, abi: list[dict[str, Any]]) -> None:
        for item in abi:
            if item["type"] == "error":
                kinds = [collapse_if_tuple(one) for one in item["inputs"]]
                self._errors[function_signature_to_4byte_selector(f"{item['name']}({','.join(kinds)})")] = (item["name"], kinds)

    def view(self, address: str, name: str, *values: Any) -> Any:
        """What a view of a poll answers; web3.py looks through the whole interface at every call."""
        selector, given, answered = self._views[name]
        raw = self.rpc("eth_call", {"to": address, "data": "0x" + (selector + encode(given, values)).hex()}, "latest")
        found = decode(answered, bytes.fromhex(raw[2:]))
        return found[0] if len(found) == 1 else found

    def set_code(self, address: str, code: str) -> None:
        """Put code at an address, as no transaction could."""
        self.rpc(f"{self._prefix}_setCode", address, code)

    def set_storage(self, address: str, slot: int, value: bytes) -> None:
        """Put 32 bytes into a slot, as no transaction could."""
        self.rpc(f"{self._prefix}_setStorageAt", address, hex(slot), "0x" + value.hex())

    @property
    def _prefix(self) -> str:
        """Of what only nodes for tests can."""
        return "hardhat" if "Hardhat" in self.w3.client_version else "anvil"

    def rpc(self, method: str, *arguments: Any) -> Any:
        response = self.w3.provider.make_request(RPCEndpoint(method), list(arguments))
        if "error" in response:
            raise NodeSaidNo(method, dict(response["error"]))
        return response["result"]

    @property
    def now(self) -> int:
        return int(self.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)

    def warp(self, to: int) -> None:
        """Mine an empty block at that time."""
        self.rpc("evm_setNextBlockTimestamp", to)
        self.rpc("evm_mine")

    def contract(self, name: str, address: str) -> Contract:
        return self.w3.eth.contract(address=Web3.to_checksum_address(address), abi=load(name, self.folder)["abi"])

    def deploy(self, name: str, *arguments: Any, folder: Path | None = None) -> Contract:
        artifact = load(name, folder or self.folder)
        factory = self.w3.eth.contract(abi=artifact["abi"], bytecode=artifact["bytecode"])
        transaction = {"from": self.accounts[0], "data": factory.constructor(*arguments).data_in_transaction, "gas": hex(GAS)}
        receipt = self._mine(transaction)
        made: Contract = self.w3.eth.contract(address=receipt["contractAddress"], abi=artifact["abi"])
        return made

    def open_case(
        self, officials: list[bytes], threshold: int, institution: bytes, rehearsal: bool = True, trustees: Sequence[bytes] = ()
    ) -> Contract:
        """A case; a rehearsal unless said otherwise, so that a poll need not take a month."""
        return self.deploy("Case", officials, threshold, institution, rehearsal, list(trustees), keccak(self.sealed_code))

    @property
    def sealed_code(self) -> bytes:
        """Creation code of the sealed poll."""
        return bytes.fromhex(load("SealedPoll", self.folder)["bytecode"][2:])

    def send(self, call: ContractFunction, at: int | None = None, sender: str | None = None) -> Any:
        """Send a transaction in a block of time `at`; return the receipt, raise Refused."""
        data = call._encode_transaction_data()
        transaction = {"from": sender or self.accounts[0], "to": call.address, "data": data, "gas": hex(GAS)}
        return self._mine(transaction, at)

    def send_as(self, key: bytes, call: ContractFunction) -> Any:
        """Send a transaction that this key signs, in the next block; the node's own accounts cannot stand for it."""
        account = Account.from_key(key)
        prefix = "hardhat" if "Hardhat" in self.w3.client_version else "anvil"
        self.rpc(f"{prefix}_setBalance", account.address, hex(10**20))
        fields = {
            "to": call.address,
            "data": call._encode_transaction_data(),
            "value": 0,
            "gas": GAS,
            "nonce": self.w3.eth.get_transaction_count(account.address),
            "chainId": self.chain_id,
            "maxFeePerGas": 10**12,
            "maxPriorityFeePerGas": 10**9,
        }
        tx_hash = self.w3.eth.send_raw_transaction(account.sign_transaction(fields).raw_transaction)
        receipt = self.w3.eth.wait_for_transaction_receipt(tx_hash, timeout=20, poll_latency=0.005)
        if receipt["status"] != 1:
            raise self._refusal("0x" + bytes(tx_hash).hex())
        return receipt

    def forward(self, call: ContractFunction, harness: Path) -> Any:
        """Send the call through a contract that passes it on."""
        forwarder = self.deploy("Forwarder", folder=harness)
        return self.send(forwarder.functions.forward(call.address, call._encode_transaction_data()))

    def send_data(self, to: str, data: str, at: int | None = None) -> Any:
        return self._mine({"from": self.accounts[0], "to": to, "data": data, "gas": hex(GAS)}, at)

    def _mine(self, transaction: dict[str, Any], at: int | None = None) -> Any:
        if at is not None:
            self.rpc("evm_setNextBlockTimestamp", at)
        try:
            tx_hash = self.rpc("eth_sendTransaction", transaction)
        except NodeSaidNo as no:
            if no.revert_data is None:
                raise
            raise self._named(no.revert_data) from no  # Hardhat answers so, with the transaction mined
        receipt = self.w3.eth.wait_for_transaction_receipt(tx_hash, timeout=20, poll_latency=0.005)
        if at is not None:
            assert int(self.rpc("eth_getBlockByNumber", hex(receipt["blockNumber"]), False)["timestamp"], 16) == at
        if receipt["status"] != 1:
            raise self._refusal(tx_hash)
        return receipt

    def _refusal(self, tx_hash: str) -> Refused:
        trace = self.rpc("debug_traceTransaction", tx_hash, {"tracer": "callTracer"})
        return self._named(bytes.fromhex(trace.get("output", "0x")[2:]), str(trace.get("error")))

    def _named(self, output: bytes, otherwise: str = "") -> Refused:
        name, kinds = self._errors.get(output[:4], (output.hex() or otherwise, []))
        return Refused(name, decode(kinds, output[4:]) if kinds else ())


def _signature(item: dict[str, Any]) -> tuple[bytes, list[str], list[str]]:
    """A function's selector, and the kinds of what it takes and gives."""
    given, answered = ([collapse_if_tuple(one) for one in item[side]] for side in ("inputs", "outputs"))
    return function_signature_to_4byte_selector(f"{item['name']}({','.join(given)})"), given, answered


@contextlib.contextmanager
def refusal(name: str, *arguments: Any) -> Iterator[None]:
    """Expect a transaction in the block to be refused with this error; `...` stands for any argument."""
    caught: Refused | None = None
    try:
        yield
    except Refused as refused:
        caught = refused
    assert caught is not None, f"accepted, instead of {name}"
    assert caught.name == name, f"{caught} instead of {name}{arguments}"
    if arguments:
        pairs = zip(arguments, caught.arguments, strict=True)
        assert all(wanted is ... or _same(wanted, given) for wanted, given in pairs), f"{caught} instead of {arguments}"


def _same(wanted: Any, given: Any) -> bool:
    return wanted.lower() == given.lower() if isinstance(wanted, str) else bool(wanted == given)
