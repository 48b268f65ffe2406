"""The pages: public ones complete on the server, the booth and the offices as shells for their modules."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import Scope

from backend.case.cases.service import CaseService
from backend.case.plans.schemas import PART_NAMES
from backend.case.plans.service import PlanService
from backend.case.trustees.service import NO_NUMBER, TrusteeService
from backend.ground.chain.service import Chain
from backend.ground.common.errors import LenderVoteError, NotFound
from backend.ground.common.settings import Settings
from backend.ground.http.language import language_of
from backend.ground.http.services import service_of
from backend.people.accounts.access import maybe_signed_in
from backend.people.accounts.visitor import OFFICIAL
from backend.people.notices.service import NoticeService
from backend.public.publication.service import PublicationService
from backend.shell.errors import AddressUnknown
from backend.vote.complaints.schemas import KIND_NAMES
from backend.vote.polls.schemas import PollPlace, show_poll
from backend.vote.polls.service import PollService
from backend.vote.tally.errors import NotTalliedYet, PollWasAbandoned
from backend.vote.tally.schemas import ResultOut, SealOut, TurnoutOut
from backend.vote.tally.sealed import SealedTallyService
from backend.vote.tally.service import TallyService
from backend.watch.outlook.schemas import Assumptions
from backend.watch.outlook.service import OutlookService
from backend.web import message_page, receipt_pages
from backend.web.catalogue import speaker
from backend.web.ceremonies_view import ceremonies_view
from backend.web.flags_routes import router as flags_router
from backend.web.headers import install_security_headers
from backend.web.ladder_view import ladder_view
from backend.web.offices_view import offices_view
from backend.web.outlook_page import outlook_facts
from backend.web.pages import STATIC, YEAR_SECONDS, PageRoute, error_page, render
from backend.web.result_view import results_of
from backend.web.turnout_view import TurnoutView, turnout_view

TRANSACTIONS_A_PAGE = 50
HELP_TOPICS = ("genuine", "who", "face", "change", "absent", "claim", "paid", "see", "amount", "principal", "check", "assist", "where")

Percent = Annotated[int, Query(ge=0, le=100)]
Months = Annotated[int, Query(ge=0, le=120)]

router = APIRouter(route_class=PageRoute, include_in_schema=False)
router.include_router(flags_router)


class PageUnknown(NotFound):
    """No page has this address."""

    zh = "没有这个页面。请核对网址，或从首页进入。"
    en = "There is no such page. Please check the address, or start from the home page."


class HashedFiles(StaticFiles):
    """Static files; an address with a content hash may be kept for a year."""

    def file_response(self, *args: Any, **options: Any) -> Response:
        """The file with its caching line."""
        response = super().file_response(*args, **options)
        scope: Scope = args[2] if len(args) > 2 else options["scope"]
        kept = f"public, max-age={YEAR_SECONDS}, immutable" if b"v=" in scope.get("query_string", b"") else "no-cache"
        response.headers["Cache-Control"] = kept
        return response


@router.get("/")
def home(request: Request) -> Response:
    """Every poll, newest first."""
    polls = service_of(request, PollService)
    return render(request, "home.html", polls=[_poll(request, poll.id) for poll in polls.list_polls()])


@router.get("/polls/{poll_id}")
def poll_page(request: Request, poll_id: str) -> Response:
    """One poll for everybody: plan, rule, register, and after the count the result."""
    plans = service_of(request, PlanService)
    language = language_of(request)
    facts = _poll_facts(request, poll_id, language)
    plan = plans.get_plan(facts["poll"]["plan"]["id"]).content
    ladder = ladder_view(plan["ladder"], speaker(language))
    turnout = _counted_turnout(request, poll_id) if facts["result"] else None
    published = service_of(request, PublicationService)
    facts |= {"proved": published.proves_ranges(poll_id), "sample": published.sample_said(poll_id)}
    offices = offices_view(service_of(request, CaseService), facts["poll"]["case_id"], facts["poll"]["generation"])
    told = service_of(request, NoticeService).by_kind(poll_id)
    facts |= {"plan": plan, "ladder": ladder, "turnout": turnout, "offices": offices, "plan_parts": PART_NAMES, "told": told}
    return render(request, "poll.html", **facts)


@router.get("/polls/{poll_id}/outlook")
def outlook_page(
    request: Request, poll_id: str, kept: Percent = 100, recovered: Percent = 20, costs: Percent = 10, start: Months = 18,
    length: Months = 24, discount: Annotated[int, Query(ge=0, le=20)] = 4,
) -> Response:  # fmt: skip
    """The plan beside liquidation by the reader's assumptions, what others paid, and the forecast of the case's loans."""
    poll, language = _poll(request, poll_id), language_of(request)
    assumed = Assumptions(kept, recovered, costs, start, length, discount)
    ladder = service_of(request, PlanService).get_plan(poll["plan"]["id"]).content["ladder"]
    facts = outlook_facts(service_of(request, OutlookService), poll["case_id"], ladder, assumed, speaker(language))
    return render(request, "poll/outlook.html", poll=poll, **facts)


@router.get("/polls/{poll_id}/transactions")
def transactions_page(request: Request, poll_id: str, after: Annotated[int, Query(ge=0, lt=2**62)] = 0) -> Response:
    """After the close, every transaction about a poll, a page at a time, oldest first."""
    publication = service_of(request, PublicationService)
    found = publication.transactions(poll_id, after)
    shown = found[:TRANSACTIONS_A_PAGE]
    further = shown[-1].last_id if len(found) > TRANSACTIONS_A_PAGE else None
    return render(request, "poll/transactions.html", poll=_poll(request, poll_id), transactions=shown, after=after, further=further)


@router.get("/cases/{case_id}/ceremonies")
def ceremonies_page(request: Request, case_id: str, before: Annotated[int, Query(ge=0, le=NO_NUMBER)] = NO_NUMBER) -> Response:
    """A case's key ceremonies for everybody, a page at a time, newest first."""
    case = service_of(request, CaseService).get_case(case_id)
    facts = ceremonies_view(service_of(request, TrusteeService), service_of(request, PollService), case_id, before)
    return render(request, "ceremonies.html", rehearsal=case.rehearsal, case=case, **facts)


@router.get("/polls/{poll_id}/vote")
def booth(request: Request, poll_id: str) -> Response:
    """The lender's ballot page."""
    plans = service_of(request, PlanService)
    poll = _poll(request, poll_id)
    ladder = ladder_view(plans.get_plan(poll["plan"]["id"]).content["ladder"], speaker(language_of(request)))
    proved = service_of(request, PublicationService).proves_ranges(poll_id)
    return render(request, "booth/page.html", poll=poll, ladder=ladder, proved=proved)


@router.get("/polls/{poll_id}/complaint")
def complaint(request: Request, poll_id: str) -> Response:
    """A lender's complaint that their own ballot is not recorded, or recorded otherwise."""
    return render(request, "complaint.html", poll=_poll(request, poll_id), complaint_kinds=KIND_NAMES)


@router.get("/officials")
def officials(request: Request) -> Response:
    """The working group's desk."""
    return _office(request, "official")


@router.get("/officials/polls/{poll_id}")
def office_poll(request: Request, poll_id: str) -> Response:
    """A poll as its officials see it: turnout over time besides what everybody sees."""
    visitor = maybe_signed_in(request)
    if visitor is None or visitor.role != OFFICIAL:
        return RedirectResponse("/officials", status_code=303)
    tally = service_of(request, TallyService)
    turnout = _drawn(request, poll_id, TurnoutOut.of(tally.turnout(poll_id, visitor)))
    return render(request, "office/poll.html", **_poll_facts(request, poll_id, language_of(request)), turnout=turnout)


@router.get("/institution")
def institution(request: Request) -> Response:
    """The institution's desk."""
    return _office(request, "institution")


@router.get("/administrator")
def administrator(request: Request) -> Response:
    """The administrator's desk."""
    return _office(request, "admin")


@router.get("/help")
def help_page(request: Request) -> Response:
    """What lenders ask."""
    return render(request, "help.html", help_topics=HELP_TOPICS)


def page_unknown() -> Response:
    """Any other address, in words."""
    raise PageUnknown


def address_refused(request: Request, error: LenderVoteError) -> Response:
    """The page about an address that is none of ours, or no text."""
    return error_page(request, PageUnknown() if isinstance(error, AddressUnknown) else error)


def install_web(app: FastAPI, settings: Settings) -> None:
    """Add pages, static files and security headers; to be called after all other routers, since the last page takes every other address."""
    # Compressed are these files only: an answer that mixes a secret with what a stranger chose must not tell its size.
    app.mount("/static", GZipMiddleware(HashedFiles(directory=STATIC), minimum_size=1000), name="static")
    app.include_router(router)
    app.include_router(receipt_pages.router)
    app.include_router(message_page.router)
    unknown = APIRouter(route_class=PageRoute, include_in_schema=False)
    unknown.add_api_route("/{path:path}", page_unknown, methods=["GET"])
    app.include_router(unknown)
    install_security_headers(app, settings)


def _poll(request: Request, poll_id: str) -> dict[str, Any]:
    polls = service_of(request, PollService)
    place = PollPlace.of(service_of(request, Settings), service_of(request, Chain).chain_id)
    return show_poll(polls, polls.get_poll(poll_id), place).model_dump(by_alias=True)


def _poll_facts(request: Request, poll_id: str, language: str) -> dict[str, Any]:
    """What the public page and the officials' both show: the poll, its rule in words, and the result when it is there."""
    t, poll, result = speaker(language), _poll(request, poll_id), _result(request, poll_id)
    return {
        "poll": poll,
        "conditions": [condition[f"sentence_{language}"] for condition in poll["rule_words"]["conditions"]],
        "result": result,
        "result_classes": results_of(result["motions"], t, language) if result else [],
        "seal": _seal(request, poll_id) if poll["sealing"] else None,
    }


def _seal(request: Request, poll_id: str) -> dict[str, Any]:
    return SealOut.of(service_of(request, SealedTallyService).shown(poll_id)).model_dump()


def _result(request: Request, poll_id: str) -> dict[str, Any] | None:
    tally = service_of(request, TallyService)
    try:
        return ResultOut.of(tally.result(poll_id)).model_dump()
    except (NotTalliedYet, PollWasAbandoned):
        return None


def _counted_turnout(request: Request, poll_id: str) -> TurnoutView:
    tally = service_of(request, TallyService)
    return _drawn(request, poll_id, TurnoutOut.of(tally.counted_turnout(poll_id)))


def _drawn(request: Request, poll_id: str, turnout: TurnoutOut) -> TurnoutView:
    polls = service_of(request, PollService)
    terms, language = polls.get_poll(poll_id).parameters, language_of(request)
    return turnout_view(turnout, terms.opens_at, terms.closes_at, speaker(language), language)


def _office(request: Request, role: str) -> Response:
    settings = service_of(request, Settings)
    verifier_url = settings.public_verifier_url or settings.verifier_url
    return render(
        request, "office/page.html", desk=role, verifier_url=verifier_url, passkey_domain=settings.passkey_domain, plan_parts=PART_NAMES
    )
