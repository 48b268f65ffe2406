"""Who asks: the operator by token, the relay by its signature."""

from __future__ import annotations

import secrets
from typing import Annotated, cast

from fastapi import Depends, Header, Query, Request

from verifier.issuer.errors import OperatorTokenWrong
from verifier.issuer.relay import Question
from verifier.issuer.service import Issuer

SIGNATURE_HEADER = "X-LenderVote-Signature"
_MOST_SIGNATURE = 200


def _issuer(request: Request) -> Issuer:
    return cast(Issuer, request.app.state.issuer)


Here = Annotated[Issuer, Depends(_issuer)]


def is_operator(request: Request, issuer: Here) -> bool:
    """Whether the operator's token came with the request; compared in constant time."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    right = secrets.compare_digest(token.strip().encode(), issuer.keyring.operator_token.encode())
    return scheme.lower() == "bearer" and right


def operator(by_operator: Annotated[bool, Depends(is_operator)]) -> None:
    """For the operator alone. Raises: OperatorTokenWrong."""
    if not by_operator:
        raise OperatorTokenWrong()


ByOperator = Annotated[bool, Depends(is_operator)]
SignatureText = Annotated[str | None, Header(alias=SIGNATURE_HEADER, max_length=_MOST_SIGNATURE)]


def question(
    by_operator: ByOperator,
    signature: SignatureText = None,
    requested_at: Annotated[int | None, Query(ge=0, lt=2**64)] = None,
) -> Question | None:
    """What the relay signed, the time being in the query; None for the operator, who needs no signature."""
    return None if by_operator else Question(requested_at, signature)


Asked = Annotated[Question | None, Depends(question)]
