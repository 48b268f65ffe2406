"""A lender's sign-in, ticket and requests to be seen; officials' vouchers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, Request, Response

from backend.ground.http.services import service
from backend.people.accounts.access import remote_address, session_token, set_session_cookie, signed_in
from backend.people.accounts.visitor import LENDER, OFFICIAL, Visitor
from backend.vote.credentials.schemas import (
    BallotKeyIn,
    CodeIn,
    CodeOut,
    DeclinedOut,
    EntryIn,
    EntryOut,
    EntrySignIn,
    FullNameOut,
    InvitationIn,
    LenderSessionOut,
    LenderSignIn,
    TicketOut,
    VoucherIn,
    VoucherRequestIn,
    VoucherRequestOut,
    WaitingRequestOut,
)
from backend.vote.credentials.service import CredentialService, LenderEntry
from backend.vote.credentials.sms import SmsGateway

router = APIRouter(prefix="/api", tags=["credentials"])


Credentials = Annotated[CredentialService, Depends(service(CredentialService))]
Lender = Annotated[Visitor, Depends(signed_in(LENDER))]
Official = Annotated[Visitor, Depends(signed_in(OFFICIAL))]


@router.post("/polls/{poll_id}/lender/code")
def request_code(
    poll_id: str,
    body: CodeIn,
    request: Request,
    later: BackgroundTasks,
    credentials: Credentials,
    gateway: Annotated[SmsGateway, Depends(service(SmsGateway))],
) -> CodeOut:
    """Send a code to a phone; the answer, and how long it takes, is the same for phones that are not in the register."""
    asked = credentials.request_code(poll_id, body.phone, remote_address(request))
    if asked.message is not None:
        # After the answer, so that waiting for the provider does not tell who is in the register.
        later.add_task(gateway.send, asked.message)
    return CodeOut(resend_after_seconds=asked.resend_after_seconds)


@router.post("/polls/{poll_id}/lender/session")
def sign_in(poll_id: str, body: LenderSignIn, request: Request, response: Response, credentials: Credentials) -> LenderSessionOut:
    """Open a lender's session; where a phone serves several lenders, first say what else they have to know."""
    entry = credentials.sign_in(
        poll_id,
        body.phone,
        body.code,
        remote_address(request),
        session_token(request),
        document_end=body.document_end,
        full_name=body.full_name,
    )
    if entry.opened is not None:
        set_session_cookie(request, response, entry.opened)
    response.headers["Cache-Control"] = "no-store"
    return LenderSessionOut.of(entry)


@router.post("/polls/{poll_id}/entries", status_code=201)
def open_entry(poll_id: str, body: EntryIn, visitor: Official, response: Response, credentials: Credentials) -> EntryOut:
    """Make an entry code for a lender whom no text message reaches; the official has met the lender, or is on a call with them."""
    response.headers["Cache-Control"] = "no-store"
    entry = credentials.entries.make(poll_id, visitor, body.index)
    return EntryOut(code=entry.code, expires_at=entry.expires_at)


@router.post("/polls/{poll_id}/lender/entry")
def sign_in_by_entry(poll_id: str, body: EntrySignIn, request: Request, response: Response, credentials: Credentials) -> LenderSessionOut:
    """Open a lender's session by an official's entry code and the end of their own document number."""
    opened = credentials.entries.sign_in(poll_id, body.code, body.document_end, remote_address(request), session_token(request))
    set_session_cookie(request, response, opened)
    return LenderSessionOut.of(LenderEntry(opened))


@router.post("/polls/{poll_id}/lender/ticket")
def issue_ticket(poll_id: str, body: BallotKeyIn, visitor: Lender, credentials: Credentials) -> TicketOut:
    """The relay's word that this lender entered the phone code, for one ballot key."""
    return TicketOut.of(credentials.issue_ticket(poll_id, visitor, body.ballot_key))


@router.post("/polls/{poll_id}/lender/voucher-requests")
def ask_to_be_seen(poll_id: str, body: VoucherRequestIn, visitor: Lender, credentials: Credentials) -> VoucherRequestOut:
    """Ask two officials to see the lender on a video call or at the counter."""
    return VoucherRequestOut.of(credentials.vouchers.ask(poll_id, visitor, body.ballot_key, body.method, review=body.review))


@router.get("/polls/{poll_id}/lender/voucher-requests/{request_id}")
def look_at_request(poll_id: str, request_id: str, visitor: Lender, response: Response, credentials: Credentials) -> VoucherRequestOut:
    """The lender's own request with the vouchers it has."""
    response.headers["Cache-Control"] = "no-store"
    return VoucherRequestOut.of(credentials.vouchers.look(poll_id, visitor, request_id))


@router.get("/polls/{poll_id}/voucher-requests")
def list_waiting(poll_id: str, visitor: Official, response: Response, credentials: Credentials) -> list[WaitingRequestOut]:
    """Lenders waiting to be seen, for officials of the case."""
    response.headers["Cache-Control"] = "no-store"
    return [WaitingRequestOut.of(waiting) for waiting in credentials.vouchers.waiting(poll_id, visitor)]


@router.get("/voucher-requests/{request_id}/declined")
def show_declined(request_id: str, visitor: Official, response: Response, credentials: Credentials) -> DeclinedOut:
    """When and why a machine did not accept the lender, as the identity verifier's log has it, in words."""
    response.headers["Cache-Control"] = "no-store"
    return DeclinedOut.of(credentials.vouchers.declined(request_id, visitor))


@router.post("/voucher-requests/{request_id}/name-looks")
def look_at_name(request_id: str, visitor: Official, response: Response, credentials: Credentials) -> FullNameOut:
    """Show a waiting lender's name in full; the audit log keeps who looked, when, and at which request."""
    response.headers["Cache-Control"] = "no-store"
    return FullNameOut(name=credentials.vouchers.look_at_name(request_id, visitor))


@router.post("/voucher-requests/{request_id}/vouchers")
def vouch(request_id: str, body: VoucherIn, visitor: Official, credentials: Credentials) -> VoucherRequestOut:
    """Hand in an official's signed voucher."""
    return VoucherRequestOut.of(credentials.vouchers.vouch(request_id, visitor, body.voucher()))


@router.post("/voucher-requests/{request_id}/invitation")
def invite(request_id: str, body: InvitationIn, visitor: Official, credentials: Credentials) -> VoucherRequestOut:
    """Tell a waiting lender when and where to be seen."""
    return VoucherRequestOut.of(credentials.vouchers.invite(request_id, visitor, body.words))
