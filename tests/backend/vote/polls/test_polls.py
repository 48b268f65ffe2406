"""Announcing a poll: what officials may ask for, and that what stands here is what stands on chain."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from backend.ground.chain.poll import PollContract
from backend.ground.chain.values import Stage
from tests.backend.town import CasePeople, Refused, Town

VERIFIER = "0x" + "aB" * 20
PRESETS = json.loads((Path(__file__).parents[3] / "vectors/rules.json").read_text())["presets"]
NOTICE, WINDOW, CHALLENGE = 3600, 7 * 86_400, 3 * 86_400
#: Notice and challenge period of a poll that is no rehearsal.
LEAST = 15 * 86_400


@pytest.fixture
def people(town: Town) -> CasePeople:
    made = town.open_case()
    town.freeze_register(made)
    return made


def moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def terms(town: Town, plan: dict[str, Any], **changes: Any) -> dict[str, Any]:
    opens_at = town.chain.chain_time() + NOTICE + 600
    return {
        "plan_id": plan["id"],
        "rule": "CN_SZ_A",
        "opens_at": moment(opens_at),
        "closes_at": moment(opens_at + WINDOW),
        "challenge_seconds": CHALLENGE,
        "verifiers": [VERIFIER],
    } | changes


def propose(people: CasePeople, body: dict[str, Any]) -> dict[str, Any]:
    act: dict[str, Any] = people.officials[0].post(f"/api/cases/{people.case['id']}/polls", body)
    return act


def only_poll(town: Town, people: CasePeople) -> dict[str, Any]:
    [poll] = town.browser().get(f"/api/polls?case_id={people.case['id']}").json()
    assert isinstance(poll, dict)
    return poll


def next_act(people: CasePeople) -> str:
    return str(people.officials[0].get(f"/api/cases/{people.case['id']}")["next_step"]["act"])


def test_what_is_shown_is_what_the_contract_holds(town: Town, people: CasePeople) -> None:
    plan = town.admit_plan(people)
    assert next_act(people) == "poll_announcement"
    body = terms(town, plan)
    act = people.sign_together(propose(people, body))
    assert act["status"] == "done", act
    poll = only_poll(town, people)
    contract = town.chain.poll(poll["address"])
    held = contract.parameters()
    assert contract.parameters_hash().hex() == act["typed_data"]["message"]["parametersHash"][2:]
    assert town.chain.case(people.case["address"]).poll(0).lower() == poll["address"]
    assert [moment(held.opens_at), moment(held.closes_at), held.challenge_seconds] == [
        body["opens_at"], body["closes_at"], body["challenge_seconds"]
    ]  # fmt: skip
    assert [datetime.fromisoformat(poll[name]).timestamp() for name in ("opens_at", "closes_at")] == [held.opens_at, held.closes_at]
    assert poll["verifiers"] == [VERIFIER.lower()] == [verifier.lower() for verifier in held.verifiers]
    assert poll["receipt_signer"] == town.chain.relay_address.lower() == held.receipt_signer.lower()
    assert poll["plan"] == {"id": plan["id"], "plan_hash": plan["plan_hash"], "title": plan["title"]}
    assert "0x" + contract.plan_hash().hex() == plan["plan_hash"]
    register = poll["register"]
    assert (register["root"], register["leaf_count"]) == ("0x" + contract.register_root().hex(), contract.leaf_count())
    assert [(c["heads"], c["amount_fen"]) for c in register["classes"]] == [(c.heads, c.amount_fen) for c in contract.classes()]
    assert all(c["name"] for c in register["classes"])
    assert poll["rule_words"]["conditions"][0]["sentence_zh"] == "参加表决金额超过本组全部登记金额的 2/3"
    assert [[int(c.measure), int(c.numerator), int(c.denominator), c.num, c.den, c.strict] for c in held.conditions] == PRESETS["CN_SZ_A"][
        "tuples"
    ]


@pytest.mark.parametrize(
    ("view", "lie"),
    [
        ("parameters", lambda true: replace(true, closes_at=true.closes_at + 86_400)),
        ("parameters", lambda true: replace(true, opens_at=true.opens_at - 60)),
        ("register_root", lambda _: b"\x11" * 32),
        ("leaf_count", lambda true: true + 1),
        ("depth", lambda true: true + 1),
        ("plan_hash", lambda _: b"\x11" * 32),
        ("classes", lambda true: (replace(true[0], heads=true[0].heads + 1), *true[1:])),
    ],
)
def test_a_view_that_says_otherwise_than_was_signed_is_not_kept(
    town: Town, people: CasePeople, monkeypatch: pytest.MonkeyPatch, view: str, lie: Callable[[Any], Any]
) -> None:
    """The hash of the parameters may be told as it is and the parameters otherwise: windows go by what the officials signed."""
    body = terms(town, town.admit_plan(people))
    honest = getattr(PollContract, view)
    monkeypatch.setattr(PollContract, view, lambda contract: lie(honest(contract)))
    act = people.sign_together(propose(people, body))
    assert (act["status"], act["failure"]["code"]) == ("sent", "PollTellsOtherwise"), act
    assert town.browser().get(f"/api/polls?case_id={people.case['id']}").json() == []
    monkeypatch.undo()
    town.cases.resume_acts()
    assert datetime.fromisoformat(only_poll(town, people)["closes_at"]) == datetime.fromisoformat(body["closes_at"])


def test_the_stage_is_the_chains(town: Town, people: CasePeople) -> None:
    people.sign_together(propose(people, terms(town, town.admit_plan(people))))
    poll = only_poll(town, people)
    assert (poll["stage"], poll["challenge_ends_at"], next_act(people)) == ("announced", None, "wait")
    for name, offset, stage, act in (("opens_at", -1, "announced", "wait"), ("opens_at", 0, "open", "vote"),
                                     ("closes_at", -1, "open", "vote"), ("closes_at", 0, "closed", "tally")):  # fmt: skip
        town.chain.move_time(int(datetime.fromisoformat(poll[name]).timestamp()) + offset)
        seen = town.browser().get(f"/api/polls/{poll['id']}").json()
        assert (seen["stage"], next_act(people)) == (stage, act)
        assert datetime.fromisoformat(seen["chain_time"]).timestamp() == town.chain.chain_time()
    assert town.polls.stage(poll["id"]) is Stage.CLOSED


@pytest.fixture
def real(town: Town) -> CasePeople:
    """People of a case that is no rehearsal."""
    made = town.open_case(rehearsal=False)
    town.freeze_register(made)
    return made


def of_real(town: Town, plan: dict[str, Any], opens_at: int, challenge_seconds: int = LEAST) -> dict[str, Any]:
    times = {"opens_at": moment(opens_at), "closes_at": moment(opens_at + WINDOW), "challenge_seconds": challenge_seconds}
    return terms(town, plan, **times)


def test_the_mark_of_a_rehearsal_is_the_chains(town: Town, people: CasePeople, real: CasePeople) -> None:
    for made, mark in ((people, True), (real, False)):
        assert made.case["rehearsal"] is mark is town.chain.case(made.case["address"]).rehearsal()
        body = of_real(town, town.admit_plan(made), town.chain.chain_time() + LEAST + 60)
        act = propose(made, body)
        assert act["typed_data"]["message"]["rehearsal"] is mark
        assert made.sign_together(act)["status"] == "done"
        assert only_poll(town, made)["rehearsal"] is mark


def test_a_rehearsal_may_be_short(town: Town, people: CasePeople) -> None:
    opens_at = town.chain.chain_time() + 60
    body = of_real(town, town.admit_plan(people), opens_at, 1) | {"closes_at": moment(opens_at + 60)}
    assert people.sign_together(propose(people, body))["status"] == "done"


def test_a_challenge_period_that_counts_lasts_15_days(town: Town, real: CasePeople) -> None:
    plan, opens_at = town.admit_plan(real), town.chain.chain_time() + LEAST + 60
    for seconds in (1, LEAST - 1):
        with pytest.raises(Refused, match="ChallengePeriodTooShort"):
            propose(real, of_real(town, plan, opens_at, seconds))
    assert real.sign_together(propose(real, of_real(town, plan, opens_at)))["status"] == "done"


def test_lenders_get_their_notice_by_the_chains_clock(town: Town, real: CasePeople) -> None:
    people, plan, now = real, town.admit_plan(real), town.chain.chain_time()
    # The chain's clock runs on by itself between reading and asking.
    early, in_time = now + LEAST - 1, now + LEAST + 30
    with pytest.raises(Refused, match="PollOpensTooEarly") as refused:
        propose(people, of_real(town, plan, early))
    assert datetime.fromisoformat(refused.value.details["earliest_at"]).timestamp() >= now + LEAST
    act = propose(people, of_real(town, plan, in_time))
    people.officials[0].sign_act(act)
    town.chain.move_time(now + 60)
    act = people.officials[1].sign_act(act)
    assert (act["status"], act["failure"]["code"]) == ("failed", "PollOpensTooEarly")
    assert town.chain.case(people.case["address"]).poll_count() == 0
    people.officials[2].post(f"/api/acts/{act['id']}/withdrawal")
    later = of_real(town, plan, town.chain.chain_time() + LEAST + 60)
    assert people.sign_together(propose(people, later))["status"] == "done"


@pytest.fixture(scope="module")
def settled(town: Town) -> tuple[CasePeople, dict[str, Any]]:
    made = town.open_case()
    town.freeze_register(made)
    return made, town.admit_plan(made)


FAR = 400 * 86_400


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"rule": "CN_SZ_Z"}, "RuleUnknown"),
        ({"rule": ""}, "RuleUnknown"),
        ({"plan_id": "nothing"}, "PlanUnknown"),
        ({"challenge_seconds": 0}, "ChallengePeriodMissing"),
        ({"challenge_seconds": -5}, "ChallengePeriodMissing"),
        ({"challenge_seconds": FAR}, "PollTooFarAway"),
        ({"challenge_seconds": 2**64}, "PollTooFarAway"),
        ({"challenge_seconds": 1.5}, "FieldsNotReadable"),
        ({"verifiers": []}, "VerifierCountOutOfRange"),
        ({"verifiers": ["0x" + f"{n:040x}" for n in range(1, 10)]}, "VerifierCountOutOfRange"),
        ({"verifiers": [VERIFIER, VERIFIER.lower()]}, "VerifierNotUsable"),
        ({"verifiers": ["0x" + "00" * 20]}, "VerifierNotUsable"),
        ({"verifiers": ["0x1234"]}, "FieldsNotReadable"),
        ({"opens_at": "2020-01-01T00:00:00Z"}, "PollOpensTooEarly"),
        ({"opens_at": "0001-01-01T00:00:00+08:00"}, "PollOpensTooEarly"),
        ({"opens_at": "9999-12-31T23:59:59Z"}, "PollTooFarAway"),
        ({"closes_at": "9999-12-31T23:59:59Z"}, "PollTooFarAway"),
        ({"closes_at": "2020-01-01T00:00:00Z"}, "PollWindowWrong"),
        ({"opens_at": "2030-01-01T00:00:00"}, "FieldsNotReadable"),
        ({"opens_at": "tomorrow"}, "FieldsNotReadable"),
        ({"receipt_signer": VERIFIER}, "FieldsNotReadable"),
    ],
)
def test_what_cannot_be_announced(town: Town, settled: tuple[CasePeople, dict[str, Any]], changes: dict[str, Any], code: str) -> None:
    people, plan = settled
    with pytest.raises(Refused) as refused:
        propose(people, terms(town, plan, **changes))
    assert (refused.value.code, refused.value.status) == (code, 404 if code == "PlanUnknown" else 422)
    assert people.officials[0].get(f"/api/acts?case_id={people.case['id']}")[0]["kind"] != "poll_announcement"


def test_the_relay_verifies_nobody(town: Town, settled: tuple[CasePeople, dict[str, Any]]) -> None:
    people, plan = settled
    with pytest.raises(Refused, match="RoleHeldTwice"):
        propose(people, terms(town, plan, verifiers=[town.chain.relay_address]))


def test_only_the_cases_officials_announce(town: Town, settled: tuple[CasePeople, dict[str, Any]]) -> None:
    people, plan = settled
    path, body = f"/api/cases/{people.case['id']}/polls", terms(town, plan)
    with pytest.raises(Refused, match="NotOfficialOfCase"):
        town.open_case().officials[0].post(path, body)
    with pytest.raises(Refused, match="RoleNotAllowed"):
        people.institution.post(path, body)


def test_a_plan_must_be_admitted_and_of_this_case(town: Town, settled: tuple[CasePeople, dict[str, Any]], people: CasePeople) -> None:
    _, foreign_plan = settled
    with pytest.raises(Refused, match="PlanNotAdmitted"):
        propose(people, terms(town, foreign_plan))


def test_without_a_frozen_register_nobody_votes(town: Town) -> None:
    people = town.open_case()
    plan = town.admit_plan(people)
    with pytest.raises(Refused, match="NoRegisterFrozen"):
        propose(people, terms(town, plan))


def test_one_vote_on_a_plan_at_a_time(town: Town, people: CasePeople) -> None:
    plan = town.admit_plan(people)
    act = propose(people, terms(town, plan))
    with pytest.raises(Refused, match="AnotherActOpen"):
        propose(people, terms(town, plan, challenge_seconds=5))
    people.sign_together(act)
    with pytest.raises(Refused, match="PollUnderway"):
        propose(people, terms(town, plan))


def test_an_announcement_that_was_interrupted_is_finished(town: Town, people: CasePeople, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = town.admit_plan(people)
    act = propose(people, terms(town, plan))

    def die(*_: Any) -> None:
        raise RuntimeError("the process dies here")

    with monkeypatch.context() as patch:
        patch.setattr(town.polls, "_row", die)
        act = people.sign_together(act)
    assert (act["status"], act["failure"]["code"]) == ("failed", "ActFailed")
    # The chain has the poll, this house does not know it yet; by now it would be too late for a new announcement.
    town.chain.move_time(int(datetime.fromisoformat(act["summary"]["opens_at"]).timestamp()) + 5)
    assert people.officials[0].post(f"/api/acts/{act['id']}/retry")["status"] == "done"
    assert only_poll(town, people)["stage"] == "open"
    assert town.chain.case(people.case["address"]).poll_count() == 1


def test_rules_are_told_with_conditions_and_words(town: Town) -> None:
    rules = {rule["name"]: rule for rule in town.browser().get("/api/rules").json()}
    assert set(rules) == set(PRESETS)
    for name, preset in PRESETS.items():
        shown = [
            {key: c[key] for key in ("measure", "numerator", "denominator", "num", "den", "strict")} for c in rules[name]["conditions"]
        ]
        assert shown == preset["conditions"]
        assert all(c["sentence_zh"] and c["sentence_en"] for c in rules[name]["conditions"])


def test_an_unknown_poll_is_not_found(town: Town) -> None:
    answer = town.browser().get("/api/polls/nothing")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "PollUnknown")
