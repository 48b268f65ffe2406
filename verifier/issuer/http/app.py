"""The issuer's HTTP application."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from verifier.issuer.clock import Clock
from verifier.issuer.http.binding_routes import router as binding_router
from verifier.issuer.http.bodies import READ_SECONDS, BodyBounds
from verifier.issuer.http.errors import install_error_handlers
from verifier.issuer.http.figures import Refusals
from verifier.issuer.http.figures import router as figures_router
from verifier.issuer.http.log_routes import router as log_router
from verifier.issuer.http.routes import router
from verifier.issuer.service import Issuer
from verifier.issuer.settings import IssuerSettings
from verifier.issuer.text import PlainAddresses


def create_app(settings: IssuerSettings, clock: Clock | None = None, read_seconds: float = READ_SECONDS) -> FastAPI:
    """The application with its issuer on `app.state.issuer`. Raises: what Issuer does."""
    issuer = Issuer(settings, clock)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        ending = threading.Event()
        rounds = threading.Thread(target=issuer.retention.run, args=(ending, settings.retention_minutes * 60), name="retention")
        rounds.start()
        yield
        ending.set()
        await run_in_threadpool(rounds.join)
        issuer.close()

    app = FastAPI(title="LenderVote issuer", docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.issuer = issuer
    app.state.refusals = Refusals()
    for each in (router, binding_router, log_router):
        app.include_router(each)
    app.include_router(figures_router)
    install_error_handlers(app)
    app.add_middleware(PlainAddresses)  # inside of the bounds: who is refused for an address has been heard to the end, too
    app.add_middleware(BodyBounds, read_seconds=read_seconds, is_expected=issuer.bindings.is_expected)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.allowed_origins,
        allow_methods=["GET", "POST"],
        allow_headers=["Content-Type", "Accept-Language"],
        expose_headers=["Retry-After"],
        max_age=600,
    )
    app.add_middleware(_NoStore)
    return app


class _NoStore:
    """Answers name lenders' indexes and carry credentials: no cache keeps them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Cache-Control"] = "no-store"
                headers["X-Content-Type-Options"] = "nosniff"
            await send(message)

        await self._app(scope, receive, marked)
