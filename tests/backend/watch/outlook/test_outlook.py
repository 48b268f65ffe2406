"""The outlook over HTTP: all or nothing, frozen while a vote is announced, the hash written down first, the page the same for all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from backend.ground.common.hashing import keccak
from backend.watch.outlook import routes as outlook_routes
from backend.watch.outlook.card import model_card
from backend.watch.outlook.errors import BookFrozen
from backend.watch.outlook.models.running import run
from backend.watch.outlook.service import OutlookService
from backend.web.catalogue import speaker
from backend.web.routes import router as pages_router
from scripts.bench.outlook.large_book import AS_OF, write
from scripts.build import web
from scripts.cli import installation
from scripts.cli import outlook as outlook_command
from tests.backend.town import CasePeople, Refused, Town

MONTH = f"{AS_OF // 12}-{AS_OF % 12 + 1:02}"


@pytest.fixture(scope="module")
def outlook(town: Town) -> OutlookService:
    made = OutlookService(town.sessions, town.cases, town.polls, town.audit)
    town.app.state.services[OutlookService] = made
    town.app.include_router(outlook_routes.router)
    web.build()
    town.app.include_router(pages_router)
    return made


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "book.csv"
    write(path, 1_500)
    return path


def hand_in(people: CasePeople, data: bytes, **options: Any) -> Any:
    files = {"file": ("book.csv", data, "text/csv")}
    return people.institution.post(f"/api/cases/{people.case['id']}/loan-book", data={"as_of": MONTH, **options}, files=files)


def terms(now: int, plan_id: str) -> dict[str, Any]:
    opens, closes = (datetime.fromtimestamp(now + seconds, UTC).isoformat() for seconds in (4_200, 4_200 + 7 * 86_400))
    return {
        "plan_id": plan_id, "rule": "CN_SZ_A", "opens_at": opens, "closes_at": closes, "challenge_seconds": 3 * 86_400,
        "verifiers": ["0x" + "ab" * 20],
    }  # fmt: skip


def shown(browser: TestClient, path: str, language: str) -> str:
    page = browser.get(path, params={"lang": language})
    assert page.status_code == 200, page.text
    return page.text


def test_a_book_is_forecast_frozen_and_shown_to_everybody(town: Town, outlook: OutlookService, book: Path) -> None:
    people = town.open_case()
    town.freeze_register(people)
    case_id = people.case["id"]
    imported = hand_in(people, book.read_bytes())
    assert imported["refused"] == 0
    assert imported["loans"] == 1_500
    stored = outlook.book(case_id)
    before = town.audit.head().number
    kept = outlook.keep_forecast(case_id, stored, run(stored))
    assert kept.audit_number == before + 1
    assert town.audit.faults() == []
    [told] = town.browser().get(f"/api/cases/{case_id}/outlook").json()["forecasts"]
    assert told["content_hash"] == "0x" + kept.content_hash.hex()
    assert told["points"], told["reason"]
    as_hashed = town.browser().get(f"/api/cases/{case_id}/outlook/{told['content_hash']}.json").content
    assert keccak(as_hashed) == kept.content_hash
    assert town.browser().get(f"/api/cases/{case_id}/outlook/0x00.json").status_code == 404
    assert told["content_hash"] in model_card(outlook.forecasts(case_id))

    plan = town.admit_plan(people)
    body = terms(town.chain.chain_time(), plan["id"])
    assert people.sign_together(people.officials[0].post(f"/api/cases/{case_id}/polls", body))["status"] == "done"
    with pytest.raises(Refused, match="BookFrozen"):
        hand_in(people, book.read_bytes())
    with pytest.raises(BookFrozen):
        outlook.keep_forecast(case_id, stored, run(stored))
    assert len(outlook.forecasts(case_id)) == 1

    [poll] = town.browser().get(f"/api/polls?case_id={case_id}").json()
    path = f"/polls/{poll['id']}/outlook"
    for language in ("zh", "en"):
        page = shown(town.browser(), path, language)
        assert told["content_hash"] in page
        assert speaker(language)("outlook.informs") in page
        assert page.count("<svg") == 5
    other = town.browser().get(path, params={"recovered": 80, "kept": 50}).text
    assert "32.5%" in other, "half of 65 per cent"
    assert town.browser().get(path, params={"recovered": 101}).status_code in {400, 422}


def test_a_later_book_scores_the_forecast(town: Town, outlook: OutlookService, book: Path) -> None:
    people = town.open_case()
    hand_in(people, book.read_bytes())
    stored = outlook.book(people.case["id"])
    kept = outlook.keep_forecast(people.case["id"], stored, run(stored))
    later = book.read_bytes().replace(f"{MONTH}-15".encode(), f"{(AS_OF + 3) // 12}-{(AS_OF + 3) % 12 + 1:02}-15".encode())
    month = f"{(AS_OF + 3) // 12}-{(AS_OF + 3) % 12 + 1:02}"
    hand_in(people, later, as_of=month)
    [view] = outlook.forecasts(people.case["id"])
    [score] = view.scores
    assert (score.months, score.came_bps) == (3, 0), "nothing was paid in between"
    assert score.share_bps == kept.content["result"]["by_month"][2][1]


def test_contradictions_are_named_and_nothing_is_kept(town: Town, outlook: OutlookService, book: Path) -> None:
    people = town.open_case()
    lines = book.read_text("utf-8-sig").splitlines()
    wrong = "\n".join([lines[0], lines[1], lines[1], lines[2].rpartition(",")[0] + ",A1:1"]).encode()
    with pytest.raises(Refused) as refused:
        hand_in(people, wrong)
    assert refused.value.code == "BookRefused"
    assert [(row["row"], row["field"], row["rule"]) for row in refused.value.details["rows"]] == [
        (3, "loan_no", "LoanTwice"),
        (4, "lender_shares", "SharesDoNotAddUp"),
    ]
    files = {"file": ("book.csv", wrong, "text/csv")}
    listed = people.institution.browser.post(f"/api/cases/{people.case['id']}/loan-book/rejects.csv", data={"as_of": MONTH}, files=files)
    assert listed.text.count("\n") == 3
    assert town.browser().get(f"/api/cases/{people.case['id']}/outlook").json()["forecasts"] == []
    with pytest.raises(Refused, match=r"RoleNotAllowed|NotInstitution"):
        people.officials[0].post(f"/api/cases/{people.case['id']}/loan-book", data={"as_of": MONTH}, files=files)


def test_templates_are_there_for_everybody(town: Town, outlook: OutlookService) -> None:
    for kind in ("csv", "xlsx"):
        assert town.browser().get(f"/api/loan-book/template.{kind}").status_code == 200
    assert outlook.comparables()


def test_the_command_keeps_a_forecast_and_prints_its_card(
    town: Town, outlook: OutlookService, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def rooms() -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(outlook=outlook)

    monkeypatch.setattr(installation, "opened_rooms", rooms)
    people = town.open_case()
    case_id = people.case["id"]
    assert CliRunner().invoke(outlook_command.app, ["card", "--case", case_id]).exit_code == 1, "there is none yet"
    hand_in(people, book.read_bytes(), collapsed=MONTH)
    done = CliRunner().invoke(outlook_command.app, ["forecast", "--case", case_id])
    told = json.loads(done.stdout)
    assert told["reason"] == "collapse_new"
    assert "share_bps" not in told
    card = CliRunner().invoke(outlook_command.app, ["card", "--case", case_id]).stdout
    assert told["hash"] in card
    assert "collapse_new" in card
