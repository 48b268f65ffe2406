"""Lists of likenesses over HTTP, for officials of the case."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from backend.ground.http.services import service
from backend.people.accounts.access import signed_in
from backend.people.accounts.visitor import OFFICIAL, Visitor
from backend.vote.likenesses.schemas import FindingIn, ListOut, PairOut, StatementIn
from backend.vote.likenesses.service import LikenessService

router = APIRouter(prefix="/api", tags=["likenesses"])


Likenesses = Annotated[LikenessService, Depends(service(LikenessService))]
Official = Annotated[Visitor, Depends(signed_in(OFFICIAL))]


@router.post("/polls/{poll_id}/likenesses")
def take_list(poll_id: str, body: StatementIn, visitor: Official, likenesses: Likenesses) -> ListOut:
    """Hand in a list that the verifier signed."""
    return ListOut.model_validate(likenesses.take(poll_id, visitor, body.statement))


@router.get("/polls/{poll_id}/likenesses")
def read_lists(poll_id: str, visitor: Official, likenesses: Likenesses) -> list[ListOut]:
    """The poll's lists with what was found so far."""
    return [ListOut.model_validate(each) for each in likenesses.lists(poll_id, visitor)]


@router.get("/polls/{poll_id}/likenesses.csv")
def read_merge_review(poll_id: str, visitor: Official, likenesses: Likenesses) -> Response:
    """What was found, for the review of the next register."""
    content = likenesses.merge_review(poll_id, visitor)
    headers = {"Content-Disposition": f'attachment; filename="likenesses-{poll_id}.csv"', "Cache-Control": "no-store"}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


# The finding is in the address, so that the log of official acts has it.
@router.post("/likenesses/{pair_id}/{finding}")
def find(pair_id: str, finding: str, body: FindingIn, visitor: Official, likenesses: Likenesses) -> PairOut:
    """Keep an official's finding: same_person, different or documents."""
    return PairOut.model_validate(likenesses.find(pair_id, visitor, finding, body.reason))
