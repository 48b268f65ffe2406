"""Successions over HTTP: who is in office is for everybody to read, officials in office name who comes after them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from backend.case.cases.schemas import ActOut, GenerationOut
from backend.case.cases.service import CaseService
from backend.case.successions.drafts import Drafts
from backend.case.successions.schemas import SuccessionIn
from backend.case.successions.service import SuccessionService
from backend.ground.http.services import service, service_of
from backend.people.accounts.access import signed_in
from backend.people.accounts.service import AccountService
from backend.people.accounts.visitor import ADMIN, INSTITUTION, OFFICIAL, Visitor
from backend.people.passkeys.service import PasskeyService

router = APIRouter(prefix="/api", tags=["successions"])

Successions = Annotated[SuccessionService, Depends(service(SuccessionService))]
Official = Annotated[Visitor, Depends(signed_in(OFFICIAL))]
Member = Annotated[Visitor, Depends(signed_in(ADMIN, OFFICIAL, INSTITUTION))]


@router.get("/cases/{case_id}/successions")
def list_generations(case_id: str, successions: Successions) -> list[GenerationOut]:
    """Who is, was and will be in office in the case, from those who opened it on."""
    case = successions.case(case_id)
    return [GenerationOut.of(case, one) for one in case.generations]


@router.post("/cases/{case_id}/successions", status_code=201)
def propose_succession(case_id: str, body: SuccessionIn, visitor: Official, successions: Successions, request: Request) -> ActOut:
    """Lay a list of successors before the officials in office; it holds after its notice, at least 7 days, in a rehearsal any."""
    case = service_of(request, CaseService).get_case(case_id)
    people = Drafts(case, service_of(request, AccountService), service_of(request, PasskeyService)).people(body)
    return ActOut.of(successions.propose(case_id, people, body.notice_seconds, body.reason, visitor))


@router.post("/cases/{case_id}/successions/withdrawal", status_code=201)
def propose_withdrawal(case_id: str, visitor: Official, successions: Successions) -> ActOut:
    """Lay before the officials in office that the succession which waits is taken back; its notice must not be over."""
    return ActOut.of(successions.propose_withdrawal(case_id, visitor))


@router.post("/cases/{case_id}/successions/completion")
def complete_succession(case_id: str, visitor: Member, successions: Successions) -> list[GenerationOut]:
    """Bring those into office whose notice is over; the service does so by itself within some seconds."""
    case = successions.complete(case_id, visitor)
    return [GenerationOut.of(case, one) for one in case.generations]
