"""Step 11: every ballot that the relay received is on the chain, or is named as missed."""

from collections import Counter
from dataclasses import dataclass, field
from functools import partial

from verifier.tally.ballots import BYTES_OF_RECORD
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.processes import SIGNATURES_FROM, in_order
from verifier.tally.receipts import NAME, OwnReceipt, Receipt, place_of, read_own, read_part
from verifier.tally.recount import Ballots, Recount, Scene, need

MOST_BYTES = 2**33
PART = 4096  # lines
WORDS = ("recorded", "superseded", "rejected", "missed")


def check(recount: Recount, log: StepLog) -> None:
    """Sorts every receipt into recorded, superseded, rejected or missed; then those that lenders have brought."""
    scene, terms, ballots = need(recount.scene, 1), need(recount.terms, 2), need(recount.ballots, 6)
    for one in read_own(recount.own_receipts, scene.chain_id, scene.poll.address, scene.poll_separator):
        if isinstance(one, Wrong):
            log.wrong(one.place, one.what, one.expected, one.found)
        else:
            recount.brought.append(one)
    judge = ReceiptJudge(ballots, terms.receipt_signer, log, recount.brought)
    try:
        _published(recount, scene, judge, len(ballots.recorded) + len(ballots.rejected), log)
    finally:  # a lender's receipt is worth most where the list cannot be read
        for own in recount.brought:
            judge.judge_own(own)
            _tell(own, scene, log)


def _published(recount: Recount, scene: Scene, judge: "ReceiptJudge", expected: int, log: StepLog) -> None:
    numbered = ((1 + PART * i, lines) for i, lines in enumerate(recount.published.line_parts(NAME, MOST_BYTES, PART)))
    with recount.progress.of("receipts", expected) as ticked:
        for part in in_order(partial(read_part, separator=scene.poll_separator), numbered, much=expected >= SIGNATURES_FROM):
            for one in part:
                if isinstance(one, Wrong):
                    log.wrong(one.place, one.what, one.expected, one.found)
                else:
                    judge.take(one)
            ticked(len(part))
    log.note(f"{sum(judge.found.values())} receipts: " + ", ".join(f"{judge.found[word]} {word}" for word in WORDS))


def _tell(own: OwnReceipt, scene: Scene, log: StepLog) -> None:
    """What became of a lender's receipt, with the transaction in which its ballot stands."""
    if not own.ballot:
        return
    if own.ballot == "recorded":
        own.transaction = _carried_in(scene, own.receipt)
    where = f" in transaction 0x{own.transaction.hex()}" if own.transaction else ""
    listed = f"stands in {place_of(own.line)}" if own.line else f"stands not in {NAME}"
    ballot = f"index {own.receipt.index}, sequence {own.receipt.sequence}"
    log.note(f"{own.name}: signed by the relay; {listed}; its ballot ({ballot}) is {own.ballot}{where}")


def _carried_in(scene: Scene, receipt: Receipt) -> bytes:
    """The transaction whose event names the receipt's index and sequence."""
    for event in scene.of_poll("BallotsRecorded"):
        recorded = event.values[0]
        for start in range(0, len(recorded), BYTES_OF_RECORD):
            index, mark = int.from_bytes(recorded[start : start + 4], "big"), recorded[start + 4]
            if (index, mark >> 2) == (receipt.index, receipt.sequence):
                return event.log.transaction_hash
    return b""


@dataclass
class ReceiptJudge:
    """Takes receipts one after another and looks for their ballots among those on the chain."""

    ballots: Ballots
    receipt_signer: bytes
    log: StepLog
    brought: list[OwnReceipt] = field(default_factory=list)
    found: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._recorded = {one.digest: one for one in self.ballots.recorded}
        self._rejected = {(one.index, one.ballot_key, one.sequence) for one in self.ballots.rejected}
        self._highest = {one.index: one.sequence for one in self.ballots.recorded}
        self._shown: dict[bytes, int] = {}  # index << 32 | line: with a million receipts, a third of what two numbers would take

    def take(self, receipt: Receipt) -> None:
        """One published receipt: its signer, a clash with another lender's, its ballot."""
        self._check_signer("", receipt)
        self._check_clash("", receipt, self._shown.setdefault(receipt.ballot_key, receipt.index << 32 | receipt.line))
        self.found[self._judge("", receipt)] += 1
        for own in self.brought:
            if own.receipt[1:] == receipt[1:]:
                own.line = receipt.line

    def judge_own(self, own: OwnReceipt) -> None:
        """A lender's receipt: what the relay signed must be on the chain and in its list."""
        if not self._check_signer(own.name, own.receipt):
            return
        self._check_clash(own.name, own.receipt, self._shown.get(own.receipt.ballot_key, own.receipt.index << 32))
        own.ballot = self._judge(own.name, own.receipt)
        self.log.holds(own.name, f"the relay signed this receipt and left it out of {NAME}", own.line > 0, "a line of the list")

    def _check_signer(self, name: str, receipt: Receipt) -> bool:
        """`name` is the file of a lender's own receipt, here and below; empty for a line of the list."""
        if receipt.signer == self.receipt_signer:
            return True
        place = name or place_of(receipt.line)
        self.log.wrong(place, "is not signed by the poll's receipt signer", self.receipt_signer, receipt.signer)
        return False

    def _check_clash(self, name: str, receipt: Receipt, first: int) -> None:
        """One receipt shown to two lenders would let the relay drop the ballot of one."""
        if first >> 32 != receipt.index:
            what = f"clash: its ballot key stands for another lender in {place_of(first & 0xFFFFFFFF)}"
            self.log.wrong(name or place_of(receipt.line), what, first >> 32, receipt.index)

    def _judge(self, name: str, receipt: Receipt) -> str:
        """Where the receipt's ballot is; a finding when it is nowhere."""
        where = self._where(receipt)
        if where == "missed":
            ballot = f"index {receipt.index}, sequence {receipt.sequence}, ballot 0x{receipt.ballot_digest.hex()}"
            what = "missed: the relay received this ballot and it is not on the chain"
            self.log.wrong(name or place_of(receipt.line), what, "recorded", ballot)
        return where

    def _where(self, receipt: Receipt) -> str:
        sent = self._recorded.get(receipt.ballot_digest)
        if sent is not None and (sent.ballot_key, sent.index, sent.sequence) == (receipt.ballot_key, receipt.index, receipt.sequence):
            return "recorded"
        if self._highest.get(receipt.index, 0) > receipt.sequence:
            return "superseded"
        if (receipt.index, receipt.ballot_key, receipt.sequence) in self._rejected:
            return "rejected"
        return "missed"
