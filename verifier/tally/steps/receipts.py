"""Step 11: every ballot that the relay received is on the chain, or is named as missed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from verifier.tally import curve, typed_data
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.processes import SIGNATURES_FROM, in_order
from verifier.tally.published import Record, parse
from verifier.tally.recount import Ballots, Recount, need

NAME = "receipts.jsonl"
KEYS = "ballot_digest ballot_key index sequence received_at signature"
MOST_BYTES = 2**33
PART = 4096  # lines


class Receipt(NamedTuple):
    """What the relay confirmed to have received; `signer` is empty when nobody signed it."""

    line: int
    ballot_digest: bytes
    ballot_key: bytes
    index: int  # type: ignore[assignment]  # hides a method of tuples, which nobody calls
    sequence: int
    signer: bytes

    @property
    def place(self) -> str:
        return place_of(self.line)


def place_of(line: int) -> str:
    """A line of the file."""
    return f"{NAME} line {line}"


def _read(number: int, line: bytes, separator: bytes) -> Receipt:
    place = place_of(number)
    record = Record.of(parse(line, place), place, KEYS)
    digest, ballot_key = record.raw("ballot_digest", 32), record.raw("ballot_key", 20)
    index, sequence, received_at = record.whole("index", 2**256), record.whole("sequence", 2**8), record.whole("received_at", 2**64)
    signed = typed_data.ballot_receipt(separator, digest, ballot_key, index, sequence, received_at)
    try:
        signer = curve.recover_65(signed, record.raw("signature", 65))
    except curve.SignatureWrong:
        signer = b""
    return Receipt(number, digest, ballot_key, index, sequence, signer)


def read_part(given: tuple[int, Sequence[bytes]], separator: bytes) -> list[Receipt | Wrong]:
    """Every line as a receipt and its signer, or as what is wrong with it; `given` is the first line's number, and the lines."""
    first, lines = given
    found: list[Receipt | Wrong] = []
    for number, line in enumerate(lines, start=first):
        try:
            found.append(_read(number, line.removesuffix(b"\n"), separator))
        except Wrong as wrong:
            found.append(wrong)
    return found


def check(recount: Recount, log: StepLog) -> None:
    """Sorts every receipt into recorded, superseded, rejected or missed."""
    scene, terms, ballots = need(recount.scene, 1), need(recount.terms, 2), need(recount.ballots, 6)
    expected = len(ballots.recorded) + len(ballots.rejected)
    numbered = ((1 + PART * i, lines) for i, lines in enumerate(recount.published.line_parts(NAME, MOST_BYTES, PART)))
    judge = ReceiptJudge(ballots, terms.receipt_signer, log)
    with recount.progress.of("receipts", expected) as ticked:
        for part in in_order(partial(read_part, separator=scene.poll_separator), numbered, much=expected >= SIGNATURES_FROM):
            for one in part:
                if isinstance(one, Wrong):
                    log.wrong(one.place, one.what, one.expected, one.found)
                else:
                    judge.take(one)
            ticked(len(part))
    log.note(f"{sum(judge.found.values())} receipts: " + ", ".join(f"{judge.found[word]} {word}" for word in WORDS))


WORDS = ("recorded", "superseded", "rejected", "missed")


@dataclass
class ReceiptJudge:
    """Takes receipts one after another and looks for their ballots among those on the chain."""

    ballots: Ballots
    receipt_signer: bytes
    log: StepLog
    found: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._recorded = {one.digest: one.ballot_key for one in self.ballots.recorded}
        self._rejected = {(one.index, one.ballot_key, one.sequence) for one in self.ballots.rejected}
        self._highest = {one.index: one.sequence for one in self.ballots.recorded}
        self._shown: dict[bytes, int] = {}  # index << 32 | line: with a million receipts, a third of what two numbers would take

    def take(self, receipt: Receipt) -> None:
        """One receipt: its signer, a clash with another lender's, its ballot."""
        if receipt.signer != self.receipt_signer:
            self.log.wrong(receipt.place, "is not signed by the poll's receipt signer", self.receipt_signer, receipt.signer)
        first = self._shown.setdefault(receipt.ballot_key, receipt.index << 32 | receipt.line)
        if first >> 32 != receipt.index:  # one receipt shown to two lenders would let the relay drop the ballot of one
            what = f"clash: its ballot key stands for another lender in {place_of(first & 0xFFFFFFFF)}"
            self.log.wrong(receipt.place, what, first >> 32, receipt.index)
        where = self._where(receipt)
        self.found[where] += 1
        if where == "missed":
            ballot = f"index {receipt.index}, sequence {receipt.sequence}, ballot 0x{receipt.ballot_digest.hex()}"
            self.log.wrong(receipt.place, "missed: the relay received this ballot and it is not on the chain", "recorded", ballot)

    def _where(self, receipt: Receipt) -> str:
        if self._recorded.get(receipt.ballot_digest) == receipt.ballot_key:
            return "recorded"
        if self._highest.get(receipt.index, 0) > receipt.sequence:
            return "superseded"
        if (receipt.index, receipt.ballot_key, receipt.sequence) in self._rejected:
            return "rejected"
        return "missed"
