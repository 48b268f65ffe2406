"""RLP after Ethereum's own examples, and the hashes of real transactions and blocks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.chain import Chain
from verifier.tally.findings import Wrong
from verifier.tally.keccak import keccak
from verifier.tally.rlp import NotRlp, decode, encode, header_bytes, transaction_bytes

LOREM = b"Lorem ipsum dolor sit amet, consectetur adipisicing elit"

EXAMPLES = [
    (b"dog", "83646f67"),
    ([b"cat", b"dog"], "c88363617483646f67"),
    (b"", "80"),
    ([], "c0"),
    (b"\x00", "00"),
    (b"\x0f", "0f"),
    (b"\x04\x00", "820400"),
    ([[], [[]], [[], [[]]]], "c7c0c1c0c3c0c1c0"),
    (LOREM, "b838" + LOREM.hex()),
    (b"x" * 1024, "b90400" + "78" * 1024),
    ([b"x" * 60], "f83eb83c" + "78" * 60),
]


@pytest.mark.parametrize(("item", "expected"), EXAMPLES)
def test_encode__gives_the_published_examples(item: Any, expected: str) -> None:
    assert encode(item).hex() == expected
    assert decode(bytes.fromhex(expected)) == item


NOT_RLP = [
    "",
    "83646f",
    "83646f6767",
    "8100",
    "817f",
    "b800",
    "b83701",
    "b90001ff",
    "bf" + "ff" * 8,
    "f800",
    "c1",
    "c183",
    "c88363617483646f6767",
]


@pytest.mark.parametrize("text", NOT_RLP)
def test_decode__takes_the_one_canonical_writing_only(text: str) -> None:
    with pytest.raises(NotRlp):
        decode(bytes.fromhex(text))


def test_decode__goes_only_so_deep() -> None:
    assert decode(bytes.fromhex("c0")) == []
    with pytest.raises(NotRlp):
        decode(encode([[[[[[[[[b"x"]]]]]]]]]))


def transaction_hash(fields: dict[str, Any], place: str) -> bytes:
    return keccak(transaction_bytes(fields, place))


def block_hash(fields: dict[str, Any]) -> bytes:
    return keccak(header_bytes(fields))


KINDS: dict[str, dict[str, Any]] = {
    "0x0": {"gasPrice": hex(10**10)},
    "0x1": {"gasPrice": hex(10**10), "accessList": [{"address": "0x" + "11" * 20, "storageKeys": ["0x" + "00" * 31 + "07"]}]},
    "0x2": {},
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("creates", [True, False])
def test_transaction__fields_give_the_hash_and_no_other_fields_do(kind: str, creates: bool, node_address: str) -> None:
    chain = Chain(node_address)
    to = {} if creates else {"to": chain.accounts[1]}
    sent = chain.rpc("eth_sendTransaction", {"from": chain.accounts[0], "data": "0x0000ff", "value": "0x0", **to, **KINDS[kind]})
    receipt = chain.w3.eth.wait_for_transaction_receipt(sent)
    fields = chain.rpc("eth_getTransactionByHash", sent)
    assert fields["type"] == kind
    assert "0x" + transaction_hash(fields, "here").hex() == sent
    for name, other in {"input": "0x0001ff", "nonce": "0xffff", "value": "0x1", "gas": "0x7", "r": "0x5", "to": "0x" + "22" * 20}.items():
        assert "0x" + transaction_hash({**fields, name: other}, "here").hex() != sent, name
    # Anvil may answer a moment longer as if the transaction still waited, so the block is the receipt's
    block = chain.rpc("eth_getBlockByNumber", hex(receipt["blockNumber"]), False)
    assert "0x" + block_hash(block).hex() == block["hash"]
    for name, other in {
        "timestamp": "0x1",
        "number": "0xfffff",
        "nonce": "0x0000000000000001",
        "transactionsRoot": "0x" + "00" * 32,
    }.items():
        assert "0x" + block_hash({**block, name: other}).hex() != block["hash"], name


@pytest.mark.parametrize("fields", [{}, {"type": "0x7e"}, {"type": 2}, {"type": "0x2", "chainId": None}, {"type": []}])
def test_transaction__of_an_unknown_kind_is_a_finding(fields: dict[str, Any]) -> None:
    with pytest.raises(Wrong, match="its hash cannot be checked"):
        transaction_hash(fields, "here")


def test_block__without_fields_has_no_hash() -> None:
    assert header_bytes({"number": "0x1"}) == b""
