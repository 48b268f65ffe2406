"""The published files over HTTP, for anyone."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.responses import FileResponse

from backend.ground.http.services import service
from backend.public.publication.service import PublicationService

router = APIRouter(prefix="/api", tags=["publication"])

MEDIA_TYPES = {
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".csv": "text/csv; charset=utf-8",
    ".pdf": "application/pdf",
    ".bin": "application/octet-stream",
}


Publication = Annotated[PublicationService, Depends(service(PublicationService))]


@router.get("/polls/{poll_id}/published.zip")
def download_all(poll_id: str, publication: Publication) -> FileResponse:
    """Every file that may be published now, in one archive."""
    return FileResponse(
        publication.zip(poll_id), media_type="application/zip", filename="published.zip", headers={"Cache-Control": "no-store"}
    )


@router.get("/polls/{poll_id}/transactions.csv")
def download_transactions(poll_id: str, publication: Publication) -> Response:
    """After the close, every transaction of the poll in final blocks: block, hash, events, ballots recorded and rejected."""
    headers = {"Content-Disposition": 'attachment; filename="transactions.csv"', "Cache-Control": "no-store"}
    return Response(publication.all_transactions(poll_id), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/polls/{poll_id}/published/{name}")
def download(poll_id: str, name: str, publication: Publication) -> FileResponse:
    """One published file, byte for byte as it was hashed or written."""
    path = publication.file(poll_id, name)
    return FileResponse(path, media_type=MEDIA_TYPES[path.suffix], headers={"Cache-Control": "no-cache"})
