"""People and rooms for the tests of cases, plans and polls: a real chain, a real database, the real HTTP interface."""

from __future__ import annotations

import itertools
import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pyotp
from argon2 import PasswordHasher
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_account.signers.local import LocalAccount
from fastapi import FastAPI
from fastapi.testclient import TestClient

from backend.case.cases import routes as cases_routes
from backend.case.cases.service import CaseService
from backend.case.escrows import routes as escrows_routes
from backend.case.escrows.service import KIND as OPENINGS_ESCROW
from backend.case.escrows.service import EscrowService
from backend.case.plans import routes as plans_routes
from backend.case.plans.service import PlanService
from backend.case.plans.stages import ADMISSION
from backend.case.register import routes as register_routes
from backend.case.register.service import KIND as FREEZE
from backend.case.register.service import RegisterService
from backend.case.successions import routes as successions_routes
from backend.case.successions.service import SUCCESSION, WITHDRAWAL, SuccessionService
from backend.case.trustees import routes as trustees_routes
from backend.case.trustees.service import APPOINTMENT, TrusteeService
from backend.ground.audit.service import AuditService
from backend.ground.chain.anvil import EmbeddedAnvil
from backend.ground.chain.service import Chain
from backend.ground.common.clock import SystemClock
from backend.ground.common.sealed import FieldCipher
from backend.ground.common.settings import Settings
from backend.ground.db.base import Base
from backend.ground.db.sessions import open_engine, open_sessions
from backend.ground.http.services import wire
from backend.people.accounts import routes as accounts_routes
from backend.people.accounts.own import OwnAccountService
from backend.people.accounts.service import AccountService
from backend.people.administration import routes as administration_routes
from backend.people.administration.service import AdministrationService
from backend.people.passkeys import routes as passkeys_routes
from backend.people.passkeys.service import PasskeyService
from backend.shell.errors import install_error_handlers
from backend.vote.polls import routes as polls_routes
from backend.vote.polls.sealed import ABANDONMENT, SealedPollService
from backend.vote.polls.sealed import ANNOUNCEMENT as SEALED_ANNOUNCEMENT
from backend.vote.polls.service import PollService
from backend.vote.polls.stages import ANNOUNCEMENT
from scripts.generate.claims import generate
from scripts.rig.documents import make_pdf, plan_of
from tests.databases import url_for

PASSWORD = "correct horse battery"
_NUMBERS = itertools.count(1)


class Refused(Exception):
    """The service refused; `code` is the broken rule."""

    def __init__(self, response: httpx2.Response) -> None:
        error = response.json()["error"]
        assert error["message_zh"]
        assert error["message_en"]
        self.status, self.code, self.details = response.status_code, str(error["code"]), error["details"]
        super().__init__(f"{self.status} {self.code}: {error['message_en']}")


@dataclass
class Person:
    """Somebody with an account, a browser and a signing key."""

    name: str
    account_id: str
    key: LocalAccount
    browser: TestClient

    @property
    def signer(self) -> str:
        return str(self.key.address).lower()

    def sign(self, typed_data: dict[str, Any]) -> str:
        signed = self.key.sign_message(encode_typed_data(full_message=typed_data))
        return "0x" + bytes(signed.signature).hex()

    def get(self, path: str) -> Any:
        return answer(self.browser.get(path))

    def post(self, path: str, json: Any = None, **options: Any) -> Any:
        return answer(self.browser.post(path, json=json, **options))

    def sign_act(self, act: dict[str, Any]) -> dict[str, Any]:
        body = {"signer": self.signer, "signature": self.sign(act["typed_data"])}
        if act["kind"] == FREEZE:
            body["unchecked_reason"] = "a test of something else"
        signed: dict[str, Any] = self.post(f"/api/acts/{act['id']}/signatures", body)
        return signed


def answer(response: httpx2.Response) -> Any:
    """The JSON of an answer. Raises: Refused."""
    if response.status_code >= 400:
        raise Refused(response)
    return response.json()


@dataclass
class CasePeople:
    """A case and its people: three officials of whom two decide, and the institution."""

    case: dict[str, Any]
    officials: list[Person]
    institution: Person

    def sign_together(self, act: dict[str, Any]) -> dict[str, Any]:
        for official in self.officials[: act["needed"]]:
            act = official.sign_act(act)
        return act


@dataclass
class Town:
    """Services over one database and one chain, and the app over them."""

    folder: Path
    settings: Settings = field(init=False)
    app: FastAPI = field(init=False)

    def __post_init__(self) -> None:
        self.settings = Settings(data_dir=self.folder, minimum_notice_seconds=3600, _env_file=None)
        engine = open_engine(url_for(self.folder / "town.sqlite3"))
        Base.metadata.create_all(engine)
        self.sessions = open_sessions(engine)
        self.anvil = EmbeddedAnvil(self.folder / "state.json")
        self.chain = Chain(self.anvil.url, self.sessions, secrets.token_bytes(32), embedded=self.anvil)
        hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
        self.cipher = FieldCipher(secrets.token_bytes(32))
        self.accounts = AccountService(self.sessions, self.cipher, SystemClock(), hasher)
        self.own_accounts = OwnAccountService(self.sessions, self.cipher, self.accounts.proof)
        self.passkeys = PasskeyService(self.sessions, self.chain, self.accounts)
        self.administration = AdministrationService(self.sessions, self.accounts, self.passkeys)
        self.cases = CaseService(self.sessions, self.chain, self.accounts, self.passkeys)
        self.administration.know_second_people_by(self.cases.second_people)
        self.audit = AuditService(self.sessions, self.chain)
        self.register = RegisterService(self.sessions, self.cipher, self.chain, self.cases)
        self.plans = PlanService(self.sessions, self.chain, self.cases)
        self.successions = SuccessionService(self.chain, self.cases, self.accounts)
        self.cases.on_signed(SUCCESSION, self.successions.complete_announcement)
        self.cases.on_signed(WITHDRAWAL, self.successions.complete_withdrawal)
        self.trustees = TrusteeService(self.sessions, self.chain, self.cases)
        self.polls = PollService(self.sessions, self.chain, self.cases, self.plans, self.register, self.settings)
        self.cases.on_signed(FREEZE, self.register.complete_freeze)
        self.cases.on_signed(ADMISSION, self.plans.complete_admission)
        self.cases.on_signed(APPOINTMENT, self.trustees.complete_appointment)
        self.escrows = EscrowService(self.sessions, self.chain, self.cases)
        self.cases.on_signed(OPENINGS_ESCROW, self.escrows.complete)
        self.sealed_polls = SealedPollService(self.chain, self.cases, self.trustees, self.polls, self.escrows)
        self.cases.on_signed(ANNOUNCEMENT, self.polls.complete_announcement)
        self.cases.on_signed(SEALED_ANNOUNCEMENT, self.sealed_polls.complete)
        self.cases.on_signed(ABANDONMENT, self.sealed_polls.complete_abandonment)
        for stage in (self.register.stage, self.plans.stage, self.polls.case_stage):
            self.cases.add_stage(stage)
        self.app = self._make_app()

    def _make_app(self) -> FastAPI:
        app = FastAPI()
        wire(app, self.settings, self.chain, self.audit, self.accounts, self.own_accounts, self.passkeys, self.administration)
        wire(app, self.cases, self.register, self.plans, self.successions, self.escrows, self.trustees, self.polls, self.sealed_polls)
        for routes in (accounts_routes, passkeys_routes, administration_routes, cases_routes, register_routes, plans_routes):
            app.include_router(routes.router)
        for routes in (successions_routes, escrows_routes, trustees_routes, polls_routes):
            app.include_router(routes.router)
        install_error_handlers(app)
        return app

    def start(self) -> None:
        self.chain.start()
        # A block for every transaction at once: the tests need not wait for the next second.
        self.anvil.node.ask("evm_setIntervalMining", 0)
        self.anvil.node.ask("evm_setAutomine", True)

    def stop(self) -> None:
        self.chain.stop()

    def browser(self) -> TestClient:
        return TestClient(self.app, raise_server_exceptions=False)

    def person(self, role: str, name: str = "") -> Person:
        name = name or f"{role} {next(_NUMBERS)}"
        made = self.accounts.create_account(name, role, PASSWORD)
        browser = self.browser()
        body = {"name": name, "password": PASSWORD, "code": pyotp.TOTP(made.totp_secret).now()}
        browser.headers["X-CSRF-Token"] = answer(browser.post("/api/session", json=body))["csrf_token"]
        return Person(name, made.id, Account.create(), browser)

    def case_body(self, officials: list[Person], institution: Person, threshold: int = 2, *, rehearsal: bool = True) -> dict[str, Any]:
        """A rehearsal unless said otherwise, so that a poll need not take a month."""
        return {
            "name": f"测试案件 {next(_NUMBERS)}",
            "institution": {"name": "测试平台", "credit_code": "91999900MA00000006", "signer": institution.signer},
            "officials": [{"name": o.name, "signer": o.signer, "account_id": o.account_id} for o in officials],
            "institution_account_name": institution.name,
            "threshold": threshold,
            "rehearsal": rehearsal,
        }

    def open_case(self, *, rehearsal: bool = True) -> CasePeople:
        officials, institution = [self.person("official") for _ in range(3)], self.person("institution")
        case = self.person("admin").post("/api/cases", self.case_body(officials, institution, rehearsal=rehearsal))
        return CasePeople(case, officials, institution)

    def freeze_register(self, people: CasePeople, lenders: int = 5) -> None:
        file, _ = generate(lenders, 7, self.folder / "claims", classes=2)
        with file.open("rb") as claims:
            people.institution.post(f"/api/cases/{people.case['id']}/register/imports?dry_run=false", files={"file": (file.name, claims)})
        act = people.sign_together(people.officials[0].post(f"/api/cases/{people.case['id']}/register/freeze"))
        assert act["status"] == "done", act

    def admit_plan(self, people: CasePeople) -> dict[str, Any]:
        files = {"pdf": ("plan.pdf", make_pdf("plan"), "application/pdf")}
        plan = people.institution.post(f"/api/cases/{people.case['id']}/plans", data={"plan": json.dumps(plan_of(1))}, files=files)
        people.institution.post(f"/api/plans/{plan['id']}/submission", {"signature": people.institution.sign(plan["typed_data"])})
        act = people.sign_together(people.officials[0].post(f"/api/plans/{plan['id']}/admission"))
        assert act["status"] == "done", act
        admitted: dict[str, Any] = people.institution.get(f"/api/plans/{plan['id']}")
        return admitted
