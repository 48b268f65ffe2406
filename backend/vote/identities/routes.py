"""Identity files over HTTP, for the institution and the officials of a case."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response, UploadFile

from backend.case.cases.schemas import ActOut
from backend.ground.http.services import service
from backend.people.accounts.access import signed_in
from backend.people.accounts.visitor import INSTITUTION, OFFICIAL, Visitor
from backend.vote.identities.service import IdentityService

router = APIRouter(prefix="/api", tags=["identities"])


Identities = Annotated[IdentityService, Depends(service(IdentityService))]
Official = Annotated[Visitor, Depends(signed_in(OFFICIAL))]
RegisterNumber = Annotated[int | None, Query(ge=0, lt=2**31)]
Party = Annotated[Visitor, Depends(signed_in(OFFICIAL, INSTITUTION))]


@router.post("/cases/{case_id}/identity-files", status_code=201)
def propose(case_id: str, file: UploadFile, visitor: Party, identities: Identities, register_number: RegisterNumber = None) -> ActOut:
    """Lay an identity file about a frozen register, the newest one unless said, before the officials."""
    return ActOut.of(identities.propose(case_id, visitor, file.file.read(), register_number))


@router.get("/acts/{act_id}/identity-file")
def read_file(act_id: str, visitor: Official, identities: Identities) -> Response:
    """The file itself, so that an official's page works out its hash before anybody signs."""
    headers = {"Content-Disposition": 'attachment; filename="identities.jsonl"', "Cache-Control": "no-store"}
    return Response(identities.content(act_id, visitor), media_type="application/jsonl", headers=headers)
