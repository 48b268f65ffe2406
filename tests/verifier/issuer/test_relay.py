"""What only the relay may ask for: list signatures, the log, the machine's reasons. A stranger prepares nothing."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.contracts.ballot_box import secret
from tests.contracts.world import OpenPoll
from tests.verifier.issuer.asking import OPERATOR, code_of, whole_log
from tests.verifier.issuer.conftest import Clock
from tests.verifier.issuer.papers import IssuerPapers
from verifier.issuer.service import LISTS_A_MINUTE, LOG_PAGES_A_MINUTE

LISTS = "/v1/credential-lists"


@pytest.fixture
def issued(client: TestClient, papers: IssuerPapers) -> TestClient:
    for index in (2, 5):
        assert client.post("/v1/credentials/vouched", json=papers.vouched(index)).status_code == 200
    return client


def unsigned(asked: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if name != "headers"}


def test_a_stranger_prepares_no_batch(issued: TestClient, papers: IssuerPapers, clock: Clock) -> None:
    """With a list of a victim's credential anybody could have the ballot rejected before the lender casts."""
    good = papers.list_request(2, 5, at=clock.seconds)
    wrong: dict[str, dict[str, Any]] = {
        "unsigned": unsigned(good),
        "signed by a stranger": papers.list_request(2, 5, at=clock.seconds, key=secret("anyone")),
        "signed by the verifier": papers.list_request(2, 5, at=clock.seconds, key=secret("verifier")),
        "signed by an official": papers.list_request(2, 5, at=clock.seconds, key=papers.poll.world.official_keys[0]),
        "over other entries": {"json": papers.list_request(2, at=clock.seconds)["json"], "headers": good["headers"]},
        "over another time": {"json": good["json"] | {"requested_at": int(clock.seconds) + 1}, "headers": good["headers"]},
        "without a time": {"json": {k: v for k, v in good["json"].items() if k != "requested_at"}, "headers": good["headers"]},
        "a signature that is none": {"json": good["json"], "headers": {"X-LenderVote-Signature": "0x" + "zz" * 65}},
        "half a signature": {"json": good["json"], "headers": {"X-LenderVote-Signature": "0x" + "11" * 32}},
        "the wrong token": {"json": good["json"], "headers": {"Authorization": "Bearer guessed"}},
    }
    before = whole_log(issued)["head"]
    for name, asked in wrong.items():
        answer = issued.post(LISTS, **asked)
        assert (answer.status_code, code_of(answer)) == (401, "RelayNotProved"), name
    assert whole_log(issued)["head"] == before, "and no entry of the log says that anybody asked"
    assert issued.post(LISTS, **good).status_code == 200


def test_the_operators_token_does_as_well(issued: TestClient, papers: IssuerPapers, clock: Clock) -> None:
    asked = unsigned(papers.list_request(2, at=clock.seconds - 10_000))
    assert issued.post(LISTS, **asked, headers=OPERATOR).status_code == 200
    assert issued.get("/v1/log", params={"poll": papers.address}, headers=OPERATOR).status_code == 200


@pytest.mark.parametrize(("seconds", "taken"), [(-301, False), (-300, True), (0, True), (300, True), (301, False)])
def test_a_question_holds_for_five_minutes_either_way(
    issued: TestClient, papers: IssuerPapers, clock: Clock, seconds: int, taken: bool
) -> None:
    answers = [
        issued.post(LISTS, **papers.list_request(2, at=clock.seconds + seconds)),
        issued.get("/v1/log", **papers.log_request(clock.seconds + seconds)),
        issued.get("/v1/declined", **papers.log_request(clock.seconds + seconds, index=2)),
    ]
    for answer in answers:
        assert answer.status_code == (200 if taken else 401)
        assert taken or code_of(answer) == "RequestTooOld"


def test_the_relay_of_another_poll_is_a_stranger(issued: TestClient, papers: IssuerPapers, clock: Clock) -> None:
    world = papers.poll.world
    terms = world.terms()
    foreign = type(terms)(**terms.__dict__ | {"receipt_signer": "0x" + "77" * 20})
    other = IssuerPapers(OpenPoll.announce(world, papers.poll.register, foreign))
    asked = other.log_request(clock.seconds)
    assert code_of(issued.get("/v1/log", **asked)) == "RelayNotProved"
    theirs = {"params": asked["params"] | {"poll": papers.address}, "headers": asked["headers"]}
    assert code_of(issued.get("/v1/log", **theirs)) == "RelayNotProved", "signed for another poll"


def test_the_log_and_the_reasons_are_not_for_strangers(issued: TestClient, papers: IssuerPapers, clock: Clock) -> None:
    signed = papers.log_request(clock.seconds, after=1)
    for path in ("/v1/log", "/v1/declined"):
        params: dict[str, str | int] = {"poll": papers.address, "index": 2}
        assert code_of(issued.get(path, params=params)) == "RelayNotProved"
        assert (
            code_of(issued.get(path, params=params | {"requested_at": int(clock.seconds)}, headers=signed["headers"])) == "RelayNotProved"
        )
    assert code_of(issued.get("/v1/log", params=signed["params"] | {"after": 0}, headers=signed["headers"])) == "RelayNotProved"
    assert code_of(issued.get("/v1/log/entries")) == "OperatorTokenWrong"
    assert issued.get("/v1/log", **signed).status_code == 200


def test_after_the_close_the_log_is_still_read(issued: TestClient, papers: IssuerPapers, clock: Clock) -> None:
    papers.poll.chain.warp(papers.poll.terms.closes_at + 1)
    assert issued.get("/v1/log", **papers.log_request(clock.seconds)).status_code == 200


def test_questions_are_bounded_and_a_clock_that_steps_back_locks_nobody_out(issued: TestClient, papers: IssuerPapers, clock: Clock) -> None:
    asked = papers.log_request(clock.seconds)
    answers = [issued.get("/v1/log", **asked).status_code for _ in range(LOG_PAGES_A_MINUTE + 1)]
    assert answers == [200] * LOG_PAGES_A_MINUTE + [429]
    refused = issued.get("/v1/log", **asked)
    assert (code_of(refused), refused.headers["Retry-After"]) == ("TooOften", "1")
    assert issued.get("/v1/log", params={"poll": papers.address}, headers=OPERATOR).status_code == 200
    clock.seconds -= 200
    assert issued.get("/v1/log", **papers.log_request(clock.seconds)).status_code == 429
    clock.seconds += 30
    assert issued.get("/v1/log", **papers.log_request(clock.seconds)).status_code == 200, "half a minute later, by the stepped clock"


def test_strangers_use_nothing_of_the_relays_share_up(issued: TestClient, papers: IssuerPapers, clock: Clock) -> None:
    wrong = papers.list_request(2, at=clock.seconds, key=secret("anyone"))
    for _ in range(LISTS_A_MINUTE + 5):
        assert issued.post(LISTS, **wrong).status_code == 401
    assert issued.post(LISTS, **papers.list_request(2, at=clock.seconds)).status_code == 200
