"""What a transaction offers for its place in a block, and how the offer rises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rlp

from backend.ground.chain.calls import Block
from backend.ground.chain.node import Json, Node, NodeRefused, asking

if TYPE_CHECKING:
    from web3.eth import Eth

#: The base fee may rise eightfold, 17 full blocks in a row, before a signed transaction waits.
FEE_MARGIN = 8
#: Nodes take another transaction in the place of one only when it offers at least a tenth more; an eighth leaves room for rounding.
RAISE_NUMERATOR, RAISE_DENOMINATOR = 9, 8
#: Times what is suggested beyond which the fee is not what holds a transaction up.
FEE_CEILING = 10


def suggested_fees(node: Node, head: Block | None = None) -> Json:
    """The fee fields of a transaction signed now, on the newest block where that is known already. Raises: NodeNotAnswering."""
    eth = node.web3.eth
    base_fee = (head or node.block()).base_fee
    with asking("fees"):
        if base_fee is None:
            return {"gasPrice": eth.gas_price}
        # Where places cost nothing some nodes suggest a tip all the same, which a relay without money could not pay.
        costs_nothing = base_fee == 0 and eth.gas_price == 0
        tip = 0 if costs_nothing else _suggested_tip(eth)
    return {"maxFeePerGas": FEE_MARGIN * base_fee + tip, "maxPriorityFeePerGas": tip}


def _suggested_tip(eth: Eth) -> int:
    try:
        return eth.max_priority_fee
    except NodeRefused:
        return 0


def fees_of(raw: bytes) -> Json:
    """The fee fields that signed bytes carry."""
    if raw[0] >= 0xC0:
        return {"gasPrice": _number(rlp.decode(raw)[1])}
    if raw[0] != 2:
        raise ValueError("not a transaction of ours")
    fields: Any = rlp.decode(raw[1:])
    return {"maxPriorityFeePerGas": _number(fields[2]), "maxFeePerGas": _number(fields[3])}


def fees_anew(before: Json, suggested: Json) -> Json:
    """The fee fields for another signing of what no node has: as before, unless no block could take that or no purse pay it.

    Nothing stays nothing where places cost nothing.
    """
    if before.keys() != suggested.keys():
        return suggested
    margin = {"maxFeePerGas": FEE_MARGIN}
    too_low = any(suggested[name] > fee * margin.get(name, 1) for name, fee in before.items())
    return suggested if too_low or max(before.values()) > FEE_CEILING * max(suggested.values()) else before


def _number(raw: Any) -> int:
    return int.from_bytes(bytes(raw), "big")


def raised_fees(before: Json, suggested: Json) -> Json | None:
    """At least an eighth more than before and not less than suggested; None when that is far above what the chain asks for.

    None, too, where places cost nothing and nothing was offered: whoever has no money could not pay for anything more.
    """
    if not any(before.values()) and not any(suggested.values()):
        return None
    found = {}
    for name, offered in before.items():
        asked = int(suggested[name] if name in suggested else max(suggested.values()))
        found[name] = max(-(-offered * RAISE_NUMERATOR // RAISE_DENOMINATOR) + 1, asked)
        if found[name] > FEE_CEILING * max(asked, 1) and name != "maxPriorityFeePerGas":
            return None
    return found
