"""The recount as one would write it first, with web3.py and eth_account: the measure that the recount tool is held against.

It does the heavy part only: it reads the events, decodes every transaction, recovers the signer of every ballot, credential list and
receipt from its typed data, hashes the published leaves into their root, and counts heads. One process, one ballot after another.
`python -m scripts.bench.plain_recount --rpc URL --published DIR` prints one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_utils.crypto import keccak
from web3 import Web3

from scripts.build.contracts import load

DOMAIN = [
    {"name": "name", "type": "string"},
    {"name": "version", "type": "string"},
    {"name": "chainId", "type": "uint256"},
    {"name": "verifyingContract", "type": "address"},
]
BALLOT = [("index", "uint256"), ("choice", "uint8"), ("sequence", "uint8"), ("planHash", "bytes32")]
LIST = [("entries", "bytes"), ("expiresAt", "uint64")]
RECEIPT = [("ballotDigest", "bytes32"), ("ballotKey", "address"), ("index", "uint256"), ("sequence", "uint8"), ("receivedAt", "uint64")]
BOOK = [("book", "bytes32"), ("number", "uint64"), ("previous", "bytes32")]


class PlainRecount:
    """One poll, read through web3.py."""

    def __init__(self, rpc_url: str, folder: Path) -> None:
        self._folder = folder
        self._file: dict[str, Any] = json.loads((folder / "poll.json").read_bytes())
        self._w3 = Web3(Web3.HTTPProvider(rpc_url, request_kwargs={"timeout": 120}))
        self._poll = self._w3.eth.contract(address=Web3.to_checksum_address(self._file["poll"]), abi=load("Poll")["abi"])
        self._plan_hash = self._poll.functions.planHash().call()
        self._verifiers = {Web3.to_checksum_address(one) for one in self._file["parameters"]["verifiers"]}

    def _signer(self, kind: str, fields: list[tuple[str, str]], message: dict[str, Any], signature: bytes) -> str:
        typed = {
            "domain": {"name": "LenderVote", "version": "1", "chainId": self._file["chain_id"], "verifyingContract": self._file["poll"]},
            "types": {"EIP712Domain": DOMAIN, kind: [{"name": name, "type": of} for name, of in fields]},
            "primaryType": kind,
            "message": message,
        }
        return str(Account.recover_message(encode_typed_data(full_message=typed), signature=signature))

    def count(self) -> Counter[int]:
        """Heads by choice. Raises ValueError for the first thing that is not right."""
        self._check_root()
        newest: dict[int, int] = {}
        for log in self._poll.events.BallotsRecorded().get_logs(from_block=self._file["from_block"]):
            transaction = self._w3.eth.get_transaction(log["transactionHash"])
            call, arguments = self._poll.decode_function_input(transaction["input"])
            if call.fn_name == "castBatch":
                self._check_batch(arguments)
            recorded = log["args"]["recorded"]
            for start in range(0, len(recorded), 5):
                newest[int.from_bytes(recorded[start : start + 4], "big")] = recorded[start + 4] & 3
        self._check_receipts()
        return Counter(newest.values())

    def _check_batch(self, arguments: dict[str, Any]) -> None:
        credentials, ballots = arguments["credentials"], arguments["ballots"]
        if not isinstance(credentials, dict):
            credentials = dict(zip(("entries", "expiresAt", "signature"), credentials, strict=True))
        entries = credentials["entries"]
        signed = {"entries": entries, "expiresAt": credentials["expiresAt"]}
        signature = _of_65_bytes(*(credentials["signature"][name] for name in ("r", "vs")))
        _require(self._signer("CredentialList", LIST, signed, signature) in self._verifiers, "credential list")
        for i in range(len(entries) // 24):
            entry, ballot = entries[24 * i : 24 * i + 24], ballots[65 * i : 65 * i + 65]
            signature = _of_65_bytes(ballot[1:33], ballot[33:])
            said = (int.from_bytes(entry[:4], "big"), ballot[0] & 3, ballot[0] >> 2, self._plan_hash)
            message = dict(zip(("index", "choice", "sequence", "planHash"), said, strict=True))
            _require(self._signer("Ballot", BALLOT, message, signature) == Web3.to_checksum_address(entry[4:]), "ballot")

    def _check_receipts(self) -> None:
        relay = Web3.to_checksum_address(self._file["parameters"]["receipt_signer"])
        with (self._folder / "receipts.jsonl").open() as file:
            for line in file:
                one = json.loads(line)
                book = (bytes.fromhex(one["book"][2:]), one["number"], bytes.fromhex(one["previous"][2:]))
                whose = (one["ballot_key"], one["index"], one["sequence"], one["received_at"])
                values = (bytes.fromhex(one["ballot_digest"][2:]), *whose, *book)
                message = dict(zip((name for name, _ in [*RECEIPT, *BOOK]), values, strict=True))
                signature = bytes.fromhex(one["signature"][2:])
                _require(self._signer("BallotReceipt", [*RECEIPT, *BOOK], message, signature) == relay, "receipt")

    def _check_root(self) -> None:
        level = []
        for line in (self._folder / "leaves.csv").read_text().split("\n")[1:-1]:
            index, voting_class, x, y = line.split(",")
            words = int(index).to_bytes(32, "big") + int(voting_class).to_bytes(32, "big")
            level.append(keccak(keccak(words + bytes.fromhex(x) + bytes.fromhex(y))))
        empty = bytes(32)
        for _ in range(self._file["tree_depth"]):
            level += [empty] * (len(level) % 2)
            level = [keccak(min(pair) + max(pair)) for pair in zip(level[::2], level[1::2], strict=True)]
            empty = keccak(empty + empty)
        _require(level[0] == self._poll.functions.registerRoot().call(), "root")


def _of_65_bytes(r: bytes, vs: bytes) -> bytes:
    """r, s, v from the two words of EIP-2098."""
    value = int.from_bytes(vs, "big")
    return r + (value & (2**255 - 1)).to_bytes(32, "big") + bytes([27 + (value >> 255)])


def _require(true: bool, what: str) -> None:
    if not true:
        raise ValueError(f"{what} is wrong")


def main(arguments: Sequence[str] | None = None) -> int:
    """Count and print heads and seconds."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench.plain_recount", description="Recounts the plain way.")
    parser.add_argument("--rpc", required=True)
    parser.add_argument("--published", required=True, type=Path)
    given = parser.parse_args(arguments)
    began = time.perf_counter()
    heads = PlainRecount(given.rpc, given.published).count()
    print(json.dumps({"heads": [heads[choice] for choice in (1, 2, 3)], "seconds": round(time.perf_counter() - began, 2)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
