"""What the readers of bytes refuse when it is consistent in everything else, value by value."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account

from tests.verifier.tally.vote import canonical
from verifier.tally import abi, p256, published, rlp
from verifier.tally.chain import archive, trie, zip_file
from verifier.tally.chain.kinds import RULES
from verifier.tally.curve import P, is_on_curve
from verifier.tally.findings import Wrong
from verifier.tally.issuer_log import Entry, issued
from verifier.tally.keccak import keccak
from verifier.tally.leaves import PART
from verifier.tally.progress import Progress
from verifier.tally.published import MOST_LINE_BYTES, Published, Record
from verifier.tally.recount import Options

KEY = trie.key_of(0)


@pytest.mark.parametrize(
    "node",
    [b"bytes", [], [b"x"], [b"x"] * 3, [b"x"] * 16, [b"x"] * 18, [[b"x"], b"y"]],
    ids=["bytes", "0 items", "1 item", "3 items", "16 items", "18 items", "a list as path"],
)
def test_trie__refuses_a_node_of_another_shape(node: Any) -> None:
    encoded = rlp.encode(node)
    with pytest.raises(trie.NotProved):
        trie.value_at(keccak(encoded), KEY, [encoded])


def test_trie__refuses_nodes_that_are_left_over() -> None:
    items = [b"some item of more than thirty-two bytes " + bytes([number]) for number in range(3)]
    proof = trie.proof_of(items, 0)
    assert trie.value_at(trie.root_of(items), KEY, proof) == items[0]
    with pytest.raises(trie.NotProved):
        trie.value_at(trie.root_of(items), KEY, [*proof, proof[-1]])


def test_trie__shows_with_no_node_more_than_needed_that_a_key_has_no_value() -> None:
    items = {bytes([0x12, 0x34, number]): b"a value that is longer than thirty-two bytes" for number in range(3)}
    for key in (bytes([0x12, 0x35, 0]), bytes([0x12, 0x34, 0x30]), bytes([0x12, 0x34, 7])):
        assert trie.value_at(trie.root_over(items), key, trie.way_to(items, key)) == b""
    there = bytes([0x12, 0x34, 1])
    assert trie.value_at(trie.root_over(items), there, trie.way_to(items, there)) == items[there]


@pytest.mark.parametrize(
    ("kind", "largest"),
    [("uint8", 2**8 - 1), ("uint16", 2**16 - 1), ("uint32", 2**32 - 1), ("uint64", 2**64 - 1), ("address", 2**160 - 1), ("bool", 1)],
)
def test_abi__refuses_a_number_larger_than_its_type(kind: str, largest: int) -> None:
    (value,) = abi.decode(f"({kind})", largest.to_bytes(32, "big"))
    assert value == (largest if kind not in {"address", "bool"} else bytes.fromhex("ff" * 20) if kind == "address" else True)
    with pytest.raises(abi.NotDecodable):
        abi.decode(f"({kind})", (largest + 1).to_bytes(32, "big"))


@pytest.mark.parametrize("count", [2, 3, 2**40, 2**63 - 1, 2**256 - 1])
def test_abi__refuses_a_list_of_more_than_there_is(count: int) -> None:
    words = [32, count, 7]
    with pytest.raises(abi.NotDecodable):
        abi.decode("(uint256[])", b"".join(one.to_bytes(32, "big") for one in words))


def test_point__is_refused_with_coordinates_that_are_not_below_p() -> None:
    y_of_1 = pow(8, (P + 1) // 4, P)
    assert is_on_curve((1).to_bytes(32, "big") + y_of_1.to_bytes(32, "big"))
    assert not is_on_curve((1 + P).to_bytes(32, "big") + y_of_1.to_bytes(32, "big"))
    y, x = next((y, x) for y in range(1, 100) if pow(x := pow(y * y - 7, (P + 2) // 9, P), 3, P) == (y * y - 7) % P)
    assert is_on_curve(x.to_bytes(32, "big") + y.to_bytes(32, "big"))
    assert not is_on_curve(x.to_bytes(32, "big") + (y + P).to_bytes(32, "big"))
    assert not is_on_curve(x.to_bytes(32, "big") + y.to_bytes(32, "big") + b"\0")


@pytest.mark.parametrize("name", ["index", "issued_at", "expires_at"])
def test_log__a_number_is_refused_from_the_end_of_its_type_on(name: str) -> None:
    end = 2**256 if name == "index" else 2**64
    way = {"way": "face", "verifier": "0x" + "11" * 20, "ballot_key": "0x" + "22" * 20}

    def entry(number: int) -> Entry:
        value = {"kind": "credential", "index": 1, "issued_at": 2, "expires_at": 3, **way, name: number}
        assert canonical(value)
        return Entry("line 1", "credential", Record(value, "line 1", "log.form"))

    issued(entry(end - 1))
    with pytest.raises(Wrong):
        issued(entry(end))


@pytest.mark.parametrize("chain_id", [1, 31337, 2**32 + 1])
def test_legacy_transaction__signs_the_number_of_its_chain(chain_id: int) -> None:
    items = [b"\1", b"\2", b"\3", b"\4" * 20, b"", b"data"]
    number = chain_id.to_bytes((chain_id.bit_length() + 7) // 8, "big")
    for parity in (0, 1):
        assert rlp.signing_digest(0, items, 35 + 2 * chain_id + parity) == (keccak(rlp.encode([*items, number, b"", b""])), parity)
        assert rlp.signing_digest(0, items, 27 + parity) == (keccak(rlp.encode(items)), parity)
        assert rlp.signing_digest(2, items, parity) == (keccak(b"\2" + rlp.encode(items)), parity)


@pytest.mark.parametrize("value", [None, 7, "11", "1x11", ["0x11"]])
def test_transaction__with_a_field_that_is_no_hex_is_refused(value: Any) -> None:
    fields = dict.fromkeys((*rlp.TRANSACTION_FIELDS[2], "r", "s", "v"), "0x1") | {
        "type": "0x2",
        "to": "0x" + "11" * 20,
        "accessList": [],
    }
    assert rlp.transaction_bytes({**fields, "input": "0x11"}, "here")
    with pytest.raises(Wrong):
        rlp.transaction_bytes({**fields, "input": value}, "here")


@pytest.mark.parametrize("name", ["parentHash", "stateRoot", "transactionsRoot", "receiptsRoot"])
@pytest.mark.parametrize("value", [b"", b"\1" * 31, b"\1" * 33, [b"\1" * 32]], ids=["nothing", "31 bytes", "33 bytes", "a list"])
def test_header__with_a_hash_of_another_length_is_refused(name: str, value: Any) -> None:
    fields = dict.fromkeys(rlp.HEADER_FIELDS, b"\1" * 32) | {"number": b"\1", "timestamp": b"\2"}
    block = RULES["ethereum"].raw_header(rlp.encode(list(fields.values())), "here")
    assert (block.number, block.timestamp) == (1, 2)
    with pytest.raises(Wrong):
        RULES["ethereum"].raw_header(rlp.encode(list({**fields, name: value}.values())), "here")


def test_transaction__with_a_delegation_gives_the_bytes_that_were_sent() -> None:
    sender, holder = Account.from_key(b"\1" * 32), Account.from_key(b"\2" * 32)
    signed = holder.sign_authorization({"chainId": 31337, "address": "0x" + "11" * 20, "nonce": 3})
    fields = {"chainId": 31337, "nonce": 1, "maxPriorityFeePerGas": 2, "maxFeePerGas": 300, "gas": 4000, "to": "0x" + "22" * 20, "value": 0}
    whole = {"type": 4, **fields, "data": b"ballot", "accessList": [], "authorizationList": [signed]}
    sent = sender.sign_transaction(whole)
    numbers = {name: hex(value) if isinstance(value, int) else value for name, value in fields.items()}
    delegation = {"chainId": "0x7a69", "address": "0x" + "11" * 20, "nonce": "0x3", "yParity": hex(signed.y_parity)}
    delegation |= {"r": hex_of(signed.r), "s": hex_of(signed.s)}
    signature = {"yParity": hex(sent.v), "r": hex_of(sent.r), "s": hex_of(sent.s)}
    told = {"type": "0x4", **numbers, "input": "0x" + b"ballot".hex(), "accessList": [], "authorizationList": [delegation], **signature}
    assert rlp.transaction_bytes(told, "here") == bytes(sent.raw_transaction)


def hex_of(number: int) -> str:
    return "0x" + number.to_bytes(32, "big").hex()


def test_file__that_is_longer_than_it_can_be_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "receipts.jsonl").write_bytes(b"one\n")
    assert list(Published(tmp_path).line_parts("receipts.jsonl", 4, 10)) == [[b"one\n"]]
    with pytest.raises(Wrong, match="too long"):
        list(Published(tmp_path).line_parts("receipts.jsonl", 3, 10))
    assert Published(tmp_path).bytes_of("receipts.jsonl", 4) == b"one\n"
    with pytest.raises(Wrong, match="too long"):
        Published(tmp_path).bytes_of("receipts.jsonl", 3)


def test_a_file_that_grows_while_it_is_read_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As does one that a system makes up: it says that it is empty, and has no end."""
    (tmp_path / "receipts.jsonl").write_bytes(b"one\ntwo\n")
    monkeypatch.setattr(published, "require_file", lambda *_: 4)
    with pytest.raises(Wrong, match="longer than it says"):
        list(Published(tmp_path).line_parts("receipts.jsonl", 100, 10))


def test_lines_fill_no_memory_however_many_are_taken_together(tmp_path: Path) -> None:
    """An honest line has at most some 800 bytes; 8,192 of them are looked at together."""
    assert PART * MOST_LINE_BYTES <= 2**25
    (tmp_path / "receipts.jsonl").write_bytes(b"x" * MOST_LINE_BYTES + b"\n")
    with pytest.raises(Wrong, match="too long"):
        list(Published(tmp_path).line_parts("receipts.jsonl", 2**20, PART))


def test_archive__of_more_files_or_bytes_than_a_bundle_can_have_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bundle.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name in ("a", "b"):
            file.writestr(name, b"12345")
    for names, most in ((1, 10), (2, 9)):
        monkeypatch.setattr(zip_file, "MOST_FILES", names)
        monkeypatch.setattr(zip_file, "MOST_BYTES", most)
        work = archive.recount_bundle(path, Options(), progress=Progress(quiet=True), steps=(), told=lambda _: None)
        assert [(one.name, one.what) for one in work.findings][:1] == [("bundle.unreadable", "is too large")]
    monkeypatch.setattr(zip_file, "MOST_BYTES", 10)
    work = archive.recount_bundle(path, Options(), progress=Progress(quiet=True), steps=(), told=lambda _: None)
    assert "is too large" not in [one.what for one in work.findings]


def test_passkey__of_coordinates_beyond_the_field_is_no_point() -> None:
    """One point of the curve has x = 0, and no honest key has x = p, which is the same number there."""
    y = pow(p256.B, (p256.P + 1) // 4, p256.P)
    assert p256.is_on_curve(0, y)
    assert not p256.is_on_curve(p256.P, y)
    assert not p256.is_on_curve(0, y + p256.P)
    assert not p256.is_on_curve(0, 0)
