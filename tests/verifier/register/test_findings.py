"""Whatever is wrong with openings is found under its name, with row, cell and both sides; honest ones have no finding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.vectors import reference as ref
from tests.vectors.seeds import hex_word
from tests.verifier.register.papers import Papers, row

Change = Callable[[Papers], object]
TOP = 2**63


def both(one: Change, other: Change) -> Change:
    def changed(papers: Papers) -> None:
        one(papers)
        other(papers)

    return changed


def shift(papers: Papers, row_up: int, row_down: int, fen: int) -> None:
    """What one absent lender loses, another one has: the totals of the class are the honest ones."""
    papers.leaf(row_up)["amount_fen"] += fen
    papers.leaf(row_down)["amount_fen"] -= fen


def swap(papers: Papers, key: str, one: int, other: int) -> None:
    papers.leaves[one][key], papers.leaves[other][key] = papers.leaves[other][key], papers.leaves[one][key]


def set_leaf(row_number: int, **values: Any) -> Change:
    return lambda papers: papers.leaf(row_number).update(values)


def set_header(**values: Any) -> Change:
    return lambda papers: papers.header.update(values)


def drop(papers: Papers, row_number: int) -> None:
    papers.leaves.remove(papers.leaf(row_number))
    papers.number_again()


def split(papers: Papers) -> None:
    """The two claims of lender 1 as two leaves: two heads of one."""
    leaf = papers.leaf(2)
    leaf["rows"], leaf["amount_fen"] = [2], 100_000
    papers.leaves.append({**leaf, "rows": [6], "amount_fen": 1, "blind": hex_word(7), "index": len(papers.leaves)})


def join(papers: Papers) -> None:
    """Two lenders as one leaf: one head of two."""
    gone = papers.leaf(4)
    papers.leaf(11)["amount_fen"] += gone["amount_fen"]
    papers.leaves.remove(gone)
    papers.leaf(11)["rows"] = [4, 11]
    papers.number_again()


def invent(papers: Papers, **values: Any) -> None:
    """A leaf of nobody's."""
    leaf = {"amount_fen": 100, "blind": hex_word(9), "index": len(papers.leaves), "rows": [99], "voting_class": 0}
    papers.leaves.append(leaf | values)


def twice(papers: Papers) -> None:
    papers.leaves.append({**papers.leaf(4), "blind": hex_word(9), "index": len(papers.leaves)})


def rename(papers: Papers) -> None:
    papers.header["class_names"] = ["普通组 ", "大额组"]


CHANGES: dict[str, tuple[Change, set[str]]] = {
    "an amount moves from one lender to another": (lambda p: shift(p, 4, 11, 500), {"leaf.amount"}),
    "an amount is one fen less": (both(lambda p: shift(p, 4, 4, 0), set_leaf(4, amount_fen=29_999)), {"leaf.amount"}),
    "an amount is negative": (lambda p: shift(p, 4, 11, 10**8), {"leaf.amount", "openings.amount"}),
    "an amount is wrapped around": (set_leaf(4, amount_fen=ref.N - 5), {"leaf.amount", "openings.amount"}),
    "an amount is 2^63": (set_leaf(4, amount_fen=TOP), {"leaf.amount", "openings.amount"}),
    "an amount is zero": (set_leaf(4, amount_fen=0), {"leaf.amount", "openings.amount"}),
    "a lender is in another class": (set_leaf(4, voting_class=1), {"leaf.class"}),
    "a class that does not exist": (set_leaf(4, voting_class=2), {"openings.class_number"}),
    "a class below zero": (set_leaf(4, voting_class=-1), {"openings.class_number"}),
    "two lenders change places, with their rows": (lambda p: swap(p, "index", 0, 1), {"openings.order"}),
    "two lenders change rows": (lambda p: swap(p, "rows", 1, 2), {"leaf.amount", "leaf.class"}),
    "an index is left out": (lambda p: p.leaves[-1].update(index=9), {"openings.order"}),
    "indexes begin at one": (lambda p: [leaf.update(index=leaf["index"] + 1) for leaf in p.leaves], {"openings.order"}),
    "a blind is zero": (set_leaf(4, blind=hex_word(0)), {"openings.blind"}),
    "a blind is n": (set_leaf(4, blind=hex_word(ref.N)), {"openings.blind"}),
    "two lenders have one blind": (lambda p: set_leaf(4, blind=p.leaf(11)["blind"])(p), {"openings.blind_twice"}),
    "a lender is left out": (lambda p: drop(p, 11), {"lender.no_leaf"}),
    "the last lender of a class is left out": (
        both(lambda p: drop(p, 3), lambda p: drop(p, 5)), {"lender.no_leaf", "openings.class_empty"}),
    "a lender is there twice": (twice, {"leaf.row_twice", "leaf.lender_twice"}),
    "one lender is made two": (split, {"leaf.lender_twice", "leaf.rows_missing", "leaf.amount"}),
    "two lenders are made one": (join, {"leaf.several_lenders", "lender.no_leaf"}),
    "a claim is left out": (set_leaf(2, rows=[2]), {"leaf.rows_missing"}),
    "a claim is left out, with its amount": (
        lambda p: [set_leaf(2, amount_fen=100_000)(p), set_leaf(2, rows=[2])(p)], {"leaf.rows_missing", "leaf.amount"}),
    "a lender nobody knows": (invent, {"leaf.row_unknown"}),
    "a lender without rows": (lambda p: invent(p, rows=[]), {"openings.rows"}),
    "a row that is there and one that is not": (set_leaf(4, rows=[4, 99]), {"leaf.row_unknown"}),
    "the header as a claim": (set_leaf(4, rows=[1, 4]), {"leaf.row_unknown"}),
    "a row below zero": (set_leaf(4, rows=[-1, 4]), {"leaf.row_unknown"}),
    "rows that do not rise": (set_leaf(2, rows=[6, 2]), {"openings.rows"}),
    "a row that is named twice": (set_leaf(4, rows=[4, 4]), {"openings.rows"}),
    "a related party": (lambda p: invent(p, rows=[8], amount_fen=60_000_000, voting_class=1), {"leaf.no_vote"}),
    "a lender with nothing left": (lambda p: invent(p, rows=[9], amount_fen=1), {"leaf.no_vote", "leaf.amount"}),
    "another case": (set_header(case="0x" + "11" * 20), {"openings.case"}),
    "another chain": (set_header(chain_id=1), {"openings.chain"}),
    "another register number": (set_header(register_number=1), {"openings.register_number"}),
    "related parties are let in by word alone": (set_header(with_related=True), {"openings.related"}),
    "another claims file": (set_header(claims_keccak="0x" + "00" * 32), {"openings.claims_file"}),
    "a class has another name": (rename, {"leaf.class"}),
    "two classes have one name": (set_header(class_names=["普通组", "普通组"]), {"openings.class_names", "leaf.class"}),
    "classes without a name": (set_header(class_names=[]), {"openings.class_names", "openings.class_number"}),
    "a class that nobody is in": (set_header(class_names=["普通组", "大额组", "空"]), {"openings.class_empty"}),
    "seventeen classes": (
        set_header(class_names=["普通组", "大额组", *map(str, range(15))]), {"openings.class_names", "openings.class_empty"}),
    "no leaf at all": (lambda p: p.leaves.clear(), {"openings.count", "openings.class_empty", "lender.no_leaf"}),
}  # fmt: skip


def test_honest_openings_have_no_finding(papers: Papers) -> None:
    papers.write_openings()
    outcome = papers.check()
    assert (outcome.status, outcome.findings.total) == (0, 0)
    assert (outcome.rows, outcome.leaves) == (10, 6)


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_wrong_is_named(papers: Papers, name: str) -> None:
    change, expected = CHANGES[name]
    assert papers.found(change).keys() == expected


def test_with_related_parties_all_of_it_is_right_as_well(papers: Papers) -> None:
    papers.with_related = True
    papers.draw_up()
    assert papers.found() == {}
    assert papers.found(with_related=False).keys() == {"openings.related", "leaf.no_vote"}


def test_without_related_parties_none_may_be_missing_that_was_asked_for(papers: Papers) -> None:
    assert papers.found(set_header(with_related=True), with_related=True).keys() == {"lender.no_leaf"}


def test_a_finding_names_rows_cells_and_both_sides(papers: Papers) -> None:
    shift(papers, 2, 4, 12_345)
    papers.write_openings()
    found = {finding.rows: finding for finding in papers.check().findings.listed}
    assert found.keys() == {(2, 6), (4,)}
    assert found[2, 6].cells == ["H2", "H6"]
    assert (found[2, 6].claims, found[2, 6].openings) == ("1,000.01", "1,123.46")
    assert (found[(4,)].claims, found[(4,)].openings, found[(4,)].index) == ("300.00", "176.55", papers.leaf(4)["index"])


def test_claims_that_break_a_rule_are_named_although_the_service_took_them(papers: Papers) -> None:
    papers.rows[2][4] = "123456789012345678"
    papers.rows[4][8] = "大额组"
    papers.write_claims()
    papers.draw_up()
    papers.write_openings()
    outcome = papers.check()
    broken = {(finding.cells[0], finding.facts["rule"]) for finding in outcome.findings.listed if finding.name == "claims.row"}
    assert broken == {("E4", "ResidentIdBirthDateWrong"), ("I6", "LenderInTwoClasses")}
    assert outcome.status == 1


def test_more_classes_or_fen_than_a_register_can_have_are_named(papers: Papers) -> None:
    papers.rows += [row(20 + number, 10 + number, "1", f"第{number}组") for number in range(15)]
    papers.draw_up()
    assert "claims.classes" in papers.found()
    papers.rows = [row(1, 1, "92233720368547758.07"), row(2, 2, "0.01")]
    papers.draw_up()
    papers.leaves[1]["amount_fen"], papers.leaves[0]["amount_fen"] = TOP - 1, 1
    assert papers.found() == {"claims.total": 1}


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        b"[1]",
        b'"x"',
        b"\xff",
        b"null",
        b"[" * 100_000,
        b'{"amount_fen":1e2,"blind":"0x%s","index":0,"rows":[4],"voting_class":0}' % (b"11" * 32),
        b'{"amount_fen":100,"amount_fen":100,"blind":"0x%s","index":0,"rows":[4],"voting_class":0}' % (b"11" * 32),
        b'{"amount_fen": 100,"blind":"0x%s","index":0,"rows":[4],"voting_class":0}' % (b"11" * 32),
        b'{"amount_fen":true,"blind":"0x%s","index":0,"rows":[4],"voting_class":0}' % (b"11" * 32),
        b'{"amount_fen":100,"blind":"0x%s","index":0,"rows":[true],"voting_class":0}' % (b"11" * 32),
        b'{"amount_fen":100,"blind":"0x%s","index":0,"rows":[4],"voting_class":0}' % (b"AA" * 32),
        b'{"amount_fen":100,"blind":"0x%s","index":0,"rows":[4],"voting_class":0}' % (b"11" * 31),
        b'{"amount_fen":100,"blind":"0x%s","index":0,"more":1,"rows":[4],"voting_class":0}' % (b"11" * 32),
        b'{"amount_fen":%s,"blind":"0x%s","index":0,"rows":[4],"voting_class":0}' % (b"1" * 6000, b"11" * 32),
        b'{"amount_fen":100,"blind":"0x%s","index":%s,"rows":[4],"voting_class":0}' % (b"11" * 32, b"9" * 4300),
    ],
)
def test_a_line_in_another_form_is_named_by_its_number(papers: Papers, line: bytes) -> None:
    lines = papers.content().split(b"\n")
    papers.write_openings(b"\n".join([*lines[:3], line, *lines[3:]]))
    outcome = papers.check()
    assert [finding.facts for finding in outcome.findings.listed if finding.name == "openings.form"] == [{"line": 4}]


@pytest.mark.parametrize("header", [b"", b"{}", b'{"case":"0x"}', b"[]"])
def test_a_header_in_another_form_is_named(papers: Papers, header: bytes) -> None:
    papers.write_openings(b"\n".join([header, *papers.content().split(b"\n")[1:]]))
    assert papers.check().findings.by_name == {"openings.form": 1}
    papers.write_openings(b"")
    assert papers.check().findings.by_name == {"openings.form": 1}


def test_names_of_classes_are_text(papers: Papers) -> None:
    assert papers.found(set_header(class_names=["大额组", 1])) == {"openings.form": 1}


def test_a_long_list_is_cut_but_counted(papers: Papers) -> None:
    papers.rows = [row(number, number, "5") for number in range(1, 41)]
    papers.draw_up()
    for leaf in papers.leaves:
        leaf["amount_fen"] = -1
    papers.leaves *= 30
    papers.write_openings()
    findings = papers.check().findings
    assert len(findings.listed) == 1000
    assert findings.by_name["leaf.amount"] == findings.by_name["openings.amount"] == 1200


def test_rows_that_are_missing_from_a_leaf_are_named(papers: Papers) -> None:
    set_leaf(2, rows=[2])(papers)
    papers.write_openings()
    (found,) = [one for one in papers.check().findings.listed if one.name == "leaf.rows_missing"]
    assert list(found.rows) == [6]


def test_leaves_without_all_their_rows_are_all_counted(papers: Papers) -> None:
    papers.rows = [row(number, number // 2, "5") for number in range(2, 80)]
    papers.draw_up()
    for leaf in papers.leaves:
        leaf["rows"] = leaf["rows"][:1]
    papers.leaves *= 30
    papers.write_openings()
    findings = papers.check().findings
    assert findings.by_name["leaf.rows_missing"] == len(papers.leaves) == 39 * 30


# --- any change at all ------------------------------------------------------------------------------------------------------------------

FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "amount_fen": st.integers(-(2**70), 2**70),
    "blind": st.integers(0, 2**256 - 1).map(hex_word),
    "index": st.integers(-1, 2**40),
    "rows": st.lists(st.integers(-2, 2**34), max_size=4),
    "voting_class": st.integers(-1, 300),
}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_change_of_one_thing_is_named_or_signed_for(papers: Papers, data: st.DataObject) -> None:
    """Another blind is another register, and right if nobody has it twice: its digest is another one."""
    papers.write_openings()
    honest = papers.check().worked_out
    place = data.draw(st.integers(0, len(papers.leaves) - 1))
    key = data.draw(st.sampled_from(sorted(FIELDS)))
    before, after = papers.leaves[place][key], data.draw(FIELDS[key])

    def change(papers: Papers) -> None:
        papers.leaves[place][key] = after

    found = papers.found(change)
    if before == after:
        assert found == {}
    elif key == "blind" and 0 < int(after, 16) < ref.N:
        assert found == {}
        papers.leaves[place][key] = after
        papers.write_openings()
        other = papers.check().worked_out
        assert honest is not None
        assert other is not None
        assert honest.digest != other.digest
        papers.leaves[place][key] = before
    else:
        assert found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(6)))
def test_any_order_is_right_if_the_indexes_say_so(papers: Papers, order: list[int]) -> None:
    def change(papers: Papers) -> None:
        papers.leaves = [papers.leaves[place] for place in order]

    assert bool(papers.found(change)) == (list(order) != sorted(order))
    assert papers.found(both(change, Papers.number_again)) == {}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shifts=st.lists(st.integers(-100_000, 100_000), min_size=5, max_size=5))
def test_no_shift_between_lenders_passes(papers: Papers, shifts: list[int]) -> None:
    amounts = [*shifts, -sum(shifts)]

    def change(papers: Papers) -> None:
        for leaf, fen in zip(papers.leaves, amounts, strict=True):
            leaf["amount_fen"] += fen

    assert papers.found(change).get("leaf.amount", 0) == sum(fen != 0 for fen in amounts)
