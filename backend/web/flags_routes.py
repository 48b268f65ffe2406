"""The pages about flags: for everybody, for a lender whom they concern, and the officials' queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from backend.case.cases.service import CaseService
from backend.ground.http.language import language_of
from backend.ground.http.services import service_of
from backend.people.accounts.access import maybe_signed_in
from backend.people.accounts.visitor import LENDER, OFFICIAL
from backend.vote.polls.service import PollService
from backend.watch.flags.schemas import AgreementOut, FlagOut, FlagsOut, ToldOut
from backend.watch.flags.service import RULE_NAMES, FlagService
from backend.web.catalogue import speaker
from backend.web.flags_page import group_name, rows_of
from backend.web.pages import PageRoute, render

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/cases/{case_id}/flags")
def flags_page(request: Request, case_id: str) -> Response:
    """How the rules of flags and the officials who review them did; no person and no item."""
    case, t = service_of(request, CaseService).get_case(case_id), speaker(language_of(request))
    flags = FlagsOut.of(service_of(request, FlagService).public(case_id))
    rates = [(group_name(rate, t), rate) for rate in flags.rates]
    names = list(AgreementOut.model_fields)
    return render(
        request, "flags/public.html", rehearsal=case.rehearsal, case=case, flags=flags.model_dump(), rates=rates, agreement_names=names,
        rule_names=RULE_NAMES,
    )  # fmt: skip


@router.get("/polls/{poll_id}/flags")
def own_flags_page(request: Request, poll_id: str) -> Response:
    """What a lender is told of flags that concern them, and where to object."""
    poll, visitor = service_of(request, PollService).get_poll(poll_id), maybe_signed_in(request)
    told = None
    if visitor is not None and visitor.role == LENDER and visitor.poll_id == poll_id:
        told = [ToldOut.of(item) for item in service_of(request, FlagService).desk.told(poll_id, visitor)]
    page = render(request, "flags/mine.html", rehearsal=poll.rehearsal, poll_shown=poll, told=told, rows=_figures(request))
    page.headers["Cache-Control"] = "no-store"
    return page


@router.get("/officials/cases/{case_id}/flags")
def flags_queue(request: Request, case_id: str) -> Response:
    """The queue of flags as this official may see it."""
    visitor = maybe_signed_in(request)
    if visitor is None or visitor.role != OFFICIAL:
        return RedirectResponse("/officials", status_code=303)
    items = [FlagOut.of(item) for item in service_of(request, FlagService).desk.queue(case_id, visitor)]
    case = service_of(request, CaseService).get_case(case_id)
    page = render(request, "flags/queue.html", rehearsal=case.rehearsal, case=case, items=items, rows=_figures(request))
    page.headers["Cache-Control"] = "no-store"
    return page


def _figures(request: Request) -> Callable[[Mapping[str, int | str]], list[tuple[str, str]]]:
    language = language_of(request)
    return lambda facts: rows_of(facts, speaker(language), language)
