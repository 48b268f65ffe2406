"""Plans over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Response, UploadFile

from backend.case.cases.schemas import ActOut
from backend.case.plans.errors import PdfTooLarge
from backend.case.plans.pdf import LIMIT_BYTES
from backend.case.plans.schemas import ChangesOut, ContradictionOut, PlanOut, ReturnIn, SubmissionIn
from backend.case.plans.service import PlanService
from backend.case.plans.views import PlanStatus, PlanView
from backend.ground.http.services import service
from backend.people.accounts.access import maybe_signed_in, signed_in
from backend.people.accounts.visitor import INSTITUTION, OFFICIAL, Visitor

router = APIRouter(prefix="/api", tags=["plans"])


Plans = Annotated[PlanService, Depends(service(PlanService))]
Institution = Annotated[Visitor, Depends(signed_in(INSTITUTION))]
Official = Annotated[Visitor, Depends(signed_in(OFFICIAL))]
Both = Annotated[Visitor, Depends(signed_in(INSTITUTION, OFFICIAL))]
Anyone = Annotated[Visitor | None, Depends(maybe_signed_in)]


@router.post("/cases/{case_id}/plans", status_code=201)
def draft_plan(case_id: str, plan: Annotated[str, Form()], visitor: Institution, plans: Plans, pdf: UploadFile | None = None) -> PlanOut:
    """Upload a plan as the next version; without a PDF, one is set from the text. The answer holds what to sign."""
    data = None if pdf is None else pdf.file.read(LIMIT_BYTES + 1)
    if data is not None and len(data) > LIMIT_BYTES:
        raise PdfTooLarge(limit_mib=LIMIT_BYTES // 2**20)
    return _shown(plans, plans.draft_plan(case_id, plan, data, visitor), visitor)


@router.post("/plans/{plan_id}/submission")
def submit_plan(plan_id: str, body: SubmissionIn, visitor: Institution, plans: Plans) -> PlanOut:
    """Submit a draft with the institution's signature."""
    return _shown(plans, plans.submit_plan(plan_id, body.signature, visitor), visitor)


@router.post("/plans/{plan_id}/return")
def return_plan(plan_id: str, body: ReturnIn, visitor: Official, plans: Plans) -> PlanOut:
    """Give a submitted plan back with reasons."""
    return _shown(plans, plans.return_plan(plan_id, body.reasons, visitor), visitor)


@router.post("/plans/{plan_id}/admission")
def propose_admission(plan_id: str, visitor: Official, plans: Plans) -> ActOut:
    """Lay the admission before the officials; k signatures carry it to the chain."""
    return ActOut.of(plans.propose_admission(plan_id, visitor))


@router.get("/cases/{case_id}/plans")
def list_plans(case_id: str, visitor: Anyone, plans: Plans) -> list[PlanOut]:
    """The case's plans that the visitor may see, newest first."""
    return [_shown(plans, plan, visitor) for plan in plans.list_plans(case_id, visitor)]


@router.get("/plans/{plan_id}")
def get_plan(plan_id: str, visitor: Anyone, plans: Plans) -> PlanOut:
    """One plan."""
    return _shown(plans, plans.show_plan(plan_id, visitor), visitor)


@router.get("/plans/{plan_id}/changes")
def get_changes(plan_id: str, since: str, visitor: Anyone, plans: Plans) -> ChangesOut:
    """What tells this plan from an earlier version of the same case."""
    return ChangesOut.model_validate(plans.changes(plan_id, since, visitor), from_attributes=True)


@router.get("/plans/{plan_id}/contradictions")
def get_contradictions(plan_id: str, visitor: Both, plans: Plans) -> list[ContradictionOut]:
    """Sentences that say otherwise than the payment schedule, for who submits or admits the plan; they stop nothing."""
    return [ContradictionOut.of(found) for found in plans.contradictions(plan_id, visitor)]


@router.get("/plans/{plan_id}/plan.pdf")
def get_pdf(plan_id: str, visitor: Anyone, plans: Plans) -> Response:
    """The plan's PDF, byte for byte."""
    plan = plans.show_plan(plan_id, visitor)
    return _file(plans.pdf_bytes(plan.id), "application/pdf", f"plan-{plan.version}.pdf")


@router.get("/plans/{plan_id}/plan.json")
def get_plan_bytes(plan_id: str, visitor: Anyone, plans: Plans) -> Response:
    """The plan's canonical JSON, exactly as hashed."""
    plan = plans.show_plan(plan_id, visitor)
    return _file(plans.plan_bytes(plan.id), "application/json", f"plan-{plan.version}.json")


def _file(data: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'inline; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(data, media_type=media_type, headers=headers)


def _shown(plans: PlanService, plan: PlanView, visitor: Visitor | None) -> PlanOut:
    signs = visitor is not None and visitor.role == INSTITUTION and plan.status == PlanStatus.DRAFT
    return PlanOut.of(plan, plans.submission_typed(plan).as_json() if signs else None)
