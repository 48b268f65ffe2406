"""Attacks by the verifier's operator, seen when its log is held against the chain (protocol §15.1)."""

from __future__ import annotations

from functools import partial

from scripts.attacks.bundles import told_lie
from scripts.attacks.kinds import Patch

KIND, WHO = "issuer log", "verifier operator"
STEP, STEP_2 = "verifier/tally/steps/issuer_log.py", "verifier/second/steps/issuer_log.mjs"

UNRECONCILED = (
    Patch(STEP, 'self.log.holds("log.credential", place, "a ballot on the chain rests on a credential that the log lacks", good)', "pass"),
    Patch(STEP_2, 'rests on a credential that the log lacks", isIssued);', 'rests on a credential that the log lacks", true);'),
)
VOUCHERS_BELIEVED = (
    Patch(STEP, '"two officials have not vouched for it", good, ', '"two officials have not vouched for it", True, '),
    Patch(
        STEP_2,
        "    if (!areTimely || !this.areOfficials(signers, VOUCHERS)) return void this.refuse({ place, vouchers });\n",
        "    if (true) return;\n",
    ),
)
FILES_BELIEVED = (
    Patch(STEP, 'good = newest != b"" and one.identity_file == newest', "good = True"),
    Patch(STEP_2, "const isThere = identityFile !== null && hex(identityFile) === newest;", "const isThere = true;"),
)
COMES_BACK = (
    Patch(STEP, " and file_hash not in self._files", ""),
    Patch(STEP_2, "this.files.add(hex(fileHash));", "this.files.delete(hex(fileHash)), this.files.add(hex(fileHash));"),
)
ROOTS_BELIEVED = (
    Patch(STEP, 'self.log.equal("log.roots", entry.place, "believes something else of the poll than the chain shows", true, said)', "pass"),
    Patch(STEP_2, 'this.log.equal("log.roots", place, "believes something else of the poll than the chain shows", this.roots, said);', ""),
)
ONE_ORGANISATION = (
    Patch(STEP, "what, len(organisations) > 1, ", "what, True, "),
    Patch(STEP_2, "what, organisations.size > 1, ", "what, true, "),
)


_attack = partial(told_lie, kind=KIND, who=WHO)


ATTACKS = (
    _attack("a ballot without its credential", UNRECONCILED),
    _attack("a credential of another key", UNRECONCILED),
    _attack("a credential issued after the ballot", UNRECONCILED),
    _attack("one official vouches twice", VOUCHERS_BELIEVED),
    _attack("a stranger vouches", VOUCHERS_BELIEVED),
    _attack("a face without an identity file", FILES_BELIEVED),
    _attack("an identity file that one official signed", FILES_BELIEVED),
    _attack("a face by an identity file that was replaced", FILES_BELIEVED),
    _attack("a face by an identity file that came back", COMES_BACK),
    _attack("roots of other officials", ROOTS_BELIEVED),
    _attack("one organisation twice", ONE_ORGANISATION),
)
