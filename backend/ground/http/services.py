"""The services that an app's routes work with, each found by its class."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from fastapi import FastAPI, Request

T = TypeVar("T")


class ServiceMissing(TypeError):
    """An app was put together without a service that one of its routes needs: a defect, which no request can cause."""


def wire(app: FastAPI, *services: object) -> None:
    """Hand an app its services, one of each class; a further call adds to them or takes the place of those of the same class."""
    known: dict[type, object] = getattr(app.state, "services", {})
    app.state.services = known | {type(service): service for service in services}


def service_of(request: Request, kind: type[T]) -> T:
    """The app's service of that class, or of one that extends it. Raises: ServiceMissing."""
    services: dict[type, object] = getattr(request.app.state, "services", {})
    found = services.get(kind) or next((one for one in services.values() if isinstance(one, kind)), None)
    if not isinstance(found, kind):
        raise ServiceMissing(kind.__name__)
    return found


def service(kind: type[T]) -> Callable[[Request], Awaitable[T]]:
    """A dependency: the app's service of that class. It is async, since a thread of its own would cost more than the look."""

    async def given(request: Request) -> T:
        return service_of(request, kind)

    return given
