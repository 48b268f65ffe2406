"""What a lender keeps: the page of a receipt, and the pages for a disk that check a ballot or keep a trustee's file."""

from __future__ import annotations

import io
from urllib.parse import quote

import segno
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from backend.ground.common.settings import Settings
from backend.ground.http.services import service_of
from backend.people.accounts.access import maybe_signed_in
from backend.vote.ballots.schemas import ReceiptOut, StandingOut
from backend.vote.ballots.service import BallotService, is_own
from backend.vote.polls.service import PollService
from backend.web.pages import PageRoute, built, render
from verifier.web.one_file import CHECK_SEAL, one_file

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/receipts")
def find_receipt(number: str = "") -> Response:
    """From the form to the receipt's own address."""
    wanted = number.strip()[:64]
    return RedirectResponse(f"/receipts/{quote(wanted, safe='')}" if wanted else "/", status_code=303)


@router.get("/receipts/{number}")
def receipt(request: Request, number: str) -> Response:
    """Whether a receipted ballot stands; the rest of its receipt for the signed-in lender who handed it in alone."""
    ballots = service_of(request, BallotService)
    found = ballots.receipt(number)
    own = is_own(found, maybe_signed_in(request))
    shown = ReceiptOut.of(ballots.own_receipt(found)) if own else StandingOut.of(found)
    rehearsal = service_of(request, PollService).get_poll(found.poll_id).rehearsal
    page = render(request, "receipt.html", rehearsal=rehearsal, receipt=shown.model_dump(), own=own)
    page.headers["Cache-Control"] = "no-store"
    return page


@router.get("/receipts/{number}/qr.svg")
def receipt_code(request: Request, number: str) -> Response:
    """A QR code of the receipt's page."""
    settings = service_of(request, Settings)
    ballots = service_of(request, BallotService)
    known = ballots.receipt(number).number
    code = segno.make(f"{settings.resolved_public_url}/receipts/{quote(known, safe='')}", error="m", micro=False)
    drawn = io.BytesIO()
    code.save(drawn, kind="svg", scale=4, border=3, light="#fff")
    return Response(drawn.getvalue(), media_type="image/svg+xml")


@router.get("/verify.html")
def verify_page() -> Response:
    """The offline check of a ballot, to be kept on a disk; it runs there, under no policy of this site."""
    # Not ours to change: it is written apart from the pages, so that an error here is not repeated there.
    return Response(one_file(), media_type="text/html", headers={"Content-Disposition": 'attachment; filename="verify.html"'})


@router.get("/check-seal.html")
def seal_page() -> Response:
    """The check of a seal on another device, to be kept on a disk like the one above."""
    headers = {"Content-Disposition": 'attachment; filename="check-seal.html"'}
    return Response(one_file(CHECK_SEAL), media_type="text/html", headers=headers)


@router.get("/trustee.html")
def trustee_page() -> Response:
    """The trustee's page, to be kept on a disk; it runs there, under a policy of its own that allows no connection."""
    name = "trustee"
    return Response(built(f"{name}.html"), media_type="text/html", headers={"Content-Disposition": f'attachment; filename="{name}.html"'})
