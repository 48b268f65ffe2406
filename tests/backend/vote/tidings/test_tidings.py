"""Everybody hears of a vote and of what is recorded for them; a contest is seen before anybody can sign."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.ground.common.hashing import keccak
from backend.ground.common.settings import Settings
from backend.ground.http.services import wire
from backend.people.notices import routes as notices_routes
from backend.vote.tidings import routes as tidings_routes
from backend.vote.tidings import rules
from backend.vote.tidings.errors import ContestNotUnderstood
from backend.vote.tidings.service import TidingsService
from tests.backend.vote.approvals.test_approvals import after_challenge, attest, counted
from tests.backend.vote.ballots.world import LENDERS, Vote, address, key_of

ALARMS = b"\x07" * 32


def messages(vote: Vote) -> list[dict[str, Any]]:
    path = vote.world.folder / "outbox" / "notices.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.is_file() else []


@pytest.fixture
def tidings(vote: Vote) -> Iterator[TidingsService]:
    """Sent by the console, at whatever hour the test runs."""
    world = vote.world
    settings = Settings(data_dir=world.folder, alarms_address=_alarms_address(), _env_file=None)
    (world.folder / "outbox" / "notices.jsonl").unlink(missing_ok=True)
    made = TidingsService(world.sessions, world.chain, world.cases, world.register, world.polls, world.complaints, world.notices, settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("backend.people.notices.rules.hours.QUIET_FROM", 24)
        patch.setattr("backend.people.notices.rules.hours.QUIET_TO", 0)
        yield made


def _alarms_address() -> str:
    from verifier.signing.secp256k1 import SigningKey

    return SigningKey(ALARMS).address


def browser_of(vote: Vote, tidings: TidingsService) -> TestClient:
    app = vote.world.app()
    wire(app, tidings, vote.world.notices)
    app.include_router(notices_routes.router)
    app.include_router(tidings_routes.router)
    return TestClient(app, raise_server_exceptions=False)


def kinds(vote: Vote) -> dict[str, int]:
    return {one.kind: one.total for one in vote.world.notices.mailings(subject=vote.poll.id)}


def test_from_the_announcement_to_the_result(vote: Vote, tidings: TidingsService) -> None:
    world = vote.world
    tidings.run_once()
    assert kinds(vote) == {"poll_announced": LENDERS}
    for index in range(3):
        vote.take(index)
    world.ballots.relay_once()
    vote.settle()
    vote.close()
    vote.settle()
    tidings.run_once()
    tidings.run_once()
    assert kinds(vote) == {"poll_announced": LENDERS, "ballot_recorded": 3, "no_ballot": LENDERS - 3}
    world.notices.run_once()
    views = {one.kind: one for one in world.notices.mailings(subject=vote.poll.id)}
    assert all(one.closed_at is not None and one.root for one in views.values())
    assert (views["ballot_recorded"].told, views["no_ballot"].told) == (3, LENDERS - 3)
    shown = {one.kind for one in tidings.of_poll(vote.poll.id)}
    assert shown == {one.kind for one in world.notices.by_kind(vote.poll.id)} == {"poll_announced", "no_ballot"}, "three are few"
    assert {one.kind for one in tidings.of_poll(vote.poll.id, vote.lender(1))} == shown
    assert {one.kind for one in tidings.of_poll(vote.poll.id, world.members["official 0"])} == set(views)
    mine = tidings.own(vote.poll.id, vote.lender(1))
    assert [one.kind for one in mine] == ["poll_announced", "ballot_recorded"]
    assert mine[1].tx_hash.startswith("0x")
    assert world.chain.noted(mine[1].tx_hash)[:8] == b"LVNOTICE"
    tidings.run_once()
    assert len(world.notices.mailings(subject=vote.poll.id)) == 3


def test_a_contest_by_the_code_of_the_message_is_seen_before_anybody_signs(vote: Vote, tidings: TidingsService) -> None:
    counted(vote)
    vote.settle()
    tidings.run_once()
    vote.world.notices.run_once()
    browser = browser_of(vote, tidings)
    (recorded,) = [one for one in tidings.own(vote.poll.id, vote.lender(4)) if one.kind == "ballot_recorded"]
    others = [one.code for one in tidings.own(vote.poll.id, vote.lender(4)) if one.kind != "ballot_recorded"]
    for wrong in ("x" * 12, *others):
        assert browser.post("/api/contests", json={"code": wrong}).json()["error"]["code"] == "ContestCodeWrong"
    for _ in range(2):
        assert browser.post("/api/contests", json={"code": recorded.code}).json() == {"poll_id": vote.poll.id, "taken": True}
    assert vote.world.complaints.contested(vote.poll.id) == [4]
    after_challenge(vote)
    assert attest(vote, "official 0").json()["error"]["code"] == "ContestedNotSeen"
    official = vote.world.browser().sign_in("official 0")
    shown = official.get(f"/api/polls/{vote.poll.id}/attestation?approve=true").json()
    assert shown["contested"] == [4]
    body = {"signer": address("official 0"), "approve": True, "signature": "0x" + vote.attestation("official 0").hex(), "contested_seen": 1}
    assert official.post(f"/api/polls/{vote.poll.id}/attestations", body).json()["approvals"] == 1


def test_the_alarms_list_counts_by_their_signature_alone(vote: Vote, tidings: TidingsService) -> None:
    from verifier.alarms.statement import signed

    poll = vote.poll
    said = signed(ALARMS, vote.world.chain.chain_id, poll.address, [2, 5], 1)
    signature = bytes.fromhex(said["signature"][2:])
    wrong = [
        signed(key_of("stranger"), vote.world.chain.chain_id, poll.address, [3], 1),
        signed(ALARMS, 1, poll.address, [3], 1),
        signed(ALARMS, vote.world.chain.chain_id, "0x" + "11" * 20, [3], 1),
        signed(ALARMS, vote.world.chain.chain_id, poll.address, [LENDERS], 1),
        {**said, "content": said["content"].replace("[2,5]", "[2,6]")},
    ]
    for one in wrong:
        with pytest.raises(ContestNotUnderstood):
            tidings.take_contested(poll.id, one["content"], bytes.fromhex(one["signature"][2:]))
    assert tidings.take_contested(poll.id, said["content"], signature) == 2
    assert tidings.take_contested(poll.id, said["content"], signature) == 2
    assert rules.contested_digest(said["content"].encode()) == keccak(b"LenderVote/1/contested" + keccak(said["content"].encode()))


def test_each_role_gets_what_is_its_own(vote: Vote, tidings: TidingsService) -> None:
    tidings.run_once()
    nobody = browser_of(vote, tidings)
    (mailing,) = nobody.get(f"/api/polls/{vote.poll.id}/notices").json()
    assert (mailing["kind"], mailing["total"]) == ("poll_announced", LENDERS)
    for path in (f"/api/polls/{vote.poll.id}/lender/notices", f"/api/notices/{mailing['id']}/not-reached.csv"):
        assert nobody.get(path).status_code == 401
    assert nobody.post("/api/notices/reports/console/abc", json=[]).status_code == 403
    assert nobody.post("/api/notices/check", json={"text": "https://evil.cn/n/abc234def567"}).json()["error"]["code"] == "NotOurMessage"


def test_every_ballot_has_a_notice_of_its_own() -> None:
    assert rules.in_turns([3, 1, 3, 2, 3]) == [[1, 2, 3], [3], [3]]
