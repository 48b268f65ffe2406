"""Rules and polls over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from backend.case.cases.schemas import ActOut
from backend.ground.chain.service import Chain
from backend.ground.common.settings import Settings
from backend.ground.http.services import service, service_of
from backend.people.accounts.access import signed_in
from backend.people.accounts.visitor import OFFICIAL, Visitor
from backend.vote.polls import rules
from backend.vote.polls.schemas import AbandonmentIn, AnnouncementIn, PollOut, PollPlace, RuleOut, SealedAnnouncementIn, show_poll
from backend.vote.polls.sealed import SealedPollService
from backend.vote.polls.service import PollService

router = APIRouter(prefix="/api", tags=["polls"])


Polls = Annotated[PollService, Depends(service(PollService))]
Sealed = Annotated[SealedPollService, Depends(service(SealedPollService))]
Official = Annotated[Visitor, Depends(signed_in(OFFICIAL))]


@router.get("/rules")
def list_rules() -> list[RuleOut]:
    """The presets of the counting rule, with conditions and words."""
    return [RuleOut.of(name, conditions) for name, conditions in rules.PRESETS.items()]


@router.post("/cases/{case_id}/polls", status_code=201)
def propose_poll(case_id: str, body: AnnouncementIn, visitor: Official, polls: Polls) -> ActOut:
    """Lay a poll's announcement before the officials; k signatures carry it to the chain."""
    return ActOut.of(polls.propose_poll(case_id, body.read(), visitor))


@router.post("/cases/{case_id}/polls/sealed", status_code=201)
def propose_sealed_poll(case_id: str, body: SealedAnnouncementIn, visitor: Official, sealed: Sealed) -> ActOut:
    """Lay a sealed poll's announcement before the officials; k signatures carry it to the chain with the trustees' confirmations."""
    return ActOut.of(sealed.propose(case_id, body.read(), body.ceremony_id, visitor, body.abandon_after_seconds))


@router.post("/polls/{poll_id}/abandonment", status_code=201)
def propose_abandonment(poll_id: str, body: AbandonmentIn, visitor: Official, sealed: Sealed) -> ActOut:
    """Lay before the officials that a sealed poll is given up which nobody opened in its time."""
    return ActOut.of(sealed.propose_abandonment(poll_id, body.reason, visitor))


@router.get("/polls")
def list_polls(request: Request, polls: Polls, case_id: str | None = None) -> list[PollOut]:
    """Every poll, or those of one case, newest first."""
    return [show_poll(polls, poll, _place(request)) for poll in polls.list_polls(case_id)]


@router.get("/polls/{poll_id}")
def get_poll(poll_id: str, request: Request, polls: Polls) -> PollOut:
    """One poll, and where it stands by the chain's clock."""
    return show_poll(polls, polls.get_poll(poll_id), _place(request))


@router.get("/polls/{poll_id}/announced.json")
def download_announced(poll_id: str, polls: Polls, sealed: Sealed) -> Response:
    """Of a sealed poll what a trustee's page or tool reads after the announcement: the key as the contract has it, and the close."""
    return Response(sealed.announced_paper(polls.get_poll(poll_id)), media_type="application/json", headers={"Cache-Control": "no-cache"})


def _place(request: Request) -> PollPlace:
    return PollPlace.of(service_of(request, Settings), service_of(request, Chain).chain_id)
