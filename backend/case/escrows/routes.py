"""Escrows over HTTP: officials sign at their desks; who hands in what is signed needs no account, since it proves itself."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from backend.case.cases.schemas import ActOut
from backend.case.escrows.schemas import EscrowIn, EscrowOut
from backend.case.escrows.service import EscrowService, EscrowView
from backend.ground.http.services import service
from backend.people.accounts.access import maybe_signed_in, signed_in
from backend.people.accounts.visitor import OFFICIAL, Visitor

router = APIRouter(prefix="/api", tags=["escrows"])

Escrows = Annotated[EscrowService, Depends(service(EscrowService))]
Visit = Annotated[Visitor | None, Depends(maybe_signed_in)]
Official = Annotated[Visitor, Depends(signed_in(OFFICIAL))]
RegisterNumber = Annotated[int, Path(ge=0, le=2**31 - 1)]


@router.post("/cases/{case_id}/escrows")
def hand_in_escrow(case_id: str, body: EscrowIn, escrows: Escrows, visitor: Visit) -> EscrowOut:
    """Take `escrow.json` that k officials signed; the same one again with more of the trustees' signatures adds them.

    Another one than stands there is taken from a signed-in official in office alone.
    """
    return _out(escrows.hand_in(case_id, *body.read(), replaces=escrows.may_replace(case_id, visitor)))


@router.post("/cases/{case_id}/escrows/proposal", status_code=201)
def propose_escrow(case_id: str, body: EscrowIn, visitor: Official, escrows: Escrows) -> ActOut:
    """Lay `escrow.json` before the officials, who sign it at their desks; signatures in it do not count here."""
    statement, _ = body.read()
    return ActOut.of(escrows.propose(case_id, statement, visitor))


@router.get("/cases/{case_id}/escrows/{register_number}")
def show_escrow(case_id: str, register_number: RegisterNumber, escrows: Escrows) -> EscrowOut:
    """How far a register's escrow is, and which seats have not signed."""
    return _out(escrows.escrow(case_id, register_number))


@router.get("/cases/{case_id}/escrows/{register_number}/escrow.json")
def download_escrow(case_id: str, register_number: RegisterNumber, escrows: Escrows) -> Response:
    """The statement as it was signed, for trustees and for everybody who recounts."""
    content = escrows.published(case_id, register_number)
    return Response(content, media_type="application/json", headers={"Cache-Control": "no-cache"})


def _out(view: EscrowView) -> EscrowOut:
    told = {"register_number": view.register_number, "digest": view.digest, "file_digest": view.file_digest}
    return EscrowOut(**told, missing=list(view.missing), complete=not view.missing)
