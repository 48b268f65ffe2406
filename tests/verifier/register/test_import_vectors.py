"""The claims file means the same to the officials' importer as to the service's (protocol §18): both read these vectors."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.verifier.register.vector_files import load
from verifier.register.claims.amounts import fen_of_number, fen_of_text
from verifier.register.claims.columns import COLUMNS, read_header
from verifier.register.claims.countries import country_of
from verifier.register.claims.file import ClaimsFile, read_claims
from verifier.register.claims.names import name_key, readable
from verifier.register.claims.phones import check_phone
from verifier.register.claims.rows import read_claim
from verifier.register.claims.rules import FileRefused, RuleBroken
from verifier.register.claims.text import has_letters, one_line, same_key
from verifier.register.claims.text_table import text_rows
from verifier.register.claims.totals import says_total
from verifier.register.claims.units import unit_named

VECTORS, TEXT, COUNTRIES = load("register_import.json"), load("text.json"), load("countries.json")["countries"]


def answer(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except (RuleBroken, FileRefused) as error:
        return error.rule


def name_of(text: str) -> str:
    return readable(one_line(text, 120))


def write(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Path:
    if path.suffix == ".csv":
        text = io.StringIO()
        csv.writer(text).writerows([header, *rows])
        path.write_bytes(text.getvalue().encode("utf-8-sig"))
        return path
    from openpyxl import Workbook

    workbook = Workbook()
    for row in [header, *rows]:
        workbook.worksheets[0].append([cell or None for cell in row])
    workbook.save(path)
    return path


def lenders_of(claims: ClaimsFile, cells: dict[int, Sequence[str]]) -> list[dict[str, Any]]:
    return [
        {
            "identity": read_claim(claims.header, lender.first_row, cells[lender.first_row]).identity.key,
            "voting_class": lender.voting_class,
            "related": lender.related,
            "amount_fen": str(lender.amount_fen),
        }
        for lender in claims.merge.lenders
    ]


def test_columns_and_units() -> None:
    header = read_header(1, VECTORS["header"])
    assert list(header.places) == [column.key for column in COLUMNS]
    for unit in VECTORS["units"]:
        named = unit_named(unit["word"])
        assert named is not None
        assert named.fen == int(unit["fen"])


@pytest.mark.parametrize("case", VECTORS["headers"], ids=lambda case: case.get("unit", case.get("refused")))
def test_a_header(case: dict[str, Any]) -> None:
    if "unit" in case:
        assert read_header(1, case["cells"]).unit.word == case["unit"]
        return
    with pytest.raises(FileRefused) as refusal:
        read_header(1, case["cells"])
    assert (refusal.value.rule, refusal.value.facts.get("cell")) == (case["refused"], case.get("cell"))


@pytest.mark.parametrize("case", VECTORS["amounts"], ids=lambda case: f"{case['cell']} {case['unit']}")
def test_an_amount(case: dict[str, Any]) -> None:
    unit, cell = unit_named(case["unit"]), case["cell"]
    assert unit is not None
    found = answer(lambda: str(fen_of_text(cell, unit) if isinstance(cell, str) else fen_of_number(cell, unit, "H2")))
    assert found == case.get("fen", case.get("refused"))


@pytest.mark.parametrize("case", VECTORS["identities"], ids=lambda case: f"{case['id_type']} {case['number']} {case['issuing_country']}")
def test_an_identity(case: dict[str, str], tmp_path: Path) -> None:
    row = dict(zip(VECTORS["header"], VECTORS["files"][0]["rows"][0], strict=True))
    row |= {"证件类型": case["id_type"], "证件号码": case["number"], "证件签发国家或地区": case["issuing_country"], "待收本金(元)": "1"}
    if case.get("key", "").startswith(("gb11714", "registration", "foreign_company")) or case["id_type"] in {
        "统一社会信用代码",
        "组织机构代码",
    }:
        row["出借人类型(个人/企业)"] = "企业"
    claims = read_claims(write(tmp_path / "file.csv", VECTORS["header"], [list(row.values())]))
    if "key" in case:
        assert [lender["identity"] for lender in lenders_of(claims, {2: list(row.values())})] == [case["key"]], claims.broken
    else:
        assert case["refused"] in {broken.rule for broken in claims.broken}


@pytest.mark.parametrize("case", VECTORS["phones"], ids=lambda case: ascii(case["text"]))
def test_a_phone(case: dict[str, str]) -> None:
    assert answer(lambda: check_phone(one_line(case["text"], 40))) == case.get("refused")


def test_names_and_totals() -> None:
    for group in VECTORS["same_names"]:
        assert len({name_key(readable(one_line(name, 120))) for name in group}) == 1, group
    for one, other in VECTORS["other_names"]:
        assert name_key(one) != name_key(other)
    for case in VECTORS["names_refused"]:
        assert answer(partial(name_of, case["text"])) == case["refused"]
    assert [text for text in VECTORS["totals"] if not says_total(text)] == []
    assert [text for text in VECTORS["no_totals"] if says_total(text)] == []


def test_countries() -> None:
    for country in COUNTRIES:
        assert {country_of(name) for name in (country["code"], *country["names"])} == {country["code"]}


def test_text() -> None:
    for case in TEXT["lines"]:
        if "line" in case:
            assert one_line(case["text"], 200) == case["line"], case
            continue
        with pytest.raises(RuleBroken) as refusal:
            one_line(case["text"], 200)
        assert (refusal.value.rule, refusal.value.facts["character"]) == ("CellUnprintable", case["refused"])
    for group in TEXT["same"]:
        assert len({same_key(text) for text in group}) == 1, group
    for case in TEXT["has_letters"]:
        assert has_letters(case["text"]) == case["letters"], case


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("case", VECTORS["files"], ids=lambda case: case["name"])
def test_a_file(case: dict[str, Any], kind: str, tmp_path: Path) -> None:
    claims = read_claims(write(tmp_path / f"file.{kind}", case["header"], case["rows"]))
    found = [{"row": broken.row, "cell": broken.cell, "rule": broken.rule} for broken in claims.broken]
    assert sorted(found, key=str) == sorted(case["refused"], key=str)
    if not case["refused"]:
        cells = dict(enumerate([case["header"], *case["rows"]], start=1))
        kept = ("identity", "voting_class", "related", "amount_fen")
        assert lenders_of(claims, cells) == [{name: lender[name] for name in kept} for lender in case["lenders"]]


def test_rows_of_text_are_counted_as_a_spreadsheet_counts_them(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text('a,b\r\n\r\n"c\r\nd",e\r\n , \nf\n', encoding="utf-8", newline="")
    assert list(text_rows(tmp_path / "x.csv")) == [(1, ["a", "b"]), (3, ["c\r\nd", "e"]), (5, ["f"])]
