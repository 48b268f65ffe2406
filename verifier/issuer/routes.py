"""HTTP of the issuer (docs/architecture.md, issuer)."""

from __future__ import annotations

import secrets
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from verifier.issuer.bodies import files_of, read_form, text_field
from verifier.issuer.consents import texts
from verifier.issuer.errors import OperatorTokenWrong, PollUnknown, ProbeMissing
from verifier.issuer.face_way import MOST_PROBES
from verifier.issuer.http_errors import fields_not_readable
from verifier.issuer.schemas import (
    MOST_LEAVES,
    ConsentRequest,
    ConsentText,
    CredentialOut,
    CredentialRequest,
    FaceAnswer,
    FaceRequest,
    IdentityIn,
    ListAnswer,
    ListRequest,
    ProviderAnswer,
    ProviderBegin,
    ProviderBegun,
    ProviderFinish,
    ReferenceRequest,
    SessionNonce,
    SessionRequest,
    SessionView,
    VouchedAnswer,
    VouchedRequest,
)
from verifier.issuer.service import Issuer
from verifier.issuer.session_way import MOST_BATCH

router = APIRouter()

#: The duty to file begins at 100,000 stored faces.
FILING_ALERT = 80_000


def _issuer(request: Request) -> Issuer:
    return cast(Issuer, request.app.state.issuer)


Here = Annotated[Issuer, Depends(_issuer)]


def _operator(request: Request, issuer: Here) -> None:
    """Raises: OperatorTokenWrong. Compared in constant time."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    right = secrets.compare_digest(token.strip().encode(), issuer.keyring.operator_token.encode())
    if scheme.lower() != "bearer" or not right:
        raise OperatorTokenWrong()


@router.get("/v1/identity")
def identity(issuer: Here) -> dict[str, Any]:
    """The address that polls name as their verifier, and those of the ways that a poll may name besides (protocol §15)."""
    return {"address": issuer.address, "ways": issuer.providers.addresses()}


@router.get("/v1/consents/texts")
def consent_texts() -> dict[str, list[ConsentText]]:
    """Every text that lenders were shown, with the hash by which the log names it."""
    return {"texts": texts()}


@router.post("/v1/consents", status_code=201)
def give_consent(asked: ConsentRequest, issuer: Here) -> dict[str, Any]:
    """Record a lender's consent, before a camera opens."""
    return {"log": issuer.consents.give(asked)}


@router.post("/v1/consents/withdrawal")
def withdraw_consent(asked: CredentialRequest, issuer: Here) -> dict[str, Any]:
    """End a lender's consent and erase what is stored of the face."""
    return {"certificate": issuer.consents.withdraw(asked)}


@router.post("/v1/credentials/face")
async def by_face(request: Request, issuer: Here) -> FaceAnswer:
    """A credential by face."""
    form = await read_form(request, most_files=MOST_PROBES)
    try:
        asked = FaceRequest.model_validate_json(text_field(form, "request"))
    except ValidationError as error:
        raise fields_not_readable(list(error.errors())) from error
    probes = await files_of(form, "probe")
    if not probes:
        raise ProbeMissing(most=MOST_PROBES)
    return await run_in_threadpool(issuer.by_face, asked, probes)


@router.post("/v1/sessions", status_code=201)
def open_session(asked: SessionRequest, issuer: Here) -> SessionView:
    """Open a session in front of the camera."""
    return issuer.open_session(asked)


@router.post("/v1/sessions/{session_id}/frames")
async def session_frames(session_id: str, request: Request, issuer: Here) -> SessionView:
    """Show the next frames."""
    form = await read_form(request, most_files=MOST_BATCH)
    nonce, frames = text_field(form, "nonce"), await files_of(form, "frame")
    return await run_in_threadpool(issuer.watch_session, session_id, nonce, frames)


@router.post("/v1/sessions/{session_id}/decision")
def session_decision(session_id: str, asked: SessionNonce, issuer: Here) -> FaceAnswer:
    """Decide a finished session."""
    return issuer.decide_session(session_id, asked.nonce)


@router.post("/v1/credentials/vouched")
def by_vouchers(asked: VouchedRequest, issuer: Here) -> VouchedAnswer:
    """A credential by two officials' vouchers."""
    return VouchedAnswer(credential=CredentialOut.model_validate(issuer.by_vouchers(asked)))


@router.get("/v1/providers")
def list_providers(issuer: Here) -> dict[str, Any]:
    """The identity providers that this issuer works with."""
    return {"providers": issuer.providers.listed()}


@router.post("/v1/providers/begin", status_code=201)
def begin_check(asked: ProviderBegin, issuer: Here) -> ProviderBegun:
    """Start a check by a provider that counts for the poll."""
    return issuer.providers.begin(asked)


@router.post("/v1/providers/finish")
def finish_check(asked: ProviderFinish, issuer: Here) -> ProviderAnswer:
    """End it: a credential, or why not."""
    return issuer.providers.finish(asked)


@router.post("/v1/identities", status_code=204, dependencies=[Depends(_operator)])
def put_identity(asked: IdentityIn, issuer: Here) -> Response:
    """Keep the keyed digest of a lender's name and number; for the operator."""
    issuer.identities.put(asked.poll, asked.index, asked.name, asked.id_number)
    return Response(status_code=204)


@router.post("/v1/credential-lists")
def credential_list(asked: ListRequest, issuer: Here) -> ListAnswer:
    """One signature over pairs that have a credential."""
    return issuer.sign_list(asked)


@router.post("/v1/references", status_code=204, dependencies=[Depends(_operator)])
async def reference(request: Request, issuer: Here) -> Response:
    """Keep a lender's reference; for the operator."""
    form = await read_form(request, most_files=1)
    try:
        asked = ReferenceRequest.model_validate({"poll": form.get("poll"), "index": form.get("index")})
    except ValidationError as error:
        raise fields_not_readable(list(error.errors())) from error
    images = await files_of(form, "image")
    if not images:
        raise ProbeMissing(most=1)
    await run_in_threadpool(issuer.put_reference, asked.poll, asked.index, images[0])
    return Response(status_code=204)


@router.get("/v1/references/count", dependencies=[Depends(_operator)])
def reference_count(issuer: Here) -> dict[str, int | bool]:
    """How many faces are stored. Above 100,000 they have to be filed with the authority; the alert comes at 80,000."""
    stored = issuer.stored_faces()
    return {"stored_faces": stored, "filing_alert": stored >= FILING_ALERT}


@router.get("/v1/certificates")
def certificates(issuer: Here, poll: str | None = None) -> dict[str, Any]:
    """The newest 1,000 deletion certificates; they name no lender."""
    return {"certificates": issuer.certificates(poll.lower() if poll else None)}


@router.get("/v1/declined")
def read_declined(
    issuer: Here, poll: Annotated[str, Query(max_length=42)], index: Annotated[int, Query(ge=0, lt=MOST_LEAVES)]
) -> dict[str, Any]:
    """When and why the machine did not accept a lender, as the log has it, in words."""
    return {"declined": issuer.declined(poll.lower(), index)}


@router.get("/v1/log")
def read_log(issuer: Here, poll: str | None = None, after: Annotated[int, Query(ge=0, lt=2**63)] = 0) -> dict[str, Any]:
    """Up to 1,000 log entries above `after`, and the head of the whole log to note down."""
    if poll is not None and len(poll) != 42:
        raise PollUnknown(poll=poll[:64])
    rows, head = issuer.read_log(poll.lower() if poll else None, after)
    return {"entries": [row.as_json() for row in rows], "head": {"seq": head.seq, "hash": head.hash}}


@router.get("/healthz")
def health(issuer: Here) -> dict[str, str]:
    """Alive, and whether sessions in front of the camera are asked for; says nothing about the node."""
    return {"status": "ok", "address": issuer.address, "liveness": issuer.liveness}
