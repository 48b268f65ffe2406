"""Whether I was told, who was not reached, and a contest in one tap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from backend.ground.common.settings import Settings
from backend.ground.common.spreadsheets import table_csv
from backend.ground.http.services import service
from backend.people.accounts.access import maybe_signed_in, remote_address, signed_in
from backend.people.accounts.visitor import LENDER, OFFICIAL, Visitor
from backend.people.notices.letters import paper
from backend.people.notices.schemas import MailingOut, NoticeOut
from backend.people.notices.service import NoticeService
from backend.vote.tidings.schemas import (
    ContestedIn,
    ContestedOut,
    ContestIn,
    ContestOut,
    NumberChangeOut,
    NumberIn,
    PostedIn,
    PostedOut,
    WordIn,
)
from backend.vote.tidings.service import TidingsService

router = APIRouter(prefix="/api", tags=["notices"])

Tidings = Annotated[TidingsService, Depends(service(TidingsService))]
Notices = Annotated[NoticeService, Depends(service(NoticeService))]
Lender = Annotated[Visitor, Depends(signed_in(LENDER))]
Official = Annotated[Visitor, Depends(signed_in(OFFICIAL))]


@router.get("/polls/{poll_id}/notices")
def list_notices(poll_id: str, request: Request, tidings: Tidings) -> list[MailingOut]:
    """How many were told what about a poll, and how many were not reached; nobody's own state. Notices to few are for officials alone."""
    return [MailingOut.of(one) for one in tidings.of_poll(poll_id, maybe_signed_in(request))]


@router.get("/polls/{poll_id}/lender/notices")
def list_own_notices(
    poll_id: str, visitor: Lender, response: Response, tidings: Tidings, settings: Annotated[Settings, Depends(service(Settings))]
) -> list[NoticeOut]:
    """Was I told? Each notice to the signed-in lender, the ways that were tried, and the proof under the root on the chain."""
    response.headers["Cache-Control"] = "no-store"
    return [NoticeOut.of(one, settings.resolved_public_url) for one in tidings.own(poll_id, visitor)]


@router.get("/notices/{mailing_id}/not-reached.csv")
def export_not_reached(mailing_id: str, visitor: Official, tidings: Tidings, notices: Notices) -> Response:
    """Who was not reached, by index; for the case's officials."""
    tidings.mailing_for(mailing_id, visitor)
    rows = [("" if index is None else str(index), state, reason) for index, state, reason in notices.not_reached(mailing_id)]
    return _csv(("序号 index", "状态 state", "原因 reason"), rows, f"not-reached-{mailing_id}")


@router.get("/notices/{mailing_id}/letters.csv")
def export_letters(mailing_id: str, visitor: Official, tidings: Tidings, notices: Notices) -> Response:
    """Letters for the post, with names and addresses; for the case's officials."""
    tidings.mailing_for(mailing_id, visitor)
    rows = [(one.id, one.name, one.address, one.zh) for one in notices.letters(mailing_id)]
    return _csv(("编号 id", "姓名 name", "地址 address", "内容 text"), rows, f"letters-{mailing_id}")


@router.get("/notices/{mailing_id}/letters.pdf")
def print_letters(mailing_id: str, visitor: Official, tidings: Tidings, notices: Notices) -> Response:
    """The first letters for the post, ready to be printed, each with its QR code; for the case's officials."""
    made_at = tidings.mailing_for(mailing_id, visitor).made_at
    headers = {"Content-Disposition": f'attachment; filename="letters-{mailing_id}.pdf"', "Cache-Control": "no-store"}
    return Response(paper(notices.letters(mailing_id), made_at), media_type="application/pdf", headers=headers)


@router.post("/notices/{mailing_id}/posted")
def mark_posted(mailing_id: str, body: PostedIn, visitor: Official, tidings: Tidings, notices: Notices) -> PostedOut:
    """The letters up to and with this one went to the post; those that came since, or stand in no file yet, wait on."""
    tidings.mailing_for(mailing_id, visitor)
    return PostedOut(posted=notices.mark_posted(mailing_id, body.last))


@router.post("/polls/{poll_id}/lender/word", status_code=204)
def choose_word(poll_id: str, body: WordIn, visitor: Lender, tidings: Tidings) -> None:
    """Choose the word by which the lender knows our messages."""
    tidings.choose_word(poll_id, body.word, visitor)


@router.get("/polls/{poll_id}/numbers")
def list_numbers(poll_id: str, visitor: Official, tidings: Tidings) -> list[NumberChangeOut]:
    """Changes of lenders' numbers in the case, newest first."""
    return [NumberChangeOut.of(one) for one in tidings.numbers(poll_id, visitor)]


@router.post("/polls/{poll_id}/numbers", status_code=201)
def propose_number(poll_id: str, body: NumberIn, visitor: Official, tidings: Tidings) -> NumberChangeOut:
    """Ask to change a lender's number, having seen the document."""
    return NumberChangeOut.of(tidings.propose_number(poll_id, body.index, body.number, visitor))


@router.post("/polls/{poll_id}/numbers/{change_id}/confirmation")
def confirm_number(poll_id: str, change_id: str, visitor: Official, tidings: Tidings) -> NumberChangeOut:
    """A second official saw the document, too: the old number is told, and the wait begins."""
    return NumberChangeOut.of(tidings.confirm_number(poll_id, change_id, visitor))


@router.post("/polls/{poll_id}/numbers/{change_id}/withdrawal")
def withdraw_number(poll_id: str, change_id: str, visitor: Official, tidings: Tidings) -> NumberChangeOut:
    """Take a change back before it counts."""
    return NumberChangeOut.of(tidings.withdraw_number(poll_id, change_id, visitor))


@router.post("/contests")
def contest(body: ContestIn, request: Request, tidings: Tidings) -> ContestOut:
    """Contest a ballot that was recorded for whoever got the notice with this code, and who cast none."""
    return ContestOut(poll_id=tidings.contest(body.code, remote_address(request)).poll_id)


@router.post("/polls/{poll_id}/contested")
def take_contested(poll_id: str, body: ContestedIn, tidings: Tidings) -> ContestedOut:
    """The list of contested ballots that the working group's own alarms signed; anybody may hand it in."""
    return ContestedOut(contested=tidings.take_contested(poll_id, body.content, body.signature))


def _csv(header: tuple[str, ...], rows: Sequence[tuple[str, ...]], name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
    return Response(table_csv(header, rows), media_type="text/csv; charset=utf-8", headers=headers)
