"""The outlook over HTTP: loan books for the institution, outcomes and forecasts for everybody."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Response, UploadFile

from backend.ground.common.spreadsheets import table_csv
from backend.ground.http.services import service
from backend.people.accounts.access import signed_in
from backend.people.accounts.visitor import INSTITUTION, Visitor
from backend.watch.outlook.book import rejects
from backend.watch.outlook.errors import BookRefused
from backend.watch.outlook.schemas import BookOut, ComparableOut, ForecastOut, OutlookOut
from backend.watch.outlook.service import OutlookService
from backend.watch.outlook.template import template_csv, template_xlsx

router = APIRouter(prefix="/api", tags=["outlook"])
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEADER = ("行号 row", "列 field", "规则 rule", "说明", "what to correct")

Outlooks = Annotated[OutlookService, Depends(service(OutlookService))]
Institution = Annotated[Visitor, Depends(signed_in(INSTITUTION))]
Month = Annotated[str, Form(max_length=20)]


@router.get("/loan-book/template.xlsx")
def get_book_template_xlsx() -> Response:
    """The empty loan book for spreadsheets."""
    return _download(template_xlsx(), _XLSX, "lendervote-loan-book.xlsx")


@router.get("/loan-book/template.csv")
def get_book_template_csv() -> Response:
    """The empty loan book as CSV."""
    return _download(template_csv(), "text/csv; charset=utf-8", "lendervote-loan-book.csv")


@router.post("/cases/{case_id}/loan-book")
def import_loan_book(
    case_id: str, file: UploadFile, as_of: Month, visitor: Institution, outlooks: Outlooks, collapsed: Month = "", dry_run: bool = False
) -> BookOut:
    """Check and import a loan book as of a month, all or nothing; 422 with every contradiction."""
    with _copied(file) as path:
        report = outlooks.import_book(case_id, path, file.filename or "", as_of, collapsed, visitor, dry_run=dry_run)
    out = BookOut.of(report)
    if out.refused:
        facts: dict[str, Any] = out.model_dump(mode="json")
        raise BookRefused(rows_read=facts.pop("rows"), rows=facts.pop("problems"), **facts)
    return out


@router.post("/cases/{case_id}/loan-book/rejects.csv")
def list_contradictions(
    case_id: str, file: UploadFile, as_of: Month, visitor: Institution, outlooks: Outlooks, collapsed: Month = ""
) -> Response:
    """The same check without an import; the answer is the list of contradictions as a file."""
    with _copied(file) as path:
        report = outlooks.import_book(case_id, path, file.filename or "", as_of, collapsed, visitor, dry_run=True)
    return _download(table_csv(_HEADER, rejects(report.problems)), "text/csv; charset=utf-8", "loan-book-rejects.csv")


@router.get("/cases/{case_id}/outlook")
def get_outlook(case_id: str, outlooks: Outlooks) -> OutlookOut:
    """What others paid, and every forecast of this case with its score; the same for everybody."""
    forecasts = [ForecastOut.of(view) for view in outlooks.forecasts(case_id)]
    return OutlookOut(comparables=[ComparableOut.of(fact) for fact in outlooks.comparables()], forecasts=forecasts)


@router.get("/cases/{case_id}/outlook/{content_hash}.json")
def get_forecast_bytes(case_id: str, content_hash: str, outlooks: Outlooks) -> Response:
    """A forecast's canonical JSON, exactly as hashed."""
    return _download(outlooks.forecast_bytes(case_id, content_hash), "application/json", "forecast.json")


@contextmanager
def _copied(file: UploadFile) -> Iterator[Path]:
    with TemporaryDirectory(prefix="loan-book-") as folder:
        path = Path(folder) / "book"
        with path.open("wb") as copy:
            shutil.copyfileobj(file.file, copy)
        yield path


def _download(data: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return Response(data, media_type=media_type, headers=headers)
