"""Attacks by the relay on what it has receipted: a ballot dropped, excused, or hidden in the list that it publishes."""

from __future__ import annotations

from functools import partial

from scripts.attacks.bundles import told_lie
from scripts.attacks.kinds import Patch

RELAY = "relay"
FIRST, SECOND = "verifier/tally/steps/receipts.py", "verifier/second/steps/receipts.mjs"
BOOKS, BOOKS_2 = "verifier/tally/books.py", "verifier/second/steps/books.mjs"

#: Both recounts take a rejection for an excuse, whatever the bytes were that the contract rejected.
ANY_REJECTION_EXCUSES = (
    Patch(
        FIRST,
        "        if newest is None or newest.sequence < fields.sequence:\n",
        "        if any(lost[:3] == (fields.index, fields.ballot_key, fields.sequence) for lost in map(tuple, self._lost)):\n"
        '            return "superseded"\n'
        "        if newest is None or newest.sequence < fields.sequence:\n",
    ),
    Patch(
        FIRST,
        "        self._newest = {one.index: one for one in self.ballots.recorded}\n",
        "        self._newest = {one.index: one for one in self.ballots.recorded}\n"
        "        self._lost = [(one.index, one.ballot_key, one.sequence) for one in self.ballots.rejected]\n",
    ),
    Patch(
        "verifier/second/steps/ballots.mjs",
        "    this.rejected += refused.length;\n",
        "    this.rejected += refused.length;\n    (this.lost ??= []).push(...refused);\n",
    ),
    Patch(
        "verifier/second/steps/ballots.mjs", "rejected: replay.rejected, cred", "rejected: replay.rejected, lost: replay.lost ?? [], cred"
    ),
    Patch(
        SECOND,
        "  constructor({ recorded }, receiptSigner, said, log) {\n",
        "  constructor({ recorded, lost }, receiptSigner, said, log) {\n    this.lost = lost;\n",
    ),
    Patch(
        SECOND,
        "    const newest = this.newest.get(index);\n",
        "    const newest = this.newest.get(index);\n"
        '    if (this.lost.some(([i, key, number]) => i === index && key.equals(ballotKey) && number === sequence)) return "superseded";\n',
    ),
)
#: Any ballot of the lender excuses the relay, also an older one.
ANY_BALLOT_EXCUSES = (
    Patch(FIRST, "if newest is None or newest.sequence < fields.sequence:", "if newest is None:"),
    Patch(SECOND, "if (newest && newest.sequence >= sequence && this.isOfItsBallot(fields)) {", "if (newest) {"),
)
#: Index and sequence of a receipt are believed.
ANOTHERS_BALLOT_EXCUSES = (
    Patch(FIRST, "if not self.lender_said.fits(fields):", "if False:"),
    Patch(SECOND, " && this.isOfItsBallot(fields)) {", ") {"),
)
#: What has no ballot on the chain is not told.
MISSED_IN_SILENCE = (
    Patch(FIRST, 'self.log.wrong("receipts.missed", place, what, "recorded", ballot)', "pass"),
    Patch(SECOND, '    this.log.wrong("receipts.missed", where', '    void ("receipts.missed", where'),
)
#: Nobody holds the end of a book against what the relay anchored.
ENDS_UNCHECKED = (
    Patch(BOOKS, "            if number:\n", "            if False:\n"),
    Patch(BOOKS_2, "for (const [one] of this.anchored.values()) {", "for (const [one] of []) {"),
)
#: A receipt may follow any other one.
CHAIN_UNCHECKED = (
    Patch(BOOKS, "        follows = (fields.number, fields.previous) == (end.number + 1, end.digest)\n", "        follows = True\n"),
    Patch(BOOKS_2, 'log.equal("receipts.chain", where, "does not follow the receipt before it in its book", expected, found);', ""),
)
#: An anchored receipt may have become another one.
ANCHORS_UNCHECKED = (
    Patch(
        BOOKS,
        "for note, digest in self._anchored.pop((fields.book, fields.number), []):",
        "for note, digest in self._anchored.pop((fields.book, fields.number), [])[:0]:",
    ),
    Patch(BOOKS_2, "for (const one of this.anchored.get(key) ?? []) {", "for (const one of []) {"),
)
#: The relay need not close its books.
NO_CLOSE_ASKED = (
    Patch(BOOKS, '            self.log.wrong("receipts.unanchored",', '            _ = ("receipts.unanchored",'),
    Patch(BOOKS_2, "        closed !== null,\n", "        true,\n"),
    Patch(BOOKS_2, "    for (const [book, { number }] of ends) {\n", "    for (const [book, { number }] of closed ? ends : []) {\n"),
)
#: Notes of anybody count as the relay's.
NOTES_OF_ANYBODY = (
    Patch("verifier/tally/chain/sight.py", " and (first != (NOTED,) or sender == (bytes(12) + self.receipt_signer,))", ""),
    Patch("verifier/second/chain/blocks.mjs", " || (first?.equals(NOTED) && !sender?.equals(this.relayTopic))", ""),
)
#: A last line without its end is not looked at.
OPEN_END_DROPPED = (
    Patch(
        "verifier/tally/published.py",
        '                        raise Wrong(FINDINGS[name], name, "is cut off: its last line does not end", "LF at the end", '
        "few[-1][-40:])\n",
        "                        few = few[:-1]\n",
    ),
    Patch(
        "verifier/second/files/lines.mjs",
        '  else if (length)\n    throw new Wrong(finding, place, "is cut off',
        '  else if (false)\n    throw new Wrong(finding, place, "is cut off',
    ),
)
#: A lender's own receipt need not stand in the list.
WITHHELD_IN_SILENCE = (
    Patch(FIRST, 'self.log.holds("receipts.withheld", own.name, what, own.line > 0, "a line of the list")', "pass"),
    Patch(SECOND, "      own.line > 0,\n", "      true,\n"),
)
#: Two receipts may have one number.
FORKS_IN_SILENCE = (
    Patch(FIRST, "(mine.book, mine.number) == (listed.book, listed.number) and own", "False and own"),
    Patch(SECOND, "      !isFork,\n", "      true,\n"),
)
#: Receipts need not be signed by the relay.
ANY_SIGNER = (
    Patch(FIRST, 'self.log.equal("receipts.signature", place, what, self.receipt_signer, receipt.signer)', "pass"),
    Patch(SECOND, "what, this.isRelays(receipt), this.receiptSigner, receipt.signer", "what, true, this.receiptSigner, receipt.signer"),
)


_attack = partial(told_lie, kind="receipts", who=RELAY)


ATTACKS = (
    _attack("a receipted ballot sent with a signature of rubbish", ANY_REJECTION_EXCUSES, quick=True),
    _attack("a receipted ballot sent with choice 0", ANY_REJECTION_EXCUSES),
    _attack("a receipted ballot dropped", MISSED_IN_SILENCE),
    _attack("a receipted second thought dropped", ANY_BALLOT_EXCUSES),
    _attack("a receipt that names another lender's ballot", ANOTHERS_BALLOT_EXCUSES, quick=True),
    _attack("a receipt that names an earlier ballot", ANOTHERS_BALLOT_EXCUSES),
    _attack("an emptied list", ENDS_UNCHECKED),
    _attack("a shortened list", ENDS_UNCHECKED),
    _attack("a receipt left out and the rest signed anew", (*ENDS_UNCHECKED, *ANCHORS_UNCHECKED)),
    _attack("a receipt left out", CHAIN_UNCHECKED),
    _attack("a book that was anchored and vanished", ENDS_UNCHECKED),
    _attack("no closing note", NO_CLOSE_ASKED),
    _attack("a closing note by somebody else", NOTES_OF_ANYBODY, who="stranger"),
    _attack("a receipt's signature", (*ANY_SIGNER, *CHAIN_UNCHECKED, *ANCHORS_UNCHECKED)),
    _attack("a receipt left out of the list", WITHHELD_IN_SILENCE, kind="lenders' own papers"),
    _attack("two receipts under one number", (*FORKS_IN_SILENCE, *WITHHELD_IN_SILENCE), kind="lenders' own papers"),
    _attack("a receipt whose ballot is nowhere", (*MISSED_IN_SILENCE, *WITHHELD_IN_SILENCE), kind="lenders' own papers"),
    _attack("receipts.jsonl: last line without end", (*OPEN_END_DROPPED, *ENDS_UNCHECKED), kind="published files"),
)
