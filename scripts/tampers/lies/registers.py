"""Lies about the register, the plan and the rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from scripts.tampers.forge.chain import Sending
from scripts.tampers.forge.vote import ForgedVote
from scripts.tampers.lies.kinds import (
    Change,
    Lie,
    byte,
    bytes_of_file,
    data_of,
    file_gone,
    in_file,
    moved,
    no_logs,
    sending,
    setting,
    twice,
)
from tests.contracts.ballot_box import Lender, N, Register, commit, make_register

KIND, FILES = "register", "published files"


def _rows(change: Callable[[list[list[str]]], object]) -> Change:
    """leaves.csv, its rows after the header."""

    def inside(content: bytes) -> bytes:
        header, *lines = content.decode().splitlines()
        rows = [line.split(",") for line in lines]
        change(rows)
        return ("\n".join([header, *(",".join(row) for row in rows)]) + "\n").encode()

    return bytes_of_file("leaves.csv", inside)


def cell(row: int, column: int, to: Callable[[str], str]) -> Change:
    def change(rows: list[list[str]]) -> None:
        rows[row][column] = to(rows[row][column])

    return _rows(change)


def _swapped(rows: list[list[str]]) -> None:
    rows[2], rows[3] = rows[3], rows[2]


def _another_claim(rows: list[list[str]]) -> None:
    x, y = commit(777, 888)
    rows[4][2:] = [f"{x:064x}", f"{y:064x}"]


def _one_more(rows: list[list[str]]) -> None:
    x, y = commit(777, 888)
    rows.append([str(len(rows)), "0", f"{x:064x}", f"{y:064x}"])


def _shifted(vote: ForgedVote) -> None:
    """A friend's leaf holds 90,000 more than was stated, and the totals are the stated ones."""
    lenders = list(vote.register.lenders)
    totals = vote.register.classes
    lenders[2] = replace(lenders[2], amount_fen=lenders[2].amount_fen + 90_000)
    vote.register, vote.totals = Register(lenders), totals


def off_curve(vote: ForgedVote) -> None:
    """An absent lender's leaf is no point; root and signatures are right."""
    lenders = list(vote.register.lenders)
    broken = Lender(11, lenders[11].voting_class, lenders[11].amount_fen, lenders[11].blind)
    broken.__dict__["point"] = (lenders[11].point[0], lenders[11].point[1] ^ 1)
    totals = vote.register.classes
    lenders[11] = broken
    vote.register, vote.totals = Register(lenders), totals


def _poisoned(vote: ForgedVote) -> None:
    """An absent lender's leaf is negative, a friend's too large by as much; somebody shows the opening."""
    lenders = list(vote.register.lenders)
    lenders[11] = replace(lenders[11], amount_fen=N - 50_000)
    lenders[9] = replace(lenders[9], amount_fen=lenders[9].amount_fen + 50_000 + make_register(12).lenders[11].amount_fen)
    totals = make_register(12).classes
    vote.register, vote.totals, vote.excluded = Register(lenders), totals, [11]


def _excluded_claim(vote: ForgedVote) -> None:
    """A leaf that holds a claim is taken out."""
    vote.excluded = [10]


def class_less(vote: ForgedVote) -> None:
    """Leaves of a class that was not frozen."""
    lenders = [replace(one, voting_class=2) if one.index == 11 else one for one in vote.register.lenders]
    totals = [(h - (number == 1), fen, blind) for number, (h, fen, blind) in enumerate(vote.register.classes)]
    vote.register, vote.totals, vote.class_names = Register(lenders), totals, ["第1组", "第2组"]


def _heads(vote: ForgedVote) -> None:
    (one, fen, blind), *rest = vote.register.classes
    vote.totals = [(one + 1, fen, blind), *rest]


def _empty_class(vote: ForgedVote) -> None:
    vote.totals = [*vote.register.classes, (0, 0, 0)]
    vote.class_names = ["第1组", "第2组", "第3组"]


def _huge_total(vote: ForgedVote) -> None:
    (heads, fen, blind), *rest = vote.register.classes
    vote.totals = [(heads, fen + 2**63, blind), *rest]


def _named(vote: ForgedVote) -> None:
    """Names of two classes are swapped in the published file."""

    def change(value: Any) -> None:
        first, second = value["classes"]
        first["name"], second["name"] = second["name"], first["name"]

    vote.change_file("register.json", change)


def _plan(**changes: Any) -> Change:
    return setting(plan_changes=changes)


def _rule(*conditions: tuple[int, int, int, int, int, bool]) -> Change:
    return setting(conditions=list(conditions), rule_name="OWN")


HEADS = (0, 0, 1, 1, 2, True)
PARTS = ("settlement", "liquidation_period", "existing_business", "dispute_resolution")


def _of_number_1(_: ForgedVote, one: Sending) -> None:
    """The call names another plan than its event and its signatures."""
    one.data = one.data[:4] + (1).to_bytes(32, "big") + one.data[36:]


LIES = (
    Lie(FILES, "leaves.csv: another header", "register.leaves", after=bytes_of_file("leaves.csv", lambda one: b"no" + one)),
    Lie(FILES, "leaves.csv: a line that is none", "register.leaves", after=cell(3, 2, lambda _: "zz")),
    Lie(FILES, "leaves.csv: last line without end", "register.leaves", after=bytes_of_file("leaves.csv", lambda one: one[:-1])),
    Lie(FILES, "leaves.csv: not there", "register.leaves", after=file_gone("leaves.csv")),
    Lie(FILES, "leaves.csv: two lenders swapped", "register.order", after=_rows(_swapped)),
    Lie(FILES, "leaves.csv: a lender's class", "register.root", after=cell(4, 1, lambda one: str(1 - int(one)))),
    Lie(FILES, "leaves.csv: a lender's claim", "register.root", after=_rows(_another_claim)),
    Lie(FILES, "leaves.csv: a lender dropped", "register.count", after=_rows(lambda rows: rows.pop())),
    Lie(FILES, "leaves.csv: a lender invented", "register.count", after=_rows(_one_more)),
    Lie(KIND, "a commitment off the curve", "register.curve", before=off_curve),
    Lie(KIND, "a leaf of a class that was not frozen", "register.class", before=class_less),
    Lie(KIND, "an amount shifted onto a friend", "register.totals", before=_shifted),
    Lie(KIND, "a head more than there are leaves", "register.totals", before=_heads),
    Lie(KIND, "heads that are not as many as the frozen leaves", "register.frozen", before=_heads),
    Lie(KIND, "a class of nobody", "register.frozen", before=_empty_class),
    Lie(KIND, "a class of 2^63 fen", "register.frozen", before=_huge_total),
    Lie(KIND, "a freezing that says another register", "register.frozen", after=data_of("freeze", 0, byte(31))),
    Lie(KIND, "a freezing that is not there", "register.frozen", after=no_logs("freeze")),
    Lie(KIND, "a register frozen twice", "register.frozen", after=twice("freeze")),
    Lie(KIND, "a register frozen after the announcement", "register.frozen", after=moved("freeze", "announce")),
    Lie(KIND, "names of classes swapped", "register.names", after=_named),
    Lie(KIND, "a register with a negative claim", "register.excluded", before=_poisoned),
    Lie(KIND, "a claim taken out", "register.excluded", before=_excluded_claim),
    Lie(FILES, "register.json: root", "register.file", after=in_file("register.json", "root", to="0x" + "ab" * 32)),
    Lie(FILES, "register.json: heads", "register.file", after=in_file("register.json", "classes", 0, "heads", to=7)),
    Lie(FILES, "register.json: amount", "register.file", after=in_file("register.json", "classes", 1, "amount_fen", to=lambda a: a + 1)),
    Lie(FILES, "register.json: number", "register.file", after=in_file("register.json", "register_number", to=1)),
    Lie(FILES, "register.json: leaves", "register.file", after=in_file("register.json", "leaf_count", to=13)),
    Lie(FILES, "register.json: range proofs", "register.file", after=in_file("register.json", "range_proofs_hash", to="0x" + "ab" * 32)),
    Lie(FILES, "plan.json: a word", "plan.hash", after=in_file("plan.json", "title", to="别的方案")),
    Lie(FILES, "plan.json: not there", "plan.form", after=file_gone("plan.json")),
    Lie(FILES, "plan.pdf: a bit", "plan.pdf", after=bytes_of_file("plan.pdf", byte(3))),
    Lie(FILES, "plan.pdf: longer", "plan.pdf", after=bytes_of_file("plan.pdf", lambda one: one + b" ")),
    Lie(KIND, "a plan that is not canonical", "plan.form", before=lambda vote: vote.__dict__.update(plan=vote.plan + b"\n")),
    Lie(KIND, "a plan with an empty part", "plan.form", before=_plan(parts={**dict.fromkeys(PARTS, "x"), "settlement": " "})),
    Lie(
        KIND,
        "a plan that promises too much",
        "plan.form",
        before=_plan(ladder=[{"months": 1, "ratio_bps": 9999}, {"months": 2, "ratio_bps": 2}]),
    ),
    Lie(
        KIND,
        "a ladder that does not rise",
        "plan.form",
        before=_plan(ladder=[{"months": 5, "ratio_bps": 1}, {"months": 5, "ratio_bps": 2}]),
    ),
    Lie(KIND, "a plan without title", "plan.form", before=_plan(title="　")),
    Lie(KIND, "a plan with a key more", "plan.form", before=_plan(note="x")),
    Lie(KIND, "no submission", "plan.submitted", after=no_logs("submit")),
    Lie(KIND, "a submission of another plan", "plan.submitted", after=data_of("submit", 0, byte(3))),
    Lie(KIND, "no admission", "plan.admitted", after=no_logs("admit")),
    Lie(KIND, "an admission of another plan", "plan.admitted", after=data_of("admit", 0, byte(3))),
    Lie(KIND, "an admission of another number", "plan.admitted", after=sending("admit", _of_number_1)),
    Lie(KIND, "an admission after the announcement", "plan.admitted", after=moved("admit", "announce")),
    Lie(KIND, "no condition", "rule.range", before=_rule()),
    Lie(KIND, "nine conditions", "rule.range", before=_rule(*[HEADS] * 9)),
    Lie(KIND, "a condition above one", "rule.range", before=_rule(HEADS, (1, 0, 0, 3, 2, False))),
    Lie(FILES, "poll.json: an easier rule", "rule.file", after=in_file("poll.json", "parameters", "conditions", 1, "den", to=9)),
    Lie(
        FILES,
        "poll.json: a condition left out",
        "rule.file",
        after=in_file("poll.json", "parameters", "conditions", to=lambda one: one[:1]),
    ),
    Lie(
        FILES,
        "poll.json: a word that no rule knows",
        "rule.file",
        after=in_file("poll.json", "parameters", "conditions", 0, "measure", to="x"),
    ),
    Lie(FILES, "poll.json: name of the rule", "rule.name", after=in_file("poll.json", "rule_name", to="UK_899")),
)
