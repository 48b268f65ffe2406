"""A loan book as an institution hands it in: columns, template, and every contradiction with its row, field and rule."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from backend.case.register.odd_cells import OddCell, OddKind
from backend.ground.common.errors import LenderVoteError
from backend.ground.common.money import parse_yuan, say_yuan
from backend.watch.outlook.errors import (
    BalanceTooHigh,
    BookColumnsMissing,
    BookEmpty,
    BookMonthWrong,
    CollateralContradicted,
    DateImpossible,
    DateNotReadable,
    LoanCellBlank,
    LoanTwice,
    NumberOutOfRange,
    ShareNotReadable,
    SharesDoNotAddUp,
    StateContradicted,
    StateUnknown,
)

COLUMNS = {
    "loan_no": "借款编号",
    "issued_on": "放款日期",
    "term_months": "期限（月）",
    "grade": "等级",
    "amount_yuan": "借款金额（元）",
    "rate_percent": "年利率（%）",
    "state": "状态",
    "balance_yuan": "未还本金（元）",
    "last_paid_on": "最后还款日期",
    "recovered_yuan": "逾期后回收（元）",
    "collateral": "抵押物",
    "collateral_yuan": "抵押物评估价值（元）",
    "lender_shares": "出借人份额",
}
PAYING, STOPPED, CLOSED = 0, 1, 2
STATES = {"正常": PAYING, "paying": PAYING, "逾期": STOPPED, "stopped": STOPPED, "结清": CLOSED, "closed": CLOSED}
EXAMPLE = (
    "L-0001",
    "2024-03-15",
    "36",
    "B",
    "50000.00",
    "10.8",
    "正常",
    "21000.00",
    "2026-05-28",
    "",
    "",
    "",
    "A001:11000.00;A002:10000.00",
)
PROBLEMS_LISTED = 10_000
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?(?:[T ].*)?")
_FIRST_DAY, _LAST_DAY = date(1899, 12, 30), 100_000
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Problem:
    """A contradiction: row and column, and the rule that is broken."""

    row: int
    field: str
    error: LenderVoteError


@dataclass(frozen=True)
class Loan:
    """What is kept of a loan: no number, no lender. Months count from the year 0; `rate_bps` is a year's."""

    issued: int
    term: int
    grade: str
    amount_fen: int
    rate_bps: int
    state: int
    balance_fen: int
    last_paid: int
    recovered_fen: int


@dataclass
class Book:
    """The loans of a file, and what contradicts itself in it; nothing is imported while there is any."""

    loans: list[Loan] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rows: int = 0


def read_month(text: str, until: int) -> int:
    """`2026-06` as months from the year 0, not after `until`. Raises: BookMonthWrong."""
    found = _MONTH.fullmatch(text.strip())
    if found is None or (month := int(found[1]) * 12 + int(found[2]) - 1) > until:
        raise BookMonthWrong
    return month


def read_book(rows: Iterable[tuple[int, Sequence[object]]], as_of: int) -> Book:
    """Every row is read, also after a contradiction. Raises: BookColumnsMissing, BookEmpty."""
    found, places, numbers = Book(), None, dict[str, int]()
    for row, cells in rows:
        texts = [_text(cell) for cell in cells]
        if places is None:
            places = _places(texts)
            continue
        found.rows += 1
        named = {name: texts[place] if place < len(texts) else "" for name, place in places.items()}
        reading = _Row(row, named, as_of)
        loan = reading.loan()
        first = numbers.setdefault(named["loan_no"], row)
        if named["loan_no"] and first != row:
            reading.problems.append(Problem(row, "loan_no", LoanTwice(first=first)))
        if reading.problems:
            found.problems += reading.problems
        elif loan is not None:
            found.loans.append(loan)
    if not found.rows:
        raise BookEmpty
    return found


def _places(header: Sequence[str]) -> dict[str, int]:
    known = {name: place for place, text in enumerate(header) for name, zh in COLUMNS.items() if text in {name, zh}}
    missing = [zh for name, zh in COLUMNS.items() if name not in known]
    if missing:
        raise BookColumnsMissing(missing="、".join(missing))
    return known


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, OddCell):
        return _odd_text(cell)
    return f"{cell:.15g}" if isinstance(cell, float) else str(cell).strip()


def _odd_text(cell: OddCell) -> str:
    """A spreadsheet's date is a number of days; what else is odd (errors, per cents) reads as nothing that a column takes."""
    if cell.number is not None and cell.kind is OddKind.YUAN:
        return f"{cell.number:.15g}"
    if cell.number is not None and cell.kind is OddKind.DATE and 0 < cell.number < _LAST_DAY:
        return (_FIRST_DAY + timedelta(days=int(cell.number))).isoformat()
    return f"#{cell.kind}"


class _Row:
    """Reads one row's cells and keeps what is wrong with them."""

    def __init__(self, row: int, cells: dict[str, str], as_of: int) -> None:
        self._row, self._cells, self._as_of = row, cells, as_of
        self.problems: list[Problem] = []

    def loan(self) -> Loan | None:
        """The loan, or None where a cell cannot be read; contradictions between readable cells are noted too."""
        cells = self._cells
        for name in ("loan_no", "grade"):
            if not cells[name]:
                self._note(name, LoanCellBlank())
        issued, last = self._date("issued_on"), self._date("last_paid_on", needed=False)
        term = self._number("term_months", 1, 120)
        rate = self._number("rate_percent", 0, 100)
        amount, balance = self._amount("amount_yuan"), self._amount("balance_yuan")
        recovered = self._amount("recovered_yuan", needed=False)
        state = STATES.get(cells["state"].lower())
        if state is None:
            self._note("state", StateUnknown())
        if bool(cells["collateral"]) != bool(self._amount("collateral_yuan", needed=False)):
            self._note("collateral_yuan", CollateralContradicted())
        if balance is not None:
            self._shares(balance)
        if None in {issued, last, term, rate, amount, balance, recovered, state}:
            return None
        assert issued is not None and last is not None and term is not None and rate is not None and state is not None  # noqa: PT018 for mypy
        assert amount is not None and balance is not None and recovered is not None  # noqa: PT018 for mypy
        last = last or issued
        self._contradictions(issued, last, state, amount, balance, recovered)
        months = int(term)
        return Loan(issued, months, cells["grade"][:20], amount, int(rate * 100), state, balance, last, recovered)

    def _contradictions(self, issued: int, last: int, state: int, amount: int, balance: int, recovered: int) -> None:
        as_of, said = self._as_of, self._cells["state"]
        if issued > as_of:
            self._note("issued_on", DateImpossible(said=f"{self._cells['issued_on']} > {_say(as_of)}"))
        if last < issued or last > as_of:
            self._note("last_paid_on", DateImpossible(said=self._cells["last_paid_on"]))
        if amount == 0:
            self._note("amount_yuan", NumberOutOfRange(low="0.01", high="-"))
        if balance + recovered > amount:
            self._note("balance_yuan", BalanceTooHigh())
        if (state == CLOSED) != (balance == 0):
            self._note("balance_yuan", StateContradicted(state=said))
        if state == PAYING and last < as_of - 1 and issued < as_of - 1:
            self._note("last_paid_on", StateContradicted(state=said))
        if state == STOPPED and last >= as_of:
            self._note("last_paid_on", StateContradicted(state=said))
        if recovered and state != STOPPED:
            self._note("recovered_yuan", StateContradicted(state=said))

    def _shares(self, balance: int) -> None:
        seen: dict[str, int] = {}
        for text in filter(None, re.split("[;；]", self._cells["lender_shares"])):
            account, _, amount = text.replace("：", ":").rpartition(":")
            try:
                fen = parse_yuan(amount.strip())
            except LenderVoteError:
                fen = -1
            if not account.strip() or fen < 0 or account.strip() in seen:
                self._note("lender_shares", ShareNotReadable(text=text[:40]))
                return
            seen[account.strip()] = fen
        if sum(seen.values()) != balance:
            self._note("lender_shares", SharesDoNotAddUp(sum=say_yuan(sum(seen.values())), balance=say_yuan(balance)))

    def _blank(self, name: str, *, needed: bool) -> int | None:
        """0 where the cell may be blank; nothing where it may not, which is noted."""
        if needed:
            self._note(name, LoanCellBlank())
        return None if needed else 0

    def _date(self, name: str, *, needed: bool = True) -> int | None:
        """A month; 0 for a blank cell that may be blank."""
        text = self._cells[name]
        if not text:
            return self._blank(name, needed=needed)
        found = _DATE.fullmatch(text)
        try:
            day = date(int(found[1]), int(found[2]), int(found[3] or 1)) if found else None
        except ValueError:
            day = None
        if day is None:
            self._note(name, DateNotReadable())
            return None
        return day.year * 12 + day.month - 1

    def _number(self, name: str, low: int, high: int) -> Decimal | None:
        try:
            value = Decimal(self._cells[name].rstrip("%"))
        except InvalidOperation:
            value = Decimal(-1)
        whole = name != "term_months" or (value.is_finite() and value == int(value))
        if not value.is_finite() or not low <= value <= high or not whole:
            self._note(name, NumberOutOfRange(low=low, high=high))
            return None
        return value

    def _amount(self, name: str, *, needed: bool = True) -> int | None:
        """Fen; 0 for a blank cell that may be blank."""
        text = self._cells[name]
        if not text:
            return self._blank(name, needed=needed)
        try:
            return parse_yuan(text)
        except LenderVoteError as error:
            self._note(name, error)
            return None

    def _note(self, name: str, error: LenderVoteError) -> None:
        self.problems.append(Problem(self._row, name, error))


def _say(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02}"


def rejects(problems: Sequence[Problem]) -> Iterator[tuple[str, ...]]:
    """Row, column, rule and both sentences of each, for the list that goes back."""
    for one in problems[:PROBLEMS_LISTED]:
        yield str(one.row), COLUMNS[one.field], one.error.code, one.error.say("zh"), one.error.say("en")
