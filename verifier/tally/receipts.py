"""Receipts of the relay: those that it published, and those that lenders hold themselves (protocol §11)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from verifier.tally import curve, typed_data
from verifier.tally.findings import Wrong
from verifier.tally.published import FINDINGS, Record, parse, whole

NAME = "receipts.jsonl"
FORM, VOID = FINDINGS[NAME], "void.receipt"
KEYS_1 = "ballot_digest ballot_key index sequence received_at signature"
BOOK_KEYS = "book number previous"
KEYS = f"{KEYS_1} {BOOK_KEYS}"
SEALED_KEYS = "seal sealed_choice"
MOST_BYTES_OF_ONE = 2**20
#: A line as the relay writes it, whose parts need no further look; every other line is read as JSON, and by that refused or taken.
_HEAD, _TAIL = (
    rb'\{"ballot_digest":"0x([0-9a-f]{64})","ballot_key":"0x([0-9a-f]{40})","book":"0x([0-9a-f]{64})",'
    rb'"index":(0|[1-9][0-9]{0,17}),"number":(0|[1-9][0-9]{0,17}),"previous":"0x([0-9a-f]{64})",'
    rb'"received_at":(0|[1-9][0-9]{0,17}),',
    rb'"sequence":(0|[1-9][0-9]?),"signature":"0x([0-9a-f]{130})"\}',
)
_USUAL = re.compile(_HEAD + _TAIL)
_USUAL_SEALED = re.compile(_HEAD + rb'"seal":"0x([0-9a-f]{64})","sealed_choice":"0x([0-9a-f]{16})",' + _TAIL)


@dataclass(frozen=True)
class Reading:
    """How receipts of a poll are read: by which protocol, under which domain."""

    protocol: int
    separator: bytes
    sealed: bool = False

    @property
    def keys(self) -> str:
        keys = KEYS_1 if self.protocol == 1 else KEYS
        return f"{keys} {SEALED_KEYS}" if self.sealed else keys


class Fields(NamedTuple):
    """What a receipt says; book, number and previous are empty or 0 in protocol 1. `sealed` are the 40 bytes of a sealed ballot, which the
    relay does not sign."""

    ballot_digest: bytes
    ballot_key: bytes
    index: int  # type: ignore[assignment]  # hides a method of tuples, which nobody calls
    sequence: int
    received_at: int
    book: bytes
    number: int
    previous: bytes
    sealed: bytes = b""


class Receipt(NamedTuple):
    """What the relay confirmed to have received: its line, its fields, their digest, and who signed (empty when nobody did)."""

    line: int
    fields: Fields
    digest: bytes
    signer: bytes


@dataclass
class OwnReceipt:
    """A receipt that a lender holds: its file's name, the line that has it in the published list (0 for none) with what that line says was
    sealed, and where its ballot is."""

    name: str
    receipt: Receipt
    line: int = 0
    listed: bytes = b""
    ballot: str = ""
    transaction: bytes = b""


def place_of(line: int) -> str:
    """A line of the published list."""
    return f"{NAME} line {line}"


def _usual(line: bytes, sealed: bool) -> tuple[Fields, bytes] | None:
    """The fields of a line in the usual writing, a tenth of a recount's time quicker; None for any other line."""
    match = (_USUAL_SEALED if sealed else _USUAL).fullmatch(line)
    if match is None:
        return None
    digest, ballot_key, book, index, number, previous, received_at, *more, sequence, signature = match.groups()
    raw = bytes.fromhex((digest + ballot_key + book + previous + signature + b"".join(more)).decode())
    place = raw[52:84], int(number), raw[84:116]
    return Fields(raw[:32], raw[32:52], int(index), int(sequence), int(received_at), *place, raw[181:]), raw[116:181]


def _fields_of(record: Record, reading: Reading) -> tuple[Fields, bytes]:
    """The fields of a receipt in any writing, and its signature. Raises Wrong."""
    digest, ballot_key = record.raw("ballot_digest", 32), record.raw("ballot_key", 20)
    index, sequence, received_at = record.whole("index", 2**256), record.whole("sequence", 2**8), record.whole("received_at", 2**64)
    place = (b"", 0, b"")
    if reading.protocol > 1:
        place = record.raw("book", 32), record.whole("number", 2**64), record.raw("previous", 32)
    sealed = record.raw("seal", 32) + record.raw("sealed_choice", 8) if reading.sealed else b""
    return Fields(digest, ballot_key, index, sequence, received_at, *place, sealed), record.raw("signature", 65)


def _receipt(found: tuple[Fields, bytes], line: int, reading: Reading) -> Receipt:
    fields, signature = found
    if reading.protocol == 1:
        digest = typed_data.ballot_receipt_1(reading.separator, *fields[:5])
    else:
        digest = typed_data.ballot_receipt(reading.separator, *fields[:8])
    try:
        signer = curve.recover_65(digest, signature)
    except curve.SignatureWrong:
        signer = b""
    return Receipt(line, fields, digest, signer)


def read_part(given: tuple[int, Sequence[bytes]], reading: Reading) -> list[Receipt | Wrong]:
    """Every line as a receipt and its signer, or as what is wrong with it; `given` is the first line's number, and the lines."""
    first, lines = given
    found: list[Receipt | Wrong] = []
    for number, line in enumerate(lines, start=first):
        content, place = line.removesuffix(b"\n"), place_of(number)
        try:
            fields = _usual(content, reading.sealed) if reading.protocol > 1 else None
            fields = fields or _fields_of(Record.of(parse(content, place, FORM), place, reading.keys, FORM), reading)
            found.append(_receipt(fields, number, reading))
        except Wrong as wrong:
            found.append(Wrong(*wrong.args))  # without its trace, which holds this list: nobody collects such circles (processes.keep_all)
    return found


def read_own(paths: Iterable[Path], chain_id: int, poll: bytes, reading: Reading) -> list[OwnReceipt | Wrong]:
    """Receipts from files of lenders, each as the published list has it or as the check file that the ballot page hands out."""
    found: list[OwnReceipt | Wrong] = []
    for path in paths:
        try:
            found.append(OwnReceipt(path.name, _own(path, chain_id, poll, reading)))
        except Wrong as wrong:
            found.append(wrong)
    return found


def _own(path: Path, chain_id: int, poll: bytes, reading: Reading) -> Receipt:
    name = path.name
    try:
        content = whole(path, VOID, MOST_BYTES_OF_ONE)
    except (OSError, ValueError) as error:
        raise Wrong(VOID, name, "cannot be read", "a receipt", getattr(error, "strerror", None) or error) from error
    value: Any = parse(content, name, VOID)
    if isinstance(value, dict) and value.keys().isdisjoint(BOOK_KEYS.split()):
        # Outside of any book: the relay of a newer poll may not sign so, and is held to it all the same.
        reading = Reading(1, reading.separator, reading.sealed)
    if not isinstance(value, dict) or not value.keys() >= set(reading.keys.split()):
        raise Wrong(VOID, name, "is no receipt", reading.keys, value)
    value = {key: one.lower() if isinstance(one, str) else one for key, one in value.items()}
    expected = {"chain_id": chain_id, "poll": "0x" + poll.hex()}  # a check file has them, a line of the list has not
    of_file = {key: value.get(key, expected[key]) for key in expected}
    if of_file != expected:
        raise Wrong(VOID, name, "is a receipt of another poll", expected, of_file)
    return _receipt(_fields_of(Record(value, name, VOID), reading), 0, reading)
