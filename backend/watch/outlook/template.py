"""The empty loan book that institutions fill in, with one row to show the form."""

from __future__ import annotations

import io
from typing import Any

from backend.ground.common.spreadsheets import table_csv
from backend.watch.outlook.book import COLUMNS, EXAMPLE


def template_csv() -> bytes:
    """As CSV in UTF-8 with BOM."""
    return table_csv(list(COLUMNS.values()), [EXAMPLE])


def template_xlsx() -> bytes:
    """As XLSX, every column text."""
    from openpyxl import Workbook

    workbook = Workbook()
    sheet: Any = workbook.active
    sheet.title = "借款台账"
    sheet.append(list(COLUMNS.values()))
    sheet.append(list(EXAMPLE))
    for place in range(1, len(COLUMNS) + 1):
        sheet.column_dimensions[sheet.cell(1, place).column_letter].number_format = "@"
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()
