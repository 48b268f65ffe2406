"""Whatever is changed in a published file is found, by the step that owns it, at its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.ballot_box import AGAINST, FOR, address_of, commit, secret
from tests.verifier.tally.vote import HeldVote, canonical
from verifier.tally.recount import Recount

Again = Callable[..., Recount]
Change = Callable[[Path], None]


def edit(name: str, *path: str | int, to: Any = None, by: Callable[[Any], Any] | None = None, drop: bool = False) -> Change:
    """Change one place of a JSON file, leaving it canonical."""

    def change(folder: Path) -> None:
        value = json.loads((folder / name).read_bytes())
        inner = value
        for key in path[:-1]:
            inner = inner[key]
        if drop:
            del inner[path[-1]]
        else:
            inner[path[-1]] = by(inner[path[-1]]) if by else to
        (folder / name).write_bytes(canonical(value))

    return change


def content(name: str, change: Callable[[bytes], bytes]) -> Change:
    def apply(folder: Path) -> None:
        before = (folder / name).read_bytes()
        assert change(before) != before
        (folder / name).write_bytes(change(before))

    return apply


def missing(name: str) -> Change:
    return lambda folder: (folder / name).unlink()


def lines(change: Callable[[list[str]], list[str]], name: str = "leaves.csv") -> Change:
    return content(name, lambda text: ("\n".join(change(text.decode().split("\n")[:-1])) + "\n").encode())


def leaf(place: int, voting_class: int, amount_fen: int) -> Callable[[list[str]], list[str]]:
    """Another lender's claim in a line of leaves.csv; its commitment is a good point."""
    x, y = commit(amount_fen, 77)
    return lambda rows: [*rows[: place + 1], f"{place},{voting_class},{x:064x},{y:064x}", *rows[place + 2 :]]


def plus(number: int) -> Callable[[int], int]:
    return lambda value: value + number


def other(text: str) -> str:
    """A hex text with another last digit."""
    return text[:-1] + ("0" if text[-1] != "0" else "1")


ELSEWHERE = "0x" + "ab" * 20
POLL, REGISTER, PLAN, RESULT, RECEIPTS = "poll.json", "register.json", "plan.json", "result.json", "receipts.jsonl"

# what is changed; the first step with a finding; a piece of the finding's place
CASES: dict[str, tuple[Change, int, str]] = {
    "poll.json: another chain id": (edit(POLL, "chain_id", by=plus(1)), 1, "chain_id"),
    "poll.json: poll address without a contract": (edit(POLL, "poll", to=ELSEWHERE), 1, "poll.json: poll"),
    "poll.json: case address without a contract": (edit(POLL, "case", to=ELSEWHERE), 1, "poll.json: case"),
    "poll.json: another poll number": (edit(POLL, "poll_number", by=plus(1)), 1, "case.poll(1)"),
    "poll.json: starts reading too late": (edit(POLL, "from_block", by=plus(1)), 1, "from_block"),
    "poll.json: starts reading too early": (edit(POLL, "from_block", to=0), 1, "from_block"),
    "poll.json: starts reading in the future": (edit(POLL, "from_block", to=10**9), 1, "from_block"),
    "poll.json: a field too many": (edit(POLL, "remark", to="x"), 1, POLL),
    "poll.json: a field too few": (edit(POLL, "rule_name", drop=True), 1, POLL),
    "poll.json: not canonical": (content(POLL, lambda b: b.replace(b",", b", ")), 1, POLL),
    "poll.json: cut off": (content(POLL, lambda b: b[:-20]), 1, POLL),
    "poll.json: empty": (content(POLL, lambda _: b""), 1, POLL),
    "poll.json: a key twice": (content(POLL, lambda b: b.replace(b'{"case"', b'{"case":"0x00","case"')), 1, POLL),
    "poll.json: not UTF-8": (content(POLL, lambda b: b.replace(b"CN_EBL64", b"\xff")), 1, POLL),
    "poll.json: nested beyond reason": (content(POLL, lambda _: b"[" * 200_000), 1, POLL),
    "poll.json: a number beyond reason": (content(POLL, lambda b: b.replace(b'"chain_id":', b'"chain_id":' + b"9" * 6000)), 1, POLL),
    "poll.json: a decimal fraction": (content(POLL, lambda b: b.replace(b'"poll_number":0', b'"poll_number":0.0')), 1, POLL),
    "poll.json: missing": (missing(POLL), 1, POLL),
    "poll.json: opens earlier": (edit(POLL, "parameters", "opens_at", by=plus(-1)), 2, "opens_at"),
    "poll.json: closes later": (edit(POLL, "parameters", "closes_at", by=plus(1)), 2, "closes_at"),
    "poll.json: shorter challenge": (edit(POLL, "parameters", "challenge_seconds", by=plus(-1)), 2, "challenge_seconds"),
    "poll.json: another verifier": (edit(POLL, "parameters", "verifiers", to=[ELSEWHERE]), 2, "verifiers"),
    "poll.json: another relay": (edit(POLL, "parameters", "receipt_signer", to=ELSEWHERE), 2, "receipt_signer"),
    "poll.json: another register": (edit(POLL, "parameters", "register_number", by=plus(1)), 2, "register_number"),
    "poll.json: another plan": (edit(POLL, "parameters", "plan_number", by=plus(1)), 2, "plan_number"),
    "poll.json: a time as text": (edit(POLL, "parameters", "opens_at", by=str), 2, "opens_at"),
    "poll.json: true instead of 1": (edit(POLL, "parameters", "plan_number", to=True), 2, "plan_number"),
    "poll.json: another depth": (edit(POLL, "tree_depth", by=plus(1)), 2, "tree_depth"),
    "poll.json: an easier rule": (edit(POLL, "parameters", "conditions", 1, "den", by=plus(1)), 2, "parameters"),
    "poll.json: strict or not": (edit(POLL, "parameters", "conditions", 0, "strict", to=False), 2, "parameters"),
    "poll.json: a condition less": (edit(POLL, "parameters", "conditions", by=lambda c: c[:1]), 2, "parameters"),
    "poll.json: an unknown measure": (edit(POLL, "parameters", "conditions", 0, "measure", to="noses"), 5, "measure"),
    "poll.json: another rule's name": (edit(POLL, "rule_name", to="US_1126C"), 5, "rule_name"),
    "poll.json: an invented rule's name": (edit(POLL, "rule_name", to="CN_EBL65"), 5, "rule_name"),
    "leaves.csv: a class changed": (lines(lambda r: [*r[:3], r[3].replace(",0,", ",1,"), *r[4:]]), 3, "leaves.csv"),
    "leaves.csv: a class that does not exist": (lines(lambda r: [*r[:3], r[3].replace(",0,", ",2,"), *r[4:]]), 3, "line 4"),
    "leaves.csv: a point off the curve": (lines(lambda r: [*r[:3], other(r[3]), *r[4:]]), 3, "line 4"),
    "leaves.csv: another claim": (lines(leaf(6, 0, 999)), 3, "leaves.csv"),
    "leaves.csv: two lines swapped": (lines(lambda r: [*r[:3], r[4], r[3], *r[5:]]), 3, "line 4"),
    "leaves.csv: two claims swapped": (
        lines(lambda r: [*r[:3], f"2,0,{r[5].split(',', 2)[2]}", r[4], f"4,0,{r[3].split(',', 2)[2]}", *r[6:]]), 3, "leaves.csv",
    ),
    "leaves.csv: a line twice": (lines(lambda r: [*r[:4], r[3], *r[4:]]), 3, "line 5"),
    "leaves.csv: a lender less": (lines(lambda r: r[:-1]), 3, "leaves.csv"),
    "leaves.csv: a lender more": (lines(lambda r: leaf(12, 0, 5)([*r, ""])), 3, "leaves.csv"),
    "leaves.csv: cut off": (content("leaves.csv", lambda b: b[:-7]), 3, "leaves.csv"),
    "leaves.csv: another header": (lines(lambda r: ["index,class,x,y", *r[1:]]), 3, "line 1"),
    "leaves.csv: Windows line ends": (content("leaves.csv", lambda b: b.replace(b"\n", b"\r\n")), 3, "line 1"),
    "leaves.csv: an index with a zero before it": (lines(lambda r: [*r[:3], "0" + r[3], *r[4:]]), 3, "line 4"),
    "leaves.csv: empty": (content("leaves.csv", lambda _: b""), 3, "line 1"),
    "leaves.csv: header alone": (lines(lambda r: r[:1]), 3, "leaves.csv"),
    "leaves.csv: missing": (missing("leaves.csv"), 3, "leaves.csv"),
    "register.json: heads": (edit(REGISTER, "classes", 0, "heads", by=plus(1)), 3, "class 0"),
    "register.json: amount": (edit(REGISTER, "classes", 1, "amount_fen", by=plus(100)), 3, "class 1"),
    "register.json: blind": (edit(REGISTER, "classes", 1, "blind", by=other), 3, "class 1"),
    "register.json: root": (edit(REGISTER, "root", by=other), 3, "root"),
    "register.json: leaf count": (edit(REGISTER, "leaf_count", by=plus(1)), 3, "leaf_count"),
    "register.json: number": (edit(REGISTER, "register_number", by=plus(1)), 3, "register_number"),
    "register.json: a class less": (edit(REGISTER, "classes", by=lambda c: c[:1]), 3, "classes"),
    "register.json: a class without a name": (edit(REGISTER, "classes", 0, "name", to=" "), 3, "class 0"),
    "register.json: missing": (missing(REGISTER), 3, REGISTER),
    "register.json: a list": (content(REGISTER, lambda _: b"[]"), 3, REGISTER),
    "plan.json: a word": (content(PLAN, lambda b: b.replace("三年".encode(), "五年".encode())), 4, PLAN),
    "plan.json: the ladder": (edit(PLAN, "ladder", 0, "ratio_bps", to=2999), 4, PLAN),
    "plan.json: a part gone": (edit(PLAN, "parts", "settlement", drop=True), 4, PLAN),
    "plan.json: a part empty": (edit(PLAN, "parts", "settlement", to=""), 4, PLAN),
    "plan.json: a line's end added": (content(PLAN, lambda b: b + b"\n"), 4, PLAN),
    "plan.json: half a surrogate": (content(PLAN, lambda b: b.replace("清偿方案".encode(), b"\\ud800")), 4, PLAN),
    "plan.json: missing": (missing(PLAN), 4, PLAN),
    "plan.pdf: a byte": (content("plan.pdf", lambda b: b.replace(b"plan", b"plam")), 4, "plan.pdf"),
    "plan.pdf: cut off": (content("plan.pdf", lambda b: b[:-1]), 4, "plan.pdf"),
    "plan.pdf: missing": (missing("plan.pdf"), 4, "plan.pdf"),
    "receipts.jsonl: a signature": (content(RECEIPTS, lambda b: b.replace(b'"signature":"0x', b'"signature":"0xf', 1)), 11, "line 1"),
    "receipts.jsonl: a time": (content(RECEIPTS, lambda b: b.replace(b'"received_at":17', b'"received_at":16', 1)), 11, "line 1"),
    "receipts.jsonl: cut off": (content(RECEIPTS, lambda b: b[:-30]), 11, RECEIPTS),
    "receipts.jsonl: a line that is no object": (content(RECEIPTS, lambda b: b + b"[]\n"), 11, "line 14"),
    "receipts.jsonl: an empty line": (content(RECEIPTS, lambda b: b + b"\n"), 11, "line 14"),
    "receipts.jsonl: missing": (missing(RECEIPTS), 11, RECEIPTS),
    "result.json: heads": (edit(RESULT, "tallies", 0, "heads_for", by=plus(1)), 12, "class 0: heads_for"),
    "result.json: fen": (edit(RESULT, "tallies", 1, "fen_for", by=plus(1)), 12, "class 1: fen_for"),
    "result.json: fen as text": (edit(RESULT, "tallies", 1, "fen_for", by=str), 12, "class 1: fen_for"),
    "result.json: a class less": (edit(RESULT, "tallies", by=lambda t: t[:1]), 12, "tallies"),
    "result.json: outcome": (edit(RESULT, "passed", to=False), 12, "passed"),
    "result.json: 1 instead of true": (edit(RESULT, "passed", to=1), 12, "passed"),
    "result.json: hash": (edit(RESULT, "result_hash", by=other), 12, "result_hash"),
    "result.json: end of the challenge": (edit(RESULT, "challenge_ends_at", by=plus(1)), 12, "challenge_ends_at"),
    "result.json: decision": (edit(RESULT, "decision", to="refused"), 12, "decision"),
    "result.json: no decision": (edit(RESULT, "decision", to=None), 12, "decision"),
    "result.json: missing": (missing(RESULT), 12, RESULT),
    "result.json: a directory": (lambda f: ((f / RESULT).unlink(), (f / RESULT).mkdir())[1], 12, RESULT),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_tampered_file__is_found_by_its_step(name: str, published: Path, count_again: Again) -> None:
    change, step, place = CASES[name]
    change(published)
    work = count_again(published)
    assert not work.agrees
    findings = [finding for log in work.steps for finding in log.findings]
    assert not [finding for finding in findings if "the tool failed" in finding.what], findings
    first = findings[0]
    assert first.step == step, findings
    assert place in first.place, first


def test_tampered_file__a_swapped_claim_also_spoils_its_ballot(published: Path, count_again: Again) -> None:
    lines(leaf(6, 0, 999))(published)
    work = count_again(published)
    assert [finding.what for finding in work.steps[5].findings] == ["leaf is not the published one"]


def test_tampered_file__without_leaves_the_ballots_are_judged_by_their_proofs(published: Path, count_again: Again) -> None:
    missing("leaves.csv")(published)
    work = count_again(published)
    assert [log.number for log in work.steps if not log.clean] == [3]


@pytest.mark.parametrize("name", ["an easier rule", "strict or not", "a condition less"])
def test_rule__a_changed_condition_is_named_by_step_5_as_well(name: str, published: Path, count_again: Again) -> None:
    CASES[f"poll.json: {name}"][0](published)
    work = count_again(published)
    assert [log.number for log in work.steps if not log.clean] == [2, 5]


def add_receipt(folder: Path, receipt: dict[str, Any]) -> None:
    with (folder / RECEIPTS).open("ab") as file:
        file.write(canonical(receipt) + b"\n")


def findings_of_receipts(work: Recount) -> list[tuple[str, str]]:
    assert [log.number for log in work.steps if not log.clean] == [11]
    return [(finding.place, finding.what.split(":")[0]) for finding in work.steps[10].findings]


def test_receipts__a_ballot_that_never_came_to_the_chain_is_missed(published: Path, count_again: Again, held_vote: HeldVote) -> None:
    add_receipt(published, held_vote.receipt(held_vote.poll.vote(11, FOR)))
    assert findings_of_receipts(count_again(published)) == [("receipts.jsonl line 14", "missed")]


def test_receipts__another_choice_than_the_recorded_one_is_missed(published: Path, count_again: Again, held_vote: HeldVote) -> None:
    """The relay took this ballot and recorded another with the same sequence: the same index and sequence do not excuse it."""
    add_receipt(published, held_vote.receipt(held_vote.poll.vote(10, AGAINST, 1)))
    assert findings_of_receipts(count_again(published)) == [("receipts.jsonl line 14", "missed")]


def test_receipts__one_key_shown_to_two_lenders_is_a_clash(published: Path, count_again: Again, held_vote: HeldVote) -> None:
    shown = held_vote.receipts[0]
    digest = bytes.fromhex(shown["ballot_digest"][2:])
    add_receipt(published, held_vote.signed_receipt(digest, shown["ballot_key"], 11, 1))
    assert ("receipts.jsonl line 14", "clash") in findings_of_receipts(count_again(published))


def test_receipts__signed_by_a_stranger(published: Path, count_again: Again, held_vote: HeldVote) -> None:
    shown = held_vote.receipts[0]
    digest = bytes.fromhex(shown["ballot_digest"][2:])
    add_receipt(published, held_vote.signed_receipt(digest, shown["ballot_key"], 0, 1, key=secret("stranger")))
    assert findings_of_receipts(count_again(published)) == [("receipts.jsonl line 14", "is not signed by the poll's receipt signer")]


def test_receipts__a_dropped_receipt_line_is_no_finding(published: Path, count_again: Again) -> None:
    """What the relay does not publish can be shown by the lender who holds it, not by the files."""
    (published / RECEIPTS).write_bytes(b"")
    assert count_again(published).agrees


def test_findings__cannot_write_to_the_terminal(published: Path, count_again: Again) -> None:
    edit(POLL, "rule_name", to="\x1b[2J\u202eCN\n13. agrees")(published)
    work = count_again(published)
    texts = [text for log in work.steps for text in [*log.notes, *(f"{f.place}{f.what}{f.expected}{f.found}" for f in log.findings)]]
    assert any("CN" in text for text in texts)
    assert all(text.isprintable() for text in texts)


def test_keys__ballot_keys_of_the_vote_are_distinct(held_vote: HeldVote) -> None:
    assert len({address_of(one.ballot_key) for one in held_vote.register.lenders}) == 12
