"""Officials look into pairs that a verifier listed; nothing else takes notice."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from backend.ground.chain.signatures import address_of, sign
from backend.ground.common.clock import MovableClock
from backend.ground.common.hashing import canonical_json, keccak
from backend.shell.retention import forget_round
from backend.vote.likenesses.rules import NotAList, read_list
from backend.vote.likenesses.service import LikenessService
from tests.backend.vote.ballots.world import Vote, key_of

NO_FLAGS: Any = SimpleNamespace(forget_old=lambda: 0)
VECTORS = json.loads((Path(__file__).parents[3] / "vectors" / "statements.json").read_text("utf-8"))


def listed(vote: Vote, *, signer: str = "verifier", **changes: Any) -> dict[str, Any]:
    """A list of two pairs, signed."""
    pairs = [{"rank": 1, "first": 3, "second": 5, "band": "very_near"}, {"rank": 2, "first": 4, "second": 6, "band": "near"}]
    said = {
        "kind": "likenesses",
        "verifier": address_of(key_of(signer)),
        "poll": vote.poll.address.lower(),
        "model": "a model/68",
        "made_at": "2026-02-01T00:00:00Z",
        "searched": 10,
        "fmr_ppb": 500_000,
        "expected_false_milli": 22,
        "pairs": pairs,
    } | changes
    return said | {"signature": "0x" + sign(key_of(signer), keccak(b"LenderVote/1/statement" + canonical_json(said))).hex()}


def test_a_list_is_read_as_the_protocol_says() -> None:
    (item, *_) = [item for item in VECTORS["items"] if item["statement"]["kind"] == "likenesses"]
    found = read_list({**item["statement"], "signature": item["signature"]})
    assert "0x" + found.digest.hex() == item["digest"]
    assert found.pairs == ((1, 3, 70000, "very_near"), (2, 5, 6, "near"))


def test_officials_look_into_pairs_and_export_what_they_found(standing_vote: Vote) -> None:
    official = standing_vote.world.browser().sign_in("official 0")
    base = f"/api/polls/{standing_vote.poll.id}/likenesses"
    taken = official.post(base, {"statement": listed(standing_vote)})
    assert taken.status_code == 200, taken.text
    assert official.post(base, {"statement": listed(standing_vote)}).json() == taken.json(), "the same list again is the one kept"
    (shown,) = [one for one in official.get(base).json() if one["id"] == taken.json()["id"]]
    assert shown["expected_false_milli"] == 22
    first, second = shown["pairs"]
    assert (first["first"], first["second"], first["finding"]) == (3, 5, "")
    assert "测试" not in first["first_name"] + first["second_name"]

    before = standing_vote.world.polls.get_poll(standing_vote.poll.id)
    answer = official.post(f"/api/likenesses/{first['id']}/same_person", {"reason": " 两份证件\n照片一致 "}).json()
    assert (answer["finding"], answer["reason"], bool(answer["found_by"])) == ("same_person", "两份证件 照片一致", True)
    official.post(f"/api/likenesses/{second['id']}/documents", {"reason": "=HYPERLINK()"})
    export = official.get(f"{base}.csv")
    assert export.text.startswith("\ufeff")
    lines = export.text.splitlines()
    mine = [line for line in lines[1:] if line.split(",")[0] in {"same_person", "documents"}]
    assert [line.split(",")[0] for line in mine] == ["same_person", "documents"]
    assert mine[1].endswith("'=HYPERLINK()"), "no spreadsheet runs it"
    assert standing_vote.world.polls.get_poll(standing_vote.poll.id) == before, "no poll takes notice"
    with standing_vote.world.browser().sign_in_lender(standing_vote.poll, 3).http as lender:
        assert lender.post(f"/api/polls/{standing_vote.poll.id}/lender/ticket", json={"ballot_key": "0x" + "11" * 20}).status_code == 200


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"signer": "stranger"}, "LikenessListNotByVerifier"),
        ({"verifier": "0x" + "11" * 20}, "LikenessListNotByVerifier"),
        ({"poll": "0x" + "22" * 20}, "LikenessListOfAnotherPoll"),
        ({"kind": "deletion"}, "LikenessListNotReadable"),
        ({"searched": -1}, "LikenessListNotReadable"),
        ({"searched": True}, "LikenessListNotReadable"),
        ({"pairs": [{"rank": 1, "first": 5, "second": 5, "band": "near"}]}, "LikenessListNotReadable"),
        ({"pairs": [{"rank": 2, "first": 4, "second": 5, "band": "near"}]}, "LikenessListNotReadable"),
        ({"pairs": [{"rank": 1, "first": 4, "second": 5, "band": "<b>"}]}, "LikenessListNotReadable"),
        ({"pairs": [{"rank": 1, "first": 4, "second": 2**23, "band": "near"}]}, "LikenessListNotReadable"),
        ({"pairs": "all"}, "LikenessListNotReadable"),
    ],
)
def test_a_list_that_does_not_fit_is_refused_by_name(standing_vote: Vote, changes: dict[str, Any], error: str) -> None:
    official = standing_vote.world.browser().sign_in("official 0")
    answer = official.post(f"/api/polls/{standing_vote.poll.id}/likenesses", {"statement": listed(standing_vote, **changes)})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, error)


def test_a_changed_list_is_refused_and_a_float_is_no_number(standing_vote: Vote) -> None:
    official = standing_vote.world.browser().sign_in("official 0")
    base = f"/api/polls/{standing_vote.poll.id}/likenesses"
    changed = listed(standing_vote) | {"expected_false_milli": 0}
    assert official.post(base, {"statement": changed}).json()["error"]["code"] == "LikenessListNotByVerifier"
    for statement in ({}, {"kind": "likenesses"}, listed(standing_vote) | {"extra": 0.5}):
        assert official.post(base, {"statement": statement}).json()["error"]["code"] == "LikenessListNotReadable"
    assert official.post(base, {"statement": []}).status_code == 422
    with pytest.raises(NotAList):
        read_list({"kind": "likenesses", "verifier": 5})


def test_only_officials_of_the_case_and_only_findings_with_a_reason(standing_vote: Vote) -> None:
    official = standing_vote.world.browser().sign_in("official 0")
    base = f"/api/polls/{standing_vote.poll.id}/likenesses"
    pair = official.post(base, {"statement": listed(standing_vote, searched=11)}).json()["pairs"][0]
    stranger = standing_vote.world.browser().sign_in("stranger")
    assert stranger.get(base).json()["error"]["code"] == "NotOfficialOfCase"
    assert stranger.post(base, {"statement": listed(standing_vote)}).json()["error"]["code"] == "NotOfficialOfCase"
    assert stranger.post(f"/api/likenesses/{pair['id']}/different", {"reason": "x"}).json()["error"]["code"] == "NotOfficialOfCase"
    assert official.post(f"/api/likenesses/{pair['id']}/guilty", {"reason": "x"}).json()["error"]["code"] == "DecisionNotReadable"
    for reason in ("", "  ", "\u2066·\u3164", "一" * 201):
        assert official.post(f"/api/likenesses/{pair['id']}/different", {"reason": reason}).json()["error"]["code"] == "ReasonMissing"
    assert official.post("/api/likenesses/none/different", {"reason": "x"}).json()["error"]["code"] == "LikenessUnknown"


def test_a_list_goes_a_month_after_its_last_finding_and_in_any_case_after_half_a_year(standing_vote: Vote) -> None:
    world, poll = standing_vote.world, standing_vote.poll.id
    official = world.browser().sign_in("official 0")
    base = f"/api/polls/{poll}/likenesses"
    decided, open_still = (official.post(base, {"statement": listed(standing_vote, searched=searched)}).json() for searched in (12, 13))
    for pair in decided["pairs"]:
        official.post(f"/api/likenesses/{pair['id']}/different", {"reason": "证件不同"})
    official.post(f"/api/likenesses/{open_still['pairs'][0]['id']}/different", {"reason": "证件不同"})

    def kept() -> set[str]:
        return {found["id"] for found in official.get(base).json()} & {decided["id"], open_still["id"]}

    clock = MovableClock(datetime.now(UTC))
    likenesses = LikenessService(world.sessions, world.cases, world.register, world.polls, clock)
    for days, left in ((29, {decided["id"], open_still["id"]}), (2, {open_still["id"]}), (148, {open_still["id"]}), (2, set())):
        clock.move(days=days)
        forgotten = forget_round(world.credentials, likenesses, NO_FLAGS)["likeness_lists_deleted"]
        assert kept() == left
    assert forgotten >= 1
    gone = official.post(f"/api/likenesses/{decided['pairs'][0]['id']}/different", {"reason": "x"})
    assert gone.json()["error"]["code"] == "LikenessUnknown"


def test_a_list_taken_by_a_clock_ahead_goes_half_a_year_after_it_was_put_right(standing_vote: Vote) -> None:
    world, poll = standing_vote.world, standing_vote.poll.id
    base = f"/api/polls/{poll}/likenesses"
    official = world.browser().sign_in("official 0")
    clock = MovableClock(datetime.now(UTC))
    likenesses = LikenessService(world.sessions, world.cases, world.register, world.polls, clock)
    clock.step(days=-365)  # the service that takes the list is a year ahead of this clock
    taken = official.post(base, {"statement": listed(standing_vote, searched=17)}).json()["id"]
    assert likenesses.forget_old() == 0
    clock.move(days=179)
    likenesses.forget_old()
    assert taken in {found["id"] for found in official.get(base).json()}
    clock.move(days=2)
    assert likenesses.forget_old() >= 1
    assert taken not in {found["id"] for found in official.get(base).json()}
