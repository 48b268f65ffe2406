"""Workbooks of a spreadsheet program, with what it hides, computes and shows otherwise; and workbooks that were made to hurt."""

from __future__ import annotations

import contextlib
import re
import struct
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from tests.verifier.register.papers import HEADER, rows_of_eight
from verifier.register.claims.file import ClaimsFile, read_claims
from verifier.register.claims.rules import FileRefused
from verifier.register.claims.workbook import strings
from verifier.register.claims.workbook.formats import format_of

Change = Callable[[Workbook, Any], object]


def saved(path: Path, change: Change = lambda *_: None, rows: int = 8) -> Path:
    workbook = Workbook()
    workbook.calculation.fullCalcOnLoad = False  # as spreadsheet programs save it, which have worked their formulas out
    sheet: Any = workbook.worksheets[0]
    for row in [HEADER, *rows_of_eight()[:rows]]:
        sheet.append(row)
    change(workbook, sheet)
    workbook.save(path)
    share_strings(path)
    return path


def share_strings(path: Path) -> None:
    """As the usual programs save it: texts of cells in a part of their own."""
    with zipfile.ZipFile(path) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    texts: list[str] = []

    def share(found: re.Match[str]) -> str:
        texts.append(f"<si>{found[3]}</si>")
        return f'<c{found[1]}{found[2]}t="s"><v>{len(texts) - 1}</v></c>'

    for name in [each for each in parts if each.startswith("xl/worksheets/")]:
        parts[name] = re.sub(r'<c( r="[A-Z]+[0-9]+")([^>]* )t="inlineStr"><is>(.*?)</is></c>', share, parts[name].decode()).encode()
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{namespace}">{"".join(texts)}</sst>'.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, content in parts.items():
            archive.writestr(each, content)


def broken(claims: ClaimsFile) -> set[tuple[str, str]]:
    return {(each.cell, each.rule) for each in claims.broken}


def cell(name: str, value: Any, number_format: str = "General") -> Change:
    def change(_: Workbook, sheet: Any) -> None:
        sheet[name].value = value
        sheet[name].number_format = number_format

    return change


def test_a_workbook_says_what_the_same_text_says(tmp_path: Path) -> None:
    claims = read_claims(saved(tmp_path / "x.xlsx"))
    assert not claims.broken
    assert [(lender.first_row, lender.amount_fen) for lender in claims.merge.lenders][:3] == [(2, 100_001), (3, 2_050), (4, 30_000)]
    assert claims.merge.rows_of({0}) == {0: [2, 6]}


@pytest.mark.parametrize(
    ("value", "number_format", "fen"),
    [
        (0.1 + 0.2, "General", 30),
        (1234567, "#,##0.00", 123_456_700),
        (5, '"¥"#,##0.00', 500),
        (5, "[$¥-804]#,##0.00", 500),
        (7.25, "0.0", 725),
    ],
)
def test_numbers_are_amounts_where_they_are_exact(tmp_path: Path, value: float, number_format: str, fen: int) -> None:
    claims = read_claims(saved(tmp_path / "x.xlsx", cell("H4", value, number_format)))
    assert not claims.broken
    assert next(lender for lender in claims.merge.lenders if lender.first_row == 4).amount_fen == fen


@pytest.mark.parametrize(
    ("name", "value", "number_format", "rule"),
    [
        ("H4", 0.5, "0%", "AmountShownOtherwise"),
        ("H4", 5, "[$$-409]#,##0", "AmountShownOtherwise"),
        ("H4", 5, '0.00,"万"', "AmountShownOtherwise"),
        ("H4", 5, "0.00,", "AmountShownOtherwise"),
        ("H4", date(2026, 1, 1), "yyyy-mm-dd", "CellNotText"),
        ("H4", "=1+1", "General", "FormulaWithoutValue"),
        ("H4", True, "General", "CellNotText"),
        ("H4", "#N/A", "General", "SpreadsheetError"),
        ("H4", -5, "General", "AmountNegative"),
        ("H4", 1.005, "General", "AmountNotExact"),
        ("H4", 10**13, "General", "AmountNotExact"),
        ("E4", 999001195303071032, "General", "NumberCutBySpreadsheet"),
        ("F4", 12000000003, "General", "NumberCutBySpreadsheet"),
        ("A4", 0.5, "General", "NumberCutBySpreadsheet"),
        ("C4", date(2026, 1, 1), "yyyy-mm-dd", "CellNotText"),
        ("C4", True, "General", "CellNotText"),
        ("E4", True, "General", "CellNotText"),
        ("J4", 2, "General", "ValueUnknown"),
        ("I4", "=A1", "General", "FormulaWithoutValue"),
    ],
)
def test_what_a_cell_does_not_say_plainly_is_refused(tmp_path: Path, name: str, value: Any, number_format: str, rule: str) -> None:
    assert broken(read_claims(saved(tmp_path / "x.xlsx", cell(name, value, number_format)))) == {(name, rule)}


def test_truth_values_and_whole_numbers_are_words(tmp_path: Path) -> None:
    claims = read_claims(saved(tmp_path / "x.xlsx", lambda book, sheet: [cell("J4", False)(book, sheet), cell("A4", 77)(book, sheet)]))
    assert not claims.broken


def test_parts_of_a_text_are_one_text_and_readings_beside_it_are_none(tmp_path: Path) -> None:
    rich = CellRichText("示例", TextBlock(InlineFont(b=True), "丙"))
    assert not broken(read_claims(saved(tmp_path / "x.xlsx", cell("C4", rich))))
    path = saved(tmp_path / "y.xlsx", cell("I4", "大额组"), rows=3)
    edit(path, "xl/sharedStrings.xml", lambda xml: xml.replace("<t>大额组</t>", "<t>大额组</t><rPh sb='0' eb='1'><t>daezu</t></rPh>"))
    assert read_claims(path).merge.lenders[2].voting_class == "大额组"
    edit(path, "xl/sharedStrings.xml", lambda xml: xml.replace("<t>大额组</t>", "<t>大额_x0041_组</t>"))
    assert read_claims(path).merge.lenders[2].voting_class == "大额A组"


def test_merged_cells_over_claims_are_refused(tmp_path: Path) -> None:
    claims = read_claims(saved(tmp_path / "x.xlsx", lambda _, sheet: [sheet.merge_cells("I4:I5"), sheet.merge_cells("M4:M9")]))
    assert ("I4:I5", "CellsMerged") in broken(claims)
    assert "M4:M9" not in {place for place, _ in broken(claims)}


def test_a_sheet_beside_the_claims(tmp_path: Path) -> None:
    def beside(rows: list[list[str]], state: str) -> Change:
        def change(workbook: Workbook, _: Any) -> None:
            sheet: Any = workbook.create_sheet("other")
            for row in rows:
                sheet.append(row)
            sheet.sheet_state = state

        return change

    assert not broken(read_claims(saved(tmp_path / "a.xlsx", beside([["是"], ["否"]], "hidden"))))
    assert not broken(read_claims(saved(tmp_path / "b.xlsx", beside([], "visible"))))
    for change in (beside([["x"]], "visible"), beside([HEADER], "hidden"), beside([HEADER], "veryHidden")):
        assert refused(partial(read_saved, tmp_path / "c.xlsx", change)) == "ExtraSheets"


def test_claims_on_a_hidden_sheet_alone_are_refused(tmp_path: Path) -> None:
    def hide(workbook: Workbook, sheet: Any) -> None:
        workbook.create_sheet("empty")
        sheet.sheet_state = "hidden"

    assert refused(lambda: read_claims(saved(tmp_path / "x.xlsx", hide))) == "SheetsHidden"


@pytest.mark.parametrize(
    ("code", "odd"),
    [
        ("General", None), ("0.00", None), ("@", None), ("#,##0.00;[Red]-#,##0.00", None), ("_-* #,##0.00_-", None), ('0.00"元"', "yuan"),
        ("yyyy年m月", "date"), ("[h]:mm", "date"), ("0.00E+00", "otherwise"), ("0.0%", "percent"), ("[$€-407]0", "foreign"),
        ("[$HKD] 0", "foreign"),
        ("$#,##0", "foreign"), ("0,,", "scaled"), ('0"千"', "scaled"), ("[$-804]0.00", None), ("[$¥-411]0", "foreign"),
    ],
)  # fmt: skip
def test_what_a_format_shows(code: str, odd: str | None) -> None:
    assert format_of(code).number == odd


# --- made to hurt -----------------------------------------------------------------------------------------------------------------------


def read_saved(path: Path, change: Change) -> ClaimsFile:
    return read_claims(saved(path, change))


def refused(read: Callable[[], object]) -> str:
    with pytest.raises(FileRefused) as refusal:
        read()
    return refusal.value.rule


def edit(path: Path, name: str, change: Callable[[str], str]) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    parts[name] = change(parts[name].decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, content in parts.items():
            archive.writestr(each, content)


SHEET = "xl/worksheets/sheet1.xml"
EDITS: dict[str, tuple[str, Callable[[str], str], str]] = {
    "entities": (SHEET, lambda xml: '<!DOCTYPE x [<!ENTITY a "aaaa">]>' + xml, "FileFormatUnknown"),
    "no XML": (SHEET, lambda xml: xml[:-20], "FileFormatUnknown"),
    "a tree without end": (SHEET, lambda _: "<a>" * 10_000, "FileFormatUnknown"),
    "names without end": (SHEET, lambda _: "<a>" + "".join(f"<b{n}/>" for n in range(10_000)) + "</a>", "FileFormatUnknown"),
    "a token without end": (SHEET, lambda _: "<a b='" + "x" * 2**21 + "'/>", "FileFormatUnknown"),
    "rows that fall": (SHEET, lambda xml: xml.replace('<row r="5"', '<row r="2"'), "FileFormatUnknown"),
    "a row beyond all rows": (SHEET, lambda xml: xml.replace('<row r="9"', '<row r="1048577"'), "TooManyRows"),
    "a row that is no number": (SHEET, lambda xml: xml.replace('<row r="9"', '<row r="x"'), "FileFormatUnknown"),
    "a row's number in other digits": (SHEET, lambda xml: xml.replace('<row r="9"', '<row r="\uff19"'), "FileFormatUnknown"),
    "a row's number with a sign": (SHEET, lambda xml: xml.replace('<row r="9"', '<row r="+9"'), "FileFormatUnknown"),
    "a cell of another row": (SHEET, lambda xml: xml.replace('r="H5"', 'r="H6"'), "FileFormatUnknown"),
    "a cell beyond Z": (SHEET, lambda xml: xml.replace('r="J5"', 'r="AA5"'), "TooManyColumns"),
    "a cell far beyond Z": (SHEET, lambda xml: xml.replace('r="J5"', 'r="XFD5"'), "TooManyColumns"),
    "a text that is not there": (SHEET, lambda xml: xml.replace("<v>3</v>", "<v>99999</v>"), "FileFormatUnknown"),
    "a text below zero": (SHEET, lambda xml: xml.replace("<v>3</v>", "<v>-1</v>"), "FileFormatUnknown"),
    "a number that is none": (SHEET, lambda xml: xml.replace("</sheetData>", '<row r="99"><c r="A99"><v>x</v></c></row></sheetData>'),
                              "FileFormatUnknown"),
    "no sheet": ("xl/workbook.xml", lambda xml: xml.replace("<sheet ", "<sheep "), "FileFormatUnknown"),
    "sheets without end": ("xl/workbook.xml", lambda xml: xml.replace("<sheets>", "<sheets>" + '<sheet name="x"/>' * 300),
                           "FileFormatUnknown"),
    "sheets without end behind the first": (
        "xl/workbook.xml", lambda xml: xml.replace("</sheets>", '<sheet name="x"/>' * 200 + "</sheets>"), "FileFormatUnknown"),
    "merged cells without end": (
        SHEET, lambda xml: xml.replace("</sheetData>", "</sheetData><mergeCells>" + "<mergeCell/>" * 600_000 + "</mergeCells>"),
        "EmptyCellsMany"),
    "empty cells without end": (SHEET, lambda xml: xml.replace("</sheetData>", '<row r="99">' + "<c/>" * 600_000 + "</row></sheetData>"),
                                "EmptyCellsMany"),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_a_broken_part_is_refused(tmp_path: Path, name: str) -> None:
    part, change, rule = EDITS[name]
    path = saved(tmp_path / "x.xlsx")
    edit(path, part, change)
    assert refused(lambda: read_claims(path)) == rule


def test_a_sheet_that_unpacks_without_end_is_refused_soon_and_in_little_memory(tmp_path: Path) -> None:
    path = saved(tmp_path / "x.xlsx")
    edit(path, SHEET, lambda xml: xml.replace("</sheetData>", " " * 300_000_000 + "</sheetData>"))
    tracemalloc.start()
    began = time.monotonic()
    assert refused(lambda: read_claims(path)) == "FileTooLarge"
    assert time.monotonic() - began < 30
    assert tracemalloc.get_traced_memory()[1] < 50 * 2**20
    tracemalloc.stop()


def test_a_long_text_is_cut_and_refused_by_its_column(tmp_path: Path) -> None:
    path = saved(tmp_path / "x.xlsx")
    edit(path, "xl/sharedStrings.xml", lambda xml: xml.replace("示例丁", "字" * 200_000))
    assert ("C2", "CellTooLong") in broken(read_claims(path))


def test_two_parts_of_one_name_are_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "x.xlsx")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/Worksheets/Sheet1.xml", "<worksheet/>")
    assert refused(lambda: read_claims(path)) == "FileFormatUnknown"


def test_a_directory_without_end_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(2_500):
            archive.writestr(f"{number}", "")
    assert refused(lambda: read_claims(path)) == "FileFormatUnknown"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(20):
            archive.writestr(f"{number}" * 30_000, "")
    assert refused(lambda: read_claims(path)) == "FileFormatUnknown"


def test_another_way_of_packing_and_a_wrong_size_are_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "x.xlsx")
    with zipfile.ZipFile(path) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        for each, content in parts.items():
            archive.writestr(each, content)
    assert not read_claims(path).broken
    file = bytearray(saved(path).read_bytes())
    place = file.rfind(b"PK\x01\x02")
    struct.pack_into("<L", file, place + 20, 5)
    path.write_bytes(bytes(file))
    assert refused(lambda: read_claims(path)) in {"FileFormatUnknown", "FileTooLarge"}


@pytest.mark.parametrize("seed", range(60))
def test_changed_bytes_end_in_words(tmp_path: Path, seed: int) -> None:
    """Whatever becomes of a workbook on its way, the tool says what it is, and never how it failed."""
    import random

    dice = random.Random(seed)
    path = saved(tmp_path / "x.xlsx")
    file = bytearray(path.read_bytes())
    for _ in range(dice.choice([1, 3, 30])):
        file[dice.randrange(4, len(file))] = dice.randrange(256)
    path.write_bytes(bytes(file[: dice.choice([len(file), len(file) // 2, len(file) - 10])]))
    with contextlib.suppress(FileRefused):
        read_claims(path)


@pytest.mark.parametrize("seed", range(40))
def test_changed_parts_end_in_words(tmp_path: Path, seed: int) -> None:
    import random

    dice = random.Random(seed)
    path = saved(tmp_path / "x.xlsx")
    name = dice.choice(["xl/workbook.xml", SHEET, "xl/sharedStrings.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"])

    def spoil(xml: str) -> str:
        for _ in range(dice.choice([1, 4, 12])):
            at = dice.randrange(len(xml))
            xml = xml[:at] + dice.choice(["", "0", "<", ">", '"', "-1", "9" * 30, "&", "r", "\u2028"]) + xml[at + dice.choice([0, 1, 3]) :]
        return xml

    edit(path, name, spoil)
    with contextlib.suppress(FileRefused):
        read_claims(path)


@pytest.mark.parametrize("text", ["<si/>", "<si><t>a</t></si>"])
def test_shared_texts_without_end_are_refused(tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strings, "MOST_STRINGS", 100_000)
    path = saved(tmp_path / "x.xlsx")
    edit(path, "xl/sharedStrings.xml", lambda xml: xml[: xml.index(">") + 1] + text * 1_000_000 + "</sst>")
    assert refused(lambda: read_claims(path)) == "FileTooLarge"
