"""Files as people save them, files that spreadsheets spoilt, and files that are meant to do harm."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.styles import Border, Side

from backend.case.register import file_errors, sheets
from backend.case.register.columns import COLUMNS, column_letters, read_header
from backend.case.register.workbooks.archive import Archive
from backend.ground.common.errors import BadInput
from tests.backend.case.register.office import HEADER, KEYS, Office, claim, csv_text, resident, write_csv, write_xlsx


def rows_of(path: Path) -> list[tuple[int, list[object]]]:
    with sheets.open_sheet(path) as sheet:
        return [(row, list(cells)) for row, cells in sheet.rows]


def saved(folder: Path, content: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(content)
    return path


# --- how it is saved ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_every_encoding_gives_the_same_lender(office: Office, encoding: str) -> None:
    report = office.take(write_csv(office.folder / "a.csv", [claim(1, name="𠮷䶮·买买提")], encoding))
    assert (report.accepted, report.rejects) == (1, [])
    with office.sessions.begin() as session:
        lender = session.query(__import__("backend.case.register.store", fromlist=["x"]).LenderRow).one()
    assert office.seal.open_lender(report.id, 0, lender.sealed).name == "𠮷䶮·买买提"


@pytest.mark.parametrize(
    "content", [b"\xff\xfe1\x00\x00\xd8", b"abc\xff\xff\xff", csv_text([claim(1)]).encode() + b"\x80\xff", "张三".encode("utf-32")]
)
def test_other_encodings_are_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(file_errors.EncodingUnknown):
        rows_of(saved(tmp_path, content))


def test_row_numbers_are_those_of_the_spreadsheet(tmp_path: Path) -> None:
    lines = f'\r\n,,\r\n{",".join(KEYS)}\r\n\r\n   ,\t\r\nC1,x\r\n"C2\r\nstill C2",y\r\nC3,z\r\n'
    assert [row for row, _ in rows_of(saved(tmp_path, lines.encode()))] == [3, 6, 7, 8]
    workbook = Workbook()
    sheet: Any = workbook.active
    sheet["B3"], sheet["B5"], sheet["D9"] = "header", "first", "second"
    workbook.save(tmp_path / "b.xlsx")
    assert rows_of(tmp_path / "b.xlsx") == [(3, ["", "header"]), (5, ["", "first"]), (9, ["", "", "", "second"])]


def test_header_by_chinese_name_or_key_in_any_order() -> None:
    wide = [" 手 机 号 ", "债权编号", "出借人类型", "姓名或名称", "证件类型", "证件号码", "平台账号", "待收本金（元）", "关联方", "序号"]
    header = read_header(wide, 1)
    assert header.places["mobile"] == 0
    assert header.cell("mobile", 7) == "A7"
    assert header.ignored == ("序号",)
    assert read_header([key.upper() for key in KEYS], 1).places == {key: place for place, key in enumerate(KEYS)}
    assert [column_letters(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_missing_and_repeated_columns_are_named() -> None:
    with pytest.raises(file_errors.ColumnsMissing) as missing:
        read_header([column.zh for column in COLUMNS if column.key not in {"id_no", "note"}], 4)
    assert missing.value.facts == {"row": 4, "columns": "证件号码 (id_no)"}
    with pytest.raises(file_errors.ColumnTwice) as twice:
        read_header([*HEADER, "mobile"], 1)
    assert (twice.value.facts["first"], twice.value.facts["second"]) == ("F", "M")


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n\n", ",".join(KEYS).encode(), ",".join(KEYS).encode() + b"\n\n  ,\n"])
def test_an_empty_file_says_so(office: Office, content: bytes) -> None:
    with pytest.raises(file_errors.FileEmpty):
        office.take(saved(office.folder, content))


def test_unfinished_quotes_are_noticed(tmp_path: Path) -> None:
    with pytest.raises(file_errors.CsvMalformed) as error:
        rows_of(saved(tmp_path, b'a,b\nc,d\n"e,f\n'))
    assert error.value.facts == {"row": 2}
    with pytest.raises(file_errors.CsvMalformed):
        rows_of(saved(tmp_path, b"a," + b"x" * 100_000))


# --- what spreadsheets do to numbers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value", "cell", "rule"),
    [
        ("id_no", int(resident(7).replace("X", "0")), "E3", "NumberCutBySpreadsheet"),
        ("id_no", 110101900307000.0, "E3", "NumberCutBySpreadsheet"),
        ("id_no", "1.10101E+17", "E3", "NumberCutBySpreadsheet"),
        ("mobile", 12000000001, "F3", "NumberCutBySpreadsheet"),
        ("mobile", "1.2E+10", "F3", "NumberCutBySpreadsheet"),
        ("account", 12345678901234567, "G3", "NumberCutBySpreadsheet"),
        ("account", "6.2220E+18", "G3", "NumberCutBySpreadsheet"),
        ("name", 20200101, "C3", ""),
        ("name", True, "C3", "CellNotText"),
        ("principal_yuan", 33.333, "H3", "AmountNotExact"),
        ("principal_yuan", True, "H3", "CellNotText"),
        ("principal_yuan", 1234.5, "H3", ""),
        ("claim_no", 1, "A3", ""),
        ("related", False, "J3", ""),
        ("account", 1.5, "G3", "NumberCutBySpreadsheet"),
        ("id_no", __import__("datetime").datetime(2020, 1, 1), "E3", "CellNotText"),
        ("id_no", '="999001"', "E3", "FormulaWithoutValue"),
        ("principal_yuan", "=500+500", "H3", "FormulaWithoutValue"),
        ("note", "=1+1", "K3", "FormulaWithoutValue"),
        ("name", "#N/A", "C3", "SpreadsheetError"),
        ("principal_yuan", "#REF!", "H3", "SpreadsheetError"),
        ("principal_yuan", __import__("datetime").date(2020, 1, 1), "H3", "CellNotText"),
        ("claim_no", __import__("datetime").datetime(2020, 1, 1), "A3", "CellNotText"),
    ],
)
def test_number_cells(office: Office, key: str, value: object, cell: str, rule: str) -> None:
    report = office.take(write_xlsx(office.folder / "a.xlsx", [claim(1), claim(2, **{key: value})]), dry_run=True)
    assert [(reject.rule, reject.cell, reject.row) for reject in report.rejects] == ([(rule, cell, 3)] if rule else [])
    for reject in report.rejects:
        assert cell in reject.message_zh


def sheets_beside(*beside: tuple[str, list[object], bool]) -> Callable[[Workbook], None]:
    def add(workbook: Workbook) -> None:
        for name, cells, hidden in beside:
            sheet: Any = workbook.create_sheet(name)
            sheet.append(cells)
            sheet.sheet_state = "veryHidden" if hidden else "visible"

    return add


def test_extra_sheets_are_refused_and_hidden_ones_are_said(office: Office) -> None:
    path = office.folder / "a.xlsx"
    with pytest.raises(file_errors.ExtraSheets) as extra:
        office.take(write_xlsx(path, [claim(1)], sheets_beside(("空", [], False), ("第二批", ["C1"], False))))
    assert "第二批" in str(extra.value.facts["names"])
    report = office.take(write_xlsx(path, [claim(1)], sheets_beside(("空", [], False), ("字典", ["个人", "企业"], True))))
    assert (report.accepted, report.unseen.left_out_sheets) == (1, ("字典",))
    with pytest.raises(file_errors.ExtraSheets, match="hidden"):
        office.take(write_xlsx(path, [claim(1)], sheets_beside(("第二批", list(HEADER), True))))

    def hide(workbook: Workbook) -> None:
        workbook.create_sheet("空")
        workbook.worksheets[0].sheet_state = "hidden"

    with pytest.raises(file_errors.SheetsHidden):
        office.take(write_xlsx(path, [claim(1)], hide))


def test_hidden_rows_and_columns_are_read_and_said(office: Office) -> None:
    def hide(workbook: Workbook) -> None:
        sheet: Any = workbook.worksheets[0]
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["H"].hidden = True

    report = office.take(write_xlsx(office.folder / "a.xlsx", [claim(n) for n in range(3)], hide))
    assert (report.accepted, report.unseen.hidden_rows, report.unseen.first_hidden_rows) == (3, 1, (3,))
    assert report.unseen.hidden_columns == ("H",)
    assert office.imports.report("case", report.id).unseen == report.unseen


def test_borders_and_styles_outside_the_table_are_no_content(office: Office) -> None:
    def frame(workbook: Workbook) -> None:
        sheet: Any = workbook.worksheets[0]
        for place in ("AB3", "XFD1", "C500", "Z1048576"):
            sheet[place].border = Border(left=Side("thin"))
        sheet["AC2"] = "   "

    report = office.take(write_xlsx(office.folder / "a.xlsx", [claim(1)], frame))
    assert report.accepted == 1


@pytest.mark.parametrize(
    ("code", "value", "rule"),
    [
        ("0.00%", 0.5, "AmountShownOtherwise"), ("[$$-409]#,##0.00", 5, "AmountShownOtherwise"), ("$#,##0.00", 5, "AmountShownOtherwise"),
        ('0.00"万"', 5, "AmountShownOtherwise"), ('0!.0,"万"', 50000, "AmountShownOtherwise"), ("#,##0,", 5000, "AmountShownOtherwise"),
        ('#,##0.00"美元"', 5, "AmountShownOtherwise"), ("yyyy/m/d", 44000, "CellNotText"), ("yyyy年m月d日", 44000, "CellNotText"),
        ("#,##0.00", 5, ""), ("0.00_ ", 5, ""), ('"¥"#,##0.00', 5, ""), ("[$¥-804]#,##0.00", 5, ""), ("￥#,##0.00;[Red]￥-#,##0.00", 5, ""),
        ("General", 5, ""), ("@", 5, ""), ('#,##0.00"元"', 5, ""), ("[$€-2] #,##0", 5, "AmountShownOtherwise"),
    ],
)  # fmt: skip
def test_an_amount_is_what_its_cell_shows(office: Office, code: str, value: float, rule: str) -> None:
    def form(workbook: Workbook) -> None:
        sheet: Any = workbook.worksheets[0]
        sheet["H2"].value, sheet["H2"].number_format = value, code

    report = office.take(write_xlsx(office.folder / "a.xlsx", [claim(1)], form), dry_run=True)
    assert [(reject.rule, reject.cell) for reject in report.rejects] == ([(rule, "H2")] if rule else [])


@pytest.mark.parametrize(
    ("cells", "field"), [("C2:C3", "name"), ("I2:I3", "voting_class"), ("G2:I2", "account"), ("A1:K1", ""), ("M2:N9", "")]
)
def test_merged_cells_are_named(office: Office, cells: str, field: str) -> None:
    def merge(workbook: Workbook) -> None:
        sheet: Any = workbook.worksheets[0]
        sheet.merged_cells.add(cells)  # as a spreadsheet writes them where all cells keep their content

    report = office.take(write_xlsx(office.folder / "a.xlsx", [claim(1), claim(2)], merge), dry_run=True)
    assert [(reject.rule, reject.cell, reject.field) for reject in report.rejects] == ([("CellsMerged", cells, field)] if field else [])


# --- what is meant to do harm ------------------------------------------------------------------------------------------------------


def repack(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    with zipfile.ZipFile(path) as source:
        entries = {name: source.read(name) for name in source.namelist()}
    change(entries)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in entries.items():
            target.writestr(name, content)
    return path


def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    def bomb(entries: dict[str, bytes]) -> None:
        entries["xl/media/image.bin"] = bytes(401 * 2**20)

    path = repack(write_xlsx(tmp_path / "a.xlsx", [claim(1)]), bomb)
    assert path.stat().st_size < 2**20
    with pytest.raises(file_errors.FileTooLarge):
        rows_of(path)


def test_a_directory_that_lies_about_sizes_does_not_help(tmp_path: Path) -> None:
    def bomb(entries: dict[str, bytes]) -> None:
        entries["xl/media/image.bin"] = bytes(30 * 2**20)

    path = repack(write_xlsx(tmp_path / "a.xlsx", [claim(1)]), bomb)
    content = bytearray(path.read_bytes())
    size = struct.pack("<I", 30 * 2**20)
    while (place := content.find(size)) >= 0:
        content[place : place + 4] = struct.pack("<I", 10)
    path.write_bytes(content)
    with pytest.raises((file_errors.FileTooLarge, file_errors.FileFormatUnknown)):
        list(Archive(path, 20 * 2**20).pieces("xl/media/image.bin"))


@pytest.mark.parametrize("reference", ["AB2", "XFD1048576", "A9999999", "A99999999"])
def test_far_cells_do_not_reserve_memory(tmp_path: Path, reference: str) -> None:
    def far(entries: dict[str, bytes]) -> None:
        sheet = entries["xl/worksheets/sheet1.xml"]
        cell = f'<row r="9"><c s="0" r = "{reference}" t="n"><v>1</v></c></row></sheetData>'.encode()
        entries["xl/worksheets/sheet1.xml"] = sheet.replace(b"</sheetData>", cell)

    with pytest.raises((file_errors.TooManyColumns, file_errors.TooManyRows, file_errors.FileFormatUnknown)):
        rows_of(repack(write_xlsx(tmp_path / "a.xlsx", [claim(1)]), far))


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04", b"PK\x03\x04" + b"x" * 500, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_workbook(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(file_errors.FileFormatUnknown):
        rows_of(saved(tmp_path, content))


def test_another_zip_is_no_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as target:
        target.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(file_errors.FileFormatUnknown):
        rows_of(tmp_path / "a.xlsx")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=2000))
def test_any_bytes_are_a_report_or_a_named_error(office: Office, content: bytes) -> None:
    for start in (b"", b"PK\x03\x04", ",".join(KEYS).encode() + b"\n"):
        try:
            office.take(saved(office.folder, start + content), dry_run=True)
        except BadInput:
            continue


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.text(max_size=60), min_size=len(KEYS), max_size=len(KEYS)))
def test_any_cells_are_a_report_or_a_named_error(office: Office, cells: list[str]) -> None:
    row = dict(zip(KEYS, (cell.encode("utf-8", "replace").decode() for cell in cells), strict=True))
    try:
        report = office.take(write_csv(office.folder / "cells.csv", [row, claim(2)]), dry_run=True)
    except BadInput:
        return
    assert report.rows in {1, 2}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10**6), flips=st.binary(min_size=1, max_size=8))
def test_a_damaged_workbook_is_a_report_or_a_named_error(office: Office, place: int, flips: bytes) -> None:
    file = io.BytesIO()
    workbook = Workbook()
    sheet: Any = workbook.active
    sheet.append(HEADER)
    sheet.append(list(claim(1).values()))
    workbook.save(file)
    content = bytearray(file.getvalue())
    at = place % len(content)
    content[at : at + len(flips)] = flips
    try:
        office.take(saved(office.folder, bytes(content)), dry_run=True)
    except BadInput:
        return
