"""Cases and the acts that officials sign."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from backend.case.cases.checks import plain_reason
from backend.case.cases.drafts import new_case
from backend.case.cases.lists import lists_csv
from backend.case.cases.rules import NewCase
from backend.case.cases.schemas import ActOut, CaseDraftOut, CaseIn, CaseOut, ListingIn, SignatureIn
from backend.case.cases.service import CaseService
from backend.case.cases.views import Check, Listing
from backend.ground.http.services import service, service_of
from backend.people.accounts.access import signed_in, write_down
from backend.people.accounts.service import AccountService
from backend.people.accounts.visitor import ADMIN, INSTITUTION, OFFICIAL, Visitor
from backend.people.passkeys.service import PasskeyService

router = APIRouter(prefix="/api", tags=["cases"])


Cases = Annotated[CaseService, Depends(service(CaseService))]
Admin = Annotated[Visitor, Depends(signed_in(ADMIN))]
Official = Annotated[Visitor, Depends(signed_in(OFFICIAL))]
Member = Annotated[Visitor, Depends(signed_in(ADMIN, OFFICIAL, INSTITUTION))]


@router.post("/cases", status_code=201)
def open_case(body: CaseIn, _: Admin, cases: Cases, request: Request) -> CaseOut:
    """Register institution and officials; deploys the case contract."""
    case = cases.open_case(_draft(body, request))
    return CaseOut.of(case, cases.stage(case))


@router.post("/cases/check")
def check_case(body: CaseIn, _: Admin, cases: Cases, request: Request) -> CaseDraftOut:
    """What would be opened, with every signer found; nothing is sent or kept. Refused as opening it would be."""
    draft = _draft(body, request)
    cases.check_openable(draft)
    return CaseDraftOut.of(draft, cases.chain_id)


@router.get("/cases")
def list_cases(visitor: Member, cases: Cases) -> list[CaseOut]:
    """The visitor's cases."""
    return [CaseOut.of(case, cases.stage(case)) for case in cases.list_cases(visitor)]


@router.get("/cases/{case_id}")
def get_case(case_id: str, visitor: Member, cases: Cases) -> CaseOut:
    """One case, with who must do what next."""
    case = cases.require_member(case_id, visitor)
    return CaseOut.of(case, cases.stage(case))


@router.post("/cases/{case_id}/listing")
def list_case(case_id: str, body: ListingIn, visitor: Official, cases: Cases) -> CaseOut:
    """Enter measure, exit date and who is responsible into the four lists."""
    case = cases.list_case(case_id, Listing(body.measure, body.exit_on, body.responsible), visitor)
    return CaseOut.of(case, cases.stage(case))


@router.get("/cases.csv")
def export_cases(visitor: Member, cases: Cases) -> Response:
    """The four lists of the visitor's cases, with where each stands, for a spreadsheet."""
    content = lists_csv([(case, cases.stage(case)) for case in cases.list_cases(visitor)])
    headers = {"Content-Disposition": 'attachment; filename="cases.csv"', "Cache-Control": "no-store"}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/acts")
def list_acts(case_id: str, visitor: Official, cases: Cases) -> list[ActOut]:
    """A case's acts, newest first."""
    cases.require_former_official(case_id, visitor)
    return [ActOut.of(act) for act in cases.list_acts(case_id)]


@router.get("/acts/{act_id}")
def get_act(act_id: str, visitor: Official, cases: Cases) -> ActOut:
    """One act."""
    act = cases.get_act(act_id)
    cases.require_former_official(act.case_id, visitor)
    return ActOut.of(act)


@router.post("/acts/{act_id}/signatures")
def sign_act(act_id: str, body: SignatureIn, visitor: Official, cases: Cases, request: Request) -> ActOut:
    """Sign; with the last signature needed the act goes to the chain."""
    check = Check(body.check_code, body.unchecked_reason)
    if check.unchecked_reason:
        write_down(request, visitor, f"signs act {act_id} unchecked: {plain_reason(check.unchecked_reason)}")
    return ActOut.of(cases.sign_act(act_id, body.signer, body.signature, visitor, check))


@router.post("/acts/{act_id}/retry")
def retry_act(act_id: str, visitor: Official, cases: Cases) -> ActOut:
    """Send a failed act to the chain again."""
    return ActOut.of(cases.retry_act(act_id, visitor))


@router.post("/acts/{act_id}/withdrawal")
def withdraw_act(act_id: str, visitor: Official, cases: Cases) -> ActOut:
    """Take an act back that has not reached the chain."""
    return ActOut.of(cases.withdraw_act(act_id, visitor))


def _draft(body: CaseIn, request: Request) -> NewCase:
    return new_case(body, service_of(request, AccountService), service_of(request, PasskeyService))
