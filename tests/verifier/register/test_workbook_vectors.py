"""What people see of a workbook is what both importers read of it, or is refused by both (protocol §18.2, vectors/workbooks.json)."""

from __future__ import annotations

import re
import secrets
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from backend.case.register.file_errors import FormulaNotPlain
from backend.case.register.workbooks import formulas as service_formulas
from backend.ground.common.errors import LenderVoteError
from backend.ground.common.sealed import FieldCipher
from tests.backend.case.register.office import Office
from tests.vectors.register_files import HEADER, A, B, C, row
from tests.verifier.register.vector_files import load
from verifier.register.claims.file import read_claims
from verifier.register.claims.rules import FileRefused
from verifier.register.claims.workbook import formulas as tool_formulas
from verifier.register.sentences import REFUSALS, say

VECTORS: dict[str, Any] = load("workbooks.json")
SHEET = "xl/worksheets/sheet1.xml"
Said = tuple[str, object]
READ: Said = ("read", 3)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    office = Office(tmp_path_factory.mktemp("office"), FieldCipher(secrets.token_bytes(32)))
    yield office
    office.close()


def saved(path: Path) -> dict[str, str]:
    """Three claims of 1,000 yuan, as a spreadsheet program saves them; by part."""
    workbook = Workbook()
    workbook.calculation.fullCalcOnLoad = False
    for cells in (HEADER, row(1, A), row(2, B), row(3, C)):
        workbook.worksheets[0].append([1000 if cell == "1000.00" else cell or None for cell in cells])
    workbook.save(path)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def written(path: Path, parts: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def both(office: Office, path: Path) -> Said:
    """How many claims both read, or the rule and cell by which both refuse."""
    tool, service = by_tool(path), by_service(office, path)
    assert tool == service
    return tool


def by_tool(path: Path) -> Said:
    try:
        claims = read_claims(path)
    except FileRefused as error:
        return error.rule, error.facts.get("cell")
    return next(((broken.rule, broken.cell) for broken in claims.broken), ("read", claims.rows))


def by_service(office: Office, path: Path) -> Said:
    try:
        report = office.take(path, dry_run=True)
    except LenderVoteError as error:
        return error.code, error.facts.get("cell")
    return next(((reject.rule, reject.cell) for reject in report.rejects), ("read", report.accepted))


@pytest.mark.parametrize("case", VECTORS["elements"], ids=lambda case: case["name"])
def test_content_under_foreign_elements(office: Office, tmp_path: Path, case: dict[str, Any]) -> None:
    parts = saved(tmp_path / "a.xlsx")
    before, end, after = parts[case["part"]].rpartition("</")
    parts[case["part"]] = before + case["xml"] + end + after
    assert both(office, written(tmp_path / "a.xlsx", parts)) == (READ if case["read"] else ("FileFormatUnknown", None))


@pytest.mark.parametrize(
    ("part", "before", "inside"),
    [
        (SHEET, "<v>1000</v>", '<f ca="1">900000</f>'),
        (SHEET, "<v>1000</v>", "<v>900000</v>"),
        (SHEET, "<sheetData>", '<cols><col min="8" max="8" width="9" hidden="1"/></cols>'),
        ("xl/styles.xml", "</cellXfs>", '<xf numFmtId="10"/>'),
        ("xl/styles.xml", "<fonts", '<numFmts><numFmt numFmtId="2" formatCode="0.00,,"/></numFmts>'),
        ("xl/workbook.xml", "<calcPr", '<calcPr fullCalcOnLoad="1"/>'),
    ],
)
def test_content_where_programs_look_for_it(office: Office, tmp_path: Path, part: str, before: str, inside: str) -> None:
    """Each a way to show people another amount in some programs."""
    parts = saved(tmp_path / "a.xlsx")
    begin, found, end = parts[part].partition(before)
    assert found
    parts[part] = f'{begin}<x:Choice xmlns:x="urn:demo">{inside}</x:Choice>{found}{end}'
    assert both(office, written(tmp_path / "a.xlsx", parts)) == ("FileFormatUnknown", None)


def with_formulas(path: Path, *formulas: tuple[str, str], book: str = "") -> Path:
    """Formulas by the number that is their saved value, which stands at a place of its own."""
    parts = saved(path)
    for cell, xml in formulas:
        begin, found, end = parts[SHEET].partition(f'<c r="{cell}"')
        head, _, rest = end.partition(">")
        assert found
        parts[SHEET] = f"{begin}{found}{head}>{xml}{rest}"
    if book:
        parts["xl/workbook.xml"] = re.sub("<calcPr[^>]*/>", f"<calcPr {book}/>", parts["xl/workbook.xml"])
    return written(path, parts)


@pytest.mark.parametrize("case", VECTORS["formulas"], ids=lambda case: ascii(case["xml"])[:60])
def test_formulas(office: Office, tmp_path: Path, case: dict[str, Any]) -> None:
    said = both(office, with_formulas(tmp_path / "a.xlsx", ("H2", case["xml"])))
    assert said == (READ if case["plain"] else ("FormulaNotPlain", "H2"))


def test_functions_of_plain_formulas_are_the_vectors() -> None:
    assert sorted(tool_formulas.FUNCTIONS) == VECTORS["functions"] == service_formulas.FUNCTIONS.split("|")


PLAIN, REPEATS = '<f t="shared" ref="H2:H4" si="3">N2*2</f>', '<f t="shared" si="3"/>'
VOLATILE = '<f t="shared" ref="H2:H4" si="3">NOW()</f>'


@pytest.mark.parametrize(
    ("formulas", "cell"),
    [
        ((PLAIN, REPEATS, REPEATS), None),
        ((VOLATILE, REPEATS, REPEATS), "H2"),
        ((REPEATS, PLAIN, REPEATS), "H2"),
        (("<f>1</f>", REPEATS, PLAIN), "H3"),
        ((PLAIN, '<f t="shared" si="4"/>', REPEATS), "H3"),
        ((PLAIN, REPEATS, VOLATILE), "H4"),
    ],
)
def test_formulas_that_repeat_another(office: Office, tmp_path: Path, formulas: tuple[str, ...], cell: str | None) -> None:
    path = with_formulas(tmp_path / "a.xlsx", *((f"H{place}", each) for place, each in enumerate(formulas, 2)))
    assert both(office, path) == (("FormulaNotPlain", cell) if cell else READ)


@pytest.mark.parametrize("place", ["N2", "N9", "AB9"])
def test_a_formula_in_a_column_that_is_not_read_feeds_others(office: Office, tmp_path: Path, place: str) -> None:
    """What depends on a value that changes at every opening changes with it."""
    parts = saved(tmp_path / "a.xlsx")
    cell = f'<c r="{place}"><f>NOW()</f><v>1</v></c>'
    row_end = "</row>" if place == "N2" else "</sheetData>"
    cell = cell if place == "N2" else f'<row r="9">{cell}</row>'
    begin, found, end = parts[SHEET].partition('<c r="J2"' if place == "N2" else "</sheetData>")
    middle, found_end, rest = (found + end).partition(row_end)
    parts[SHEET] = begin + middle + cell + found_end + rest
    assert both(office, written(tmp_path / "a.xlsx", parts)) in {("FormulaNotPlain", place), ("TooManyColumns", None)}


@pytest.mark.parametrize("inside", ["<x:y xmlns:x='urn:demo'/>", "<v/>", "<is/>", "<rPh/>", "<c/>", "<extLst/>"])
@pytest.mark.parametrize("around", ["<f>NOW()*0+{}1</f>", "<f>1{}+NOW()</f>", '<f t="shared" si="3">NOW(){}</f>', "<v>9{}00</v>"])
def test_text_holds_no_elements(office: Office, tmp_path: Path, around: str, inside: str) -> None:
    assert both(office, with_formulas(tmp_path / "a.xlsx", ("H2", PLAIN), ("H3", around.format(inside)))) == ("FileFormatUnknown", None)


@pytest.mark.parametrize("beside", ["<v>9</v>", "<is><t>9</t></is>", "<t>9</t>", "<is><v>9</v></is>"])
def test_a_cell_has_one_value(office: Office, tmp_path: Path, beside: str) -> None:
    """Two were read as one of both their digits; each program shows the one or the other."""
    for path, edit in ((tmp_path / "a.xlsx", ("H2", beside)), (tmp_path / "b.xlsx", ("A2", beside))):
        assert both(office, with_formulas(path, edit)) == ("FileFormatUnknown", None)


@pytest.mark.parametrize("asks", ['fullCalcOnLoad="1"', 'forceFullCalc="1"', 'calcCompleted="0"', 'calcCompleted="x"'])
def test_books_that_are_worked_out_at_the_next_opening(office: Office, tmp_path: Path, asks: str) -> None:
    assert both(office, with_formulas(tmp_path / "a.xlsx", ("H2", PLAIN), book=asks)) == ("FormulasWorkedOutAgain", None)
    assert both(office, with_formulas(tmp_path / "b.xlsx", book=asks)) == READ


@pytest.mark.parametrize("book", ['calcId="191029"', 'calcCompleted="1" fullCalcOnLoad="0" forceFullCalc="false"', 'iterate="false"'])
def test_books_that_are_shown_as_they_were_saved(office: Office, tmp_path: Path, book: str) -> None:
    assert both(office, with_formulas(tmp_path / "a.xlsx", ("H2", PLAIN), book=book)) == READ


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_refusal_names_the_cell_and_what_to_do(tmp_path: Path, language: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        read_claims(with_formulas(tmp_path / "a.xlsx", ("H3", "<f>NOW()</f>")))
    for sentence in (
        say(REFUSALS, refusal.value.rule, refusal.value.facts, language),
        FormulaNotPlain(**refusal.value.facts).say(language),
    ):
        assert "H3" in sentence
        assert {"zh": "粘贴为数值", "en": "as values"}[language] in sentence


def hidden_by_both(office: Office, path: Path) -> tuple[list[int], list[str]]:
    """Rows and columns that both call hidden."""
    tool, service = read_claims(path).unseen, office.take(path, dry_run=True).unseen
    assert (tool.first_hidden_rows, tool.hidden_columns) == (list(service.first_hidden_rows), list(service.hidden_columns))
    return tool.first_hidden_rows, tool.hidden_columns


def with_sizes(path: Path, sheet: str, columns: str = "", row: str = "") -> Path:
    """All rows but the third have a height of their own."""
    parts = saved(path)
    xml = re.sub("<sheetFormatPr[^>]*/>", f"<sheetFormatPr {sheet}/>", parts[SHEET])
    xml = xml.replace("<sheetData>", f"<cols>{columns}</cols><sheetData>" if columns else "<sheetData>")
    xml = re.sub('<row r="([124])"', r'<row r="\1" ht="15"', xml)
    parts[SHEET] = re.sub('<row r="3"', f'<row r="3" {row}', xml)
    return written(path, parts)


@pytest.mark.parametrize("case", VECTORS["rows"], ids=lambda case: ascii(f"{case['sheet']} {case['row'][:60]}"))
def test_rows_that_show_nothing(office: Office, tmp_path: Path, case: dict[str, Any]) -> None:
    rows, _ = hidden_by_both(office, with_sizes(tmp_path / "a.xlsx", case["sheet"], row=case["row"]))
    assert rows == ([3] if case["hidden"] else [])


@pytest.mark.parametrize("case", VECTORS["columns"], ids=lambda case: f"{case['sheet']} {case['columns']}")
def test_columns_that_show_nothing(office: Office, tmp_path: Path, case: dict[str, Any]) -> None:
    _, columns = hidden_by_both(office, with_sizes(tmp_path / "a.xlsx", case["sheet"], case["columns"]))
    assert columns == case["hidden"]


def test_sizes_of_the_sheet_come_before_its_rows(office: Office, tmp_path: Path) -> None:
    parts = saved(tmp_path / "a.xlsx")
    parts[SHEET] = parts[SHEET].replace("</sheetData>", '</sheetData><sheetFormatPr zeroHeight="1"/>')
    assert both(office, written(tmp_path / "a.xlsx", parts)) == ("FileFormatUnknown", None)
