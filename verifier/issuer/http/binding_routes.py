"""HTTP of what binds faces and names to indexes: officials' files, and the operator's photos and names that these files bind."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from verifier.issuer.errors import ProbeMissing
from verifier.issuer.http.access import Here, operator
from verifier.issuer.http.bodies import files_of, read_form
from verifier.issuer.http.errors import fields_not_readable
from verifier.issuer.schemas import IdentityIn, ReferenceRequest, SignedFileIn

router = APIRouter()

#: The duty to file begins at 100,000 stored faces.
FILING_ALERT = 80_000


@router.post("/v1/identity-files", status_code=202)
def expect_identity_file(asked: SignedFileIn, issuer: Here) -> dict[str, str]:
    """k officials' signatures over an identity file; who hands them in does not matter. The file's bytes may then follow."""
    issuer.bindings.expect(asked.as_signed())
    return {"file_hash": asked.file_hash}


@router.put("/v1/identity-files/{file_hash}")
async def take_identity_file(file_hash: str, request: Request, issuer: Here) -> dict[str, Any]:
    """The file itself; its hash has to be the one that was signed."""
    data = await request.body()
    return {"file_hash": file_hash.lower(), "lenders": await run_in_threadpool(issuer.bindings.take, data)}


@router.post("/v1/identities", status_code=204, dependencies=[Depends(operator)])
def put_identity(asked: IdentityIn, issuer: Here) -> Response:
    """Keep the keyed digest of a lender's name and number; for the operator, and only what the identity file binds."""
    issuer.identities.put(asked.poll, asked.index, asked.name, asked.id_number)
    return Response(status_code=204)


@router.post("/v1/references", status_code=204, dependencies=[Depends(operator)])
async def reference(request: Request, issuer: Here) -> Response:
    """Keep a lender's reference; for the operator, and only what the identity file binds."""
    async with read_form(request, most_files=1) as form:
        try:
            asked = ReferenceRequest.model_validate({"poll": form.get("poll"), "index": form.get("index")})
        except ValidationError as error:
            raise fields_not_readable(list(error.errors())) from error
        images = await files_of(form, "image")
    if not images:
        raise ProbeMissing(most=1)
    await run_in_threadpool(issuer.put_reference, asked.poll, asked.index, images[0])
    return Response(status_code=204)


@router.get("/v1/references/count", dependencies=[Depends(operator)])
def reference_count(issuer: Here) -> dict[str, int | bool]:
    """How many faces are stored. Above 100,000 they have to be filed with the authority; the alert comes at 80,000."""
    stored = issuer.stored_faces()
    return {"stored_faces": stored, "filing_alert": stored >= FILING_ALERT}
