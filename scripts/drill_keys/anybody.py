"""Whoever counts without any service: a node, the published files, an account that anybody could have."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eth_account import Account
from web3 import HTTPProvider, Web3
from web3.types import RPCEndpoint, TxParams, Wei

from scripts.drill_keys.openings import Openings
from scripts.rig.chain_access import SEALED_ABI
from verifier.shares.polynomials import secret_of
from verifier.trustee.escrow.contents import classes_in

WRITE_COUNT = (sys.executable, "-m", "verifier.tally", "write-count")
SECONDS = 300


class Anybody:
    """An account with money on a local chain, and the files that everybody has."""

    def __init__(self, rpc_url: str, published: Path, poll: str) -> None:
        self._rpc_url, self._published = rpc_url, published
        self._account = Account.create()
        self._w3 = Web3(HTTPProvider(rpc_url))
        abi = json.loads(SEALED_ABI.read_text())["abi"]
        self._poll = self._w3.eth.contract(Web3.to_checksum_address(poll), abi=abi)
        self._w3.provider.make_request(RPCEndpoint("anvil_setBalance"), [self._account.address, hex(10**20)])

    def publish(self, shares: Mapping[int, int]) -> None:
        """Trustees' shares, each in a transaction."""
        for seat, share in shares.items():
            self._send(self._poll.functions.publishShare(seat, share)._encode_transaction_data())

    def count(self) -> None:
        """Unseal by the shares that the chain shows, and send what the auditor's tool writes. Raises: RuntimeError."""
        shown = [event["args"] for event in self._poll.events.SharePublished().get_logs(from_block=0)]
        secret = secret_of({int(one["trustee"]): int(one["share"]) for one in shown})
        where = ("--rpc", self._rpc_url, "--published", str(self._published), "--secret", hex(secret))
        done = subprocess.run([*WRITE_COUNT, *where], capture_output=True, text=True, check=False, timeout=SECONDS)
        if done.returncode:
            raise RuntimeError(f"the count was not written: {done.stderr[-2000:]}")
        for line in done.stdout.splitlines():
            self._send(json.loads(line)["data"])

    def open_sums(self, openings: Openings, seats: Sequence[int]) -> None:
        """Ask the escrow's trustees for the totals by class and choice, and open them. Raises: RuntimeError."""
        classes, choices = classes_in(self._published / "leaves.csv"), self._choices()
        places = [(number, choice) for number in range(max(classes) + 1) for choice in (1, 2, 3)]
        groups = {
            f"{number}/{choice}": sorted(index for index, chosen in choices.items() if chosen == choice and classes[index] == number)
            for number, choice in places
        }
        sums = openings.sums_of(tuple(seats), groups)
        if set(sums) != set(groups):
            raise RuntimeError("the escrow was not opened")
        opened = [[value for choice in (1, 2, 3) for value in _pair(sums[f"{number}/{choice}"])] for number in range(max(classes) + 1)]
        self._send(self._poll.functions.openSums([tuple(each) for each in opened])._encode_transaction_data())

    def result_hash(self) -> str:
        """As the contract holds it."""
        return "0x" + bytes(self._poll.functions.resultHash().call()).hex()

    def _choices(self) -> dict[int, int]:
        """What each lender's newest ballot was opened as, by the events of counting."""
        packed = b"".join(event["args"]["counted"] for event in self._poll.events.BallotsCounted().get_logs(from_block=0))
        pieces = [packed[at : at + 5] for at in range(0, len(packed), 5)]
        return {int.from_bytes(piece[:4], "big"): piece[4] & 3 for piece in pieces}

    def _send(self, data: Any) -> None:
        """Raises: RuntimeError when the contract refuses."""
        place: TxParams = {"from": self._account.address, "to": self._poll.address, "data": data}
        nonce = self._w3.eth.get_transaction_count(self._account.address)
        fees: TxParams = {"nonce": nonce, "chainId": self._w3.eth.chain_id, "gasPrice": Wei(self._w3.eth.gas_price * 2)}
        whole = place | fees | {"gas": self._w3.eth.estimate_gas(place) * 6 // 5}
        sent = self._w3.eth.send_raw_transaction(self._account.sign_transaction(whole).raw_transaction)
        if self._w3.eth.wait_for_transaction_receipt(sent, timeout=60)["status"] != 1:
            raise RuntimeError("the contract refused what anybody may send")


def _pair(sums: Any) -> tuple[int, int]:
    return int(sums["amount_fen"]), int(sums["blind"], 16)
