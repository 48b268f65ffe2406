"""HTTP of the issuer (docs/issuer-api.md)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from verifier.issuer.consents import texts
from verifier.issuer.errors import ProbeMissing
from verifier.issuer.http.access import ByOperator, Here, SignatureText
from verifier.issuer.http.bodies import files_of, read_form, text_field
from verifier.issuer.http.errors import fields_not_readable
from verifier.issuer.relay import Question
from verifier.issuer.schemas import (
    ConsentRequest,
    ConsentText,
    CredentialOut,
    FaceAnswer,
    FaceRequest,
    ListAnswer,
    ListRequest,
    ProviderAnswer,
    ProviderBegin,
    ProviderBegun,
    ProviderFinish,
    SessionNonce,
    SessionRequest,
    SessionView,
    VouchedAnswer,
    VouchedRequest,
    WithdrawalAnswer,
    WithdrawalRequest,
)
from verifier.issuer.ways.face import MOST_PROBES
from verifier.issuer.ways.session import MOST_BATCH

router = APIRouter()


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
def withdraw_consent(asked: WithdrawalRequest, issuer: Here) -> WithdrawalAnswer:
    """End a lender's consent; erase what is stored of the face when the issuer has met the lender with this ballot key."""
    return issuer.consents.withdraw(asked)


@router.post("/v1/credentials/face")
async def by_face(request: Request, issuer: Here) -> FaceAnswer:
    """A credential by face."""
    async with read_form(request, most_files=MOST_PROBES) as form:
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
    async with read_form(request, most_files=MOST_BATCH) as form:
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


@router.post("/v1/credential-lists")
def credential_list(asked: ListRequest, issuer: Here, by_operator: ByOperator, signature: SignatureText = None) -> ListAnswer:
    """One signature over pairs that have a credential; for the poll's relay, which signs the question, and for the operator."""
    return issuer.sign_list(asked, None if by_operator else Question(asked.requested_at, signature))


@router.get("/v1/certificates")
def certificates(issuer: Here, poll: str | None = None) -> dict[str, Any]:
    """The newest 1,000 deletion certificates; they name no lender."""
    return {"certificates": issuer.certificates(poll.lower() if poll else None)}


@router.get("/healthz")
def health(issuer: Here) -> dict[str, str]:
    """Alive, and whether sessions in front of the camera are asked for; says nothing about the node."""
    return {"status": "ok", "address": issuer.address, "liveness": issuer.liveness}
