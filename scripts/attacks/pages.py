"""Attacks on what a lender's check page and an official's desk show: somebody else's file, a copied case, an act other than its words."""

from __future__ import annotations

import subprocess
from pathlib import Path

from scripts.attacks.kinds import Attack, Patch, Run, Told, judged
from scripts.attacks.patched import ROOT

CHECK, DESK = "verifier/web/check.js", "backend/web/src/office/recomputed.js"

ANYBODYS_FILE = (
    Patch(CHECK, '    if (claim.amount_fen !== own.amountFen) return "other_amount";\n', ""),
    Patch(CHECK, '    if (Protocol.keyCode(claim.ballot_key) !== own.keyCode) return "other_key";\n', ""),
)
#: The page takes case and poll from the file that it is to check.
PLACE_OF_THE_FILE = (
    Patch(
        CHECK,
        '    if (claim.protocol > 1 && claim.case !== own.case) return "other_case";\n'
        '    if (claim.protocol > 1 && claim.poll_number !== own.pollNumber) return "other_poll";\n',
        "    if (claim.protocol > 1) Object.assign(own, { case: claim.case, pollNumber: claim.poll_number });\n",
    ),
)


def _without(field: str) -> tuple[Patch, ...]:
    """The desk does not hold one field of what is signed against what it shows."""
    old = "return typedData.primaryType === type && toHex"
    new = f"message = {{ ...message, {field}: typedData.message.{field} }};\n  return typedData.primaryType === type && toHex"
    return (Patch(DESK, old, new),)


def asked_page(judge: str, trial: str) -> Run:
    """A page of the tree is asked as a person asks it; the word by which it refuses is what stops the attack."""

    def run(folder: Path) -> Told:
        del folder
        command = ["node", "scripts/attacks/check_page.mjs", trial]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        word = done.stdout.strip()
        return judged(judge, "" if word == "agrees" else word)

    return run


ATTACKS = (
    Attack(
        "a neighbour's check file for a dropped ballot",
        "backend operator",
        asked_page("check page", "a neighbour's file"),
        ANYBODYS_FILE,
        True,
    ),
    Attack("a check file of another poll of the case", "backend operator", asked_page("check page", "another poll"), PLACE_OF_THE_FILE),
    Attack("a check file of a copied case", "whoever copies a case", asked_page("check page", "a copied case"), PLACE_OF_THE_FILE),
    Attack(
        "an official signs other totals than the page shows",
        "whoever draws up the register",
        asked_page("desk", "other totals"),
        _without("classesHash"),
    ),
    Attack(
        "an official signs other class names than the page shows",
        "whoever draws up the register",
        asked_page("desk", "other names"),
        _without("classNamesHash"),
    ),
)
