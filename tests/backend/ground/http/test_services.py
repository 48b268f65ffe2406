"""Routes get their services by class, and an app without one of them does nothing by halves."""

from __future__ import annotations

from typing import Annotated

import pytest
from fastapi import Depends, FastAPI, Request
from fastapi.testclient import TestClient

from backend.ground.http.services import ServiceMissing, service, service_of, wire


class Counter:
    def __init__(self, count: int) -> None:
        self.count = count


class Doubled(Counter):
    pass


def app_with(*services: object) -> TestClient:
    app = FastAPI()
    wire(app, *services)

    @app.get("/count")
    def count(counter: Annotated[Counter, Depends(service(Counter))]) -> int:
        return counter.count

    return TestClient(app)


def test_service__is_found_by_its_class() -> None:
    assert app_with("something else", Counter(7)).get("/count").json() == 7


def test_service__may_extend_the_class_that_is_asked_for() -> None:
    assert app_with(Doubled(8)).get("/count").json() == 8


def test_wire__again_takes_the_place_of_the_same_class() -> None:
    client = app_with(Counter(1), "kept")
    wire(client.app, Counter(2))  # type: ignore[arg-type]
    assert client.get("/count").json() == 2
    request = Request({"type": "http", "app": client.app})
    assert service_of(request, str) == "kept"


def test_service__that_is_missing_is_a_defect() -> None:
    with pytest.raises(ServiceMissing):
        app_with().get("/count")
