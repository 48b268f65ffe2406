"""Keeps loan books and forecasts, frozen while a poll is announced or open; shows them to everybody alike."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from backend.case.cases.service import CaseService
from backend.case.register.sheets import open_sheet
from backend.ground.audit.service import AuditService
from backend.ground.chain.values import Stage as PollStage
from backend.ground.common.clock import Clock, SystemClock
from backend.ground.common.hashing import canonical_json, keccak
from backend.ground.common.hex_text import to_hex
from backend.ground.common.ids import new_id
from backend.ground.common.money import WHOLE_BPS
from backend.ground.db.sessions import Sessions
from backend.people.accounts.visitor import Visitor
from backend.vote.polls.service import PollService
from backend.watch.outlook import store
from backend.watch.outlook.book import read_book, read_month
from backend.watch.outlook.comparables import COMPARABLES, Comparable
from backend.watch.outlook.errors import BookFrozen, BookUnknown, ForecastUnknown
from backend.watch.outlook.packing import pack, unpack
from backend.watch.outlook.views import BookReport, BookView, ForecastView, Score


class OutlookService:
    """The outlook of a case. Nothing here scores a borrower or advises a lender, and no vote asks it anything."""

    def __init__(self, sessions: Sessions, cases: CaseService, polls: PollService, audit: AuditService, clock: Clock | None = None) -> None:
        self._sessions = sessions
        self._cases = cases
        self._polls = polls
        self._audit = audit
        self._clock = clock or SystemClock()

    def import_book(
        self, case_id: str, path: Path, name: str, as_of: str, collapsed: str, visitor: Visitor, *, dry_run: bool
    ) -> BookReport:
        """Check a loan book and keep it, all or nothing; what contradicts itself is in the report.

        Raises: CaseUnknown, NotInstitutionOfCase, BookFrozen, BookMonthWrong, FileRefused, BookColumnsMissing, BookEmpty.
        """
        self._cases.require_institution(case_id, visitor)
        self.require_thawed(case_id)
        now = self._clock.now()
        month = read_month(as_of, now.year * 12 + now.month - 1)
        stopped = read_month(collapsed, month) if collapsed.strip() else None
        with open_sheet(path) as sheet:
            book = read_book(sheet.rows, month)
        unpaid = sum(loan.balance_fen for loan in book.loans)
        report = BookReport("", name[:200], book.rows, len(book.loans), unpaid, tuple(book.problems))
        if book.problems or dry_run:
            return report
        by_issue: Counter[int] = Counter()
        for loan in book.loans:
            by_issue[loan.issued] += loan.balance_fen
        row = store.LoanBookRow(
            id=new_id(), case_id=case_id, file_name=name[:200], file_keccak=keccak(path.read_bytes()), as_of=month, collapsed=stopped,
            loan_count=len(book.loans), unpaid_by_issue=json.dumps(by_issue), loans=pack(book.loans), imported_at=now,
        )  # fmt: skip
        book_id = row.id
        with self._sessions.begin() as session:
            store.add(session, row)
        return BookReport(book_id, report.file_name, report.rows, report.loans, unpaid, ())

    def book(self, case_id: str) -> BookView:
        """The newest book. Raises: CaseUnknown, BookUnknown."""
        self._cases.get_case(case_id)
        with self._sessions.reading() as session:
            row = store.newest_book(session, case_id)
            if row is None:
                raise BookUnknown
            unpaid = sum(json.loads(row.unpaid_by_issue).values())
            return BookView(row.id, row.file_keccak, row.as_of, row.collapsed, unpack(row.loans), unpaid)

    def keep_forecast(self, case_id: str, book: BookView, told: dict[str, Any]) -> ForecastView:
        """Write a forecast's hash into the log of official acts, then keep it. Raises: CaseUnknown, BookFrozen."""
        self.require_thawed(case_id)
        now = self._clock.now()
        content = {
            **told, "as_of": book.as_of, "book_keccak": to_hex(book.file_keccak), "case": case_id, "loans": len(book.loans.columns[0]),
            "unpaid_fen": book.unpaid_fen,
        }  # fmt: skip
        canonical = canonical_json(content)
        hashed = keccak(canonical)
        head = self._audit.record(
            None, "installation", f"outlook of case {case_id}: forecast {to_hex(hashed)} of book {to_hex(book.file_keccak)}"
        )
        row = store.ForecastRow(
            id=new_id(), case_id=case_id, book_id=book.id, canonical=canonical, content_hash=hashed, audit_number=head.number, made_at=now
        )
        with self._sessions.begin() as session:
            store.add(session, row)
        return ForecastView(content, hashed, head.number, now, ())

    def forecasts(self, case_id: str) -> list[ForecastView]:
        """Every forecast, newest first, none taken away; each with its score by the newest book. Raises: CaseUnknown."""
        self._cases.get_case(case_id)
        with self._sessions.reading() as session:
            newest = store.newest_book(session, case_id)
            unpaid = {int(month): fen for month, fen in json.loads(newest.unpaid_by_issue).items()} if newest else {}
            until = newest.as_of if newest else 0
            return [_view(row, until, unpaid) for row in store.forecasts(session, case_id)]

    def forecast_bytes(self, case_id: str, content_hash: str) -> bytes:
        """A forecast exactly as hashed; `content_hash` as 0x hex. Raises: CaseUnknown, ForecastUnknown."""
        self._cases.get_case(case_id)
        with self._sessions.reading() as session:
            found = [row.canonical for row in store.forecasts(session, case_id) if to_hex(row.content_hash) == content_hash.lower()]
        if not found:
            raise ForecastUnknown
        return found[0]

    def comparables(self) -> tuple[Comparable, ...]:
        """What others paid."""
        return COMPARABLES

    def require_thawed(self, case_id: str) -> None:
        """Raises: CaseUnknown, BookFrozen."""
        self._cases.get_case(case_id)
        for poll in self._polls.list_polls(case_id):
            if self._polls.stage(poll.id) in {PollStage.ANNOUNCED, PollStage.OPEN}:
                raise BookFrozen


def _view(row: store.ForecastRow, until: int, unpaid: dict[int, int]) -> ForecastView:
    content = json.loads(row.canonical)
    return ForecastView(content, row.content_hash, row.audit_number, row.made_at, _scores(content, until, unpaid))


def _scores(content: dict[str, Any], until: int, unpaid: dict[int, int]) -> tuple[Score, ...]:
    """Of the loans that the forecast was about, by what a later book still has unpaid of them."""
    months, whole = until - content["as_of"], content["unpaid_fen"]
    points = {month: rest for month, *rest in (content["result"] or {}).get("by_month", [])}
    if months <= 0 or months not in points or whole <= 0:
        return ()
    left = sum(fen for issued, fen in unpaid.items() if issued <= content["as_of"])
    return (Score(months, WHOLE_BPS * (whole - left) // whole, *points[months]),)
