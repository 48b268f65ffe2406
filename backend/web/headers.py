"""Security headers on every answer, the errors' included."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.ground.common.settings import Settings

PERMISSIONS = (
    "camera=(self), microphone=(), geolocation=(), payment=(), usb=(), serial=(), bluetooth=(), midi=(), magnetometer=(), gyroscope=(), "
    "accelerometer=(), display-capture=(), publickey-credentials-get=(self), publickey-credentials-create=(self)"
)


def content_policy(settings: Settings) -> str:
    """The Content-Security-Policy: everything from here, and connections to the identity verifier besides."""
    verifier = origin_of(settings.public_verifier_url or settings.verifier_url)
    return "; ".join(
        (
            "default-src 'self'",
            "script-src 'self'",
            "style-src 'self'",
            f"connect-src 'self' {verifier}".rstrip(),
            "img-src 'self' data: blob:",
            "media-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        )
    )


def origin_of(url: str) -> str:
    """Scheme, host and port of an address; the policy must not depend on its path."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} and parts.netloc else ""


class SecurityHeaders:
    """Adds the headers as an answer starts; what a route has set itself stays."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._headers = {
            "Content-Security-Policy": content_policy(settings),
            "Permissions-Policy": PERMISSIONS,
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            # A receipt's number is in addresses: it goes to no other site.
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Permitted-Cross-Domain-Policies": "none",
            # Claims and sessions stay out of every cache; static files set their own line.
            "Cache-Control": "no-store",
        }
        if settings.secure_cookies:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def install_security_headers(app: FastAPI, settings: Settings) -> None:
    """Wrap the whole app.

    Not `add_middleware`: that would stand inside the part that answers for defects, whose answers would then go out bare.
    """
    build = app.build_middleware_stack

    def build_wrapped() -> ASGIApp:
        return SecurityHeaders(build(), settings)

    app.build_middleware_stack = build_wrapped  # type: ignore[method-assign]
