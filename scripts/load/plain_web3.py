"""What it is held against: one transaction per ballot through web3.py, on the same chain, the same poll and the same minute."""

from __future__ import annotations

import json
import time
from typing import Any, cast

from eth_account import Account
from eth_account.signers.local import LocalAccount
from web3 import HTTPProvider, Web3
from web3.types import Nonce, RPCEndpoint, TxParams

from backend.ground.chain.signatures import compact
from scripts.rig.chain_access import POLL_ABI


def cast_one_by_one(
    rpc_url: str, poll: str, ballots: list[dict[str, Any]], leaves: list[tuple[tuple[int, int, int], list[bytes]]]
) -> float:
    """Ballots a second from the first to the last in a block. Raises: RuntimeError when the contract refuses one."""
    w3 = Web3(HTTPProvider(rpc_url))
    contract = w3.eth.contract(Web3.to_checksum_address(poll), abi=json.loads(POLL_ABI.read_text())["abi"])
    sender: LocalAccount = Account.create()
    w3.provider.make_request(RPCEndpoint("anvil_setBalance"), [sender.address, hex(10**21)])
    began = time.perf_counter()
    chain_id = w3.eth.chain_id
    sent = []
    for nonce, (ballot, (leaf, proof)) in enumerate(zip(ballots, leaves, strict=True)):
        call = contract.functions.cast(_signed(ballot), leaf, proof)
        transaction = call.build_transaction(TxParams({"from": sender.address, "nonce": Nonce(nonce), "chainId": chain_id}))
        sent.append(w3.eth.send_raw_transaction(sender.sign_transaction(cast(dict[str, Any], transaction)).raw_transaction))
    for tx_hash in sent:
        if w3.eth.wait_for_transaction_receipt(tx_hash, timeout=120)["status"] != 1:
            raise RuntimeError("the contract refused a ballot")
    return len(sent) / (time.perf_counter() - began)


def _signed(ballot: dict[str, Any]) -> tuple[Any, ...]:
    return (
        ballot["index"],
        ballot["choice"],
        ballot["sequence"],
        Web3.to_checksum_address(ballot["ballot_key"]),
        _two_words(ballot["ballot_signature"]),
        ballot["credential_expires_at"],
        _two_words(ballot["credential_signature"]),
    )


def _two_words(signature: str) -> tuple[bytes, bytes]:
    """r and vs, as the contract takes them."""
    short = compact(bytes.fromhex(signature[2:]))
    return short[:32], short[32:]
