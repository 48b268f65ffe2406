"""A loan book: what contradicts itself is named with row, field and rule; what does not is kept without names."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.watch.outlook.book import COLUMNS, EXAMPLE, Loan, read_book, read_month, rejects
from backend.watch.outlook.errors import BookColumnsMissing, BookEmpty, BookMonthWrong
from backend.watch.outlook.packing import pack, unpack
from backend.watch.outlook.template import template_csv, template_xlsx

AS_OF = 2026 * 12 + 5
HEADER = list(COLUMNS.values())
GOOD = dict(zip(COLUMNS, EXAMPLE, strict=True))


def book(*rows: dict[str, str]) -> list[tuple[int, list[str]]]:
    return [(1, HEADER), *((place, [{**GOOD, **row}[name] for name in COLUMNS]) for place, row in enumerate(rows, start=2))]


def broken(**cells: str) -> list[tuple[int, str, str]]:
    return [(one.row, one.field, one.error.code) for one in read_book(book(cells), AS_OF).problems]


def test_the_template_reads_as_it_is() -> None:
    rows = list(csv.reader(io.StringIO(template_csv().decode("utf-8-sig"))))
    found = read_book(enumerate(rows, start=1), AS_OF)
    assert found.problems == []
    assert found.loans == [Loan(2024 * 12 + 2, 36, "B", 5_000_000, 1080, 0, 2_100_000, 2026 * 12 + 4, 0)]
    assert template_xlsx().startswith(b"PK")


@pytest.mark.parametrize(
    ("cells", "field", "rule"),
    [
        ({"loan_no": ""}, "loan_no", "LoanCellBlank"),
        ({"grade": ""}, "grade", "LoanCellBlank"),
        ({"issued_on": "2024-02-30"}, "issued_on", "DateNotReadable"),
        ({"issued_on": "2026-07-01", "last_paid_on": ""}, "issued_on", "DateImpossible"),
        ({"last_paid_on": "2024-01-31"}, "last_paid_on", "DateImpossible"),
        ({"last_paid_on": "2026-07-01"}, "last_paid_on", "DateImpossible"),
        ({"term_months": "0"}, "term_months", "NumberOutOfRange"),
        ({"term_months": "12.5"}, "term_months", "NumberOutOfRange"),
        ({"rate_percent": "nan"}, "rate_percent", "NumberOutOfRange"),
        ({"amount_yuan": "ten"}, "amount_yuan", "AmountNotReadable"),
        ({"amount_yuan": "20000"}, "balance_yuan", "BalanceTooHigh"),
        ({"state": "好"}, "state", "StateUnknown"),
        ({"state": "结清"}, "balance_yuan", "StateContradicted"),
        ({"last_paid_on": "2026-02-01"}, "last_paid_on", "StateContradicted"),
        ({"state": "逾期", "last_paid_on": "2026-06-02"}, "last_paid_on", "StateContradicted"),
        ({"recovered_yuan": "10"}, "recovered_yuan", "StateContradicted"),
        ({"lender_shares": "A001:11000;A002:9999.99"}, "lender_shares", "SharesDoNotAddUp"),
        ({"lender_shares": "A001:11000;A001:10000"}, "lender_shares", "ShareNotReadable"),
        ({"lender_shares": "A001"}, "lender_shares", "ShareNotReadable"),
        ({"collateral": "车"}, "collateral_yuan", "CollateralContradicted"),
    ],
)
def test_every_contradiction_is_named(cells: dict[str, str], field: str, rule: str) -> None:
    assert (2, field, rule) in broken(**cells)


def test_a_number_that_stands_twice_names_the_first_row() -> None:
    found = read_book(book({}, {}), AS_OF)
    assert [(one.row, one.field, one.error.facts) for one in found.problems] == [(3, "loan_no", {"first": 2})]


def test_the_list_that_goes_back_speaks_both_languages() -> None:
    [line] = rejects(read_book(book({"lender_shares": "A:1"}), AS_OF).problems)
    assert line[:3] == ("2", "出借人份额", "SharesDoNotAddUp")
    assert all(line[3:])


def test_a_file_without_columns_or_rows_is_refused() -> None:
    with pytest.raises(BookColumnsMissing):
        read_book([(1, HEADER[1:])], AS_OF)
    with pytest.raises(BookEmpty):
        read_book([(1, HEADER)], AS_OF)


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2027-01", "六月"])
def test_a_month_is_one_that_has_passed(text: str) -> None:
    with pytest.raises(BookMonthWrong):
        read_month(text, AS_OF)


@given(st.lists(st.lists(st.text(max_size=12) | st.none() | st.integers() | st.floats(), min_size=13, max_size=13), min_size=1, max_size=4))
def test_any_cells_are_read(rows: list[list[object]]) -> None:
    found = read_book([(1, HEADER), *enumerate(rows, start=2)], AS_OF)
    assert found.rows == len(rows)


def test_what_is_kept_names_no_loan_and_no_lender() -> None:
    found = read_book(book({}, {"loan_no": "L-0002", "grade": "A"}), AS_OF)
    packed = pack(found.loans)
    assert unpack(packed).grades == ("A", "B")
    assert unpack(packed).columns[3] == (5_000_000, 5_000_000)
    assert not {"A001", "L-0001"} & set(str(unpack(packed)))
