"""Attacks by whoever draws up the register, against the officials' own tool (`python -m verifier.register`)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from scripts.attacks.kinds import Attack, Patch, Run, Told, judged
from tests.vectors import reference as ref
from tests.vectors.seeds import hex_word
from tests.verifier.register.papers import Papers, act_of, row, write_act
from verifier.register.claims.numbers import before_1999

WHO = "whoever draws up the register"
COMPARISON, MERGE = "verifier/register/comparison.py", "verifier/register/claims/merge.py"
Change = Callable[[Papers], object]

AMOUNTS_BELIEVED = (Patch(COMPARISON, "        if leaf.amount_fen != lender.amount_fen:\n", "        if False:\n"),)
ANY_AMOUNT = (
    *AMOUNTS_BELIEVED,
    Patch(COMPARISON, "        if not 1 <= leaf.amount_fen <= LARGEST_FEN:\n", "        if False:\n"),
    Patch(COMPARISON, '        self.amounts = array("Q")\n', "        self.amounts: list[int] = []\n"),
)
CLASSES_BELIEVED = (
    Patch(
        COMPARISON,
        "if 0 <= leaf.voting_class < len(self.class_names) and self.class_names[leaf.voting_class] != lender.voting_class:",
        "if False:",
    ),
)
LEAVES_OF_NOBODY = (Patch(COMPARISON, "        if unknown:\n", "        if False:\n"),)
LENDERS_MISSING = (Patch(COMPARISON, "        self._name_missing()\n", ""),)
ACT_UNREAD = (Patch("verifier/register/check.py", "        if act is not None and", "        if False and act is not None and"),)
TWO_HEADS = (Patch(MERGE, "                if person is not None:\n", "                if False:\n"),)


def opened(change: Change, with_act: Callable[[dict[str, Any]], object] | None = None) -> Run:
    """The papers as they were changed, shown to the tool; its findings are what stops the signature."""

    def run(folder: Path) -> Told:
        papers = Papers(folder)
        papers.write_openings()
        changes: dict[str, Any] = {}
        if with_act is not None:
            act = act_of(papers.check(), papers.claims)
            with_act(act)
            changes["act"] = write_act(folder / "act.json", act)
        change(papers)
        papers.write_openings()
        outcome = papers.check(**changes)
        return judged("officials' tool", " ".join(sorted(outcome.findings.by_name)) or ("" if outcome.status == 0 else "differs"))

    return run


def _shifted(papers: Papers) -> None:
    """A friend's leaf holds what an absent lender's lacks; the totals of the class are the honest ones."""
    papers.leaf(4)["amount_fen"] += 500
    papers.leaf(11)["amount_fen"] -= 500


def _negative(papers: Papers) -> None:
    papers.leaf(4)["amount_fen"] += 10**8
    papers.leaf(11)["amount_fen"] += ref.N - 10**8


def _moved(papers: Papers) -> None:
    papers.leaf(4)["voting_class"] = 1 - papers.leaf(4)["voting_class"]


def _invented(papers: Papers) -> None:
    papers.leaves.append({"amount_fen": 100, "blind": hex_word(9), "index": len(papers.leaves), "rows": [99], "voting_class": 0})


def _left_out(papers: Papers) -> None:
    papers.leaves.remove(papers.leaf(11))
    papers.number_again()


def _nothing(_: Papers) -> None:
    """Papers as they are."""


def _foreign_totals(act: dict[str, Any]) -> None:
    act["typed_data"]["message"]["classesHash"] = "0x" + "11" * 32


def _two_documents(papers: Papers) -> None:
    """A lender's resident number in its form of before 1999 stands a second time, as another document's: two heads."""
    again = row(11, 9, "77")
    again[3], again[4] = "其他", before_1999(papers.rows[0][4])
    papers.rows.append(again)
    papers.draw_up()


ATTACKS = (
    Attack("an amount shifted between two lenders", WHO, opened(_shifted), AMOUNTS_BELIEVED, True),
    Attack("an absent lender's claim made negative", WHO, opened(_negative), ANY_AMOUNT),
    Attack("a lender moved into another class", WHO, opened(_moved), CLASSES_BELIEVED),
    Attack("a lender invented", WHO, opened(_invented), LEAVES_OF_NOBODY),
    Attack("a lender left out", WHO, opened(_left_out), LENDERS_MISSING),
    Attack("an act of other totals than the openings give", WHO, opened(_nothing, _foreign_totals), ACT_UNREAD),
    Attack("one person under two kinds of document", "lender", opened(_two_documents), TWO_HEADS),
)
