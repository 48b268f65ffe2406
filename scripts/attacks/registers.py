"""Attacks by whoever draws up the register, in a history that the recounts read."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from scripts.attacks.bundles import bundle, forged, told_lie
from scripts.attacks.kinds import Attack, Patch
from scripts.tampers.forge.vote import ForgedVote
from scripts.tampers.lies import ranges
from tests.contracts.ballot_box import Register

KIND, WHO = "register", "whoever draws up the register"
STEP, STEP_2 = "verifier/tally/steps/register.py", "verifier/second/steps/register.mjs"
RANGES, RANGES_2 = "verifier/tally/steps/ranges.py", "verifier/second/steps/ranges.mjs"

#: Nobody looks at the proofs, as it was before there were any.
PROOFS_UNREAD = (
    Patch(RANGES, "    if not any(frozen.range_proofs_hash):\n        _without(recount, scene, log)\n", "    if True:\n"),
    Patch(RANGES_2, "  if (register.proofsHash.equals(ZERO)) return without(recount, scene, log);\n", "  if (register) return;\n"),
)
#: The proofs are read, and believed whatever they say.
PROOFS_BELIEVED = (
    Patch(RANGES, "    wrong_ones = _wrong(recount, context, frozen, frozen.leaves, pieces, log)\n", "    wrong_ones = 0\n"),
    Patch(RANGES_2, "  if (file !== null) await checkProofs(file, leaves, log);\n", ""),
)
PROOFS_LEFT_OUT = (
    Patch(RANGES, "    if scene.protocol >= DEMANDED_SINCE:\n", "    if False:\n"),
    Patch(RANGES_2, "  if (scene.protocol >= DEMANDED_SINCE) {\n", "  if (false) {\n"),
)

TOTALS_UNCHECKED = (
    Patch(STEP, "    if not leaves.off and not strange:\n", "    if False:\n"),
    Patch(STEP_2, "  if (leaves.off.length || strange.length) return;\n", "  if (true) return;\n"),
)
OFF_THE_CURVE = (
    Patch(STEP, "    for i in leaves.off:\n", "    for i in []:\n"),
    Patch(STEP_2, "  for (const i of leaves.off)\n", "  for (const i of [])\n"),
    *PROOFS_UNREAD,
)
ROOT_UNCHECKED = (
    Patch(
        STEP,
        '    if log.equal("register.root", "leaves.csv", "the leaves do not have the frozen root", frozen.root, root):\n',
        "    if True:\n",
    ),
    Patch(
        STEP_2,
        '  if (log.equal("register.root", "leaves.csv", "the leaves do not have the frozen root", root, found)) {\n',
        "  if (true) {\n",
    ),
)
NAMES_UNBOUND = (
    Patch(STEP, 'log.equal("register.names", NAME, what, frozen.class_names_hash, _hash_of(names))', "pass"),
    Patch(STEP_2, "    frozen.namesHash,\n    classNamesHash(names),\n", "    0n,\n    0n,\n"),
)
EXCLUSIONS_IN_SILENCE = (
    *PROOFS_UNREAD,
    Patch(STEP, '        log.wrong("register.excluded", f"index {index}", what, "0 to 2^63 - 1 fen", f"{shown} fen")\n', ""),
    Patch(STEP_2, '  log.wrong("register.excluded", `index ${index}`, what, "0 to 2^63 - 1 fen", `${shown} fen`);\n', ""),
)
ANY_EXCLUSION = (
    *EXCLUSIONS_IN_SILENCE,
    Patch(STEP, "        right = proved and opened and in_time", "        right = True or proved and opened and in_time"),
    Patch(STEP_2, "    right && isOpened,\n", "    true,\n"),
)


def _shifted(vote: ForgedVote) -> None:
    """A friend's leaf holds what the absent lender of the class has besides; the totals are the stated ones."""
    lenders, totals = list(vote.register.lenders), vote.register.classes
    absent = lenders[11]
    friend = next(one for one in lenders if one.voting_class == absent.voting_class and one.index < 11)
    lenders[friend.index] = replace(friend, amount_fen=friend.amount_fen + absent.amount_fen)
    vote.register, vote.totals = Register(lenders), totals


_attack = partial(told_lie, kind=KIND, who=WHO)
_ranges = partial(told_lie, kind=ranges.KIND, who=WHO)


ATTACKS = (
    Attack(
        "a friend's leaf holds an absent lender's claim as well",
        WHO,
        bundle(forged("shifted", "register.totals", _shifted)),
        TOTALS_UNCHECKED,
    ),
    _attack("a commitment off the curve", (*OFF_THE_CURVE,)),
    _attack("names of classes swapped", NAMES_UNBOUND),
    _attack("a register with a negative claim", EXCLUSIONS_IN_SILENCE),
    _attack("a claim taken out", ANY_EXCLUSION, who="whoever has a leaf's opening"),
    _ranges(ranges.SHIFTED_NAME, PROOFS_UNREAD),
    _ranges("a proof over another commitment", PROOFS_BELIEVED),
    _ranges("proofs of the same leaves in another register", PROOFS_BELIEVED),
    _ranges("proofs of two leaves in each other's place", PROOFS_BELIEVED),
    _ranges("proofs of nothing", PROOFS_BELIEVED),
    _ranges("a register without proofs", PROOFS_LEFT_OUT),
)
