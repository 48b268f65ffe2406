"""Attacks by whoever samples a register, or proves a condition about its groups."""

from __future__ import annotations

from functools import partial

from scripts.attacks.bundles import told_lie
from scripts.attacks.kinds import Patch
from scripts.tampers.lies import conditions, sample

STEP, STEP_2 = "verifier/tally/steps/sample.py", "verifier/second/steps/sample.mjs"
CONDITIONS, CONDITIONS_2 = "verifier/tally/steps/conditions.py", "verifier/second/steps/conditions.mjs"

#: The block is the one that the paper names.
ANY_BLOCK = (
    Patch(
        STEP,
        '    if not log.equal("sample.seed", f"{NAME}: block", "is not the one that the seed is from", number, given.block[0]):\n',
        "    number = given.block[0]\n    if False:\n",
    ),
    Patch(STEP_2, "event.log.block + BLOCKS_LATER];\n", "Number(block.number)];\n"),
)
DRAW_BELIEVED = (
    Patch(STEP, "intervals.wrong_draws(intervals.context_of(register, seed, given.indexes), commitments, content)", "list[range]()"),
    Patch(
        STEP_2,
        "await new RegisterProofs({ context, commitments, chunks, proofs: bytes.subarray(header.length) }).wrong();\n",
        "[];\n",
    ),
)
FINDINGS_UNREAD = (
    Patch(STEP, "    _check_findings(given, frozen, log)\n", ""),
    Patch(STEP_2, "  checkFindings(paper, register, log);\n", ""),
)
ANYBODY_SIGNS = (
    Patch(STEP, "    _check_signed(recount, given, frozen, event, log)\n", ""),
    Patch(STEP_2, "  checkSigned(paper, scene, terms, register, event, log);\n", ""),
)
CONDITIONS_BELIEVED = (
    Patch(CONDITIONS, "is_proved(context, difference(terms, at_least, holds=holds), high, proof)", "bool(context and terms)"),
    Patch(CONDITIONS_2, "await isProved(context, differenceOf(terms, atLeast, holds), high, proof);\n", "true;\n"),
)
_sampled = partial(told_lie, kind=sample.KIND, who="officials who sample")
_condition = partial(told_lie, kind=conditions.KIND, who="whoever has the openings")

ATTACKS = (
    _sampled("a leaf in place of the one that was drawn", DRAW_BELIEVED),
    _sampled("a wrong proof that a leaf covers its point", DRAW_BELIEVED),
    _sampled("a seed from a later block", ANY_BLOCK),
    _sampled("a finding left out where the register is looked at whole", FINDINGS_UNREAD),
    _sampled("a bound that is too low", FINDINGS_UNREAD),
    _sampled("one official alone", ANYBODY_SIGNS),
    _sampled("a finding changed after it was signed", ANYBODY_SIGNS),
    _condition("a condition that does not hold", CONDITIONS_BELIEVED),
    _condition("proved for another group", CONDITIONS_BELIEVED),
    _condition("proved for another poll", CONDITIONS_BELIEVED),
)
