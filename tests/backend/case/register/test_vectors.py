"""What a claims file means, on the vectors that the officials' own importer has too (protocol §18)."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from backend.case.register import store
from backend.case.register.columns import COLUMNS, read_header
from backend.case.register.rules import words
from backend.case.register.rules.amounts import amount_fen
from backend.case.register.rules.countries import codes_by_name, country_code
from backend.case.register.rules.identity import IdType, canonical_identity
from backend.case.register.rules.names import name_key, tidy_name
from backend.case.register.rules.phones import read_phone
from backend.case.register.rules.summaries import is_total
from backend.case.register.rules.text import clean
from backend.case.register.rules.units import UNITS
from backend.ground.common.errors import LenderVoteError
from tests.backend.case.register.office import Office

FOLDER = Path(__file__).parents[3] / "vectors"
VECTORS: dict[str, Any] = json.loads((FOLDER / "register_import.json").read_text(encoding="utf-8"))
COUNTRIES: list[dict[str, Any]] = json.loads((FOLDER / "countries.json").read_text(encoding="utf-8"))["countries"]


def test_columns_and_units_are_the_vectors() -> None:
    assert [column.zh for column in COLUMNS] == VECTORS["header"]
    assert [{"word": unit.word, "fen": str(unit.fen)} for unit in sorted(UNITS, key=lambda unit: unit.word)] == sorted(
        VECTORS["units"], key=lambda unit: unit["word"]
    )


@pytest.mark.parametrize("case", VECTORS["headers"], ids=lambda case: case.get("unit", case.get("refused")))
def test_a_header_is_what_the_vectors_say(case: dict[str, Any]) -> None:
    if "unit" in case:
        assert read_header(case["cells"], 1).unit.word == case["unit"]
        return
    with pytest.raises(LenderVoteError) as refusal:
        read_header(case["cells"], 1)
    assert refusal.value.code == case["refused"]
    assert refusal.value.facts.get("cell") == case.get("cell")


@pytest.mark.parametrize("case", VECTORS["amounts"], ids=lambda case: f"{case['cell']} {case['unit']}")
def test_an_amount_is_what_the_vectors_say(case: dict[str, Any]) -> None:
    unit = next(unit for unit in UNITS if unit.word == case["unit"])
    assert _answer(lambda: str(amount_fen(case["cell"], "H2", unit))) == case.get("fen", case.get("refused"))


@pytest.mark.parametrize("case", VECTORS["identities"], ids=lambda case: f"{case['id_type']} {case['number']} {case['issuing_country']}")
def test_an_identity_is_what_the_vectors_say(office: Office, case: dict[str, str]) -> None:
    row = dict(zip(VECTORS["header"], VECTORS["files"][0]["rows"][0], strict=True))
    row |= {"证件类型": case["id_type"], "证件号码": case["number"], "证件签发国家或地区": case["issuing_country"], "待收本金(元)": "1"}
    if case.get("key", "").startswith(("gb11714", "registration", "foreign_company")) or case["id_type"] in {
        "统一社会信用代码",
        "组织机构代码",
    }:
        row["出借人类型(个人/企业)"] = "企业"
    report = office.take(_written(office, VECTORS["header"], [list(row.values())]))
    if "key" in case:
        assert [lender["identity"] for lender in _lenders(office, report.id)] == [case["key"]], report.rejects
    else:
        assert case["refused"] in {reject.rule for reject in report.rejects}


@pytest.mark.parametrize("case", VECTORS["phones"], ids=lambda case: ascii(case["text"]))
def test_a_phone_is_what_the_vectors_say(case: dict[str, str]) -> None:
    def read() -> tuple[str, str]:
        phone = read_phone(clean(case["text"], 40))
        return phone.kind, phone.number

    assert _answer(read) == (case["refused"] if "refused" in case else (case["kind"], case["number"]))


def test_names_and_totals_are_what_the_vectors_say() -> None:
    for group in VECTORS["same_names"]:
        assert len({name_key(tidy_name(clean(name, 120))) for name in group}) == 1, group
    for one, other in VECTORS["other_names"]:
        assert name_key(tidy_name(one)) != name_key(tidy_name(other))
    for case in VECTORS["names_refused"]:
        assert _answer(lambda text=case["text"]: tidy_name(clean(text, 120))) == case["refused"]
    assert [text for text in VECTORS["totals"] if not is_total(text)] == []
    assert [text for text in VECTORS["no_totals"] if is_total(text)] == []


def test_countries_are_the_vectors() -> None:
    for country in COUNTRIES:
        assert {country_code(name) for name in (country["code"], *country["names"])} == {country["code"]}
    assert set(codes_by_name().values()) == {country["code"] for country in COUNTRIES}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("case", VECTORS["files"], ids=lambda case: case["name"])
def test_a_file_is_what_the_vectors_say(office: Office, case: dict[str, Any], kind: str) -> None:
    report = office.take(_written(office, case["header"], case["rows"], kind))
    assert [{"row": r.row, "cell": r.cell, "rule": r.rule} for r in report.rejects] == case["refused"]
    assert _lenders(office, report.id) == case["lenders"]
    for reject in report.rejects:
        assert reject.message_zh
        assert reject.message_en


def _answer(read: Any) -> Any:
    try:
        return read()
    except LenderVoteError as error:
        return error.code


def _written(office: Office, header: list[str], rows: list[list[str]], kind: str = "csv") -> Path:
    path = office.folder / f"file.{kind}"
    if kind == "csv":
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


def _lenders(office: Office, import_id: str) -> list[dict[str, Any]]:
    with office.sessions.reading() as session:
        rows = store.lenders_between(session, import_id, 0, 10**6)
        opened = [(row, office.seal.open_lender(import_id, row.number, row.sealed)) for row in rows]
    return [
        {
            "identity": lender.identity_key,
            "name": lender.name,
            "voting_class": row.voting_class,
            "related": row.related,
            "amount_fen": str(lender.amount_fen),
            "marks": row.marks.split(",") if row.marks else [],
        }
        for row, lender in opened
    ]


def test_words_in_brackets_of_documents() -> None:
    assert words.implied_country("中国护照") == "CHN"
    assert canonical_identity(IdType.PASSPORT, "E12345678", "CHN").key == "passport:CHN:E12345678"
