"""A small app with the accounts room only, on a real SQLite file and a clock that stands still."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import pyotp
import pytest
from argon2 import PasswordHasher
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

from backend.ground.audit.service import AuditService
from backend.ground.common.clock import MovableClock
from backend.ground.common.sealed import FieldCipher
from backend.ground.common.settings import Settings
from backend.ground.db.base import Base
from backend.ground.db.sessions import Sessions, open_engine, open_sessions
from backend.ground.http.services import wire
from backend.people.accounts.access import signed_in
from backend.people.accounts.own import OwnAccountService
from backend.people.accounts.routes import router
from backend.people.accounts.service import AccountService
from backend.people.accounts.visitor import NewAccount, Visitor
from backend.shell.errors import install_error_handlers
from tests.databases import url_for

PASSWORD = "correct horse battery"
# Argon2 as in earnest, but cheap: what it costs to guess is not what is tested here.
QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


@dataclass
class Office:
    """Accounts, their clock, and a way to open browsers."""

    accounts: AccountService
    sessions: Sessions
    clock: MovableClock
    app: FastAPI

    def browser(self, **options: object) -> TestClient:
        return TestClient(self.app, raise_server_exceptions=False, **options)  # type: ignore[arg-type]

    def code(self, account: NewAccount) -> str:
        return pyotp.TOTP(account.totp_secret).at(self.clock.now())

    def credentials(self, account: NewAccount) -> dict[str, str]:
        return {"name": account.name, "password": PASSWORD, "code": self.code(account)}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return make_office(tmp_path, secure_cookies=False)


@pytest.fixture
def secure_office(tmp_path: Path) -> Office:
    return make_office(tmp_path, secure_cookies=True)


def make_office(tmp_path: Path, *, secure_cookies: bool) -> Office:
    engine = open_engine(url_for(tmp_path / "accounts.sqlite3"))
    Base.metadata.create_all(engine)
    clock = MovableClock(datetime(2026, 3, 1, 4, 0, 5, tzinfo=UTC))
    sessions = open_sessions(engine)
    cipher = FieldCipher(secrets.token_bytes(32))
    accounts = AccountService(sessions, cipher, clock, QUICK_HASHER)
    app = FastAPI()
    settings = Settings(data_dir=tmp_path, secure_cookies=secure_cookies, _env_file=None)
    own = OwnAccountService(sessions, cipher, accounts.proof, clock)
    wire(app, accounts, own, settings, AuditService(sessions, None, clock))  # type: ignore[arg-type]  # nothing is put on a chain here
    app.include_router(router)
    install_error_handlers(app)

    @app.post("/api/official-only")
    def official_only(visitor: Annotated[Visitor, Depends(signed_in("official"))]) -> dict[str, str]:
        return {"name": visitor.name}

    return Office(accounts, sessions, clock, app)


@pytest.fixture
def make_account(office: Office) -> Callable[..., NewAccount]:
    def make(name: str = "zhang", role: str = "official") -> NewAccount:
        return office.accounts.create_account(name, role, PASSWORD)

    return make
