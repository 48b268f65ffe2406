"""What k officials sign: each with the own key, once, and only what is right; then it goes to the chain."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from eth_account import Account

from backend.case.cases.views import Check, SignedAct
from backend.ground.chain import typed_data
from backend.ground.chain.values import NO_RANGE_PROOFS, ClassTotals, class_names_hash, classes_hash
from backend.ground.common.errors import Unavailable
from tests.backend.town import CasePeople, Refused, Town
from tests.vectors import reference as ref

ROOT = b"\x07" * 32
TOTALS = [ClassTotals(1, 100, 5)]
HASHES = class_names_hash(["普通组"]), NO_RANGE_PROOFS
UNCHECKED = {"unchecked_reason": "a test of acts"}


class Freezing:
    """Carries freezes of a made-up register to the chain; `fails` is raised, once, before or after sending."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.before: Exception | None = None
        self.after: Exception | None = None
        self.seen: list[SignedAct] = []

    def __call__(self, act: SignedAct) -> None:
        self.seen.append(act)
        before, self.before = self.before, None
        if before:
            raise before
        case = self.town.chain.case(act.case_address)
        frozen = bytes.fromhex(act.payload["root"]), 1, TOTALS, *HASHES
        self.town.chain.transact(case.freeze_register(*frozen, act.signers, act.signatures), act.key)
        after, self.after = self.after, None
        if after:
            raise after


@pytest.fixture
def freezing(town: Town) -> Freezing:
    made = Freezing(town)
    town.cases.on_signed("register_freeze", made)
    return made


@pytest.fixture
def people(town: Town) -> CasePeople:
    return town.open_case()


def propose(town: Town, people: CasePeople, root: bytes = ROOT, number: int = 0) -> dict[str, Any]:
    address = people.case["address"]
    typed = typed_data.register_freeze(town.chain.chain_id, address, number, root, 1, classes_hash(TOTALS), *HASHES)
    act = town.cases.propose_act(people.case["id"], "register_freeze", typed, {"root": root.hex()}, {"lenders": 1})
    shown: dict[str, Any] = people.officials[0].get(f"/api/acts/{act.id}")
    return shown


def test_the_second_of_two_signatures_carries_the_act_to_the_chain(town: Town, people: CasePeople, freezing: Freezing) -> None:
    act = propose(town, people)
    assert (act["status"], act["needed"], act["kind"], act["number"]) == ("open", 2, "register_freeze", 0)
    act = people.officials[2].sign_act(act)
    assert (act["status"], [given["official"] for given in act["signatures"]]) == ("open", [people.officials[2].name])
    assert town.chain.case(people.case["address"]).register_count() == 0
    assert people.officials[0].get(f"/api/cases/{people.case['id']}")["next_step"]["act"] == "register_freeze"
    act = people.officials[0].sign_act(act)
    assert (act["status"], act["failure"]) == ("done", None)
    assert town.chain.case(people.case["address"]).register(0).root == ROOT
    assert len(freezing.seen) == 1


def test_one_official_counts_once(town: Town, people: CasePeople, freezing: Freezing) -> None:
    act = people.officials[0].sign_act(propose(town, people))
    with pytest.raises(Refused, match="ActSignedAlready"):
        people.officials[0].sign_act(act)
    assert freezing.seen == []


def test_a_stranger_does_not_count(town: Town, people: CasePeople, freezing: Freezing) -> None:
    act, other_case = propose(town, people), town.open_case()
    with pytest.raises(Refused, match="NotOfficialOfCase"):
        other_case.officials[0].sign_act(act)
    with pytest.raises(Refused, match="RoleNotAllowed"):
        people.institution.sign_act(act)
    with pytest.raises(Refused, match="NotOfficialOfCase"):
        other_case.officials[0].get(f"/api/acts/{act['id']}")
    people.officials[0].key = Account.create()
    with pytest.raises(Refused, match="SignerNotOfficial"):
        people.officials[0].sign_act(act)


def test_an_official_signs_with_the_own_key_only(town: Town, people: CasePeople, freezing: Freezing) -> None:
    act = propose(town, people)
    people.officials[0].key = people.officials[1].key
    with pytest.raises(Refused, match="SignerNotOwn"):
        people.officials[0].sign_act(act)


def test_a_signature_is_over_this_act_or_worth_nothing(town: Town, people: CasePeople, freezing: Freezing) -> None:
    act, official = propose(town, people), people.officials[0]
    other = act["typed_data"] | {"message": act["typed_data"]["message"] | {"root": "0x" + "08" * 32}}
    good = official.sign(act["typed_data"])
    high_s = good[:66] + f"{ref.N - int(good[66:130], 16):064x}" + ("1b" if good[130:] == "1c" else "1c")
    for signature in (official.sign(other), people.officials[1].sign(act["typed_data"]), "0x00", "0x" + "11" * 65, good[:-2], high_s):
        with pytest.raises(Refused, match="SignatureWrong"):
            official.post(f"/api/acts/{act['id']}/signatures", {"signer": official.signer, "signature": signature, **UNCHECKED})
    for unreadable in ("", "0x", "0xzz", "11", "0x" + "00" * 9000, 5):
        with pytest.raises(Refused, match="FieldsNotReadable"):
            official.post(f"/api/acts/{act['id']}/signatures", {"signer": official.signer, "signature": unreadable, **UNCHECKED})
    assert official.sign_act(act)["status"] == "open"


def test_signatures_at_the_same_moment_send_the_act_once(town: Town, people: CasePeople, freezing: Freezing) -> None:
    act = propose(town, people)

    def sign(person: Any) -> str:
        try:
            return str(person.sign_act(act)["status"])
        except Refused as refused:
            return refused.code

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(sign, people.officials * 2))
    assert len(freezing.seen) == 1
    assert people.officials[0].get(f"/api/acts/{act['id']}")["status"] == "done"
    assert set(answers) <= {"open", "sent", "done", "ActSignedAlready", "ActNotOpen"}


def test_what_the_chain_refuses_is_told_and_can_be_replaced(town: Town, people: CasePeople, freezing: Freezing) -> None:
    act = people.sign_together(propose(town, people, root=ROOT, number=5))
    assert (act["status"], act["failure"]["code"]) == ("failed", "Officials_SignatureWrong")
    assert act["failure"]["message_zh"]
    assert people.officials[0].get(f"/api/cases/{people.case['id']}")["stage"] == "register_freeze_signing"
    again = people.officials[1].post(f"/api/acts/{act['id']}/retry")
    assert again["status"] == "failed"
    assert freezing.seen[0].key != freezing.seen[1].key
    withdrawn = people.officials[2].post(f"/api/acts/{act['id']}/withdrawal")
    assert withdrawn["status"] == "withdrawn"
    assert people.sign_together(propose(town, people))["status"] == "done"


def test_while_the_outcome_is_unknown_the_same_transaction_is_taken_up_again(town: Town, people: CasePeople, freezing: Freezing) -> None:
    freezing.after = Unavailable()
    act = people.sign_together(propose(town, people))
    assert (act["status"], act["failure"]["code"]) == ("sent", "Unavailable")
    assert "by itself" in act["failure"]["message_en"]
    with pytest.raises(Refused, match="ActNotWithdrawable"):
        people.officials[0].post(f"/api/acts/{act['id']}/withdrawal")
    assert town.cases.resume_acts() == 1
    act = people.officials[0].get(f"/api/acts/{act['id']}")
    assert (act["status"], act["failure"]) == ("done", None)
    assert freezing.seen[0].key == freezing.seen[1].key
    assert town.chain.case(people.case["address"]).register_count() == 1


def test_a_defect_keeps_the_signatures_and_says_so(town: Town, people: CasePeople, freezing: Freezing) -> None:
    freezing.before = ZeroDivisionError("a defect")
    act = people.sign_together(propose(town, people))
    assert (act["status"], act["failure"]["code"], len(act["signatures"])) == ("failed", "ActFailed", 2)
    assert people.officials[0].post(f"/api/acts/{act['id']}/retry")["status"] == "done"
    with pytest.raises(Refused, match="ActNotOpen"):
        people.officials[0].post(f"/api/acts/{act['id']}/retry")
    with pytest.raises(Refused, match="ActNotWithdrawable"):
        people.officials[0].post(f"/api/acts/{act['id']}/withdrawal")


def test_an_act_on_its_way_is_finished_after_a_restart(town: Town, people: CasePeople, freezing: Freezing) -> None:
    act = propose(town, people)
    people.officials[0].sign_act(act)
    freezing.before = KeyboardInterrupt()  # type: ignore[assignment]  # the process ends in the middle of the request
    signature = bytes.fromhex(people.officials[1].sign(act["typed_data"])[2:])
    signer, visitor = bytes.fromhex(people.officials[1].signer[2:]), _visitor(town, people.officials[1].account_id)
    with pytest.raises(KeyboardInterrupt):
        town.cases.sign_act(act["id"], signer, signature, visitor, Check(**UNCHECKED))
    assert town.cases.get_act(act["id"]).status == "sent"
    assert town.cases.resume_acts() == 1
    assert town.cases.get_act(act["id"]).status == "done"
    assert town.cases.resume_acts() == 0


def test_one_question_has_one_open_act(town: Town, people: CasePeople, freezing: Freezing) -> None:
    act = propose(town, people)
    assert propose(town, people)["id"] == act["id"]
    with pytest.raises(Exception, match="waiting for signatures"):
        propose(town, people, root=b"\x09" * 32)
    people.officials[0].post(f"/api/acts/{act['id']}/withdrawal")
    assert propose(town, people, root=b"\x09" * 32)["id"] != act["id"]
    with pytest.raises(Refused, match="ActNotOpen"):
        people.officials[1].sign_act(act)


def test_acts_are_listed_for_the_cases_officials(town: Town, people: CasePeople, freezing: Freezing) -> None:
    act = propose(town, people)
    assert [listed["id"] for listed in people.officials[1].get(f"/api/acts?case_id={people.case['id']}")] == [act["id"]]
    with pytest.raises(Refused, match="NotOfficialOfCase"):
        town.open_case().officials[0].get(f"/api/acts?case_id={people.case['id']}")
    with pytest.raises(Refused, match="ActUnknown"):
        people.officials[0].get("/api/acts/nothing")


def _visitor(town: Town, account_id: str) -> Any:
    from backend.people.accounts.visitor import Visitor

    account = town.accounts.get_account(account_id)
    return Visitor(account.id, account.role, account.name, account.case_id)
