"""What officials sign after the challenge period, and where they hand it in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from backend.ground.http.services import service
from backend.people.accounts.access import signed_in
from backend.people.accounts.visitor import OFFICIAL, Visitor
from backend.vote.approvals.schemas import AttestationIn, AttestationOut, DecisionOut, OpinionOut
from backend.vote.approvals.service import ApprovalService

router = APIRouter(prefix="/api", tags=["approvals"])


Approvals = Annotated[ApprovalService, Depends(service(ApprovalService))]
Official = Annotated[Visitor, Depends(signed_in(OFFICIAL))]


@router.get("/polls/{poll_id}/attestation")
def show_attestation(poll_id: str, visitor: Official, approvals: Approvals, *, approve: bool = True) -> AttestationOut:
    """The typed data of an approval, or with `approve=false` of a refusal."""
    typed = approvals.attestation(poll_id, visitor, approve=approve)
    return AttestationOut(approve=approve, typed_data=typed.as_json(), contested=approvals.contested(poll_id))


@router.get("/polls/{poll_id}/attestations")
def show_attestations(poll_id: str, visitor: Official, approvals: Approvals) -> list[OpinionOut]:
    """Which officials have signed what about the result, and when, as the chain has it; for the case's officials."""
    return [OpinionOut.of(opinion) for opinion in approvals.opinions(poll_id, visitor)]


@router.post("/polls/{poll_id}/attestations")
def attest(poll_id: str, body: AttestationIn, visitor: Official, approvals: Approvals) -> DecisionOut:
    """Hand in an official's signed opinion."""
    seen = body.contested_seen
    return DecisionOut.of(approvals.attest(poll_id, visitor, body.signer, body.signature, approve=body.approve, contested_seen=seen))
