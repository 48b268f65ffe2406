"""Step 11: every ballot that the relay received is on the chain, or is named as missed."""

from collections import Counter
from dataclasses import dataclass, field
from functools import partial

from verifier.tally import typed_data
from verifier.tally.ballots import BYTES_OF_RECORD
from verifier.tally.books import SUBJECT, Books, read_notes
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.processes import SIGNATURES_FROM, in_order
from verifier.tally.published import ENOUGH
from verifier.tally.receipts import FORM, NAME, Fields, OwnReceipt, Reading, Receipt, place_of, read_own, read_part
from verifier.tally.recount import Ballots, Recount, Scene, Terms, need

MOST_BYTES = 2**33
PART = 4096  # lines
CHOICES = (1, 2, 3)
WORDS = ("recorded", "superseded", "missed")


def check(recount: Recount, log: StepLog) -> None:
    """Sorts every receipt into recorded, superseded or missed; then those that lenders have brought."""
    scene, terms, ballots = need(recount.scene, 1), need(recount.terms, 2), need(recount.ballots, 6)
    reading = Reading(scene.protocol, scene.poll_separator, scene.sealed)
    for one in read_own(recount.options.own_receipts, scene.chain_id, scene.poll, reading):
        if isinstance(one, Wrong):
            log.take(one)
        else:
            recount.brought.append(one)
    key_hash = terms.sealing.struct_hash if terms.sealing else b""
    lender_said = LenderSaid(scene.poll_separator, need(recount.plan_hash, 4), key_hash)
    judge = ReceiptJudge(ballots, terms.receipt_signer, lender_said, log, recount.brought)
    books = _books(recount, scene, terms, log) if scene.protocol > 1 else None
    try:
        _published(recount, reading, judge, books, len(ballots.recorded) + len(ballots.rejected), log)
    finally:  # a lender's receipt is worth most where the list cannot be read
        for own in recount.brought:
            judge.judge_own(own)
            _tell(own, scene, log)


def _books(recount: Recount, scene: Scene, terms: Terms, log: StepLog) -> Books:
    """The books as the relay's notes speak of them."""
    events = [event for event in scene.events if event.name == "Noted" and event.values[1] == SUBJECT and event.log.address == scene.case]
    sight = need(recount.sight, 1)
    times = {event.log.block_number: sight.block(event.log.block_number).timestamp for event in events}
    return Books(read_notes(events, scene.poll, terms.closes_at, times, log), log)


def _published(recount: Recount, reading: Reading, judge: "ReceiptJudge", books: Books | None, expected: int, log: StepLog) -> None:
    numbered = ((1 + PART * i, lines) for i, lines in enumerate(recount.published.line_parts(NAME, MOST_BYTES, PART)))
    unreadable = 0
    with recount.progress.of("receipts", expected) as ticked:
        for part in in_order(partial(read_part, reading=reading), numbered, much=expected >= SIGNATURES_FROM):
            for one in part:
                if isinstance(one, Wrong):
                    log.take(one)
                    unreadable += 1
                    if unreadable == ENOUGH:
                        raise Wrong(FORM, NAME, "has more such lines, which were not read")
                    continue
                judge.take(one)
                if books is not None:
                    books.take(one)
            ticked(len(part))
    if books is not None:
        books.close()
    log.note(f"{sum(judge.found.values())} receipts: " + ", ".join(f"{judge.found[word]} {word}" for word in WORDS))
    if judge.by_another_key:
        log.note(f"{judge.by_another_key} of them superseded by a ballot of another key; their lenders should hear of it")


def _tell(own: OwnReceipt, scene: Scene, log: StepLog) -> None:
    """What became of a lender's receipt, with the transaction in which its ballot stands."""
    if not own.ballot:
        return
    fields = own.receipt.fields
    if own.ballot == "recorded":
        own.transaction = _carried_in(scene, fields.index, fields.sequence)
    where = f" in transaction 0x{own.transaction.hex()}" if own.transaction else ""
    listed = f"stands in {place_of(own.line)}" if own.line else f"is missing from {NAME}"
    ballot = f"index {fields.index}, sequence {fields.sequence}"
    log.note(f"{own.name}: signed by the relay; {listed}; its ballot ({ballot}) is {own.ballot}{where}")


def _carried_in(scene: Scene, index: int, sequence: int) -> bytes:
    """The transaction whose event names index and sequence."""
    for event in scene.of_poll("BallotsRecorded"):
        recorded = event.values[0]
        for start in range(0, len(recorded), BYTES_OF_RECORD):
            if (int.from_bytes(recorded[start : start + 4], "big"), recorded[start + 4] >> 2) == (index, sequence):
                return event.log.transaction_hash
    return b""


@dataclass(frozen=True)
class LenderSaid:
    """What a lender's key can have signed in this poll: a receipt of anything else names another ballot than it is for."""

    separator: bytes
    plan_hash: bytes
    key_hash: bytes = b""  # of a sealed poll

    def fits(self, fields: Fields) -> bool:
        """Whether the digest is that of a ballot of the receipt's own index and sequence, of any choice, or of what it says was sealed."""
        if self.key_hash:
            what = fields.index, fields.sequence, fields.sealed, self.plan_hash, self.key_hash
            return typed_data.sealed_ballot(self.separator, *what) == fields.ballot_digest
        return any(
            typed_data.ballot(self.separator, fields.index, choice, fields.sequence, self.plan_hash) == fields.ballot_digest
            for choice in CHOICES
        )


@dataclass
class ReceiptJudge:
    """Takes receipts one after another and looks for their ballots among those on the chain."""

    ballots: Ballots
    receipt_signer: bytes
    lender_said: LenderSaid
    log: StepLog
    brought: list[OwnReceipt] = field(default_factory=list)
    found: Counter[str] = field(default_factory=Counter)
    by_another_key: int = 0

    def __post_init__(self) -> None:
        self._recorded = {one.digest: one for one in self.ballots.recorded}
        self._newest = {one.index: one for one in self.ballots.recorded}

    def take(self, receipt: Receipt) -> None:
        """One published receipt: its signer, its ballot."""
        place = place_of(receipt.line)
        what = "is not signed by the poll's receipt signer"
        self.log.equal("receipts.signature", place, what, self.receipt_signer, receipt.signer)
        self.found[self._judge(place, receipt)] += 1
        for own in self.brought:
            self._compare(own, receipt)

    def _compare(self, own: OwnReceipt, receipt: Receipt) -> None:
        mine, listed = own.receipt.fields, receipt.fields
        if own.receipt.digest == receipt.digest:
            own.line, own.listed = receipt.line, listed.sealed
        elif mine.book and (mine.book, mine.number) == (listed.book, listed.number) and own.receipt.signer == self.receipt_signer:
            what = "the relay signed two receipts under one number"
            self.log.wrong("receipts.fork", own.name, what, place_of(receipt.line), f"number {mine.number} of book 0x{mine.book.hex()}")

    def judge_own(self, own: OwnReceipt) -> None:
        """A lender's receipt: what the relay signed must be on the chain and in its list; what it did not sign is void."""
        if own.receipt.signer != self.receipt_signer:
            what = "is not signed by the poll's receipt signer"
            self.log.wrong("void.receipt", own.name, what, self.receipt_signer, own.receipt.signer)
            return
        # What was sealed is not signed: whoever changed it in a copy of theirs says nothing against the relay, whose list has it right.
        said = own.receipt.fields if own.line == 0 else own.receipt.fields._replace(sealed=own.listed)
        own.ballot = self._judge(own.name, own.receipt._replace(fields=said))
        what = f"the relay signed this receipt and left it out of {NAME}"
        self.log.holds("receipts.withheld", own.name, what, own.line > 0, "a line of the list")

    def _judge(self, place: str, receipt: Receipt) -> str:
        """Where the receipt's ballot is; a finding when it is nowhere."""
        where, fields = self._where(receipt), receipt.fields
        if where == "missed":
            ballot = f"index {fields.index}, sequence {fields.sequence}, ballot 0x{fields.ballot_digest.hex()}"
            what = "missed: the relay received this ballot and it is not on the chain"
            self.log.wrong("receipts.missed", place, what, "recorded", ballot)
        return where

    def _where(self, receipt: Receipt) -> str:
        """Nothing excuses the relay but a ballot of the same lender that the chain recorded (protocol §11)."""
        fields = receipt.fields
        sent = self._recorded.get(fields.ballot_digest)
        if sent is not None and (sent.ballot_key, sent.index, sent.sequence) == (fields.ballot_key, fields.index, fields.sequence):
            return "recorded"
        newest = self._newest.get(fields.index)
        if newest is None or newest.sequence < fields.sequence:
            return "missed"
        if not self.lender_said.fits(fields):  # index and sequence are the relay's word: it could name a ballot that is recorded
            return "missed"
        self.by_another_key += newest.ballot_key != fields.ballot_key and receipt.line > 0
        return "superseded"
