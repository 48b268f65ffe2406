"""Ballots and receipts over HTTP; the lender's claim is answered here because it shows their own ballots too."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from backend.ground.http.services import service
from backend.people.accounts.access import maybe_signed_in, signed_in
from backend.people.accounts.visitor import LENDER, Visitor
from backend.vote.ballots.schemas import BallotIn, ClaimOut, ReceiptOut, StandingOut
from backend.vote.ballots.service import BallotService, is_own
from backend.vote.credentials.service import CredentialService

router = APIRouter(prefix="/api", tags=["ballots"])


Ballots = Annotated[BallotService, Depends(service(BallotService))]
Credentials = Annotated[CredentialService, Depends(service(CredentialService))]


@router.post("/polls/{poll_id}/ballots", status_code=201, response_model=ReceiptOut)
def take_ballot(poll_id: str, body: BallotIn, ballots: Ballots) -> Response:
    """Take a signed ballot; 201 with a receipt, 200 with the same receipt when it was taken before. Anyone may hand it in."""
    receipt = ballots.take(poll_id, body.signed())
    # Written here: the framework would take a second thread for it.
    words = ReceiptOut.of(receipt).model_dump_json(by_alias=True)
    return Response(words, 201 if receipt.is_new else 200, media_type="application/json")


@router.get("/receipts/{number}")
def show_receipt(
    number: str, visitor: Annotated[Visitor | None, Depends(maybe_signed_in)], response: Response, ballots: Ballots
) -> ReceiptOut | StandingOut:
    """Whether the ballot under a number stands; all of the receipt for the lender who handed it in and is signed in."""
    response.headers["Cache-Control"] = "no-store"
    receipt = ballots.receipt(number)
    return ReceiptOut.of(ballots.own_receipt(receipt)) if is_own(receipt, visitor) else StandingOut.of(receipt)


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
