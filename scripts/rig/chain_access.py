"""What a person with a node's address can do without the backend.

Read the time, send a signed ballot, and come to a later time: by moving the clock of a local Anvil, by waiting on any other chain.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from eth_account import Account
from web3 import HTTPProvider, Web3
from web3.types import Nonce, RPCEndpoint, TxParams

from backend.ground.chain.signatures import compact

#: Where the clock cannot be moved: how often the newest block is looked at.
LOOK_SECONDS = 0.5
POLL_ABI, SEALED_ABI = Path("build/contracts/Poll.json"), Path("build/contracts/SealedPoll.json")


class ChainAccess:
    """One node."""

    def __init__(self, rpc_url: str) -> None:
        self._w3 = Web3(HTTPProvider(rpc_url))

    def chain_id(self) -> int:
        """The chain's number."""
        return int(self._w3.eth.chain_id)

    def time(self) -> int:
        """The newest block's timestamp."""
        return int(self._w3.eth.get_block("latest")["timestamp"])

    def height(self) -> int:
        """The newest block's number."""
        return int(self._w3.eth.block_number)

    def move_to(self, seconds: int) -> None:
        """Come to a time by the chain's clock: moved where the node moves it, waited for elsewhere; nothing when it is past already."""
        ahead = seconds - self.time()
        if ahead > 0 and self._knows("evm_increaseTime", [ahead]):
            self._request("evm_mine", [])
        while self.time() < seconds:
            time.sleep(LOOK_SECONDS)  # a node tells nobody when a block comes

    def cast_directly(self, poll: str, claim: dict[str, Any], ballot: dict[str, Any]) -> str:
        """Send one lender's ballot to the contract from an account made for it; the transaction's hash."""
        sender = Account.create()
        self._knows("anvil_setBalance", [sender.address, hex(10**18)])  # a chain without fees takes it from whoever has nothing
        transaction = self._cast(poll, claim, ballot).build_transaction(
            TxParams({"from": sender.address, "nonce": Nonce(0), "chainId": self._w3.eth.chain_id})
        )
        sent = self._w3.eth.send_raw_transaction(sender.sign_transaction(transaction).raw_transaction)
        receipt = self._w3.eth.wait_for_transaction_receipt(sent, timeout=60)
        if receipt["status"] != 1:
            raise RuntimeError("the contract refused the ballot")
        return str(sent.to_0x_hex())

    def would_refuse(self, poll: str, claim: dict[str, Any], ballot: dict[str, Any], at: int) -> str:
        """What the contract would say to a ballot in a block of time `at`; empty when it would record it. Nothing is sent."""
        data = self._cast(poll, claim, ballot)._encode_transaction_data()
        call = {"from": Account.create().address, "to": Web3.to_checksum_address(poll), "data": data}
        answer = self._w3.provider.make_request(RPCEndpoint("eth_call"), [call, "latest", {}, {"time": hex(at)}])
        if "error" not in answer:
            return ""
        return self._error_named(answer["error"])

    @staticmethod
    def _error_named(error: Any) -> str:
        """The contract's own name of an error."""
        selector = str(error.get("data", ""))[:10]
        for item in json.loads(POLL_ABI.read_text())["abi"]:
            if item["type"] == "error":
                inputs = ",".join(field["type"] for field in item["inputs"])
                if Web3.to_hex(Web3.keccak(text=f"{item['name']}({inputs})"))[:10] == selector:
                    return str(item["name"])
        return str(error)

    def _cast(self, poll: str, claim: dict[str, Any], ballot: dict[str, Any]) -> Any:
        sealed = "seal" in ballot
        contract = self._w3.eth.contract(
            Web3.to_checksum_address(poll), abi=json.loads((SEALED_ABI if sealed else POLL_ABI).read_text())["abi"]
        )
        chosen = (
            (ballot["sequence"], int(ballot["seal"], 16), int(ballot["sealed_choice"], 16))
            if sealed
            else (ballot["choice"], ballot["sequence"])
        )
        signed_ballot = (
            ballot["index"],
            *chosen,
            Web3.to_checksum_address(ballot["ballot_key"]),
            _two_words(ballot["ballot_signature"]),
            ballot["credential_expires_at"],
            _two_words(ballot["credential_signature"]),
        )
        leaf = (claim["voting_class"], int(claim["x"], 16), int(claim["y"], 16))
        proof = [bytes.fromhex(node[2:]) for node in claim["proof"]]
        return contract.functions.cast(signed_ballot, leaf, proof)

    def _knows(self, method: str, parameters: list[Any]) -> bool:
        """Ask for what only trial chains have; whether this one has it."""
        return "error" not in self._w3.provider.make_request(RPCEndpoint(method), parameters)

    def _request(self, method: str, parameters: list[Any]) -> Any:
        answer = self._w3.provider.make_request(RPCEndpoint(method), parameters)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]


def _two_words(signature: str) -> tuple[bytes, bytes]:
    """r and vs (EIP-2098) of a signature of 65 bytes."""
    both = compact(bytes.fromhex(signature[2:]))
    return both[:32], both[32:]
