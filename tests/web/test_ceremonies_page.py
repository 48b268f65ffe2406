"""The public page of key ceremonies: who sat, who appointed them, who confirmed, and which poll has the key, in both languages."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from backend.ground.common.hex_text import to_hex
from backend.ground.http.services import wire
from backend.web.catalogue import speaker
from backend.web.routes import router
from scripts.build import web
from tests.backend.vote.ballots.fixtures import issuer, node, world
from tests.backend.vote.ballots.world import World
from tests.backend.vote.tally.sealed_vote import Ceremony, announced

__all__ = ["issuer", "node", "world"]


@pytest.fixture
def pages(world: World) -> TestClient:
    web.build()
    app = FastAPI()
    rooms = (world.cases, world.plans, world.polls, world.trustees, world.tally, world.sealed_tally, world.publication, world.notices)
    wire(app, world.settings, world.chain, *rooms)
    app.include_router(router)
    return TestClient(app)


def test_everybody_sees_each_ceremony_and_what_its_key_serves(world: World, pages: TestClient) -> None:
    ceremony = Ceremony(world, 2, 3)
    poll = announced(world, ceremony)
    assert poll.sealing is not None
    official = world.members["official 0"]
    ended = world.trustees.begin(world.case.id, 2, ["a", "b", "<b>c</b>"], official)
    world.trustees.end(ended.id, "seat <2> is ill", official)
    path = f"/cases/{world.case.id}/ceremonies"
    for language in ("zh", "en"):
        t, page = speaker(language), pages.get(path, params={"lang": language}).text
        former, first = page[page.index('data-ceremony="1"') : page.index('data-ceremony="0"')], page[page.index('data-ceremony="0"') :]
        assert to_hex(poll.sealing.key.transcript_hash) in first
        assert to_hex(poll.sealing.key_hash) in first
        assert f'href="/polls/{poll.id}"' in first
        assert t("public.ceremony_used") in first
        assert first.count(t("office.step_done")) == 9
        assert world.case.officials[0].name in first, "who appointed the seats"
        assert all(seat.signer in first for seat in ceremony.seats.seats)
        assert "seat &lt;2&gt; is ill" in former
        assert "&lt;b&gt;c&lt;/b&gt;" in former
        assert former.count(t("office.step_waits")) == 9
        assert t("public.ceremony_no_poll") in former
    assert f'href="{path}"' in pages.get(f"/polls/{poll.id}").text
    assert "announced.json" in pages.get(f"/polls/{poll.id}").text
    assert 'data-ceremony="1"' not in pages.get(path, params={"before": 1}).text
    assert pages.get("/cases/none/ceremonies").status_code == 404
