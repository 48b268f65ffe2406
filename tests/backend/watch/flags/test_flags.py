"""Flags over HTTP: written down first, decided blind, told to whom they concern; no vote asks them anything."""

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

from backend.people.accounts.visitor import Visitor
from backend.vote.ballots.service import Arrived
from backend.vote.credentials.store import VoucherStatus
from backend.vote.credentials.vouchers import Voucher, VoucherRequest
from backend.watch.flags import routes as flags_routes
from backend.watch.flags.errors import NothingImported, ObjectionsMany, RulesNotAnchored
from backend.watch.flags.rules.bounds import canonical, rules_hash
from backend.watch.flags.service import FlagService
from backend.web.catalogue import speaker
from backend.web.routes import router as pages_router
from scripts.build import web
from scripts.cli import flags as flags_command
from scripts.cli import installation
from scripts.generate.claims import generate
from tests.backend.town import CasePeople, Person, Refused, Town

REASON = "已致电核实，其中两人为夫妻。"


class MadeVotes:
    """Ballots and requests as the rooms of the vote give them."""

    def __init__(self) -> None:
        self.came: list[Arrived] = []
        self.requests: list[VoucherRequest] = []
        self.vouchers = self

    def arrivals(self, _poll_id: str) -> list[Arrived]:
        return self.came

    def all_requests(self, _poll_id: str) -> list[VoucherRequest]:
        return self.requests


@pytest.fixture(scope="module")
def votes() -> MadeVotes:
    return MadeVotes()


@pytest.fixture(scope="module")
def flags(town: Town, votes: MadeVotes) -> FlagService:
    told: Any = votes
    made = FlagService(town.sessions, town.cipher, town.cases, town.register, town.polls, told, told, town.audit)
    town.app.state.services[FlagService] = made
    town.app.include_router(flags_routes.router)
    web.build()
    town.app.include_router(pages_router)
    return made


def import_claims(town: Town, people: CasePeople, rows: list[str]) -> None:
    files = {"file": ("claims.csv", "\n".join(rows).encode(), "text/csv")}
    report = people.institution.post(f"/api/cases/{people.case['id']}/register/imports?dry_run=false", files=files)
    assert report["refused"] == 0, report


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    file, _ = generate(30, 11, tmp_path_factory.mktemp("claims"), classes=2)
    return file.read_text("utf-8-sig").splitlines()


def raised(rows: list[str]) -> list[str]:
    """The same file with the first claim's balance raised."""
    header = rows[0].split(",")
    place = next(place for place, name in enumerate(header) if "本金" in name)
    cells = rows[1].split(",")
    cells[place] = "987654.32"
    return [rows[0], ",".join(cells), *rows[2:]]


def decide(person: Person, item: dict[str, Any], finding: str, reason: str = REASON) -> dict[str, Any]:
    said: dict[str, Any] = person.post(f"/api/flags/{item['id']}/decision", {"finding": finding, "reason": reason})
    return said


def shown(browser: TestClient, path: str, language: str = "zh") -> str:
    page = browser.get(path, params={"lang": language})
    assert page.status_code == 200, page.text
    return page.text


def announce(town: Town, people: CasePeople) -> str:
    plan, now = town.admit_plan(people), town.chain.chain_time()
    opens, closes = (datetime.fromtimestamp(now + seconds, UTC).isoformat() for seconds in (4_200, 4_200 + 7 * 86_400))
    body = {
        "plan_id": plan["id"], "rule": "CN_SZ_A", "opens_at": opens, "closes_at": closes, "challenge_seconds": 3 * 86_400,
        "verifiers": ["0x" + "ab" * 20],
    }  # fmt: skip
    assert people.sign_together(people.officials[0].post(f"/api/cases/{people.case['id']}/polls", body))["status"] == "done"
    [poll] = town.browser().get(f"/api/polls?case_id={people.case['id']}").json()
    return str(poll["id"])


def test_a_raised_balance_is_decided_blind_by_two_and_told(town: Town, flags: FlagService, rows: list[str]) -> None:
    people = town.open_case()
    case_id = people.case["id"]
    with pytest.raises(NothingImported):
        flags.run_case(case_id)
    import_claims(town, people, rows)
    import_claims(town, people, raised(rows))
    before = town.audit.head().number
    made = flags.run_case(case_id)
    assert (made.flagged, made.controls) == (1, 1)
    assert before < made.audit_number == town.audit.head().number
    assert town.audit.faults() == []
    assert flags.run_case(case_id).flagged == 0, "nothing is queued twice"

    first, second, third = people.officials
    queue = first.get(f"/api/cases/{case_id}/flags/queue")
    assert len(queue) == 2
    assert all(item["flagged"] is None and item["bounds"] == {} and item["decisions"] == [] for item in queue)
    page = shown(first.browser, f"/officials/cases/{case_id}/flags")
    assert page.count("data-post") == 2
    assert speaker("zh")("flags.shown_flagged") not in page
    with pytest.raises(Refused, match="FlagReasonMissing"):
        decide(first, queue[0], "explained", "好")
    with pytest.raises(Refused, match="FindingUnknown"):
        decide(first, queue[0], "guilty")
    shown_first = decide(first, queue[0], "explained")
    assert shown_first["flagged"] in (True, False)
    assert len(shown_first["decisions"]) == 1
    with pytest.raises(Refused, match="DecidedAlready"):
        decide(first, queue[0], "look_further")
    blind = second.get(f"/api/cases/{case_id}/flags/queue")
    assert all(item["decisions"] == [] and item["flagged"] is None for item in blind), "the other's word is not seen before the own"
    for item in queue:
        if item["id"] != queue[0]["id"]:
            decide(first, item, "explained")
        assert len(decide(second, item, "explained")["decisions"]) == 2
    with pytest.raises(Refused, match="DecidedAlready"):
        decide(third, queue[0], "explained")
    public = town.browser().get(f"/api/cases/{case_id}/flags").json()
    assert public["controls"] == {"decided": 1, "both_explained": 1, "both_look_further": 0, "apart": 0}
    assert public["rules"] == canonical().decode()
    assert public["rules_hash"] == "0x" + rules_hash().hex()
    for language in ("zh", "en"):
        page = shown(town.browser(), f"/cases/{case_id}/flags", language)
        assert speaker(language)("flags.agreement_words") in page
        assert speaker(language)("flags.shown_flagged") in shown(first.browser, f"/officials/cases/{case_id}/flags", language)
    for stranger in (people.institution, town.person("official")):
        with pytest.raises(Refused, match=r"RoleNotAllowed|NotOfficialOfCase"):
            stranger.get(f"/api/cases/{case_id}/flags/queue")


def test_a_poll_is_looked_at_by_rules_written_down_before_it_opened(
    town: Town, flags: FlagService, votes: MadeVotes, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = town.open_case()
    town.freeze_register(people, 30)
    poll_id = announce(town, people)
    poll = town.polls.get_poll(poll_id)
    opens = poll.parameters.opens_at
    votes.came = [Arrived(index, "0x" + "11" * 20, opens + 3_000 * index) for index in range(20)]
    signers = [official.signer for official in people.officials]
    met = tuple(Voucher(signer, 2, opens, "0x") for signer in signers[:2])
    votes.requests = [
        VoucherRequest(
            id="r", poll_id=poll_id, index=0, ballot_key="0x" + "11" * 20, method=2, code="", status=VoucherStatus.VOUCHED,
            requested_at=datetime.now(UTC), vouchers=met, review=False, invitation="",
        )
    ]  # fmt: skip
    flags.anchor()
    monkeypatch.setattr("backend.watch.flags.service.rules_hash", lambda: b"\1" * 32)
    with pytest.raises(RulesNotAnchored):
        flags.run_poll(poll_id)
    monkeypatch.undo()
    made = flags.run_poll(poll_id)
    assert made.flagged == 1
    [item] = [one for one in people.officials[0].get(f"/api/cases/{people.case['id']}/flags/queue") if one["rule"] == "shared_device"]
    assert (item["facts"]["lenders"], item["facts"]["seen"]) == (20, 1)

    lender = Visitor(None, "lender", "lender", people.case["id"], 3, poll_id)
    assert flags.desk.told(poll_id, lender) == [], "nobody is told before two have looked"
    for person in people.officials[:2]:
        decide(person, item, "look_further")
    [told] = flags.desk.told(poll_id, lender)
    assert told.flagged
    assert set(item["facts"]) - set(told.facts) == {"total_fen", "largest_fen"}, "amounts of a group are other lenders', too"
    assert {one.reason for one in told.decisions} == {REASON}
    objected = flags.desk.object_to(poll_id, told.id, lender, "平板是村委会的，我们轮流使用。")
    with pytest.raises(ObjectionsMany):
        flags.desk.object_to(poll_id, told.id, lender, "平板是村委会的，我们轮流使用。")
    other = Visitor(None, "lender", "lender", people.case["id"], 4, poll_id)
    assert flags.desk.told(poll_id, other)[0].objections == [], "an objection is its writer's own"
    [objection] = objected.objections
    answered = people.officials[2].post(f"/api/flag-objections/{objection.id}/answer", {"text": "谢谢，村委会已证实，事项结束。"})
    assert answered["answered_by"] == people.officials[2].name
    with pytest.raises(Refused, match="ObjectionAnswered"):
        people.officials[2].post(f"/api/flag-objections/{objection.id}/answer", {"text": "谢谢，村委会已证实，事项结束。"})
    assert flags.desk.told(poll_id, lender)[0].objections[0].answer
    absent = Visitor(None, "lender", "lender", people.case["id"], 25, poll_id)
    assert flags.desk.told(poll_id, absent) == []
    assert speaker("zh")("flags.mine_sign_in") in shown(town.browser(), f"/polls/{poll_id}/flags")


def test_nobody_decides_on_the_own_pair(town: Town, flags: FlagService, votes: MadeVotes, monkeypatch: pytest.MonkeyPatch) -> None:
    people = town.open_case()
    town.freeze_register(people, 30)
    poll_id = announce(town, people)
    opens = town.polls.get_poll(poll_id).parameters.opens_at
    signers = [official.signer for official in people.officials]
    votes.came = []
    votes.requests = [
        VoucherRequest(
            id=f"r{number}", poll_id=poll_id, index=number % 25, ballot_key="", method=1, code="", status=VoucherStatus.VOUCHED,
            requested_at=datetime.now(UTC), review=False, invitation="",
            vouchers=tuple(Voucher(signer, 1, opens + 43_200 * number, "0x") for signer in pair),
        )
        for number in range(40)
        for pair in [(signers[0], signers[1]) if number % 4 else (signers[number % 8 // 4], signers[2])]
    ]  # fmt: skip
    flags.anchor()
    assert flags.run_poll(poll_id).flagged == 1
    queue = people.officials[2].get(f"/api/cases/{people.case['id']}/flags/queue")
    [item] = [one for one in queue if one["rule"] == "pair" and one["facts"]["counted"] == 30]
    assert item["officials"] == [official.name for official in people.officials[:2]]
    with pytest.raises(Refused, match="OwnPair"):
        decide(people.officials[0], item, "explained")
    assert decide(people.officials[2], item, "look_further")["flagged"]


def test_books_beside_the_register_are_read_and_not_kept(town: Town, flags: FlagService, rows: list[str], tmp_path: Path) -> None:
    people = town.open_case()
    import_claims(town, people, rows)
    numbers = [row.split(",")[0] for row in rows[1:]]
    path = tmp_path / "beside.csv"
    lines = [f"{number},6222000011112222,,{index},0" for index, number in enumerate(numbers)]
    path.write_text("\n".join(["债权编号,银行卡号,联系地址,累计充值（元）,累计提现（元）", *lines]), "utf-8")
    made = flags.run_case(people.case["id"], path)
    found = {item["rule"] for item in people.officials[0].get(f"/api/cases/{people.case['id']}/flags/queue")}
    assert {"shared_card", "reconcile"} <= found
    assert made.controls == -(-made.flagged // 4)


def test_items_are_deleted_with_all_that_hangs_on_them_and_runs_stay(
    town: Town, flags: FlagService, rows: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    people = town.open_case()
    import_claims(town, people, rows)
    import_claims(town, people, raised(rows))
    flags.run_case(people.case["id"])
    [item, *_] = people.officials[0].get(f"/api/cases/{people.case['id']}/flags/queue")
    decide(people.officials[0], item, "explained")
    assert flags.forget_old() == 0
    monkeypatch.setattr("backend.watch.flags.service.KEPT_DAYS", -1)
    assert flags.forget_old() >= 2
    assert people.officials[0].get(f"/api/cases/{people.case['id']}/flags/queue") == []
    assert len(flags.public(people.case["id"]).runs) == 1


def test_the_command_says_hashes_and_numbers(town: Town, flags: FlagService, rows: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def rooms() -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(flags=flags)

    monkeypatch.setattr(installation, "opened_rooms", rooms)
    people = town.open_case()
    import_claims(town, people, rows)
    told = json.loads(CliRunner().invoke(flags_command.app, ["anchor"]).stdout)
    assert told["rules"] == "0x" + rules_hash().hex()
    run = json.loads(CliRunner().invoke(flags_command.app, ["run", "--case", people.case["id"]]).stdout)
    assert run["rules"] == told["rules"]
    assert CliRunner().invoke(flags_command.app, ["run"]).exit_code != 0
