"""Code written by hand and run by a node of any engine, in calls and in transactions of an account made for it."""

from __future__ import annotations

import time
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount
from web3 import Web3

from backend.ground.chain.gas import TRANSACTION_GAS_CAP
from backend.ground.chain.node import Node, NodeRefused

WAIT_SECONDS = 40.0
LONGEST_CODE = 24_576


def push(value: int, size: int = 0) -> str:
    """The instruction that puts a number on the stack, in so many bytes or as few as it takes."""
    size = size or max(1, (value.bit_length() + 7) // 8)
    return f"{0x5F + size:02x}{value:0{2 * size}x}"


#: Creation code: what it returns is what a call without a recipient answers.
RETURN_WORD_0 = "60206000f3"
PUSH0 = "5f" + push(7) + "01" + "600052" + RETURN_WORD_0
MCOPY = push(9) + "600052" + "602060006020" + "5e" + "602051600052" + RETURN_WORD_0
TIMESTAMP, CHAIN_ID = "42600052" + RETURN_WORD_0, "46600052" + RETURN_WORD_0
LONG_CODE = push(LONGEST_CODE, 2) + "6000f3"


class Unfit(Exception):
    """Something that we rely on is not there; `mend` says what to do."""

    def __init__(self, found: str, mend: str) -> None:
        super().__init__(found)
        self.found, self.mend = found, mend


class NotTried(Exception):
    """It could not be tried here."""


def word(number: int) -> bytes:
    return number.to_bytes(32, "big")


def run(node: Node, code: str) -> bytes:
    """What creation code returns. Raises: NodeRefused, NodeNotAnswering."""
    return bytes.fromhex(str(node.ask("eth_call", {"data": "0x" + code, "gas": hex(TRANSACTION_GAS_CAP)}, "latest"))[2:])


def call(node: Node, precompile: int, data: bytes) -> bytes:
    """What a precompiled contract answers to a contract. Raises: Unfit where the call fails; NodeRefused, NodeNotAnswering."""
    ask = "6000" + "6000" + push(len(data), 2) + "6000" + push(precompile, 2) + "5a" + "fa"  # staticcall, nothing kept
    answer = "600052" + "3d60006020" + "3e" + "3d602001" + "6000f3"  # whether it went well, and what it returned
    load = push(len(data), 2) + push(0, 1) + "6000" + "39"
    start = len(load + ask + answer) // 2
    load = push(len(data), 2) + push(start, 1) + "6000" + "39"
    found = run(node, load + ask + answer + data.hex())
    if found[:32] != word(1):
        raise Unfit(f"a call of 0x{precompile:x} fails", "precompiled contracts of Ethereum have to be there")
    return found[32:]


def sender(node: Node) -> LocalAccount:
    """A new account that can pay: with nothing, where nothing is asked for. Raises: NotTried."""
    account: LocalAccount = Account.create()
    if int(str(node.known("eth_gasPrice")), 16) == 0:
        return account
    try:
        node.ask("anvil_setBalance", account.address, hex(10**18))
    except NodeRefused as error:
        raise NotTried("places in blocks cost money here, and a new account has none") from error
    return account


def send(node: Node, account: LocalAccount, nonce: int, gas: int, data: str = "", *, creates: bool = False) -> str:
    """Sign and hand in; the transaction's hash. Raises: NodeRefused."""
    price = 2 * int(str(node.known("eth_gasPrice")), 16)
    numbers = {"nonce": nonce, "gas": gas, "gasPrice": price, "value": 0, "chainId": node.chain_id()}
    fields: Any = {**numbers, "to": b"" if creates else account.address, "data": "0x" + data}
    signed = account.sign_transaction(fields)
    node.send_raw(bytes(signed.raw_transaction))
    return str(Web3.to_hex(signed.hash))


def await_receipt(node: Node, tx_hash: str) -> dict[str, object]:
    """The receipt. Raises: Unfit when none comes."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        if (found := node.receipt(tx_hash)) is not None:
            return found
        time.sleep(0.2)  # a node tells nobody when a block comes
    raise Unfit(f"no receipt after {WAIT_SECONDS:.0f} s", "transactions are not taken into blocks: look at the validators")


def many_signatures(count: int) -> str:
    """Creation code that asks for so many recoveries and leaves no code; it fails where one is refused its gas."""
    recover = "60206000608060006001610fa0fa"  # staticcall(4000, 1, 0, 128, 0, 32)
    or_fail = "15" + push(0xFF) + "57"  # a jump to where nothing is
    again = "6001900380" + push(3) + "57"  # one less; while some are left, back to the loop at byte 3
    return push(count, 2) + "5b" + recover + or_fail + again + "00"
