"""HTTP of the log: for the poll's relay and for the operator (protocol §15.1)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from verifier.issuer.http.access import Asked, Here, operator
from verifier.issuer.schemas import MOST_LEAVES, Address

router = APIRouter()

After = Annotated[int, Query(ge=0, lt=2**63)]


@router.get("/v1/log")
def export_log(poll: Address, issuer: Here, asked: Asked, after: After = 0) -> Response:
    """Entries about a poll without the first `after`, one a line as they were hashed, at most 1,000; the signed statement last."""
    lines = issuer.export_log(poll, after, asked)
    return Response("".join(line + "\n" for line in lines), media_type="application/jsonl")


@router.get("/v1/log/entries", dependencies=[Depends(operator)])
def read_log(issuer: Here, poll: Address | None = None, after: After = 0) -> dict[str, Any]:
    """Up to 1,000 entries of the whole log above `after`, and its head to note down; for the operator."""
    rows, head = issuer.read_log(poll, after)
    return {"entries": [row.as_json() for row in rows], "head": {"seq": head.seq, "hash": head.hash}}


@router.get("/v1/declined")
def read_declined(poll: Address, index: Annotated[int, Query(ge=0, lt=MOST_LEAVES)], issuer: Here, asked: Asked) -> dict[str, Any]:
    """When and why the machine did not accept a lender, as the log has it, in words; the relay's signature is over a LogRequest after 0."""
    return {"declined": issuer.declined(poll, index, asked)}
