"""Certificates over HTTP, for anyone once a poll is decided."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from backend.ground.http.language import language_of
from backend.ground.http.services import service
from backend.public.certificates.service import CertificateService

router = APIRouter(prefix="/api", tags=["certificates"])


Certificates = Annotated[CertificateService, Depends(service(CertificateService))]


@router.get("/polls/{poll_id}/certificate.json")
def get_certificate(poll_id: str, certificates: Certificates) -> dict[str, Any]:
    """Result and decision of a decided poll, for programs."""
    return certificates.certificate(poll_id)


@router.get("/polls/{poll_id}/certificate.pdf")
def get_paper(poll_id: str, request: Request, certificates: Certificates) -> Response:
    """The same as PDF/A, in Chinese or with `?lang=en` in English."""
    language = language_of(request)
    headers = {"Content-Disposition": f'attachment; filename="certificate-{poll_id}-{language}.pdf"'}
    return Response(certificates.paper(poll_id, language), media_type="application/pdf", headers=headers)
