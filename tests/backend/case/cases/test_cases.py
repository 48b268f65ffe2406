"""Opening a case, and who sees it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.backend.town import Refused, Town, answer


def test_a_case_stands_on_chain_as_it_was_registered(town: Town) -> None:
    people = town.open_case()
    contract = town.chain.case(people.case["address"])
    assert ["0x" + signer.hex() for signer in contract.officials()] == [official.signer for official in people.officials]
    assert (contract.threshold(), "0x" + contract.institution().hex()) == (2, people.institution.signer)
    assert people.case["address"] == people.case["address"].lower()
    assert (people.case["next_step"]["role"], people.case["next_step"]["act"]) == ("institution", "import")
    assert town.accounts.get_account(people.institution.account_id).case_id == people.case["id"]


def test_the_same_case_is_opened_once(town: Town) -> None:
    officials, institution, admin = [town.person("official")], town.person("institution"), town.person("admin")
    body = town.case_body(officials, institution, threshold=1)
    admin.post("/api/cases", body)
    with pytest.raises(Refused, match="AccountBoundElsewhere"):
        admin.post("/api/cases", body)
    body["institution_account_name"] = ""
    with pytest.raises(Refused, match="CaseOpenedAlready"):
        admin.post("/api/cases", body)


def test_after_an_interruption_the_contract_that_was_deployed_is_found(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    officials, institution, admin = [town.person("official")], town.person("institution"), town.person("admin")
    body = town.case_body(officials, institution, threshold=1)
    deployed: list[str] = []
    deploy = town.chain.deploy_case

    def deploy_then_die(*given: Any, rehearsal: bool) -> str:
        deployed.append(deploy(*given, rehearsal=rehearsal))
        raise RuntimeError("the process dies here")

    with monkeypatch.context() as patch:
        patch.setattr(town.chain, "deploy_case", deploy_then_die)
        assert admin.browser.post("/api/cases", json=body).status_code == 500
    assert admin.post("/api/cases", body)["address"] == deployed[0].lower()


def spoil(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(body: dict[str, Any]) -> None:
        *way, last = path.split(".")
        place: Any = body
        for step in way:
            place = place[int(step) if step.isdigit() else step]
        place[int(last) if last.isdigit() else last] = value

    return change


def many_officials(count: int, *, passkeys: bool = False) -> list[dict[str, str]]:
    return [{"name": f"official {i}", "signer": "0x" + f"{0xFFFF + i:02x}".rjust(168 if passkeys else 40, "1")} for i in range(count)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (spoil("name", "  "), "CaseNameMissing"),
        (spoil("institution.name", ""), "CaseNameMissing"),
        (spoil("officials.1.name", "x" * 101), "CaseNameMissing"),
        (spoil("officials", []), "OfficialCountOutOfRange"),
        (lambda body: body.update(officials=many_officials(23)), "OfficialsTooManyForCreation"),
        (lambda body: body.update(officials=many_officials(14, passkeys=True)), "OfficialsTooManyForCreation"),
        (spoil("threshold", 1), "ThresholdNotMajority"),
        (spoil("threshold", 3), "ThresholdNotMajority"),
        (spoil("threshold", -(2**256)), "ThresholdNotMajority"),
        (spoil("threshold", "2"), "FieldsNotReadable"),
        (spoil("officials.0.signer", "0x1234"), "FieldsNotReadable"),
        (spoil("officials.0.signer", "zz"), "FieldsNotReadable"),
        (spoil("officials.0.account_id", "nobody"), "AccountNotFound"),
        (spoil("institution_account_name", "nobody"), "AccountNotFound"),
        (spoil("surprise", 1), "FieldsNotReadable"),
        (spoil("name", "a\0b"), "FieldsNotReadable"),
        (spoil("name", "\ud800"), "FieldsNotReadable"),
        (spoil("name", "\ue000"), "FieldsNotReadable"),
        (spoil("name", "\u2066\u3164·"), "CaseNameMissing"),
        (spoil("officials.0.name", "\u200b"), "CaseNameMissing"),
        (spoil("institution.credit_code", "91999900MA00000000"), "CreditCodeWrong"),
        (spoil("institution.credit_code", "DEMO"), "CreditCodeWrong"),
        (spoil("institution.signer", "0x" + "00" * 20), "SignerCannotSign"),
        (spoil("officials.0.signer", "0x" + "00" * 20), "SignerCannotSign"),
        (spoil("officials.0.signer", "0x" + "00" * 19 + "09"), "SignerCannotSign"),
        (spoil("officials.0.signer", "0x" + "00" * 20 + "11" * 64), "SignerCannotSign"),
        (spoil("officials.0.account_id", ""), "ThresholdNotReachable"),
    ],
)
def test_what_a_case_must_not_be(town: Town, change: Callable[[dict[str, Any]], None], code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    officials, institution = [town.person("official"), town.person("official")], town.person("institution")
    body = town.case_body(officials, institution)
    change(body)
    monkeypatch.setattr(town.chain, "deploy_case", lambda *_, **__: pytest.fail("a contract was deployed for a case that cannot be"))
    with pytest.raises(Refused) as refused:
        answer(town.person("admin").browser.post("/api/cases", content=json.dumps(body), headers={"Content-Type": "application/json"}))
    assert (refused.value.code, refused.value.status) == (code, 404 if code == "AccountNotFound" else 422)
    assert town.accounts.get_account(officials[1].account_id).case_id is None


def test_nobody_holds_two_places(town: Town) -> None:
    official, other, institution, admin = town.person("official"), town.person("official"), town.person("institution"), town.person("admin")
    body = town.case_body([official, other], institution)
    body["officials"][1]["signer"] = official.signer.upper().replace("0X", "0x")
    with pytest.raises(Refused, match="OfficialTwice"):
        admin.post("/api/cases", body)
    body = town.case_body([official, other], institution)
    body["officials"][1]["account_id"] = official.account_id
    with pytest.raises(Refused, match="OfficialTwice"):
        admin.post("/api/cases", body)
    body = town.case_body([official, other], institution)
    body["institution"]["signer"] = official.signer
    with pytest.raises(Refused, match="InstitutionIsOfficial"):
        admin.post("/api/cases", body)
    body = town.case_body([official, institution], institution)
    body["institution"]["signer"] = other.signer
    with pytest.raises(Refused, match="AccountHasOtherRole"):
        admin.post("/api/cases", body)


def test_only_the_administrator_opens_cases(town: Town) -> None:
    official, institution = town.person("official"), town.person("institution")
    with pytest.raises(Refused, match="RoleNotAllowed"):
        official.post("/api/cases", town.case_body([official], institution, threshold=1))


def test_people_see_their_own_cases_only(town: Town) -> None:
    here, there = town.open_case(), town.open_case()
    assert [case["id"] for case in here.officials[0].get("/api/cases")] == [here.case["id"]]
    assert [case["id"] for case in here.institution.get("/api/cases")] == [here.case["id"]]
    assert {here.case["id"], there.case["id"]} <= {case["id"] for case in town.person("admin").get("/api/cases")}
    for stranger in (there.officials[0], there.institution):
        with pytest.raises(Refused, match="NotPartOfCase"):
            stranger.get(f"/api/cases/{here.case['id']}")
    with pytest.raises(Refused, match="CaseUnknown"):
        here.officials[0].get("/api/cases/nowhere")
    assert town.browser().get("/api/cases").status_code == 401


def test_officials_enter_the_four_lists_and_members_export_them(town: Town) -> None:
    people = town.open_case()
    path = f"/api/cases/{people.case['id']}/listing"
    assert people.case["listing"]["measure"] == ""
    listing = {"measure": "wind_down", "exit_on": "2027-06-30", "responsible": "=区金融局"}
    listed = people.officials[1].post(path, listing)["listing"]
    assert listed == listing | {"measure_zh": "清退", "measure_en": "wind-down"}
    for broken, rule in (({"measure": "sold"}, "MeasureUnknown"), ({"responsible": " "}, "ResponsibleMissing")):
        with pytest.raises(Refused, match=rule):
            people.officials[0].post(path, listing | broken)
    with pytest.raises(Refused, match="NotOfficialOfCase"):
        town.person("official").post(path, listing)
    table = people.institution.browser.get("/api/cases.csv").content.decode("utf-8-sig").splitlines()
    assert len(table) == 2
    assert "清退 wind-down,2027-06-30,'=区金融局,请机构导入债权登记表。" in table[1]


def test_a_case_is_checked_as_it_would_be_opened_and_nothing_comes_of_it(town: Town) -> None:
    officials, institution, admin = [town.person("official") for _ in range(2)], town.person("institution"), town.person("admin")
    body = town.case_body(officials, institution)
    before = town.chain.block().number
    draft = admin.post("/api/cases/check", body)
    assert [official["signer"] for official in draft["officials"]] == [official.signer for official in officials]
    assert (draft["threshold"], draft["chain_id"], draft["institution"]["account_id"]) == (2, town.chain.chain_id, institution.account_id)
    assert town.chain.block().number == before
    assert admin.post("/api/cases", body)["officials"] == draft["officials"]
    with pytest.raises(Refused, match="AccountBoundElsewhere"):
        admin.post("/api/cases/check", body)
    with pytest.raises(Refused, match="ThresholdNotMajority"):
        admin.post("/api/cases/check", town.case_body(officials, institution, threshold=1))
    with pytest.raises(Refused, match="RoleNotAllowed"):
        officials[0].post("/api/cases/check", body)
