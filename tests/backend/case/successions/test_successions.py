"""Nobody is irreplaceable: officials and institution are succeeded at the desk, and who signs what from then on (protocol §24)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from backend.ground.chain.by_anyone import transact_unless
from backend.ground.chain.successions import People
from backend.ground.common.hashing import keccak
from backend.people.accounts.visitor import OFFICIAL, Visitor
from scripts.rig.documents import plan_of
from tests.backend.town import CasePeople, Person, Refused, Town
from tests.backend.vote.polls.test_polls import only_poll, propose, terms

WEEK = 7 * 86_400


def listed(people: list[Person]) -> list[dict[str, str]]:
    return [{"name": one.name, "signer": one.signer, "account_name": one.name} for one in people]


def body_for(officials: list[Person], institution: Person | None = None, **changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"officials": listed(officials), "threshold": len(officials) // 2 + 1}
    body |= {"notice_seconds": 0, "reason": "改选 elected"}
    if institution is not None:
        signer = {"name": "接任平台", "credit_code": "91999900MA00000006", "signer": institution.signer}
        body |= {"institution": signer, "institution_account_name": institution.name}
    return body | changes


def at(people: CasePeople, rest: str = "") -> str:
    return f"/api/cases/{people.case['id']}/successions{rest}"


def announce(people: CasePeople, body: dict[str, Any]) -> dict[str, Any]:
    act = people.sign_together(people.officials[0].post(at(people), body))
    assert act["status"] == "done", act
    return act


def succeed(town: Town, people: CasePeople, *, institution: bool = False) -> CasePeople:
    """All officials anew, and the institution where wanted."""
    officials = [town.person("official") for _ in range(3)]
    named = town.person("institution") if institution else None
    announce(people, body_for(officials, named))
    people.officials[2].post(at(people, "/completion"))
    return replace(people, officials=officials, institution=named or people.institution)


@pytest.fixture
def people(town: Town) -> CasePeople:
    return town.open_case()


def code_of(call: Any, *given: Any) -> str:
    with pytest.raises(Refused) as refused:
        call(*given)
    return refused.value.code


def test_the_new_ones_sign_and_the_old_ones_do_not(town: Town, people: CasePeople) -> None:
    fingerprint = people.case["fingerprint"]
    new = succeed(town, people, institution=True)
    town.freeze_register(new)
    plan = town.admit_plan(new)
    act = new.officials[0].post(f"/api/cases/{new.case['id']}/polls", terms(town, plan))
    before, after = (town.chain.case(new.case["address"]).people(number) for number in (0, 1))
    assert before is not None
    assert after is not None
    assert act["typed_data"]["domain"]["salt"] == "0x" + after.hash_after(before.hash_after(bytes(32))).hex()
    assert code_of(people.officials[0].sign_act, act) == "OfficialSucceeded"
    assert code_of(people.officials[0].post, f"/api/cases/{new.case['id']}/register/freeze") == "OfficialSucceeded"
    assert code_of(people.officials[0].post, at(people), body_for(people.officials)) == "OfficialSucceeded"
    draft = {"plan": json.dumps(plan_of(1))}
    assert code_of(lambda: people.institution.post(f"/api/cases/{new.case['id']}/plans", data=draft)) == "InstitutionSucceeded"
    assert new.sign_together(act)["status"] == "done"
    shown = new.officials[0].get(f"/api/cases/{new.case['id']}")
    assert (shown["fingerprint"], shown["generation"]) == (fingerprint, 1)
    assert [one["status"] for one in shown["generations"]] == ["completed", "completed"]
    assert town.polls.get_poll(only_poll(town, new)["id"]).generation == 1


def test_an_announced_poll_stays_with_those_who_announced_it(town: Town, people: CasePeople) -> None:
    town.freeze_register(people)
    act = people.sign_together(propose(people, terms(town, town.admit_plan(people))))
    assert act["status"] == "done", act
    waiting = people.officials[0].post(at(people), body_for([town.person("official") for _ in range(3)]))
    people.officials[0].post(f"/api/acts/{waiting['id']}/withdrawal")
    new = succeed(town, people)
    poll = town.polls.get_poll(only_poll(town, people)["id"])
    assert poll.generation == 0
    assert town.cases.require_official(poll.case_id, _visitor(town, people.officials[0]), poll.generation).signer.hex() in (
        people.officials[0].signer
    )
    assert people.officials[0].get(f"/api/acts?case_id={people.case['id']}")
    assert people.officials[0].get(f"/api/cases/{people.case['id']}")["generation"] == 1
    assert new.officials[0].get(f"/api/cases/{people.case['id']}")["id"] == people.case["id"]


def _visitor(town: Town, person: Person) -> Any:
    return Visitor(person.account_id, OFFICIAL, person.name)


def test_what_the_old_ones_had_not_signed_to_the_end_is_withdrawn(town: Town, people: CasePeople) -> None:
    town.freeze_register(people)
    act = propose(people, terms(town, town.admit_plan(people)))
    people.officials[0].sign_act(act)
    new = succeed(town, people)
    ended = new.officials[0].get(f"/api/acts/{act['id']}")
    assert (ended["status"], ended["failure"]["code"]) == ("withdrawn", "ActSucceeded")
    assert code_of(people.officials[1].sign_act, act) == "ActNotOpen"
    assert new.sign_together(propose(new, terms(town, new.officials[0].get(f"/api/cases/{new.case['id']}/plans")[0])))["status"] == "done"


def test_a_succession_is_withdrawn_within_its_notice_and_its_accounts_are_free_again(town: Town, people: CasePeople) -> None:
    named = [town.person("official") for _ in range(3)]
    announce(people, body_for(named, notice_seconds=WEEK))
    assert [one["status"] for one in town.browser().get(at(people)).json()] == ["completed", "waiting"]
    assert code_of(people.officials[0].post, at(people, "/completion")) == "SuccessionNotDue"
    assert code_of(people.officials[0].post, at(people), body_for([*people.officials[:2], named[0]])) == "SuccessionWaits"
    assert town.accounts.get_account(named[0].account_id).signer is not None
    act = people.sign_together(people.officials[1].post(at(people, "/withdrawal")))
    assert act["status"] == "done", act
    assert [one["status"] for one in town.browser().get(at(people)).json()] == ["completed", "withdrawn"]
    assert town.accounts.get_account(named[0].account_id).signer is None
    assert code_of(people.officials[0].post, at(people, "/withdrawal")) == "SuccessionNoneWaits"
    again = succeed(town, people)
    assert town.browser().get(at(people)).json()[2]["in_office"]
    assert again.officials[0].get(f"/api/cases/{people.case['id']}")["generation"] == 2


def test_what_cannot_be_named(town: Town, people: CasePeople) -> None:
    first, officials = people.officials[0], [town.person("official") for _ in range(3)]
    two, institution = listed(officials)[:2], {"name": "x", "signer": people.institution.signer}
    refused = {
        "SuccessionChangesNothing": body_for(people.officials),
        "SuccessionReasonMissing": body_for(officials, reason="!"),
        "ThresholdNotMajority": body_for(officials, threshold=1),
        "OfficialTwice": body_for([officials[0], officials[0], officials[1]]),
        "AccountNotFound": body_for(officials) | {"officials": [{"name": "x", "account_name": "nobody"}] * 3},
        "SignerMissing": body_for(officials) | {"officials": [{"name": "x", "account_name": officials[0].name}]},
        "InstitutionIsOfficial": body_for(officials) | {"officials": [*two, institution]},
    }
    for code, body in refused.items():
        assert code_of(first.post, at(people), body) == code
    assert code_of(people.institution.post, at(people), body_for(officials)) == "RoleNotAllowed"
    new = succeed(town, people, institution=True)
    assert code_of(new.officials[0].post, at(people), body_for(officials) | {"officials": [*two, institution]}) == "KeyOnOtherSide"
    real = town.open_case(rehearsal=False)
    assert code_of(real.officials[0].post, at(real), body_for(officials, notice_seconds=WEEK - 1)) == "SuccessionNoticeTooShort"
    assert real.officials[0].post(at(real), body_for(officials, notice_seconds=WEEK))["needed"] == 2


def test_a_succession_that_came_by_another_way_is_followed(town: Town, people: CasePeople) -> None:
    """k officials need no desk: what they sent to the contract themselves counts here as well."""
    named = [town.person("official") for _ in range(3)]
    act = people.officials[0].post(at(people), body_for(named))
    signers = [bytes.fromhex(one.signer[2:]) for one in people.officials[:2]]
    signatures = [bytes.fromhex(one.sign(act["typed_data"])[2:]) for one in people.officials[:2]]
    contract = town.chain.case(people.case["address"])
    officials = tuple(bytes.fromhex(one.signer[2:]) for one in named)
    call = contract.announce_succession(
        People(officials, 2, bytes.fromhex(people.institution.signer[2:])), 0, keccak("改选 elected".encode()), signers, signatures
    )
    transact_unless(town.chain, lambda: False, call, f"elsewhere/{people.case['id']}")
    transact_unless(town.chain, lambda: False, contract.complete_succession(), f"elsewhere/{people.case['id']}/2")
    while town.cases.get_case(people.case["id"]).generation == 0:
        town.anvil.node.ask("evm_mine")
        town.chain.pump()
        town.successions.follow()
    case = town.cases.get_case(people.case["id"])
    assert [official.signer for official in case.officials] == list(officials)
    assert case.of_generation(1).reason == ""
