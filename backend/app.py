"""Wiring: the only file that knows every room."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields

from fastapi import FastAPI
from sqlalchemy import Engine

from backend.case.cases import routes as cases_routes
from backend.case.cases.service import CaseService
from backend.case.escrows import routes as escrows_routes
from backend.case.escrows.service import KIND as OPENINGS_ESCROW
from backend.case.escrows.service import EscrowService
from backend.case.plans import routes as plans_routes
from backend.case.plans.service import PlanService
from backend.case.register import routes as register_routes
from backend.case.register.service import RegisterService
from backend.case.successions import routes as successions_routes
from backend.case.successions.service import SUCCESSION, WITHDRAWAL, SuccessionService
from backend.case.trustees import routes as trustees_routes
from backend.case.trustees.service import APPOINTMENT, TrusteeService
from backend.ground.audit.service import AuditService
from backend.ground.chain.service import Chain, open_chain
from backend.ground.common.clock import SystemClock
from backend.ground.common.errors import LenderVoteError
from backend.ground.common.key_files import load_key
from backend.ground.common.rounds import AllRounds
from backend.ground.common.sealed import FieldCipher
from backend.ground.common.settings import Settings
from backend.ground.db.base import Base
from backend.ground.db.schema import upgrade
from backend.ground.db.sessions import open_engine, open_sessions
from backend.ground.http.services import wire
from backend.people.accounts import routes as accounts_routes
from backend.people.accounts.own import OwnAccountService
from backend.people.accounts.service import AccountService
from backend.people.administration import routes as administration_routes
from backend.people.administration.service import AdministrationService
from backend.people.passkeys import routes as passkeys_routes
from backend.people.passkeys.service import PasskeyService
from backend.public.certificates import routes as certificates_routes
from backend.public.certificates.service import CertificateService
from backend.public.publication import routes as publication_routes
from backend.public.publication.service import PublicationService
from backend.shell import health, metrics
from backend.shell.body_limit import BodyLimit
from backend.shell.document import install_document
from backend.shell.errors import install_error_handlers
from backend.shell.looks import Looks
from backend.shell.losses import Losses
from backend.shell.plain_addresses import PlainAddresses
from backend.shell.production import check_production
from backend.shell.resumption import resuming
from backend.shell.retention import forgetting
from backend.shell.unread_bodies import UnreadBodies
from backend.vote.approvals import routes as approvals_routes
from backend.vote.approvals.service import ApprovalService
from backend.vote.ballots import routes as ballots_routes
from backend.vote.ballots.gate import IntakeGate
from backend.vote.ballots.service import BallotService
from backend.vote.complaints import routes as complaints_routes
from backend.vote.complaints.service import ComplaintService
from backend.vote.credentials import routes as credentials_routes
from backend.vote.credentials.issuer import IssuerClient
from backend.vote.credentials.service import CredentialService
from backend.vote.credentials.sms import ConsoleGateway, SmsGateway
from backend.vote.identities import routes as identities_routes
from backend.vote.identities.service import KIND as IDENTITY_FILE
from backend.vote.identities.service import IdentityService
from backend.vote.leaks.service import LeakService
from backend.vote.likenesses import routes as likenesses_routes
from backend.vote.likenesses.service import LikenessService
from backend.vote.polls import routes as polls_routes
from backend.vote.polls.checkpoints import Checkpoints
from backend.vote.polls.sealed import ABANDONMENT, SealedPollService
from backend.vote.polls.sealed import ANNOUNCEMENT as SEALED_ANNOUNCEMENT
from backend.vote.polls.service import PollService
from backend.vote.tally import routes as tally_routes
from backend.vote.tally.sealed import SealedTallyService
from backend.vote.tally.service import TallyService
from backend.watch.outlook import routes as outlook_routes
from backend.watch.outlook.service import OutlookService
from backend.web.routes import address_refused, install_web

__all__ = ["Base", "Rooms", "create_app", "install_error_handlers", "open_rooms"]


class GatewayUnknown(LenderVoteError):
    """The settings name a gateway for text messages that is not installed."""

    zh = "没有名为“{name}”的短信网关；可用：console。"
    en = "There is no gateway for text messages named “{name}”; there is: console."


@dataclass(frozen=True)
class Rooms:
    """Every room's service, in the order in which a vote passes them."""

    engine: Engine
    chain: Chain
    audit: AuditService
    accounts: AccountService
    own_accounts: OwnAccountService
    passkeys: PasskeyService
    administration: AdministrationService
    cases: CaseService
    register: RegisterService
    plans: PlanService
    successions: SuccessionService
    trustees: TrusteeService
    escrows: EscrowService
    polls: PollService
    sealed_polls: SealedPollService
    checkpoints: Checkpoints
    credentials: CredentialService
    ballots: BallotService
    tally: TallyService
    sealed_tally: SealedTallyService
    approvals: ApprovalService
    complaints: ComplaintService
    publication: PublicationService
    certificates: CertificateService
    likenesses: LikenessService
    identities: IdentityService
    outlook: OutlookService


def open_rooms(settings: Settings) -> Rooms:
    """Bring the database up to date and make every service; nothing runs yet."""
    engine = open_engine(settings.resolved_database_url)
    upgrade(engine)
    sessions = open_sessions(engine)
    cipher = FieldCipher(load_key(settings.field_key.get_secret_value(), settings.data_dir / "secrets", "field.key"))
    chain = open_chain(settings, sessions)
    audit = AuditService(sessions, chain)
    accounts = AccountService(sessions, cipher)
    own_accounts = OwnAccountService(sessions, cipher, accounts.proof)
    passkeys = PasskeyService(sessions, chain, accounts)
    administration = AdministrationService(sessions, accounts, passkeys)
    cases = CaseService(sessions, chain, accounts, passkeys)
    administration.know_second_people_by(cases.second_people)
    register = RegisterService(sessions, cipher, chain, cases)
    plans = PlanService(sessions, chain, cases)
    successions = SuccessionService(chain, cases, accounts)
    trustees = TrusteeService(sessions, chain, cases)
    polls = PollService(sessions, chain, cases, plans, register, settings)
    escrows = EscrowService(sessions, chain, cases)
    sealed_polls = SealedPollService(chain, cases, trustees, polls, escrows)
    checkpoints = Checkpoints(sessions, chain, cases, polls)
    issuer = IssuerClient(settings.verifier_url, chain)
    credentials = CredentialService(sessions, cipher, chain, accounts, cases, register, polls, issuer, settings)
    identities = IdentityService(sessions, cipher, chain, cases, register, issuer)
    ballots = BallotService(sessions, chain, polls, register, issuer, settings)
    tally = TallyService(chain, cases, register, polls, ballots, LeakService(register, audit))
    sealed_tally = SealedTallyService(sessions, chain, register, polls, sealed_polls)
    approvals = ApprovalService(chain, cases, polls)
    complaints = ComplaintService(sessions, cipher, cases, register, polls, ballots)
    publication = PublicationService(chain, register, plans, polls, ballots, tally, settings, sealed_polls)
    certificates = CertificateService(chain, cases, plans, polls, tally, settings)
    likenesses = LikenessService(sessions, cases, register, polls)
    outlook = OutlookService(sessions, cases, polls, audit)
    _carry_out_what_is_signed(cases, register, plans, trustees, polls, sealed_polls, identities, successions, escrows)
    chain.heartbeat.add_boundaries(polls.boundaries)
    for stage_of_room in (register.stage, plans.stage, polls.case_stage):
        cases.add_stage(stage_of_room)
    return Rooms(
        engine, chain, audit, accounts, own_accounts, passkeys, administration, cases, register, plans, successions, trustees, escrows,
        polls, sealed_polls, checkpoints, credentials, ballots, tally, sealed_tally, approvals, complaints, publication, certificates,
        likenesses, identities, outlook,
    )  # fmt: skip


def _carry_out_what_is_signed(
    cases: CaseService, register: RegisterService, plans: PlanService, trustees: TrusteeService, polls: PollService,
    sealed_polls: SealedPollService, identities: IdentityService, successions: SuccessionService, escrows: EscrowService,
) -> None:  # fmt: skip
    cases.on_signed("register_freeze", register.complete_freeze)
    cases.on_signed("plan_admission", plans.complete_admission)
    cases.on_signed(APPOINTMENT, trustees.complete_appointment)
    cases.on_signed("poll_announcement", polls.complete_announcement)
    cases.on_signed(SEALED_ANNOUNCEMENT, sealed_polls.complete)
    cases.on_signed(ABANDONMENT, sealed_polls.complete_abandonment)
    cases.on_signed(IDENTITY_FILE, identities.complete)
    cases.on_signed(SUCCESSION, successions.complete_announcement)
    cases.on_signed(WITHDRAWAL, successions.complete_withdrawal)
    cases.on_signed(OPENINGS_ESCROW, escrows.complete)


def create_app(settings: Settings) -> FastAPI:
    """The whole service; chain and relay run from its start to its end."""
    check_production(settings)
    rooms = open_rooms(settings)
    losses = Losses(rooms.chain, rooms.cases, rooms.register, rooms.plans, rooms.polls)
    rounds = AllRounds()
    app = FastAPI(
        title="LenderVote 出借人投票表决系统",
        version="0.1.0",
        lifespan=_life_of(rooms, losses, rounds),
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    gateway, waiting = _gateway(settings), metrics.Waiting(SystemClock())
    wire(app, settings, gateway, waiting, losses, rounds, Looks(), *(getattr(rooms, field.name) for field in fields(Rooms)))
    for routes in (
        ballots_routes,  # first: routes are tried in this order, and a crowd comes for this one
        accounts_routes, passkeys_routes, administration_routes,
        cases_routes, successions_routes, register_routes, plans_routes, trustees_routes, escrows_routes,
        polls_routes, credentials_routes,
        tally_routes, approvals_routes, complaints_routes, publication_routes, certificates_routes, likenesses_routes,
        identities_routes, outlook_routes,
    ):  # fmt: skip
        app.include_router(routes.router)
    app.include_router(health.router)
    app.include_router(metrics.router)
    install_error_handlers(app)
    install_document(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(IntakeGate, at_once=settings.intake_at_once)
    install_web(app, settings)
    app.add_middleware(PlainAddresses, page=address_refused)
    app.add_middleware(UnreadBodies)  # added last, so that it comes first
    return app


def _gateway(settings: Settings) -> SmsGateway:
    if settings.sms_gateway != "console":
        raise GatewayUnknown(name=settings.sms_gateway)
    return ConsoleGateway(settings.data_dir)


def _life_of(rooms: Rooms, losses: Losses, rounds: AllRounds):  # type: ignore[no-untyped-def]  # FastAPI's own type of a lifespan is not public
    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        ending = threading.Event()
        rooms.chain.start()
        relay = threading.Thread(target=rooms.ballots.run_background, args=(ending,), name="relay", daemon=True)
        relay.start()
        left = (rooms.cases.resume_acts, rooms.plans.resume_submissions, rooms.successions.follow, rooms.chain.intents.resume)
        started = (
            rooms.audit.rounds(),
            rooms.ballots.anchors.rounds(),
            rooms.checkpoints.rounds(),
            rooms.sealed_tally.counter.rounds(),
            losses.rounds(),
            resuming(left),
            forgetting(rooms.credentials, rooms.likenesses),
        )
        rounds.start(started, ending)
        try:
            yield
        finally:
            ending.set()
            relay.join(30)
            rooms.chain.stop()
            rooms.engine.dispose()

    return life
