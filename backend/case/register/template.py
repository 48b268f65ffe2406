"""The empty claims file that institutions fill in, with two rows to show the form."""

from __future__ import annotations

import csv
import io
from typing import Any

from backend.case.register.columns import COLUMNS
from backend.case.register.rules.identity import credit_check_character, resident_check_digit
from backend.ground.common.made_once import MadeOnce

_TEMPLATES: MadeOnce[bytes] = MadeOnce(2)
_TEXT_FORMAT = "@"
_FORMATTED_ROWS = 2_000
"""Empty rows that get the text format cell by cell, for programs that ignore the format of a whole column."""
_WIDTHS = {"id_no": 24, "name": 24, "id_type": 26, "principal_yuan": 18, "note": 30}


def _example_rows() -> list[list[str]]:
    person = "99900019900307123"
    company = "91999900MA0000000"
    return [
        ["DEMO-0001", "个人", "示例甲", "居民身份证", person + resident_check_digit(person), "12000000001", "demo001", "12345.60",
         "普通组", "否", "示例行，填写前请删除"],
        ["DEMO-0002", "企业", "示例科技有限公司", "统一社会信用代码", company + credit_check_character(company), "12000000002", "demo002",
         "500000", "普通组", "否", "示例行，填写前请删除"],
    ]  # fmt: skip


def template_csv() -> bytes:
    """The template as CSV in UTF-8 with BOM; made once."""
    return _TEMPLATES.get("csv", _make_csv)


def template_xlsx() -> bytes:
    """The template as XLSX; made once. Every column is text, so that no spreadsheet turns an identity number into a quantity."""
    return _TEMPLATES.get("xlsx", _make_xlsx)


def _make_csv() -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([column.zh for column in COLUMNS])
    writer.writerows(_example_rows())
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _make_xlsx() -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Font

    workbook = Workbook()
    sheet: Any = workbook.active
    sheet.title = "债权登记表"
    sheet.append([column.zh for column in COLUMNS])
    for row in _example_rows():
        sheet.append(row)
    for place, column in enumerate(COLUMNS, start=1):
        sheet.cell(1, place).font = Font(bold=True)
        letters = sheet.cell(1, place).column_letter
        sheet.column_dimensions[letters].width = _WIDTHS.get(column.key, 16)
        sheet.column_dimensions[letters].number_format = _TEXT_FORMAT
        for row_number in range(1, _FORMATTED_ROWS + 1):
            sheet.cell(row_number, place).number_format = _TEXT_FORMAT
    sheet.freeze_panes = "A2"
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()
