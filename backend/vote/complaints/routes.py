"""Complaints over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from backend.ground.common.spreadsheets import table_csv
from backend.ground.http.services import service
from backend.people.accounts.access import signed_in
from backend.people.accounts.visitor import LENDER, OFFICIAL, Visitor
from backend.vote.ballots.schemas import ReceiptOut
from backend.vote.complaints.rules import KINDS
from backend.vote.complaints.schemas import AnswerIn, ComplaintIn, ComplaintOut
from backend.vote.complaints.service import ComplaintService

router = APIRouter(prefix="/api", tags=["complaints"])
HEADER = (
    "编号 id", "序号 index", "姓名 name", "类型 kind", "回执编号 receipt", "内容 text", "状态 status", "提交 filed", "答复 answer",
    "答复人 by", "答复时间 at",
)  # fmt: skip


Complaints = Annotated[ComplaintService, Depends(service(ComplaintService))]
Lender = Annotated[Visitor, Depends(signed_in(LENDER))]
Official = Annotated[Visitor, Depends(signed_in(OFFICIAL))]


@router.post("/polls/{poll_id}/lender/complaints", status_code=201)
def file_complaint(poll_id: str, body: ComplaintIn, visitor: Lender, complaints: Complaints) -> ComplaintOut:
    """File a complaint about their own ballot, from the opening until the decision."""
    return ComplaintOut.of(complaints.file(poll_id, body.kind, body.receipt_number, body.text, visitor))


@router.get("/polls/{poll_id}/lender/complaints")
def list_own(poll_id: str, visitor: Lender, complaints: Complaints) -> list[ComplaintOut]:
    """The lender's own complaints with their answers."""
    return [ComplaintOut.of(complaint) for complaint in complaints.own(poll_id, visitor)]


@router.get("/polls/{poll_id}/complaints")
def list_complaints(poll_id: str, visitor: Official, complaints: Complaints) -> list[ComplaintOut]:
    """Every complaint about a poll, oldest first."""
    return [ComplaintOut.of(complaint) for complaint in complaints.of_poll(poll_id, visitor)]


@router.get("/polls/{poll_id}/complaints.csv")
def export_complaints(poll_id: str, visitor: Official, complaints: Complaints) -> Response:
    """The same for a spreadsheet."""
    rows = [
        (c.id, c.index, c.name_masked, " ".join(KINDS[c.kind]), c.receipt_number, c.text, c.status, c.filed_at.isoformat(), c.answer,
         c.answered_by or "", c.answered_at.isoformat() if c.answered_at else "")
        for c in complaints.of_poll(poll_id, visitor)
    ]  # fmt: skip
    headers = {"Content-Disposition": f'attachment; filename="complaints-{poll_id}.csv"', "Cache-Control": "no-store"}
    return Response(table_csv(HEADER, rows), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/complaints/{complaint_id}/receipts")
def show_receipts(complaint_id: str, visitor: Official, response: Response, complaints: Complaints) -> list[ReceiptOut]:
    """The receipts of the lender who complains, for officials who look into it."""
    response.headers["Cache-Control"] = "no-store"
    return [ReceiptOut.of(receipt) for receipt in complaints.receipts(complaint_id, visitor)]


@router.post("/complaints/{complaint_id}/answer")
def answer_complaint(complaint_id: str, body: AnswerIn, visitor: Official, complaints: Complaints) -> ComplaintOut:
    """Answer and close."""
    return ComplaintOut.of(complaints.answer(complaint_id, body.answer, visitor))
