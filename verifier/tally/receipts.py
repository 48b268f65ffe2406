"""Receipts of the relay: those that it published, and those that lenders hold themselves (protocol §11)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from verifier.tally import curve, typed_data
from verifier.tally.findings import Wrong
from verifier.tally.published import Record, parse

NAME = "receipts.jsonl"
KEYS = "ballot_digest ballot_key index sequence received_at signature"
MOST_BYTES_OF_ONE = 2**20
#: A line as the relay writes it, whose parts need no further look; every other line is read as JSON, and by that refused or taken.
_USUAL = re.compile(
    rb'\{"ballot_digest":"0x([0-9a-f]{64})","ballot_key":"0x([0-9a-f]{40})","index":(0|[1-9][0-9]{0,17}),"received_at":(0|[1-9][0-9]{0,17}),'
    rb'"sequence":(0|[1-9][0-9]?),"signature":"0x([0-9a-f]{130})"\}'
)


Fields = tuple[bytes, bytes, int, int, int, bytes]  # digest, ballot key, index, sequence, received at, signature


class Receipt(NamedTuple):
    """What the relay confirmed to have received; `signer` is empty when nobody signed it."""

    line: int
    ballot_digest: bytes
    ballot_key: bytes
    index: int  # type: ignore[assignment]  # hides a method of tuples, which nobody calls
    sequence: int
    signer: bytes


@dataclass
class OwnReceipt:
    """A receipt that a lender holds: its file's name, the line that has it in the published list (0 for none), and where its ballot is."""

    name: str
    receipt: Receipt
    line: int = 0
    ballot: str = ""
    transaction: bytes = b""


def place_of(line: int) -> str:
    """A line of the published list."""
    return f"{NAME} line {line}"


def _usual(line: bytes) -> Fields | None:
    """The fields of a line in the usual writing, a tenth of a recount's time quicker; None for any other line."""
    match = _USUAL.fullmatch(line)
    if match is None:
        return None
    digest, ballot_key, index, received_at, sequence, signature = match.groups()
    raw = bytes.fromhex((digest + ballot_key + signature).decode())
    return raw[:32], raw[32:52], int(index), int(sequence), int(received_at), raw[52:]


def fields_of(record: Record) -> Fields:
    """The fields of a receipt in any writing. Raises Wrong."""
    digest, ballot_key = record.raw("ballot_digest", 32), record.raw("ballot_key", 20)
    index, sequence, received_at = record.whole("index", 2**256), record.whole("sequence", 2**8), record.whole("received_at", 2**64)
    return digest, ballot_key, index, sequence, received_at, record.raw("signature", 65)


def _unusual(line: bytes, place: str) -> Fields:
    return fields_of(Record.of(parse(line.removesuffix(b"\n"), place), place, KEYS))


def _receipt(fields: Fields, line: int, separator: bytes) -> Receipt:
    digest, ballot_key, index, sequence, received_at, signature = fields
    signed = typed_data.ballot_receipt(separator, digest, ballot_key, index, sequence, received_at)
    try:
        signer = curve.recover_65(signed, signature)
    except curve.SignatureWrong:
        signer = b""
    return Receipt(line, digest, ballot_key, index, sequence, signer)


def read_part(given: tuple[int, Sequence[bytes]], separator: bytes) -> list[Receipt | Wrong]:
    """Every line as a receipt and its signer, or as what is wrong with it; `given` is the first line's number, and the lines."""
    first, lines = given
    found: list[Receipt | Wrong] = []
    for number, line in enumerate(lines, start=first):
        try:
            found.append(_receipt(_usual(line.removesuffix(b"\n")) or _unusual(line, place_of(number)), number, separator))
        except Wrong as wrong:
            found.append(wrong)
    return found


def read_own(paths: Iterable[Path], chain_id: int, poll: bytes, separator: bytes) -> list[OwnReceipt | Wrong]:
    """Receipts from files of lenders, each as the published list has it or as the check file that the ballot page hands out."""
    found: list[OwnReceipt | Wrong] = []
    for path in paths:
        try:
            found.append(OwnReceipt(path.name, _own(path, chain_id, poll, separator)))
        except Wrong as wrong:
            found.append(wrong)
    return found


def _own(path: Path, chain_id: int, poll: bytes, separator: bytes) -> Receipt:
    name = path.name
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES_OF_ONE)
    except (OSError, ValueError) as error:
        raise Wrong(name, "cannot be read", "a receipt", getattr(error, "strerror", None) or error) from error
    value: Any = parse(content, name)
    if not isinstance(value, dict) or not value.keys() >= set(KEYS.split()):
        raise Wrong(name, "is no receipt", KEYS, value)
    value = {key: one.lower() if isinstance(one, str) else one for key, one in value.items()}
    expected = {"chain_id": chain_id, "poll": "0x" + poll.hex()}  # a check file has them, a line of the list has not
    of_file = {key: value.get(key, expected[key]) for key in expected}
    if of_file != expected:
        raise Wrong(name, "is a receipt of another poll", expected, of_file)
    return _receipt(fields_of(Record(value, name)), 0, separator)
