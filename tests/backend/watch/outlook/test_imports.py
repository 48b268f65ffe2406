"""A loan book comes as CSV or as a workbook and is the same book."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from backend.case.register.sheets import open_sheet
from backend.watch.outlook.book import COLUMNS, EXAMPLE, read_book
from backend.watch.outlook.template import template_csv, template_xlsx

AS_OF = 2026 * 12 + 5


def test_both_templates_are_one_book(tmp_path: Path) -> None:
    found = []
    for name, data in (("book.csv", template_csv()), ("book.xlsx", template_xlsx())):
        (tmp_path / name).write_bytes(data)
        with open_sheet(tmp_path / name) as sheet:
            found.append(read_book(sheet.rows, AS_OF))
    assert found[0].loans == found[1].loans
    assert found[0].problems == found[1].problems == []


def test_numbers_and_dates_of_a_spreadsheet_are_read_and_per_cents_named(tmp_path: Path) -> None:
    workbook = Workbook()
    sheet: Any = workbook.active
    good = dict(zip(COLUMNS, EXAMPLE, strict=True))
    cells = {"issued_on": date(2024, 3, 15), "amount_yuan": 123456789.12, "rate_percent": 10.8, "term_months": 36}
    sheet.append(list(COLUMNS.values()))
    sheet.append(list((good | cells).values()))
    sheet.append(list((good | {"loan_no": "L-0002", "rate_percent": 0.108}).values()))
    sheet.cell(3, 6).number_format = "0.0%"
    path = tmp_path / "book.xlsx"
    workbook.save(path)
    with open_sheet(path) as opened:
        book = read_book(opened.rows, AS_OF)
    assert [(one.row, one.field, one.error.code) for one in book.problems] == [(3, "rate_percent", "NumberOutOfRange")]
    [loan] = book.loans
    assert (loan.issued, loan.amount_fen, loan.rate_bps, loan.term) == (2024 * 12 + 2, 12_345_678_912, 1080, 36)
