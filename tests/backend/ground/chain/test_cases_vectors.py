"""What follows from a case's address, its people and its classes' names, and the relay's notes, against the vectors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.ground.chain.addresses import case_fingerprint, poll_address
from backend.ground.chain.notes import NOTHING, RECEIPTS, Head, NoteNotReadable, ReceiptNote, read_note
from backend.ground.chain.typed_data import ballot_receipt
from backend.ground.chain.values import class_names_hash

FOLDER = Path(__file__).parents[3] / "vectors"
CASES: dict[str, Any] = json.loads((FOLDER / "cases.json").read_text())
RECEIPT_VECTORS: dict[str, Any] = json.loads((FOLDER / "receipts.json").read_text())
NOTES = [*RECEIPT_VECTORS["notes"], RECEIPT_VECTORS["note_of_a_poll_without_receipts"]]


def raw(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def heads_of(item: dict[str, Any]) -> list[Head]:
    return [Head(raw(head["book"]), head["number"], raw(head["head"])) for head in item["heads"]]


@pytest.mark.parametrize("item", CASES["fingerprints"], ids=lambda item: item["fingerprint"][:4])
def test_a_cases_fingerprint(item: dict[str, Any]) -> None:
    officials = [raw(signer) for signer in item["officials"]]
    named = item["case"], item["chain_id"], officials, item["threshold"], raw(item["institution"])
    found = case_fingerprint(*named, rehearsal=item.get("rehearsal", False))
    assert found == item["fingerprint"]


@pytest.mark.parametrize("item", CASES["polls"], ids=lambda item: str(item["number"]))
def test_where_a_cases_polls_stand(item: dict[str, Any]) -> None:
    assert poll_address(CASES["fingerprints"][0]["case"], item["number"]) == item["poll"]


@pytest.mark.parametrize("item", CASES["class_names"], ids=lambda item: str(len(item["names"])))
def test_names_of_classes_are_bound(item: dict[str, Any]) -> None:
    assert "0x" + class_names_hash(item["names"]).hex() == item["class_names_hash"]


def test_a_relays_notes() -> None:
    for item in NOTES:
        heads = tuple(heads_of(item))
        note = ReceiptNote(RECEIPT_VECTORS["poll"], item["note"], raw(item["previous_note"]), item["closed"], heads)
        assert "0x" + note.encode().hex() == item["data"]
        assert "0x" + note.hash.hex() == item["note_hash"]
    assert "0x" + RECEIPTS.hex() == RECEIPT_VECTORS["subject"]


@pytest.mark.parametrize("item", NOTES, ids=lambda item: f"{item['note']} with {len(item['heads'])}")
def test_a_note_is_read_back(item: dict[str, Any]) -> None:
    note = read_note(raw(item["data"]))
    assert note == ReceiptNote(RECEIPT_VECTORS["poll"], item["note"], raw(item["previous_note"]), item["closed"], tuple(heads_of(item)))


@pytest.mark.parametrize("book", RECEIPT_VECTORS["books"], ids=lambda book: str(len(book)))
def test_receipts_are_chained(book: list[dict[str, Any]]) -> None:
    previous = NOTHING
    for number, item in enumerate(book, start=1):
        line = json.loads(item["line"])
        assert (line["number"], raw(line["previous"])) == (number, previous)
        names = ("ballot_digest", "ballot_key", "index", "sequence", "received_at", "book", "number", "previous")
        values: list[Any] = [raw(line[name]) if name in {"ballot_digest", "book", "previous"} else line[name] for name in names]
        previous = ballot_receipt(RECEIPT_VECTORS["chain_id"], RECEIPT_VECTORS["poll"], *values).digest()
        assert "0x" + previous.hex() == item["digest"]


@given(st.binary(max_size=400))
def test_what_is_no_note_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(NoteNotReadable):
        read_note(data)


@given(st.sampled_from(NOTES), st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_no_two_writings_are_the_same_note(item: dict[str, Any], at: int, change: int) -> None:
    data = bytearray(raw(item["data"]))
    data[at % len(data)] ^= change
    try:
        found = read_note(bytes(data))
    except NoteNotReadable:
        return
    assert found.encode() == bytes(data)
    assert found != read_note(raw(item["data"]))
