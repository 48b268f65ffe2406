"""Flags over HTTP: the queue for officials, what concerns a lender, and for everybody how the rules and the officials did."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from backend.ground.http.services import service
from backend.people.accounts.access import signed_in
from backend.people.accounts.visitor import LENDER, OFFICIAL, Visitor
from backend.watch.flags.schemas import DecisionIn, FlagOut, FlagsOut, ObjectionOut, ToldOut, WordsIn
from backend.watch.flags.service import FlagService

router = APIRouter(prefix="/api", tags=["flags"])

Flags = Annotated[FlagService, Depends(service(FlagService))]
Official = Annotated[Visitor, Depends(signed_in(OFFICIAL))]
Lender = Annotated[Visitor, Depends(signed_in(LENDER))]


@router.get("/cases/{case_id}/flags")
def get_flags(case_id: str, flags: Flags) -> FlagsOut:
    """Rules, runs, and how often two officials agreed on flagged items and on those drawn at random; no person and no item."""
    return FlagsOut.of(flags.public(case_id))


@router.get("/cases/{case_id}/flags/queue")
def list_flags(case_id: str, visitor: Official, response: Response, flags: Flags) -> list[FlagOut]:
    """The queue as this official may see it."""
    response.headers["Cache-Control"] = "no-store"
    return [FlagOut.of(item) for item in flags.desk.queue(case_id, visitor)]


@router.post("/flags/{item_id}/decision")
def decide_flag(item_id: str, body: DecisionIn, visitor: Official, response: Response, flags: Flags) -> FlagOut:
    """Keep an official's finding and reason; the answer shows the flag."""
    response.headers["Cache-Control"] = "no-store"
    return FlagOut.of(flags.desk.decide(item_id, visitor, body.finding, body.reason))


@router.post("/flag-objections/{objection_id}/answer")
def answer_objection(objection_id: str, body: WordsIn, visitor: Official, flags: Flags) -> ObjectionOut:
    """Answer a lender's objection."""
    return ObjectionOut.of(flags.desk.answer(objection_id, visitor, body.text))


@router.get("/polls/{poll_id}/lender/flags")
def list_own_flags(poll_id: str, visitor: Lender, response: Response, flags: Flags) -> list[ToldOut]:
    """What two officials decided about items that concern this lender."""
    response.headers["Cache-Control"] = "no-store"
    return [ToldOut.of(item) for item in flags.desk.told(poll_id, visitor)]


@router.post("/polls/{poll_id}/lender/flags/{item_id}/objection")
def object_to_flag(poll_id: str, item_id: str, body: WordsIn, visitor: Lender, response: Response, flags: Flags) -> ToldOut:
    """Object to one of them."""
    response.headers["Cache-Control"] = "no-store"
    return ToldOut.of(flags.desk.object_to(poll_id, item_id, visitor, body.text))
