"""Kaia's blocks and certificates of finality, over blocks recorded from four validators (protocol §25, tests/vectors/kaia.json)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from verifier.tally import rlp
from verifier.tally.chain.accounts import account_of
from verifier.tally.chain.finality import Named, named
from verifier.tally.chain.kaia import Kaia, sealers
from verifier.tally.chain.things import Block
from verifier.tally.chain.trie import NotProved, value_at
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.keccak import keccak

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "kaia.json").read_text())
BLOCKS, RULE = VECTORS["blocks"], Kaia()
SPANS = VECTORS["validators"]


def raw(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def validators(*spans: tuple[int, list[str]]) -> Named:
    return Named(tuple((start, frozenset(map(raw, addresses))) for start, addresses in spans))


ALL_FOUR = validators(*((one["from_block"], one["addresses"]) for one in SPANS))


def block(number: int = 0) -> Block:
    return RULE.header(BLOCKS[number]["fields"])


def found(by: Named, of: Block) -> list[str]:
    log = StepLog(1, "Node")
    by.check(of, "node.finality", log)
    return [one.what for one in log.findings]


@pytest.mark.parametrize("one", BLOCKS, ids=lambda one: str(int(one["fields"]["number"], 16)))
def test_a_block_is_proved_by_its_own_header(one: dict[str, Any]) -> None:
    made = RULE.header(one["fields"])
    assert made == RULE.raw_header(raw(one["header"]), "here")
    assert made.hash == raw(one["fields"]["hash"])
    assert sealers(made) == [raw(address) for address in one["sealers"]]
    transactions = RULE.transactions(made, [{"raw": text} for text in one["raw_transactions"]])
    assert [transaction.hash for transaction in transactions] == [raw(text) for text in one["fields"]["transactions"]]
    created = {transaction.created for transaction in transactions} - {b""}
    logs = RULE.logs(made, [transaction.hash for transaction in transactions], one["receipts"], created)
    assert [log.log_index for log in logs] == [int(row["logIndex"], 16) for receipt in one["receipts"] for row in receipt["logs"]]


@pytest.mark.parametrize("name", ["gasUsed", "timestamp", "extraData", "stateRoot", "receiptsRoot", "reward"])
def test_a_header_with_another_field_has_another_hash(name: str) -> None:
    fields = dict(BLOCKS[0]["fields"])
    fields[name] = fields[name][:-1] + ("1" if fields[name][-1] == "0" else "0")
    if name == "extraData":  # the last byte is a seal's and is not hashed
        fields[name] = fields[name][:60] + ("1" if fields[name][60] == "0" else "0") + BLOCKS[0]["fields"][name][61:]
    with pytest.raises(Wrong, match=r"node\.header"):
        RULE.header(fields)


VANITY, EXTRA = 32, 11


def _extra(*parts: rlp.Item) -> bytes:
    """The first block's header with these parts in its extra data."""
    fields = rlp.decode(raw(BLOCKS[0]["header"]))
    assert isinstance(fields, list)
    vanity = fields[EXTRA]
    assert isinstance(vanity, bytes)
    return rlp.encode([*fields[:EXTRA], vanity[:VANITY] + rlp.encode(list(parts)), *fields[EXTRA + 1 :]])


def test_a_header_without_validators_seal_and_commit_seals_is_none() -> None:
    fields = rlp.decode(raw(BLOCKS[0]["header"]))
    assert isinstance(fields, list)
    assert isinstance(fields[EXTRA], bytes)
    parts = rlp.decode(fields[EXTRA][VANITY:])
    assert isinstance(parts, list)
    validators, seal, seals = parts
    assert isinstance(validators, list)
    assert isinstance(seals, list)
    assert isinstance(seals[0], bytes)
    assert RULE.raw_header(_extra(*parts), "here") == block()
    others: list[list[rlp.Item]] = [
        [*parts, []],
        [validators, seal],
        [validators[0], seal, seals],
        [validators, seal, seals[0]],
        [validators, seal, [seals[0][1:], *seals[1:]]],
        [validators, seal, [[seals[0]], *seals[1:]]],
    ]
    for changed in others:
        with pytest.raises(Wrong, match=r"node\.header|here"):
            RULE.raw_header(_extra(*changed), "here")


def _with(place: int, value: rlp.Item) -> list[rlp.Item]:
    fields = rlp.decode(raw(BLOCKS[0]["header"]))
    assert isinstance(fields, list)
    return [*fields[:place], value, *fields[place + 1 :]]


NUMBER, TIME = 7, 9


@pytest.mark.parametrize(
    "fields",
    [
        [*_with(0, bytes(32)), b""],
        _with(0, bytes(32))[:-1],
        _with(1, [b""]),
        *(_with(place, bytes(31)) for place in (0, 2, 3, 4)),
        *(_with(place, value) for place in (NUMBER, TIME) for value in (b"\0\1", b"\1" * 9)),
    ],
)
def test_fields_of_other_numbers_kinds_and_lengths_are_no_header(fields: list[rlp.Item]) -> None:
    with pytest.raises(Wrong):
        RULE.raw_header(rlp.encode(fields), "here")


def test_a_failed_transactions_receipt_says_why_it_failed() -> None:
    failed = [(one, receipt) for one in BLOCKS for receipt in one["receipts"] if receipt["status"] == "0x0"]
    assert failed
    one, receipt = failed[0]
    made = RULE.header(one["fields"])
    hashes = [raw(text) for text in one["fields"]["transactions"]]
    other = [{**row, "txError": "0x1"} if row is receipt else row for row in one["receipts"]]
    with pytest.raises(Wrong, match=r"node\.log"):
        RULE.logs(made, hashes, other, set())


def test_three_seals_of_four_validators_make_a_block_final() -> None:
    assert found(ALL_FOUR, block()) == []
    assert len(block().seals) == 3


def _fewer(of: Block) -> Block:
    return replace(of, seals=of.seals[:2])


def _twice(of: Block) -> Block:
    return replace(of, seals=(*of.seals[:2], of.seals[0]))


def _another_hash(of: Block) -> Block:
    return replace(of, hash=keccak(of.hash))


def _unreadable(of: Block) -> Block:
    return replace(of, seals=(*of.seals[:2], bytes(65)))


@pytest.mark.parametrize("change", [_fewer, _twice, _another_hash, _unreadable])
def test_a_block_without_enough_seals_of_its_own_is_a_finding(change: Callable[[Block], Block]) -> None:
    assert found(ALL_FOUR, change(block()))


def test_seals_of_others_than_those_named_do_not_count() -> None:
    strangers = ["0x" + "11" * 20, "0x" + "22" * 20]
    assert found(validators((0, [*BLOCKS[0]["sealers"][:2], *strangers])), block())
    assert found(validators((0, SPANS[0]["addresses"]), (block().number, strangers)), block())
    assert found(validators((block().number + 1, SPANS[0]["addresses"])), block()), "named for later blocks only"
    assert not found(validators((0, strangers), (block().number, SPANS[0]["addresses"])), block())


def test_two_thirds_and_no_more_are_not_enough() -> None:
    three = BLOCKS[0]["sealers"]
    assert not found(validators((0, three)), block())
    two_of_three = replace(block(), seals=block().seals[:2])
    assert found(validators((0, three)), two_of_three)


def test_what_calls_no_contract_and_what_calls_one_by_kaias_own_kinds_are_read() -> None:
    to, content, of = b"\x11" * 20, b"call", block()
    call: list[rlp.Item] = [b"\x01", b"", b"\x52\x08", to, b"", b"\x22" * 20, content, [[b"\x01", b"\x01", b"\x01"]]]
    for kind in (0x30, 0x31, 0x32):
        read = RULE.raw_transaction(bytes([kind]) + rlp.encode(call), of)
        assert (read.to, read.input) == (to, content)
    moved = RULE.raw_transaction(b"\x08" + rlp.encode(call[:6]), of)
    assert (moved.to, moved.input, moved.created) == (b"", b"", b"")
    for nonsense in (b"\x30" + rlp.encode(call[:4]), b"\x30\xff", b"", b"\x78", b"\x78\x7f\xc0"):
        with pytest.raises(Wrong):
            RULE.raw_transaction(nonsense, of)


def test_a_contracts_account_is_proved_with_its_code() -> None:
    contract = VECTORS["contract"]
    at = block(contract["block"])
    value = value_at(at.state_root, keccak(raw(contract["address"])), [raw(node) for node in contract["nodes"]])
    assert account_of(value, at).code_hash == keccak(raw(contract["code"]))
    for other in (b"", value[1:], b"\x01" + value[1:]):
        with pytest.raises(NotProved):
            account_of(other, at)
    with pytest.raises((NotProved, rlp.NotRlp)):
        account_of(value, Block(1, bytes(32), 1))


HASH, SHORT = bytes([7]) * 32, bytes([7]) * 31


@pytest.mark.parametrize(
    "fields",
    [
        b"no list",
        [b"\1", b"\2", HASH],
        [b"\1", b"\2", HASH, HASH, HASH],
        [b"\1", b"\2", SHORT, HASH],
        [b"\1", b"\2", HASH, SHORT],
        [b"\1", b"\2", [HASH], HASH],
        [b"\1", b"\2", HASH, [HASH]],
    ],
)
def test_an_account_of_another_shape_proves_nothing(fields: rlp.Item) -> None:
    ethereum = Block(1, bytes(32), 1)
    with pytest.raises(NotProved):
        account_of(rlp.encode(fields), ethereum)
    with pytest.raises(NotProved):
        account_of(b"\2" + rlp.encode([fields[:2], *fields[2:], b"\1"] if isinstance(fields, list) else fields), block())
    with pytest.raises(NotProved):
        account_of(b"", ethereum)
    assert account_of(rlp.encode([b"\1", b"\2", HASH, HASH]), ethereum).code_hash == HASH
    assert account_of(b"\2" + rlp.encode([[b"\1", b"\2", b"\3"], HASH, HASH, b"\1"]), block()).code_hash == HASH


ONE, TWO = "0x" + "11" * 20, "0x" + "22" * 20


def spans(*rows: tuple[int, list[str]]) -> str:
    return json.dumps({"validators": [{"from_block": start, "addresses": addresses} for start, addresses in rows]})


@pytest.mark.parametrize(
    "content",
    ["", "[]", spans(), spans((0, [])), spans((0, ["0x12"])), spans((-1, [ONE])), spans((0, [ONE, ONE])), spans((5, [ONE]), (5, [TWO]))],
)
def test_a_file_that_names_nobody_is_refused(content: str, tmp_path: Path) -> None:
    file = tmp_path / "validators.json"
    file.write_text(content)
    with pytest.raises(Wrong, match="validators"):
        named(file)
