"""What nodes answer, read to the letter and in one place: of each answer the fields that are used, in one writing, and nothing else.

What is not read here reaches nobody, so no field can be used that nodes of several organisations do not have to agree on.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from backend.ground.chain.calls import Block
from backend.ground.chain.errors import NodeNotAnswering

Json = dict[str, Any]

HEX = re.compile(r"0x(?:[0-9a-fA-F]{2})*")
_WORD = re.compile(r"0x[0-9a-fA-F]{64}")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_QUANTITY = re.compile(r"0x(?:0|[1-9a-fA-F][0-9a-fA-F]{0,63})")
#: What the database keeps is less than 2^63; the next nonce or block, or one a stretch further on, has to be kept, too.
_STORED = 2**62
_CHAIN_IDS = 2**63  # EIP-2294
#: Of logs in a block; the database keeps them in 32 bits.
_PLACES = 2**31
#: Wei for a unit of gas: eightfold, and with a tip, it still is a number that a transaction can carry.
_PRICES = 2**96
#: The last second of the year 9999, beyond which there are no dates.
_TIMES = 253_402_300_800
_MOST_TOPICS = 4


def read_number(value: object, below: int = 2**256) -> int:
    """A JSON-RPC quantity. Raises: NodeNotAnswering for anything else, and for what is too large."""
    if isinstance(value, str) and _QUANTITY.fullmatch(value):
        found = int(value, 16)
        if found < below:
            return found
    raise NodeNotAnswering(reason="an answer that is no number, or too large a one")


def read_bytes(value: object) -> bytes:
    """JSON-RPC bytes. Raises: NodeNotAnswering for anything else."""
    return bytes.fromhex(_hex(value)[2:])


def read_block(value: object) -> Block:
    """A block as a node gives it. Raises: NodeNotAnswering for anything else."""
    found = _block(value)
    if found is None:
        raise NodeNotAnswering(reason="an answer that is no block")
    more = {name: int(found[field], 16) for name, field in (("base_fee", "baseFeePerGas"), ("gas_limit", "gasLimit")) if field in found}
    return Block(int(found["number"], 16), found["hash"], int(found["timestamp"], 16), **more)


def read_answer(method: str, answer: object) -> Any:
    """The answer with the fields that are used, lower case: what two nodes say alike is equal. None stays None where nodes may say it.

    Raises: NodeNotAnswering for what cannot be read. Answers to methods of no concern here are given as they are.
    """
    read = _READERS.get(method)
    return answer if read is None else read(answer)


def _quantity(below: int) -> Callable[[object], str]:
    return lambda value: hex(read_number(value, below))


def _shaped(shape: re.Pattern[str]) -> Callable[[object], str]:
    def read(value: object) -> str:
        if isinstance(value, str) and shape.fullmatch(value):
            return value.lower()
        raise NodeNotAnswering(reason="an answer that is no bytes, or too few or many")

    return read


_hex, _word, _address = _shaped(HEX), _shaped(_WORD), _shaped(_ADDRESS)


def _fields(value: object, required: dict[str, Callable[[object], Any]], optional: dict[str, Callable[[object], Any]]) -> Json:
    if not isinstance(value, dict):
        raise NodeNotAnswering(reason="an answer that is no object")
    found = {name: read(value.get(name)) for name, read in required.items()}
    return found | {name: read(value[name]) for name, read in optional.items() if value.get(name) is not None}


def _topics(value: object) -> list[str]:
    if not isinstance(value, list) or len(value) > _MOST_TOPICS:
        raise NodeNotAnswering(reason="an event whose topics cannot be read")
    return [_word(topic) for topic in value]


def _logs(value: object) -> list[Json]:
    if not isinstance(value, list):
        raise NodeNotAnswering(reason="no list of events")
    return sorted((_fields(one, _LOG, {}) for one in value), key=lambda one: (int(one["blockNumber"], 16), int(one["logIndex"], 16)))


def _block(value: object) -> Json | None:
    return None if value is None else _fields(value, _HEADER, _HEADER_SINCE)


def _receipt(value: object) -> Json | None:
    """None while no block holds it, which some nodes say by a receipt without a block."""
    return None if value is None or (isinstance(value, dict) and value.get("blockNumber") is None) else _fields(value, _RECEIPT, {})


def _transaction(value: object) -> Json | None:
    return None if value is None else _fields(value, {"input": _hex}, {"blockNumber": _quantity(_STORED), "blockHash": _word})


_HEADER: dict[str, Callable[[object], Any]] = {"number": _quantity(_STORED), "hash": _word, "timestamp": _quantity(_TIMES)}
#: Not every chain has a base fee.
_HEADER_SINCE: dict[str, Callable[[object], Any]] = {"baseFeePerGas": _quantity(_PRICES), "gasLimit": _quantity(2**64)}
_LOG: dict[str, Callable[[object], Any]] = {
    "address": _address,
    "topics": _topics,
    "data": _hex,
    "blockNumber": _quantity(_STORED),
    "blockHash": _word,
    "transactionHash": _word,
    "logIndex": _quantity(_PLACES),
}
_RECEIPT: dict[str, Callable[[object], Any]] = {
    "blockNumber": _quantity(_STORED),
    "blockHash": _word,
    "status": _quantity(2),
    "gasUsed": _quantity(_STORED),
    "logs": _logs,
}
_READERS: dict[str, Callable[[object], Any]] = {
    "eth_chainId": _quantity(_CHAIN_IDS),
    "eth_gasPrice": _quantity(_PRICES),
    "eth_maxPriorityFeePerGas": _quantity(_PRICES),
    "eth_getBalance": _quantity(2**256),
    "eth_estimateGas": _quantity(_STORED),
    "eth_getTransactionCount": _quantity(_STORED),
    "eth_call": _hex,
    "eth_getCode": _hex,
    "eth_getBlockByNumber": _block,
    "eth_getLogs": _logs,
    "eth_getTransactionReceipt": _receipt,
    "eth_getTransactionByHash": _transaction,
}
