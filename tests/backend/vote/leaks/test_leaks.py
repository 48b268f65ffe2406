"""Sums that tell something wait until an official has seen what; lenders' own amounts never stand in the report."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.ground.audit.store import AuditRow
from backend.ground.common.hex_text import to_hex
from backend.ground.common.voting import Choice
from backend.vote.leaks.errors import LeakNotAcknowledged
from backend.vote.leaks.rules import Group, LeakReport, Reason, Remedy
from tests.backend.vote.ballots.automine import AutomineAnvil
from tests.backend.vote.ballots.issuer_process import IssuerProcess
from tests.backend.vote.ballots.world import AGAINST, FOR, LENDERS, Vote, World, id_number, register_file


def cast(vote: Vote, choices: dict[int, int]) -> None:
    for index, choice in choices.items():
        vote.take(index, choice)
    vote.world.ballots.relay_once()


def classes_of(vote: Vote) -> dict[str, list[int]]:
    """The indexes in each class."""
    register = vote.world.register
    found: dict[str, list[int]] = {}
    for index in range(LENDERS):
        found.setdefault(register.leaf(vote.poll.case_id, vote.poll.register_number, index).class_name, []).append(index)
    return found


def audit_entries(world: World) -> list[dict[str, object]]:
    with world.sessions.reading() as session:
        return [json.loads(row.entry) for row in session.query(AuditRow).order_by(AuditRow.number)]


def group(report: LeakReport, name: str, choice: Choice | None) -> Group:
    [found] = [each for each in report.groups if (each.class_name, each.choice) == (name, choice)]
    return found


def test_sums_wait_for_whoever_has_seen_what_they_tell(apart: World) -> None:
    vote, world, official = apart.open_poll(), apart, apart.members["official 1"]
    lone = classes_of(vote)["普通组"][0]
    cast(vote, dict.fromkeys(range(LENDERS), FOR) | {lone: AGAINST})
    vote.close()
    written = len(audit_entries(world))
    report = world.tally.leaks(vote.poll.id, official)
    for wrong in ("", "0x", "0x" + "00" * 32, to_hex(report.hash)[:-1], "是"):
        with pytest.raises(LeakNotAcknowledged) as refused:
            world.tally.open_sums(vote.poll.id, official, acknowledged=wrong)
    assert refused.value.facts == {"groups": len(report.leaking), "told": 1}
    assert len(audit_entries(world)) == written
    assert not any(each.number == vote.poll.number and world.chain.poll(each.address).stage() > 2 for each in world.polls.list_polls())
    assert vote.world.tally.open_sums(vote.poll.id, official, acknowledged=to_hex(report.hash)).result_hash != bytes(32)
    [entry] = audit_entries(world)[written:]
    assert (entry["account"], entry["role"]) == (official.account_id, "official")
    assert entry["act"] == f"acknowledged what the sums of poll {vote.poll.id} tell: {report.text}"
    assert world.audit.faults() == []
    assert vote.world.tally.leaks(vote.poll.id, official).hash == report.hash, "it stays to be looked at"
    again = vote.world.tally.open_sums(vote.poll.id, official)
    assert again.result_hash != bytes(32), "what is opened needs no word"


def test_the_exact_report_says_who_can_be_worked_out(apart: World) -> None:
    vote = apart.open_poll()
    ordinary, small = classes_of(vote)["普通组"], classes_of(vote)["小额组"]
    cast(vote, {ordinary[0]: AGAINST} | dict.fromkeys(ordinary[1:-1], FOR) | dict.fromkeys(small[:2], FOR))
    vote.close()
    report = vote.world.tally.leaks(vote.poll.id)
    assert report.exact
    assert report.remedies == (Remedy.PROVE_CONDITION, Remedy.ACCEPT)
    assert group(report, "普通组", None) == Group("普通组", None, len(ordinary), 2, (Reason.FEW,))
    assert group(report, "普通组", Choice.AGAINST) == Group("普通组", Choice.AGAINST, 1, 1, (Reason.LONE, Reason.FEW))
    assert group(report, "普通组", Choice.NONE) == Group("普通组", Choice.NONE, 1, 1, (Reason.LONE, Reason.FEW))
    assert group(report, "普通组", Choice.FOR).told == 0
    assert group(report, "小额组", Choice.FOR) == Group("小额组", Choice.FOR, 2, 0, (Reason.PAIR, Reason.FEW))
    for amount in [vote.world.register.leaf(vote.poll.case_id, 0, index).amount_fen for index in range(LENDERS)]:
        assert str(amount) not in report.text


def test_nothing_of_the_choices_is_told_while_ballots_come_in(vote: Vote) -> None:
    before = vote.world.tally.leaks(vote.poll.id)
    cast(vote, {0: AGAINST, 1: FOR})
    after = vote.world.tally.leaks(vote.poll.id)
    assert before == after
    assert not after.exact
    assert {each.choice for each in after.groups} == {None}


@pytest.fixture
def apart(node: AutomineAnvil, issuer: IssuerProcess, tmp_path: Path) -> Iterator[World]:
    """A case of its own: what is counted in it stays known."""
    world = World(tmp_path, node, issuer.url)
    yield world
    world.close()


def count(vote: Vote, choices: dict[int, int]) -> LeakReport:
    cast(vote, choices)
    vote.close()
    report = vote.world.tally.leaks(vote.poll.id)
    vote.open_sums()
    return report


def test_two_polls_over_one_register_tell_who_changed(apart: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.vote.leaks.rules.FEW_LENDERS", 3)
    first = apart.open_poll()
    ordinary = classes_of(first)["普通组"]
    against = set(ordinary[:4])
    choices = {index: AGAINST if index in against else FOR for index in range(LENDERS)}
    assert count(first, choices).leaking == ()
    second = apart.open_poll()
    report = count(second, choices | {ordinary[0]: FOR})
    assert report.told == 1
    assert group(report, "普通组", Choice.FOR) == Group("普通组", Choice.FOR, len(ordinary) - 3, 1, (Reason.DIFFERENCE,))
    assert group(report, "普通组", Choice.AGAINST).reasons == ()
    expected = apart.tally.expected_leaks(apart.case.id, apart.members["official 0"])
    assert group(expected, "普通组", None).reasons == (Reason.DIFFERENCE,), "for every later poll it is known already"


def test_sums_that_tell_nothing_wait_for_nobody(apart: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.vote.leaks.rules.FEW_LENDERS", 3)
    vote = apart.open_poll()
    cast(vote, dict.fromkeys(range(LENDERS), FOR))
    vote.close()
    assert vote.world.tally.leaks(vote.poll.id).leaking == ()
    assert vote.world.tally.open_sums(vote.poll.id).passed
    assert audit_entries(apart) == []


def test_a_register_that_waits_for_its_freeze_can_still_have_its_classes_merged(apart: World) -> None:
    official = apart.members["official 0"]
    frozen = apart.tally.expected_leaks(apart.case.id, official)
    assert frozen.remedies == (Remedy.PROVE_CONDITION, Remedy.ACCEPT)
    assert frozen.told == 0
    lines = register_file(apart.folder / "next.csv").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines[:-1] if "小额组" not in line] + [line for line in lines if "小额组" in line][:1]
    (apart.folder / "next.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    apart.register.import_file(apart.case.id, apart.folder / "next.csv", "next.csv")
    draft = apart.tally.expected_leaks(apart.case.id, official)
    assert draft.remedies == (Remedy.MERGE_CLASSES, Remedy.PROVE_CONDITION, Remedy.ACCEPT)
    assert group(draft, "小额组", None) == Group("小额组", None, 1, 1, (Reason.CLASS_OF_ONE, Reason.FEW))
    ordinary = group(draft, "普通组", None)
    assert (ordinary.heads, ordinary.told) == (7, 0), "the one left out is told, and is not in this register"
    apart.sign_together(apart.register.propose_freeze(apart.case.id, official))
    assert apart.tally.expected_leaks(apart.case.id, official).remedies == (Remedy.PROVE_CONDITION, Remedy.ACCEPT)


def test_a_lender_who_joins_a_later_register_is_told_by_the_difference(apart: World) -> None:
    file = register_file(apart.folder / "next.csv")
    with file.open("a", encoding="utf-8") as lines:
        lines.write(f"C9999,个人,蒋测试,居民身份证,{id_number(77)},17007199999,user99,777.77,小额组,否,\n")
    assert apart.register.import_file(apart.case.id, file, file.name).lenders == LENDERS + 1
    draft = apart.tally.expected_leaks(apart.case.id, apart.members["official 0"])
    assert group(draft, "小额组", None) == Group("小额组", None, 5, 1, (Reason.FEW, Reason.DIFFERENCE))


def test_over_http_the_case_own_officials_see_it_and_nobody_else(vote: Vote) -> None:
    cast(vote, {0: AGAINST, 1: FOR})
    vote.close()
    path = f"/api/polls/{vote.poll.id}"
    for place in (f"{path}/leaks", f"/api/cases/{vote.poll.case_id}/leaks"):
        assert vote.world.browser().get(place).status_code == 401
        assert vote.world.browser().sign_in("stranger").get(place).json()["error"]["code"] == "NotOfficialOfCase"
        assert vote.world.browser().sign_in("institution").get(place).json()["error"]["code"] == "RoleNotAllowed"
        assert vote.world.browser().sign_in_lender(vote.poll, 0).get(place).json()["error"]["code"] == "RoleNotAllowed"
        assert vote.world.browser().sign_in("official 2").get(place).status_code == 200
    official = vote.world.browser().sign_in("official 1")
    refused = official.post(f"{path}/tally").json()["error"]
    shown = official.get(f"{path}/leaks").json()
    assert (refused["code"], refused["details"]["told"]) == ("LeakNotAcknowledged", shown["told"])
    assert (shown["exact"], shown["leaks"], shown["few"], shown["remedies"]) == (True, True, 35, ["prove_condition", "accept"])
    assert {"class_name", "choice", "heads", "told", "reasons"} == set(shown["groups"][0])
    assert official.post(f"{path}/tally", {"acknowledged": shown["report_hash"]}).status_code == 200
