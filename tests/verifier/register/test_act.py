"""Every field of the act that the desk shows is held against what was worked out."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.vectors.seeds import CASE, CHAIN_ID
from tests.verifier.register.papers import Papers, act_of, write_act
from verifier.register.freeze import Place
from verifier.register.refusals import ActUnreadable

Act = dict[str, Any]


@pytest.fixture
def act(papers: Papers) -> Act:
    papers.write_openings()
    return act_of(papers.check(), papers.claims)


def found(papers: Papers, tmp_path: Path, act: Act) -> set[str]:
    outcome = papers.check(act=write_act(tmp_path / "act.json", act))
    assert outcome.status == int(bool(outcome.findings.total))
    return {str(finding.facts["field"]) for finding in outcome.findings.listed}


def test_an_honest_act_has_no_finding_and_says_what_was_left_out(papers: Papers, tmp_path: Path, act: Act) -> None:
    outcome = papers.check(act=write_act(tmp_path / "act.json", act))
    assert outcome.status == 0
    beside = "case_id failure id needed proposed_at signatures status summary.file_name"
    assert outcome.beside == beside.split()


def set_at(path: str, value: Any) -> Callable[[Act], None]:
    def change(act: Act) -> None:
        *way, last = path.split(".")
        for step in way:
            act = act[step]
        if value is None:
            del act[last]
        else:
            act[last] = value

    return change


MESSAGE = {
    "registerNumber": 1, "root": "0x" + "11" * 32, "leafCount": 7, "classesHash": "0x" + "11" * 32, "classNamesHash": "0x" + "11" * 32,
    "rangeProofsHash": "0x" + "11" * 32,
}  # fmt: skip
SUMMARY = {
    "register_number": 1, "file_sha256": "0x" + "11" * 32, "claims_keccak": "0x" + "11" * 32, "lenders": 7, "total_fen": 1, "classes": [],
    "with_related": True, "range_proofs_hash": "0x" + "11" * 32, "related_lenders": 2, "related_fen": 2, "root": "0x" + "11" * 32,
}  # fmt: skip
DOMAIN = {"name": "Lendervote", "version": "2", "chainId": 1, "verifyingContract": "0x" + "11" * 20}
CHANGES = [
    *((f"typed_data.message.{name}", value) for name, value in MESSAGE.items()),
    *((f"typed_data.message.{name}", None) for name in MESSAGE),
    *((f"typed_data.domain.{name}", value) for name, value in DOMAIN.items()),
    *((f"typed_data.domain.{name}", None) for name in DOMAIN),
    *((f"summary.{name}", value) for name, value in SUMMARY.items()),
    ("summary.claims_keccak", None),
    ("typed_data.domain.salt", "0x00"),
    ("typed_data.message.more", "-1"),
    ("typed_data.primaryType", "PlanAdmission"),
    ("typed_data.types.PlanAdmission", [{"name": "x", "type": "uint256"}]),
    ("typed_data.types.RegisterFreeze", [{"name": "root", "type": "bytes32"}]),
    ("typed_data.types.EIP712Domain", None),
    ("typed_data.more", 1),
    ("kind", "plan_admission"),
    ("number", 1),
    ("number", True),
    ("number", False),
    ("summary.with_related", 0),
    ("summary.with_related", "False"),
    ("more", 1),
    ("more", {}),
    ("file_name", "claims.csv"),
    ("typed_data.message.more", {}),
    ("summary.more", "x"),
    ("summary.more", "-"),
    ("summary.words", [{"zh": "x"}]),
    ("summary.status", "open"),
    ("summary.file_name", ["x"]),
    ("summary.classes", {}),
    ("summary", {}),
    ("typed_data.message", {}),
]


@pytest.mark.parametrize(("path", "value"), CHANGES)
def test_a_field_that_says_otherwise_is_named(papers: Papers, tmp_path: Path, act: Act, path: str, value: Any) -> None:
    set_at(path, value)(act)
    names = found(papers, tmp_path, act)
    assert names
    assert all(name.startswith(path) for name in names)


@pytest.mark.parametrize("key", ["name", "lenders", "total_fen", "blind"])
def test_a_class_that_is_shown_otherwise_is_named(papers: Papers, tmp_path: Path, act: Act, key: str) -> None:
    act["summary"]["classes"][1][key] = 5 if key in {"lenders", "total_fen"} else "x"
    assert found(papers, tmp_path, act) == {f"summary.classes[1].{key}"}


LIES = {"typed_data.message.root": "0x" + "66" * 32, "summary.total_fen": 1, "typed_data.domain.verifyingContract": "0x" + "13" * 20}


def test_a_key_with_dots_is_no_way_to_a_value(papers: Papers, tmp_path: Path, act: Act) -> None:
    """Right values under such keys stand in for none that are wrong."""
    right = act["typed_data"]["message"]["root"], act["summary"]["total_fen"], act["typed_data"]["domain"]["verifyingContract"]
    for path, lie in LIES.items():
        set_at(path, lie)(act)
    act |= dict(zip(LIES, right, strict=True))
    assert found(papers, tmp_path, act) == {*LIES, *(f'"{path}"' for path in LIES)}


@pytest.mark.parametrize(
    "key", ["summary.classes[0]", "summary.classes[0].total_fen", "summary.classes[]", "signatures[0]", "id.x", "", "[]"]
)
def test_a_key_that_looks_like_a_way_is_named(papers: Papers, tmp_path: Path, act: Act, key: str) -> None:
    act[key] = 2
    assert found(papers, tmp_path, act) == {f'"{key}"'}


@pytest.mark.parametrize("key", ["root", "total_fen", "verifyingContract", "status", "typed_data"])
def test_a_key_that_stands_twice_is_not_compared(papers: Papers, tmp_path: Path, act: Act, key: str) -> None:
    text = write_act(tmp_path / "act.json", act).read_text(encoding="utf-8")
    (tmp_path / "act.json").write_text(text.replace(f'"{key}": ', f'"{key}": 5, "{key}": ', 1), encoding="utf-8")
    with pytest.raises(ActUnreadable):
        papers.check(act=tmp_path / "act.json")


def test_large_numbers_may_be_written_as_text_and_nothing_else_may(papers: Papers, tmp_path: Path, act: Act) -> None:
    act["typed_data"]["message"]["leafCount"] = "6"
    assert found(papers, tmp_path, act) == set()
    for other in ("06", "6.0", 6.0, [6], True):
        act["typed_data"]["message"]["leafCount"] = other
        assert found(papers, tmp_path, act), other


def test_what_the_desk_does_not_show_cannot_be_wrong(papers: Papers, tmp_path: Path, act: Act) -> None:
    act["summary"] = {"claims_keccak": act["summary"]["claims_keccak"]}
    assert found(papers, tmp_path, act) == set()


def test_an_act_of_the_first_release_has_fewer_fields(papers: Papers, tmp_path: Path, act: Act) -> None:
    place = Place(CASE, CHAIN_ID, 0, protocol=1)
    assert papers.check(place=place, act=write_act(tmp_path / "act.json", act)).findings.by_name == {"act.differs": 7}
    for name in ("classNamesHash", "rangeProofsHash"):
        del act["typed_data"]["message"][name]
    del act["typed_data"]["types"]["RegisterFreeze"][4:]
    assert papers.check(place=place, act=write_act(tmp_path / "act.json", act)).status == 0
    assert found(papers, tmp_path, act)


def test_an_act_is_signed_under_the_domain_of_those_in_office(papers: Papers, tmp_path: Path, act: Act) -> None:
    """After a succession the act has a salt: without it, or with that of others, nothing that is signed would count."""
    place = dataclasses.replace(Place(CASE, CHAIN_ID, 0), generation=b"\x5a" * 32)
    act["generation"] = 1
    missing = papers.check(place=place, act=write_act(tmp_path / "act.json", act)).findings.by_name
    assert missing == {"act.differs": 4}, "the salt, and its line among the types: how many, name and type"
    act["typed_data"]["domain"]["salt"] = "0x" + "5a" * 32
    act["typed_data"]["types"]["EIP712Domain"].append({"name": "salt", "type": "bytes32"})
    assert papers.check(place=place, act=write_act(tmp_path / "act.json", act)).status == 0
    assert found(papers, tmp_path, act), "for those who opened the case it is another act"
    act["typed_data"]["domain"]["salt"] = "0x" + "5b" * 32
    assert papers.check(place=place, act=write_act(tmp_path / "act.json", act)).findings.by_name == {"act.differs": 1}


def test_an_act_of_other_openings_is_found(papers: Papers, tmp_path: Path, act: Act) -> None:
    """The desk draws up two registers and shows the openings of one: files alone are right, and the act is another one."""
    other = copy.deepcopy(papers)
    other.leaves[0]["blind"] = "0x" + "22" * 32
    other.write_openings()
    assert {name.rpartition(".")[2] for name in found(other, tmp_path, act)} == {"root", "classesHash", "blind"}


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"', "[" * 5000, "1", "1" * 5000, "nan"])
def test_what_is_no_act_is_not_compared(papers: Papers, tmp_path: Path, act: Act, text: str) -> None:
    (tmp_path / "act.json").write_text(text, encoding="utf-8")
    with pytest.raises(ActUnreadable):
        papers.check(act=tmp_path / "act.json")


def test_an_act_without_end_is_not_read(papers: Papers, tmp_path: Path, act: Act) -> None:
    act["summary"]["words"] = "x" * 2**20
    with pytest.raises(ActUnreadable):
        papers.check(act=write_act(tmp_path / "act.json", act))


# --- leaves.csv -------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def published(papers: Papers, tmp_path: Path) -> Path:
    from verifier.register.curve import commitment

    lines = ["index,voting_class,x,y"]
    for leaf in papers.leaves:
        digits = commitment(leaf["amount_fen"], int(leaf["blind"], 16)).hex()
        lines.append(f"{leaf['index']},{leaf['voting_class']},{digits[:64]},{digits[64:]}")
    path = tmp_path / "leaves.csv"
    path.write_text("\n".join([*lines, ""]), encoding="utf-8", newline="")
    papers.write_openings()
    return path


def test_published_leaves_are_those_that_were_worked_out(papers: Papers, published: Path) -> None:
    assert papers.check(leaves=published).status == 0


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda lines: [*lines[:2], lines[2].replace("a", "b"), *lines[3:]], {"leaves.differ": 1}),
        (lambda lines: [lines[0].upper(), *lines[1:]], {}),
        (lambda lines: ["index,class,x,y", *lines[1:]], {"leaves.differ": 1}),
        (lambda lines: lines[:-2], {"leaves.differ": 2}),
        (lambda lines: lines[:-1], {"leaves.differ": 1}),
        (lambda lines: [*lines[:-1], lines[-2], ""], {"leaves.count": 1}),
        (lambda lines: [*lines[:2], "x" * 100_000, *lines[3:]], {"leaves.differ": 5, "leaves.count": 1}),
    ],
)
def test_other_leaves_are_named(
    papers: Papers, published: Path, change: Callable[[list[str]], list[str]], expected: dict[str, int]
) -> None:
    published.write_text("\n".join(change(published.read_text().split("\n"))), newline="")
    assert papers.check(leaves=published).findings.by_name == expected
