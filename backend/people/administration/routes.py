"""Accounts and their changes over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from backend.ground.http.services import service
from backend.people.accounts.access import signed_in, write_down
from backend.people.accounts.visitor import ADMIN, OFFICIAL, Visitor
from backend.people.administration.schemas import AccountIn, AccountOut, CarriedOut, ChangeIn, ChangeOut, NewAccountOut
from backend.people.administration.service import AdministrationService

router = APIRouter(prefix="/api", tags=["accounts"])


Administration = Annotated[AdministrationService, Depends(service(AdministrationService))]
Admin = Annotated[Visitor, Depends(signed_in(ADMIN))]
Second = Annotated[Visitor, Depends(signed_in(ADMIN, OFFICIAL))]


@router.get("/accounts")
def list_accounts(_: Admin, administration: Administration) -> list[AccountOut]:
    """Every account by name, with who is ready to sign."""
    return [AccountOut.of(account) for account in administration.list_accounts()]


@router.post("/accounts", status_code=201)
def make_account(body: AccountIn, _: Admin, administration: Administration, response: Response) -> NewAccountOut:
    """Make an official's or an institution's account; password and authenticator secret are shown this once."""
    response.headers["Cache-Control"] = "no-store"
    return NewAccountOut.of(*administration.make_account(body.name, body.role))


@router.post("/accounts/{account_id}/changes", status_code=201)
def propose_change(account_id: str, body: ChangeIn, visitor: Admin, administration: Administration, request: Request) -> ChangeOut:
    """Propose to disable or enable an account, or to reset password, second factor or passkey; a second person carries it out."""
    change = administration.propose(account_id, body.kind, body.reason, visitor)
    write_down(request, visitor, f"proposes {change.kind} of account {account_id}: change {change.id}")
    return ChangeOut.of(change)


@router.get("/account-changes")
def list_changes(visitor: Second, administration: Administration) -> list[ChangeOut]:
    """Changes of accounts, newest first: an administrator sees all, an official those that are theirs to confirm."""
    return [ChangeOut.of(change) for change in administration.list_changes(visitor)]


@router.post("/account-changes/{change_id}/confirmation")
def confirm_change(change_id: str, visitor: Second, administration: Administration, request: Request, response: Response) -> CarriedOut:
    """Carry out what somebody else proposed; what is new to sign in with is shown this once."""
    change = administration.check_confirmable(change_id, visitor)
    write_down(request, visitor, f"carries out {change.kind} of account {change.account_id}: change {change_id}")
    response.headers["Cache-Control"] = "no-store"
    return CarriedOut.of(*administration.confirm(change_id, visitor))


@router.post("/account-changes/{change_id}/withdrawal")
def withdraw_change(change_id: str, visitor: Admin, administration: Administration) -> ChangeOut:
    """Take an open change back."""
    return ChangeOut.of(administration.withdraw(change_id, visitor))
