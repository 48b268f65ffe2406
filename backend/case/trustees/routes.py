"""Trustees and ceremonies over HTTP. A seat needs no account: its papers prove themselves by the identity's signature."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from backend.case.cases.schemas import ActOut
from backend.case.trustees.schemas import (
    AppointmentIn,
    CeremonyIn,
    CeremonyLineOut,
    CeremonyOut,
    ComplaintIn,
    ConfirmationIn,
    DealingIn,
    EndIn,
    EntryIn,
    TrusteesOut,
)
from backend.case.trustees.service import NO_NUMBER, TrusteeService
from backend.case.trustees.status import Step
from backend.ground.http.services import service
from backend.people.accounts.access import signed_in
from backend.people.accounts.visitor import OFFICIAL, Visitor

router = APIRouter(prefix="/api", tags=["trustees"])


Trustees = Annotated[TrusteeService, Depends(service(TrusteeService))]
Official = Annotated[Visitor, Depends(signed_in(OFFICIAL))]


@router.get("/cases/{case_id}/trustees")
def show_trustees(case_id: str, trustees: Trustees) -> TrusteesOut:
    """The trustees who serve in the case now, as its contract names them."""
    return TrusteesOut(signers=trustees.serving(case_id))


@router.post("/cases/{case_id}/trustees", status_code=201)
def propose_trustees(case_id: str, body: AppointmentIn, visitor: Official, trustees: Trustees) -> ActOut:
    """Lay an appointment of trustees before the officials; they serve 7 days after it is on the chain, in a rehearsal at once."""
    return ActOut.of(trustees.propose_appointment(case_id, body.signers, body.names, visitor))


@router.get("/cases/{case_id}/ceremonies")
def list_ceremonies(
    case_id: str, trustees: Trustees, before: Annotated[int, Query(ge=0, le=NO_NUMBER)] = NO_NUMBER
) -> list[CeremonyLineOut]:
    """The case's key ceremonies, newest first, 20 at a time: `before` is the number of the last one that was given."""
    return [CeremonyLineOut.of(one) for one in trustees.ceremonies(case_id, before)]


@router.post("/cases/{case_id}/ceremonies", status_code=201)
def begin_ceremony(case_id: str, body: CeremonyIn, visitor: Official, trustees: Trustees) -> CeremonyOut:
    """Open a ceremony of the trustees who serve now."""
    return CeremonyOut.of(trustees.begin(case_id, body.threshold, body.names, visitor))


@router.get("/ceremonies/{ceremony_id}")
def show_ceremony(ceremony_id: str, response: Response, trustees: Trustees) -> CeremonyOut:
    """Everything that is public of a ceremony."""
    response.headers["Cache-Control"] = "no-store"
    return CeremonyOut.of(trustees.ceremony(ceremony_id))


@router.post("/ceremonies/{ceremony_id}/roll")
def close_roll(ceremony_id: str, visitor: Official, trustees: Trustees) -> CeremonyOut:
    """Close the roll once every seat has joined."""
    return CeremonyOut.of(trustees.close_roll(ceremony_id, visitor))


@router.post("/ceremonies/{ceremony_id}/end")
def end_ceremony(ceremony_id: str, body: EndIn, visitor: Official, trustees: Trustees) -> CeremonyOut:
    """Give the ceremony up, with a reason that everybody can read."""
    return CeremonyOut.of(trustees.end(ceremony_id, body.reason, visitor))


@router.post("/ceremonies/{ceremony_id}/seats/{seat}/entry")
def join(ceremony_id: str, seat: int, body: EntryIn, trustees: Trustees) -> CeremonyOut:
    """Take a seat's entry; the same again gives the same answer."""
    return CeremonyOut.of(trustees.hand_in(ceremony_id, seat, Step.ENTRY, body.model_dump()))


@router.post("/ceremonies/{ceremony_id}/seats/{seat}/dealing")
def deal(ceremony_id: str, seat: int, body: DealingIn, trustees: Trustees) -> CeremonyOut:
    """Take a seat's dealing; the same again gives the same answer."""
    return CeremonyOut.of(trustees.hand_in(ceremony_id, seat, Step.DEALING, body.model_dump()))


@router.post("/ceremonies/{ceremony_id}/seats/{seat}/confirmation")
def confirm(ceremony_id: str, seat: int, body: ConfirmationIn, trustees: Trustees) -> CeremonyOut:
    """Take a seat's confirmation of the key; with the last one the ceremony is complete."""
    return CeremonyOut.of(trustees.hand_in(ceremony_id, seat, Step.CONFIRMATION, body.model_dump()))


@router.post("/ceremonies/{ceremony_id}/complaint")
def complain(ceremony_id: str, body: ComplaintIn, trustees: Trustees) -> CeremonyOut:
    """Take the proof that a share does not fit; the ceremony is void, and the receiver's key of it is known to all."""
    return CeremonyOut.of(trustees.complain(ceremony_id, body.read()))


@router.get("/cases/{case_id}/appointed.json")
def download_appointed(case_id: str, trustees: Trustees) -> Response:
    """Who serves as trustee now, as a trustee's tool reads it: one of the two sources that it asks for."""
    return _paper(trustees.appointed_paper(case_id))


@router.get("/ceremonies/{ceremony_id}/ceremony.json")
def download_opening_paper(ceremony_id: str, trustees: Trustees) -> Response:
    """The paper with which a trustee begins: case, number, seats and threshold."""
    return _paper(trustees.opening_paper(ceremony_id))


@router.get("/ceremonies/{ceremony_id}/roll.json")
def download_roll(ceremony_id: str, trustees: Trustees) -> Response:
    """The closed roll with every seat's signature, for a trustee who trusts no page."""
    return _paper(trustees.roll(ceremony_id))


@router.get("/ceremonies/{ceremony_id}/seal.json")
def download_transcript(ceremony_id: str, trustees: Trustees) -> Response:
    """The transcript, byte for byte as it was hashed; shares in it are encrypted."""
    return _paper(trustees.transcript(ceremony_id))


def _paper(content: bytes) -> Response:
    return Response(content, media_type="application/json", headers={"Cache-Control": "no-cache"})
