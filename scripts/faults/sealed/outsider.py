"""Somebody with an account of no role, who sends what anybody may send."""

from __future__ import annotations

import random
import threading
import time

from eth_account import Account

from backend.ground.chain.calls import ContractCall
from backend.ground.chain.errors import NodeNotAnswering
from backend.ground.chain.fees import suggested_fees
from backend.ground.chain.node import Node, NodeRefused
from backend.ground.chain.sealed_poll import SealedPollContract
from backend.ground.common.hashing import keccak
from backend.ground.common.seals import EMPTY_BOX, fold

GAS = 2_000_000


class Outsider:
    """An account that asks nobody first whether its calls will be taken."""

    def __init__(self, node: Node) -> None:
        self._node, self._account = node, Account.create()
        node.ask("anvil_setBalance", self._account.address, hex(10**20))
        self._nonce = 0

    def send(self, call: ContractCall, dearer: int = 2) -> str:
        """Its transaction goes into the pool; the hash."""
        raw = self.signed(call, dearer)
        self._node.send_raw(raw)
        return "0x" + keccak(raw).hex()

    def signed(self, call: ContractCall, dearer: int = 2) -> bytes:
        """The transaction's bytes, to be sent once or again, at so many times the usual fees."""
        fees = {name: dearer * value for name, value in suggested_fees(self._node).items()}
        to = bytes.fromhex(str(call.to)[2:])
        fields = {"nonce": self._nonce, "gas": GAS, "value": 0, "to": to, "data": call.data, "chainId": self._node.chain_id(), **fees}
        self._nonce += 1
        return bytes(Account.sign_transaction(fields, self._account.key).raw_transaction)


class Rival:
    """Counts a box beside the service, in pieces of its own size, until the box is empty."""

    def __init__(self, node: Node, contract: SealedPollContract, records: list[bytes], dice: random.Random) -> None:
        self._outsider, self._contract, self._records, self._dice = Outsider(node), contract, records, dice
        self._numbers = [EMPTY_BOX]
        for record in records:
            self._numbers.append(fold(self._numbers[-1], [record]))
        self._thread = threading.Thread(target=self._work, daemon=True)
        self.sent: list[str] = []
        """Its transactions, of which the contract may have refused some."""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def join(self, seconds: float) -> None:
        """Wait until the box is empty."""
        self._thread.join(seconds)

    def _work(self) -> None:
        while not self._contract.secret():
            time.sleep(0.05)  # a node tells nobody what happened
        while (number := self._contract.box()) != EMPTY_BOX:
            end = self._numbers.index(number)
            first = max(0, end - self._dice.randint(1, 3))
            call = self._contract.count(self._numbers[first], self._records[first:end])
            try:
                self.sent.append(self._outsider.send(call, dearer=self._dice.choice((1, 3))))
            except (NodeRefused, NodeNotAnswering):
                continue
            self._await_block(self.sent[-1])

    def _await_block(self, sent: str) -> None:
        """Until it was taken or refused."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self._outsider._node.receipt(sent) is None:
            time.sleep(0.1)  # a node tells nobody when a block comes
