"""Step 11: every ballot that the relay received is on the chain, or is named as missed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from verifier.tally import curve, typed_data
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.processes import in_order
from verifier.tally.published import Record, parse
from verifier.tally.recount import Ballots, Recount, need

NAME = "receipts.jsonl"
KEYS = "ballot_digest ballot_key index sequence received_at signature"
MOST_BYTES = 2**33


@dataclass(frozen=True)
class Receipt:
    """What the relay confirmed to have received."""

    place: str
    ballot_digest: bytes
    ballot_key: bytes
    index: int
    sequence: int
    received_at: int
    signature: bytes


def _read(place: str, line: bytes) -> Receipt:
    record = Record.of(parse(line, place), place, KEYS)
    return Receipt(
        place=place,
        ballot_digest=record.raw("ballot_digest", 32),
        ballot_key=record.raw("ballot_key", 20),
        index=record.whole("index", 2**256),
        sequence=record.whole("sequence", 2**8),
        received_at=record.whole("received_at", 2**64),
        signature=record.raw("signature", 65),
    )


def _signer(receipt: Receipt, separator: bytes) -> bytes:
    """Who signed the receipt; empty when nobody did."""
    whose = receipt.ballot_digest, receipt.ballot_key, receipt.index, receipt.sequence, receipt.received_at
    try:
        return curve.recover_65(typed_data.ballot_receipt(separator, *whose), receipt.signature)
    except curve.SignatureWrong:
        return b""


def _read_chunk(lines: Sequence[tuple[int, bytes]], separator: bytes) -> list[tuple[Receipt, bytes] | Wrong]:
    """Every line as a receipt and its signer, or as what is wrong with it."""
    found: list[tuple[Receipt, bytes] | Wrong] = []
    for number, line in lines:
        try:
            receipt = _read(f"{NAME} line {number}", line)
            found.append((receipt, _signer(receipt, separator)))
        except Wrong as wrong:
            found.append(wrong)
    return found


def check(recount: Recount, log: StepLog) -> None:
    """Sorts every receipt into recorded, superseded, rejected or missed."""
    scene, terms, ballots = need(recount.scene, 1), need(recount.terms, 2), need(recount.ballots, 6)
    lines = list(recount.published.lines(NAME, MOST_BYTES))
    with recount.progress.of("receipts", len(lines)) as ticked:
        found = in_order(partial(_read_chunk, separator=scene.poll_separator), lines, len(lines), ticked)
    receipts: list[Receipt] = []
    for one in found:
        if isinstance(one, Wrong):
            log.wrong(one.place, one.what, one.expected, one.found)
            continue
        receipt, signer = one
        signed = signer == terms.receipt_signer
        log.holds(receipt.place, "is not signed by the poll's receipt signer", signed, terms.receipt_signer, signer)
        receipts.append(receipt)
    _check_clashes(receipts, log)
    _check_recorded(receipts, ballots, log)


def _check_clashes(receipts: list[Receipt], log: StepLog) -> None:
    """One receipt shown to two lenders would let the relay drop the ballot of one."""
    shown: dict[bytes, Receipt] = {}
    for receipt in receipts:
        first = shown.setdefault(receipt.ballot_key, receipt)
        same = first.index == receipt.index
        log.holds(receipt.place, f"clash: its ballot key stands for another lender in {first.place}", same, first.index, receipt.index)


def _check_recorded(receipts: list[Receipt], ballots: Ballots, log: StepLog) -> None:
    recorded = {(one.digest, one.ballot_key) for one in ballots.recorded}
    rejected = {(one.index, one.ballot_key, one.sequence) for one in ballots.rejected}
    highest = {one.index: one.sequence for one in ballots.recorded}
    found = {"recorded": 0, "superseded": 0, "rejected": 0, "missed": 0}
    for receipt in receipts:
        if (receipt.ballot_digest, receipt.ballot_key) in recorded:
            found["recorded"] += 1
        elif highest.get(receipt.index, 0) > receipt.sequence:
            found["superseded"] += 1
        elif (receipt.index, receipt.ballot_key, receipt.sequence) in rejected:
            found["rejected"] += 1
        else:
            found["missed"] += 1
            ballot = f"index {receipt.index}, sequence {receipt.sequence}, ballot 0x{receipt.ballot_digest.hex()}"
            log.wrong(receipt.place, "missed: the relay received this ballot and it is not on the chain", "recorded", ballot)
    log.note(f"{len(receipts)} receipts: " + ", ".join(f"{count} {word}" for word, count in found.items()))
