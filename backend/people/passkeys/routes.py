"""Passkeys over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from backend.ground.http.services import service
from backend.people.accounts.access import signed_in
from backend.people.accounts.visitor import INSTITUTION, OFFICIAL, Visitor
from backend.people.passkeys.schemas import PasskeyIn, PasskeyOfferOut, PasskeyOut
from backend.people.passkeys.service import PasskeyService

router = APIRouter(prefix="/api", tags=["passkeys"])


Passkeys = Annotated[PasskeyService, Depends(service(PasskeyService))]
Signing = Annotated[Visitor, Depends(signed_in(OFFICIAL, INSTITUTION))]


@router.get("/session/passkey")
def get_passkey(visitor: Signing, passkeys: Passkeys) -> PasskeyOut:
    """The visitor's own passkey."""
    return PasskeyOut.of(passkeys.passkey_of(visitor.account_id or ""))


@router.post("/session/passkey/offer")
def offer_passkey(visitor: Signing, passkeys: Passkeys) -> PasskeyOfferOut:
    """What the visitor's device needs to make a passkey."""
    return PasskeyOfferOut.of(passkeys.offer(visitor))


@router.post("/session/passkey", status_code=201)
def register_passkey(body: PasskeyIn, visitor: Signing, passkeys: Passkeys) -> PasskeyOut:
    """Keep a passkey that has signed once; cases opened later may name it as the visitor's signer."""
    return PasskeyOut.of(passkeys.register(visitor, body.credential_id, body.public_key, body.signature))
