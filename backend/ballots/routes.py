"""Ballots and receipts over HTTP; the lender's claim is answered here because it shows the own ballots too."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from backend.accounts.access import signed_in
from backend.accounts.visitor import LENDER, Visitor
from backend.ballots.schemas import BallotIn, ClaimOut, ReceiptOut
from backend.ballots.service import BallotService
from backend.credentials.routes import credential_service
from backend.credentials.service import CredentialService

router = APIRouter(prefix="/api", tags=["ballots"])


async def ballot_service(request: Request) -> BallotService:
    """The service on `app.state.ballots`; async, since a thread for this alone would cost more than the look."""
    service: BallotService = request.app.state.ballots
    return service


Ballots = Annotated[BallotService, Depends(ballot_service)]
Credentials = Annotated[CredentialService, Depends(credential_service)]


@router.post("/polls/{poll_id}/ballots", status_code=201)
def take_ballot(poll_id: str, body: BallotIn, response: Response, ballots: Ballots) -> ReceiptOut:
    """Take a signed ballot; 201 with a receipt, 200 with the same receipt when it was taken before. Anyone may hand it in."""
    receipt = ballots.take(poll_id, body.signed())
    if not receipt.is_new:
        response.status_code = 200
    return ReceiptOut.of(receipt)


@router.get("/receipts/{number}")
def show_receipt(number: str, response: Response, ballots: Ballots) -> ReceiptOut:
    """The receipt under a number and where its ballot stands."""
    response.headers["Cache-Control"] = "no-store"
    return ReceiptOut.of(ballots.receipt(number))


@router.get("/polls/{poll_id}/lender/claim")
def show_claim(
    poll_id: str,
    visitor: Annotated[Visitor, Depends(signed_in(LENDER))],
    response: Response,
    credentials: Credentials,
    ballots: Ballots,
) -> ClaimOut:
    """The signed-in lender's own claim, proof, newest recorded ballot and receipts."""
    response.headers["Cache-Control"] = "no-store"
    claim = credentials.claim(poll_id, visitor)
    return ClaimOut.of(claim, ballots.own_ballots(poll_id, claim.index))
