"""What the relay's account holds: it pays for every transaction that the service sends."""

from __future__ import annotations

from dataclasses import dataclass

from backend.ground.chain.errors import RelayUnfunded
from backend.ground.chain.node import Node, asking

#: The most gas that one transaction may take on the chains we know (EIP-7825): what cannot pay that may fail at any act.
LARGEST_TRANSACTION_GAS = 2**24


@dataclass(frozen=True)
class Purse:
    """Address, balance and price of gas in wei, and how many transactions the account has in blocks."""

    address: str
    balance_wei: int
    gas_price_wei: int
    nonce: int

    @property
    def is_short(self) -> bool:
        """Whether one transaction of the largest kind could not be paid."""
        return self.balance_wei < LARGEST_TRANSACTION_GAS * self.gas_price_wei

    def check(self) -> None:
        """Raises: RelayUnfunded."""
        if self.is_short:
            raise RelayUnfunded(address=self.address, balance=self.balance_wei, needed=LARGEST_TRANSACTION_GAS * self.gas_price_wei)


def read_purse(node: Node, address: str) -> Purse:
    """As the chain has it now. Raises: NodeNotAnswering."""
    with asking("purse"):
        balance = node.web3.eth.get_balance(node.web3.to_checksum_address(address), "latest")
        price = node.web3.eth.gas_price
    return Purse(address, balance, price, node.nonce(address))
