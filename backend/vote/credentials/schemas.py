"""What the credentials room takes and gives over HTTP (docs/api.md); times inside signed papers are seconds since 1970."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

from backend.ground.common.clock import from_unix
from backend.ground.common.hex_text import HexSignature, HexSigner, to_hex
from backend.ground.common.text_types import Line
from backend.vote.credentials.issuer import Refusal
from backend.vote.credentials.service import LenderEntry, Ticket
from backend.vote.credentials.store import VoucherStatus
from backend.vote.credentials.vouchers import Voucher, VoucherRequest, WaitingRequest

Phone = Annotated[str, Line(40)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CodeIn(_In):
    """The phone that is in the register."""

    phone: Phone


class CodeOut(BaseModel):
    """The same for every phone."""

    sent: bool = True
    resend_after_seconds: int


class LenderSignIn(_In):
    """Phone and code; when the phone serves several lenders, the end of their own document number besides.

    `full_name` is asked for only where whole document numbers are alike.
    """

    phone: Phone
    code: Annotated[str, Line(20)]
    document_end: Annotated[str, Line(40)] = ""
    full_name: Annotated[str, Line(120)] = ""


class EntryIn(_In):
    """For which lender an official opens the way in."""

    index: Annotated[StrictInt, Field(ge=0, lt=2**24)]


class EntryOut(BaseModel):
    """What the official tells the lender, once; it is kept nowhere in the clear."""

    code: str
    expires_at: datetime


class EntrySignIn(_In):
    """An official's entry code and the end of their own document number."""

    code: Annotated[str, Line(40)]
    document_end: Annotated[str, Line(40)]


class LenderSessionOut(BaseModel):
    """A session of role lender.

    Or what else is asked of a phone that serves several lenders: so many signs from the end of their own document number, and the full
    name where `name_needed`; then the same call again with them.
    """

    role: str | None = None
    name: str | None = None
    csrf_token: str | None = None
    document_signs: int | None = None
    name_needed: bool = False

    @classmethod
    def of(cls, entry: LenderEntry) -> LenderSessionOut:
        """From the service's answer."""
        if entry.opened is None:
            return cls(document_signs=entry.document_signs, name_needed=entry.name_needed)
        visitor = entry.opened.visitor
        return cls(role=visitor.role, name=visitor.name, csrf_token=entry.opened.csrf_token)


class BallotKeyIn(_In):
    """The address of the ballot key made on the lender's device."""

    ballot_key: Annotated[str, Line(100)]


class TicketOut(BaseModel):
    """A PhoneTicket (protocol §5) and where to take it."""

    index: int
    ballot_key: str
    expires_at: int
    signature: str
    verifier_url: str

    @classmethod
    def of(cls, ticket: Ticket) -> TicketOut:
        """From the service's ticket."""
        return cls(
            index=ticket.index,
            ballot_key=ticket.ballot_key,
            expires_at=ticket.expires_at,
            signature=ticket.signature,
            verifier_url=ticket.verifier_url,
        )


class VoucherRequestIn(BallotKeyIn):
    """Method 1 is a video call, 2 the counter."""

    method: StrictInt
    review: StrictBool = False
    """A machine did not accept the face; officials see these first."""


class InvitationIn(_In):
    """One line to the lender."""

    words: Annotated[str, Line(2000)]


class VoucherOut(BaseModel):
    """One official's signed word."""

    signer: str
    method: int
    vouched_at: int
    signature: str


class VoucherRequestOut(BaseModel):
    """A request to be seen; `code` is compared aloud."""

    id: str
    code: str
    method: int
    status: VoucherStatus
    requested_at: datetime
    vouchers: list[VoucherOut]
    review: bool
    invitation: str

    @classmethod
    def of(cls, request: VoucherRequest) -> VoucherRequestOut:
        """From the service's view."""
        vouchers = [VoucherOut(signer=v.signer, method=v.method, vouched_at=v.vouched_at, signature=v.signature) for v in request.vouchers]
        return cls(
            id=request.id,
            code=request.code,
            method=request.method,
            status=request.status,
            requested_at=request.requested_at,
            vouchers=vouchers,
            review=request.review,
            invitation=request.invitation,
        )


class ReasonOut(BaseModel):
    """One reason in words."""

    code: str
    zh: str
    en: str


class RefusalOut(BaseModel):
    """One time at which a machine did not accept the lender."""

    time: datetime
    reasons: list[ReasonOut]


class DeclinedOut(BaseModel):
    """Every time, as the identity verifier's log has it; no picture and no figure."""

    declined: list[RefusalOut]

    @classmethod
    def of(cls, refusals: Sequence[Refusal]) -> DeclinedOut:
        """From the issuer's answer."""
        return cls(
            declined=[
                RefusalOut(time=refusal.time, reasons=[ReasonOut(code=code, zh=zh, en=en) for code, zh, en in refusal.reasons])
                for refusal in refusals
            ]
        )


class OwnVoucherOut(BaseModel):
    """What the official who asks has signed about a lender."""

    method: int
    vouched_at: datetime


class WaitingRequestOut(BaseModel):
    """A waiting request as an official sees it; `typed_data` is what the official signs after having seen the lender."""

    id: str
    name_masked: str
    document: str
    document_ends: list[str]
    index: int
    ballot_key: str
    code: str
    method: int
    requested_at: datetime
    vouchers: int
    own_voucher: OwnVoucherOut | None
    review: bool
    invitation: str
    typed_data: dict[str, Any]

    @classmethod
    def of(cls, waiting: WaitingRequest) -> WaitingRequestOut:
        """From the service's view."""
        request, own = waiting.request, waiting.own
        return cls(
            id=request.id,
            name_masked=waiting.document.name_masked,
            document=waiting.document.kind,
            document_ends=list(waiting.document.number_ends),
            index=request.index,
            ballot_key=request.ballot_key,
            code=request.code,
            method=request.method,
            requested_at=request.requested_at,
            vouchers=len(request.vouchers),
            own_voucher=OwnVoucherOut(method=own.method, vouched_at=from_unix(own.vouched_at)) if own else None,
            review=request.review,
            invitation=request.invitation,
            typed_data=waiting.typed_data,
        )


class FullNameOut(BaseModel):
    """A waiting lender's name in full, for the official who compares it with a document."""

    name: str


class VoucherIn(_In):
    """The official's voucher; method and time as they were signed."""

    signer: HexSigner
    method: StrictInt
    vouched_at: Annotated[StrictInt, Field(ge=0, lt=2**63)]
    signature: HexSignature

    def voucher(self) -> Voucher:
        """As the service takes it."""
        return Voucher(to_hex(self.signer), self.method, self.vouched_at, to_hex(self.signature))
