"""A plan's way from the institution's draft to the vote, through the HTTP interface and the chain."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from eth_account import Account
from pypdf import PdfReader

from backend.case.plans.paper import plan_paper
from backend.case.plans.pdf import LIMIT_BYTES
from backend.case.plans.rules import PayoutStep, PlanText
from backend.ground.chain.case import CaseContract
from backend.ground.chain.errors import NotConfirmedInTime
from backend.ground.common.hashing import keccak
from backend.ground.common.typesetting import has_fonts
from scripts.rig.documents import make_pdf, plan_of
from tests.backend.ground.chain.world import until
from tests.backend.town import CasePeople, Person, Refused, Town

PDF = make_pdf("plan")


@pytest.fixture
def people(town: Town) -> CasePeople:
    return town.open_case()


def draft(people: CasePeople, plan: Any = None, pdf: bytes = PDF, by: Person | None = None) -> dict[str, Any]:
    text = plan if isinstance(plan, str) else json.dumps(plan_of(1) if plan is None else plan, ensure_ascii=False)
    made: dict[str, Any] = (by or people.institution).post(
        f"/api/cases/{people.case['id']}/plans", data={"plan": text}, files={"pdf": ("plan.pdf", pdf, "application/pdf")}
    )
    return made


def submit(people: CasePeople, plan: dict[str, Any]) -> dict[str, Any]:
    body = {"signature": people.institution.sign(plan["typed_data"])}
    submitted: dict[str, Any] = people.institution.post(f"/api/plans/{plan['id']}/submission", body)
    return submitted


def admit(people: CasePeople, plan: dict[str, Any]) -> dict[str, Any]:
    return people.sign_together(people.officials[0].post(f"/api/plans/{plan['id']}/admission"))


def next_act(people: CasePeople) -> str:
    return str(people.officials[0].get(f"/api/cases/{people.case['id']}")["next_step"]["act"])


def test_a_plan_is_returned_mended_and_admitted(town: Town, people: CasePeople) -> None:
    town.freeze_register(people)
    contract = town.chain.case(people.case["address"])
    assert next_act(people) == "plan_draft"
    first = draft(people)
    assert (first["status"], first["version"], first["plan_number"], first["typed_data"]["message"]["planNumber"]) == ("draft", 1, None, 0)
    assert next_act(people) == "plan_submission"
    first = submit(people, first)
    assert (first["status"], first["plan_number"]) == ("submitted", 0)
    assert "0x" + contract.plan(0).plan_hash.hex() == first["plan_hash"]
    assert next_act(people) == "plan_admission"

    returned = people.officials[1].post(f"/api/plans/{first['id']}/return", {"reasons": "请补充资金来源。"})
    assert (returned["status"], returned["reasons"], returned["returned_by"]) == ("returned", "请补充资金来源。", people.officials[1].name)
    assert next_act(people) == "plan_draft"

    second = submit(people, draft(people, plan_of(2)))
    assert (second["version"], second["plan_number"]) == (2, 1)
    act = admit(people, second)
    assert (act["status"], act["summary"]["plan_hash"]) == ("done", second["plan_hash"])
    assert contract.plan(1).admitted
    assert not contract.plan(0).admitted
    assert people.institution.get(f"/api/plans/{second['id']}")["status"] == "admitted"
    assert next_act(people) != "plan_admission"


def test_the_bytes_given_out_are_the_bytes_that_were_hashed(town: Town, people: CasePeople) -> None:
    plan = draft(people)
    canonical = people.institution.browser.get(f"/api/plans/{plan['id']}/plan.json").content
    assert "0x" + keccak(canonical).hex() == plan["plan_hash"]
    content = json.loads(canonical)
    assert (content["case"], content["version"]) == (people.case["address"], 1)
    pdf = people.institution.browser.get(f"/api/plans/{plan['id']}/plan.pdf")
    assert pdf.content == PDF
    assert "0x" + keccak(pdf.content).hex() == content["pdf"]["keccak"]
    assert (pdf.headers["content-type"], pdf.headers["x-content-type-options"]) == ("application/pdf", "nosniff")


def test_who_sees_a_plan_when(town: Town, people: CasePeople) -> None:
    plan, nobody, stranger = draft(people), town.browser(), town.open_case().officials[0]
    path, listed = f"/api/plans/{plan['id']}", f"/api/cases/{people.case['id']}/plans"
    with pytest.raises(Refused, match="PlanNotPublic"):
        people.officials[0].get(path)
    assert people.officials[0].get(listed) == []
    submit(people, plan)
    assert people.officials[0].get(path)["status"] == "submitted"
    assert people.officials[0].get(path)["typed_data"] is None
    for suffix in ("", "/plan.pdf", "/plan.json"):
        assert nobody.get(path + suffix).status_code == 403
        assert stranger.browser.get(path + suffix).status_code == 403
    admit(people, plan)
    for suffix in ("", "/plan.pdf", "/plan.json"):
        assert nobody.get(path + suffix).status_code == 200
    assert [seen["id"] for seen in nobody.get(listed).json()] == [plan["id"]]


@pytest.mark.parametrize("part", ["settlement", "liquidation_period", "existing_business", "dispute_resolution"])
def test_a_plan_without_one_of_the_four_parts_is_refused(town: Town, people: CasePeople, part: str) -> None:
    plan = plan_of(1)
    plan["parts"] = {name: text for name, text in plan["parts"].items() if name != part}
    with pytest.raises(Refused, match="PlanPartMissing") as refused:
        draft(people, plan)
    assert refused.value.details["part"] == part
    assert people.institution.get(f"/api/cases/{people.case['id']}/plans") == []


@pytest.mark.parametrize(
    ("plan", "pdf", "code"),
    [
        ("{", PDF, "PlanNotReadable"),
        ("[" * 100_000, PDF, "PlanNotReadable"),
        ("{}", PDF, "PlanNotReadable"),
        (plan_of(1) | {"title": "a\0b"}, PDF, "PlanNotReadable"),
        (plan_of(1) | {"ladder": [{"months": 1, "ratio_bps": 10**400}]}, PDF, "LadderRatioOutOfRange"),
        (None, b"", "NotAPdf"),
        (None, b"PK\x03\x04 a sheet", "NotAPdf"),
        (None, b"%PDF-1.7\n" + b"0" * 1000, "NotAPdf"),
        (None, b"%PDF-1.7\n" + b"0" * LIMIT_BYTES, "PdfTooLarge"),
    ],
)
def test_what_cannot_be_a_plan(town: Town, people: CasePeople, plan: Any, pdf: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        draft(people, plan, pdf)
    assert (refused.value.code, refused.value.status) == (code, 422)


def test_a_form_without_its_fields_is_refused_in_words(town: Town, people: CasePeople) -> None:
    path = f"/api/cases/{people.case['id']}/plans"
    options: dict[str, Any]
    for options in ({"files": {"pdf": ("a", b"")}}, {"json": {}}, {"data": {"plan": "{}", "pdf": "text"}}):
        with pytest.raises(Refused, match="FieldsNotReadable"):
            people.institution.post(path, **options)


def test_only_the_cases_own_institution_drafts_and_submits(town: Town, people: CasePeople) -> None:
    other = town.open_case()
    with pytest.raises(Refused, match="NotInstitutionOfCase"):
        draft(people, by=other.institution)
    with pytest.raises(Refused, match="RoleNotAllowed"):
        draft(people, by=people.officials[0])
    plan = draft(people)
    with pytest.raises(Refused, match="NotInstitutionOfCase"):
        other.institution.post(f"/api/plans/{plan['id']}/submission", {"signature": people.institution.sign(plan["typed_data"])})
    for key in (Account.create(), people.officials[0].key):
        people.institution.key, own = key, people.institution.key
        with pytest.raises(Refused, match="PlanSignatureWrong"):
            submit(people, plan)
        people.institution.key = own
    assert town.chain.case(people.case["address"]).plan_count() == 0
    assert submit(people, plan)["status"] == "submitted"


def test_a_signature_for_another_number_is_refused(town: Town, people: CasePeople) -> None:
    plan = draft(people)
    other = plan | {"typed_data": plan["typed_data"] | {"message": plan["typed_data"]["message"] | {"planNumber": 1}}}
    with pytest.raises(Refused, match="PlanSignatureWrong"):
        submit(people, other)


def test_one_plan_at_a_time_waits_for_the_officials(town: Town, people: CasePeople) -> None:
    first, second = draft(people), draft(people)
    submit(people, first)
    second = people.institution.get(f"/api/plans/{second['id']}")
    assert second["typed_data"]["message"]["planNumber"] == 1
    with pytest.raises(Refused, match="AnotherPlanWaiting"):
        submit(people, second)
    with pytest.raises(Refused, match="PlanNotInStage"):
        people.institution.post(f"/api/plans/{first['id']}/submission", {"signature": "0x" + "11" * 65})
    people.officials[0].post(f"/api/plans/{first['id']}/return", {"reasons": "no"})
    assert submit(people, second)["plan_number"] == 1


def test_an_interrupted_submission_is_finished_by_the_next_try(town: Town, people: CasePeople, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = draft(people)
    body = {"signature": people.institution.sign(plan["typed_data"])}

    def die(*_: Any) -> None:
        raise RuntimeError("the process dies here")

    with monkeypatch.context() as patch:
        patch.setattr(town.chain, "transact", die)
        assert people.institution.browser.post(f"/api/plans/{plan['id']}/submission", json=body).status_code == 500
    assert people.institution.get(f"/api/plans/{plan['id']}")["status"] == "submitting"
    assert people.institution.post(f"/api/plans/{plan['id']}/submission", body)["status"] == "submitted"
    assert town.chain.case(people.case["address"]).plan_count() == 1


def test_whoever_sends_the_signed_submission_first_the_plan_is_submitted(town: Town, people: CasePeople) -> None:
    plan = draft(people)
    body = {"signature": people.institution.sign(plan["typed_data"])}
    contract = town.chain.case(people.case["address"])
    send = town.chain.transact

    def be_second(call: Any, key: str) -> Any:
        send(call, key + "/somebody else")
        return send(call, key)

    town.chain.transact = be_second  # type: ignore[assignment, method-assign]
    try:
        assert people.institution.post(f"/api/plans/{plan['id']}/submission", body)["status"] == "submitted"
    finally:
        town.chain.transact = send  # type: ignore[method-assign]
    assert (contract.plan_count(), "0x" + contract.plan(0).plan_hash.hex()) == (1, plan["plan_hash"])


def test_returning_needs_reasons_an_official_and_no_admission_underway(town: Town, people: CasePeople) -> None:
    plan = draft(people)
    path = f"/api/plans/{plan['id']}/return"
    with pytest.raises(Refused, match="PlanNotInStage"):
        people.officials[0].post(path, {"reasons": "too early"})
    submit(people, plan)
    for reasons in ("", " \n", "x" * 4001):
        with pytest.raises(Refused, match="ReasonsMissing"):
            people.officials[0].post(path, {"reasons": reasons})
    with pytest.raises(Refused, match="NotOfficialOfCase"):
        town.open_case().officials[0].post(path, {"reasons": "a stranger"})
    with pytest.raises(Refused, match="RoleNotAllowed"):
        people.institution.post(path, {"reasons": "ourselves"})
    act = people.officials[0].sign_act(people.officials[0].post(f"/api/plans/{plan['id']}/admission"))
    with pytest.raises(Refused, match="AdmissionUnderway"):
        people.officials[1].post(path, {"reasons": "wait"})
    people.officials[1].post(f"/api/acts/{act['id']}/withdrawal")
    assert people.officials[1].post(path, {"reasons": "now"})["status"] == "returned"


def test_a_returned_plan_is_not_admitted_by_older_signatures(town: Town, people: CasePeople) -> None:
    plan = submit(people, draft(people))
    act = people.officials[0].post(f"/api/plans/{plan['id']}/admission")
    people.officials[0].post(f"/api/acts/{act['id']}/withdrawal")
    people.officials[0].post(f"/api/plans/{plan['id']}/return", {"reasons": "no"})
    with pytest.raises(Refused, match="ActNotOpen"):
        people.officials[1].sign_act(act)
    with pytest.raises(Refused, match="PlanNotInStage"):
        people.officials[0].post(f"/api/plans/{plan['id']}/admission")
    assert not town.chain.case(people.case["address"]).plan(0).admitted


def test_a_plan_is_admitted_once_also_when_somebody_else_sent_the_act(town: Town, people: CasePeople) -> None:
    plan = submit(people, draft(people))
    contract = town.chain.case(people.case["address"])
    act = people.officials[0].post(f"/api/plans/{plan['id']}/admission")
    people.officials[0].sign_act(act)
    digest_signers = [bytes.fromhex(official.signer[2:]) for official in people.officials[:2]]
    signatures = [bytes.fromhex(official.sign(act["typed_data"])[2:]) for official in people.officials[:2]]
    town.chain.transact(contract.admit_plan(0, digest_signers, signatures), f"outsider/{act['id']}")
    assert people.officials[1].sign_act(act)["status"] == "done"
    with pytest.raises(Refused, match="PlanNotInStage"):
        people.officials[0].post(f"/api/plans/{plan['id']}/admission")


@pytest.mark.skipif(not has_fonts(), reason="needs the font Noto Sans CJK SC (Debian: `apt-get install fonts-noto-cjk`)")
def test_without_a_file_the_pdf_is_set_from_the_text(town: Town) -> None:
    people = town.open_case()
    content = plan_of(1)
    plan = people.institution.post(f"/api/cases/{people.case['id']}/plans", data={"plan": json.dumps(content)})
    pdf = people.institution.browser.get(f"/api/plans/{plan['id']}/plan.pdf").content
    assert plan["pdf"] == {"bytes": len(pdf), "keccak": "0x" + keccak(pdf).hex()}
    text = "".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())
    assert all("".join(part.split()) in text for part in [content["title"], *content["parts"].values()])
    read = PlanText(content["title"], content["parts"], tuple(PayoutStep(**step) for step in content["ladder"]))
    moment = datetime(2026, 12, 1, tzinfo=UTC)
    assert plan_paper(read, moment) == plan_paper(read, moment)


def test_a_submission_whose_outcome_was_missed_is_finished_by_itself(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    people = town.open_case()
    files = {"pdf": ("plan.pdf", make_pdf("plan"), "application/pdf")}
    plan = people.institution.post(f"/api/cases/{people.case['id']}/plans", data={"plan": json.dumps(plan_of(1))}, files=files)

    def late(*_: object) -> None:
        raise NotConfirmedInTime(seconds=30)

    with monkeypatch.context() as patch:
        patch.setattr(town.chain, "wait", late)
        with pytest.raises(Refused, match="OutcomeAwaited"):
            people.institution.post(f"/api/plans/{plan['id']}/submission", {"signature": people.institution.sign(plan["typed_data"])})
        assert people.institution.get(f"/api/plans/{plan['id']}")["status"] == "submitting"
    until(lambda: town.plans.resume_submissions() == 1)
    assert people.institution.get(f"/api/plans/{plan['id']}")["status"] == "submitted"
    assert town.plans.resume_submissions() == 0


def test_another_plan_that_is_admitted_under_the_number_is_not_the_one_that_was_signed(
    town: Town, people: CasePeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rewritten chain can have other plans under the same numbers: only the signed hash says that ours is admitted."""
    plan = submit(people, draft(people))
    act = people.officials[0].post(f"/api/plans/{plan['id']}/admission")
    honest = CaseContract.plan
    other = b"\x11" * 32
    monkeypatch.setattr(CaseContract, "plan", lambda case, number: replace(honest(case, number), plan_hash=other, admitted=True))
    people.sign_together(act)
    monkeypatch.undo()
    assert town.chain.case(people.case["address"]).plan(0).admitted is True, "it was sent, and not taken for done"


def test_the_institution_and_its_officials_see_what_contradicts_the_ladder_and_may_go_on(people: CasePeople) -> None:
    plan = plan_of(1)
    plan["parts"]["settlement"] += "首期于批准后6个月兑付25%。"
    drafted = draft(people, plan)
    [found] = people.institution.get(f"/api/plans/{drafted['id']}/contradictions")
    assert (found["part"], found["sentence"], found["rule"]) == ("settlement", "首期于批准后6个月兑付25%。", "share")
    assert (found["said"], found["ladder"]) == ("25%", "10%")
    submit(people, drafted)
    assert people.officials[0].get(f"/api/plans/{drafted['id']}/contradictions") == [found]
