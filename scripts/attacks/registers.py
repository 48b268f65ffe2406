"""Attacks by whoever draws up the register, in a history that the recounts read."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from scripts.attacks.bundles import bundle, forged, told_lie
from scripts.attacks.kinds import Attack, Patch
from scripts.tampers.forge.vote import ForgedVote
from tests.contracts.ballot_box import Register

KIND, WHO = "register", "whoever draws up the register"
STEP, STEP_2 = "verifier/tally/steps/register.py", "verifier/second/steps/register.mjs"

TOTALS_UNCHECKED = (
    Patch(STEP, "    if not leaves.off and not strange:\n", "    if False:\n"),
    Patch(STEP_2, "  if (leaves.off.length || strange.length) return;\n", "  if (true) return;\n"),
)
OFF_THE_CURVE = (
    Patch(STEP, "    for i in leaves.off:\n", "    for i in []:\n"),
    Patch(STEP_2, "  for (const i of leaves.off)\n", "  for (const i of [])\n"),
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
)
