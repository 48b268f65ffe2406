"""Attempts of a participant to make a right poll look wrong; they work when a recount no longer agrees."""

from __future__ import annotations

from pathlib import Path

from scripts.attacks.bundles import bundle, judged_by_recounts, lie, stands
from scripts.attacks.kinds import Attack, Patch, Run, Told
from scripts.attacks.receipts import NOTES_OF_ANYBODY
from scripts.tampers.steering import STEERINGS
from tests.contracts.chain import Chain, anvil

RECEIPTS, RECEIPTS_2 = "verifier/tally/steps/receipts.py", "verifier/second/steps/receipts.mjs"
ABI, ABI_2 = "verifier/tally/abi.py", "verifier/second/encoding/abi.mjs"

#: A receipt is excused by a newer ballot alone, not by another one of the same sequence.
NEWER_ONLY = (
    Patch(RECEIPTS, "if newest is None or newest.sequence < fields.sequence:", "if newest is None or newest.sequence <= fields.sequence:"),
    Patch(
        RECEIPTS_2,
        "if (newest && newest.sequence >= sequence && this.isOfItsBallot(fields)) {",
        "if (newest && newest.sequence > sequence) {",
    ),
)
#: A receipted ballot has to stand itself.
NOTHING_EXCUSES = (
    Patch(RECEIPTS, "if newest is None or newest.sequence < fields.sequence:", "if True:"),
    Patch(RECEIPTS_2, "if (newest && newest.sequence >= sequence && this.isOfItsBallot(fields)) {", "if (false) {"),
)
#: Offsets are read as numbers without a sign.
FORWARD_ONLY = (
    Patch(ABI, "                offset -= 2**256\n", "                pass\n"),
    Patch(ABI_2, "  if (isNested && offset >> 255n) offset -= 2n ** 256n;\n", ""),
)
#: What is wrong with a paper is held against the poll.
PAPERS_ACCUSE = (
    Patch(RECEIPTS, '            self.log.wrong("void.receipt", own.name', '            self.log.wrong("receipts.signature", own.name'),
    Patch(RECEIPTS_2, '      this.log.wrong("void.receipt", own.where', '      this.log.wrong("receipts.signature", own.where'),
)
OTHER_POLLS_ACCUSE = (
    Patch(
        "verifier/tally/receipts.py",
        'raise Wrong(VOID, name, "is a receipt of another poll"',
        'raise Wrong(FORM, name, "is a receipt of another poll"',
    ),
    Patch(
        "verifier/second/files/receipts.mjs",
        'new Wrong(VOID, name, "is a receipt of another poll"',
        'new Wrong("receipts.form", name, "is a receipt of another poll"',
    ),
)
LOGS_ACCUSE = (
    Patch(
        "verifier/tally/issuer_log.py",
        'raise Wrong(VOID, name, "an entry is not the one',
        'raise Wrong(CHAIN, name, "an entry is not the one',
    ),
    Patch("verifier/second/files/issuer_log.mjs", "        : new Wrong(VOID, this.place,", "        : new Wrong(CHAIN, this.place,"),
)
#: An export is held to answer for ballots of any time.
OLD_LOGS_ACCUSE = (
    Patch("verifier/tally/steps/issuer_log.py", "if not entries and latest >= until:", "if False:"),
    Patch("verifier/second/steps/issuer_log.mjs", "if (!this.issued.has(name) && used.at + CLOCKS_APART >= until) {", "if (false) {"),
)


def steering(name: str) -> Run:
    """Somebody does this in a poll on a real chain; both recounts should still agree."""
    (chosen,) = [one for one in STEERINGS if one.name == name]

    def run(folder: Path) -> Told:
        with anvil() as address:
            chosen.hold(Chain(address)).publish(folder)
            return judged_by_recounts(["--rpc", address, "--published", str(folder)], folder, stands)

    return run


def _steering(name: str, who: str, patches: tuple[Patch, ...]) -> Attack:
    return Attack(name, who, steering(name), patches)


def _paper(kind: str, name: str, who: str, patches: tuple[Patch, ...]) -> Attack:
    return Attack(name, who, bundle(lie(kind, name), stands), patches)


ATTACKS = (
    _steering("one sequence to the relay and another ballot of it to the contract", "lender", NEWER_ONLY),
    _steering("a receipted ballot overtaken by sequence 63", "lender", NOTHING_EXCUSES),
    _steering("a batch with a backward offset", "sender", FORWARD_ONLY),
    _steering("notes that look like the relay's", "stranger", NOTES_OF_ANYBODY),
    _paper("lenders' own papers", "a receipt signed by somebody else", "lender", PAPERS_ACCUSE),
    _paper("lenders' own papers", "a receipt of another poll", "lender", OTHER_POLLS_ACCUSE),
    _paper("issuer log", "a log with a changed entry", "whoever holds a copy of the log", LOGS_ACCUSE),
    _paper("issuer log", "a log of before the ballots", "whoever kept an old export", OLD_LOGS_ACCUSE),
)
