"""Opening the sums, and the result."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from backend.ground.http.services import service
from backend.people.accounts.access import signed_in
from backend.people.accounts.visitor import OFFICIAL, Visitor
from backend.vote.leaks.schemas import LeakReportOut
from backend.vote.tally.schemas import BreachIn, OpeningIn, ResultOut, SealOut, ShareIn, TurnoutOut
from backend.vote.tally.sealed import SealedTallyService
from backend.vote.tally.service import TallyService

router = APIRouter(prefix="/api", tags=["tally"])


Tally = Annotated[TallyService, Depends(service(TallyService))]
Sealed = Annotated[SealedTallyService, Depends(service(SealedTallyService))]
Official = Annotated[Visitor, Depends(signed_in(OFFICIAL))]


@router.get("/cases/{case_id}/leaks")
def show_expected_leaks(case_id: str, visitor: Official, tally: Tally) -> LeakReportOut:
    """What totals by class will tell about single lenders: of the register that is frozen next, or else of the newest."""
    return LeakReportOut.of(tally.expected_leaks(case_id, visitor))


@router.get("/polls/{poll_id}/leaks")
def show_leaks(poll_id: str, visitor: Official, tally: Tally) -> LeakReportOut:
    """What the sums tell about single lenders: after the close exactly, by class and choice; before it by class."""
    return LeakReportOut.of(tally.leaks(poll_id, visitor))


@router.post("/polls/{poll_id}/tally")
def open_sums(
    poll_id: str, visitor: Official, tally: Tally, body: OpeningIn | None = None, without_closing_note: bool = False
) -> ResultOut:
    """Have the sums opened after the close; the contract checks them.

    Where they tell anything about single lenders, the body names the report that the official has seen. They wait for the relay's closing
    note. `without_closing_note` is for a relay whose key is lost: a recount will name that it lacks.
    """
    acknowledged = body.acknowledged if body is not None else ""
    return ResultOut.of(tally.open_sums(poll_id, visitor, acknowledged=acknowledged, without_closing_note=without_closing_note))


@router.get("/polls/{poll_id}/seal")
def show_seal(poll_id: str, response: Response, sealed: Sealed, invalid_after: Annotated[int, Query(ge=-1, lt=2**31)] = -1) -> SealOut:
    """Of a sealed poll: who has opened, who is missing, how far counting is; indexes of invalid ballots 1000 at a time, above
    `invalid_after`."""
    response.headers["Cache-Control"] = "no-store"
    return SealOut.of(sealed.shown(poll_id), invalid_after)


@router.post("/polls/{poll_id}/shares")
def publish_share(poll_id: str, body: ShareIn, sealed: Sealed) -> SealOut:
    """Publish a trustee's share after the close; anybody may hand it in, and with the last one needed the vote is unsealed."""
    return SealOut.of(sealed.publish_share(poll_id, body.seat, int(body.share, 16)))


@router.post("/polls/{poll_id}/breach")
def report_breach(poll_id: str, body: BreachIn, sealed: Sealed) -> SealOut:
    """Prove before the close, by a signature of the secret itself, that enough shares were pooled; every result says so."""
    return SealOut.of(sealed.report_breach(poll_id, bytes.fromhex(body.signature[2:])))


@router.get("/polls/{poll_id}/turnout")
def show_turnout(poll_id: str, visitor: Official, tally: Tally) -> TurnoutOut:
    """How many took part by when; amounts once the sums are opened."""
    return TurnoutOut.of(tally.turnout(poll_id, visitor))


@router.get("/polls/{poll_id}/result")
def show_result(poll_id: str, tally: Tally) -> ResultOut:
    """The result, once the sums are opened."""
    return ResultOut.of(tally.result(poll_id))
