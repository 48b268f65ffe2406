"""From the institution's file to the frozen register on chain, over HTTP; then what lenders and the other rooms get from it."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from openpyxl import load_workbook

from backend.case.register import errors, store
from backend.case.register.crypto import CURVE_ORDER, commit, leaf_hash
from backend.case.register.freezing import FreezeDesk
from backend.case.register.merkle import node_of
from backend.case.register.range_proofs import RangeProofShelf
from backend.case.register.service import RegisterService
from backend.case.register.template import template_csv
from backend.ground.chain.errors import TransactionReverted
from backend.ground.chain.values import NO_RANGE_PROOFS
from backend.ground.common.errors import Unavailable
from tests.backend.case.register.office import claim, csv_text
from tests.backend.town import CasePeople, Refused, Town

#: Where a new case finds which protocol it is of.
PROTOCOL = "backend.case.cases.service.PROTOCOL"
ROWS = [
    claim(1, name="张三", mobile="12000000001", principal_yuan="100.01"),
    claim(2, id_no=claim(1)["id_no"], name="张三", mobile="12000000002", principal_yuan="0.99"),
    claim(3, name="李四", mobile="12000000001", principal_yuan="2000"),
    claim(4, name="欧阳小红", voting_class="大额组", principal_yuan="30000"),
    claim(5, name="关联人", related="是", principal_yuan="999"),
    claim(6, name="已还清", principal_yuan="0"),
]


@pytest.fixture
def people(town: Town) -> CasePeople:
    return town.open_case()


def upload(people: CasePeople, rows: list[dict[str, Any]] | bytes, dry_run: str = "false", name: str = "名单.csv") -> Any:
    content = rows if isinstance(rows, bytes) else csv_text(rows).encode()
    path = f"/api/cases/{people.case['id']}/register/imports?dry_run={dry_run}"
    return people.institution.post(path, files={"file": (name, content)})


def freeze(people: CasePeople, body: dict[str, Any] | None = None) -> dict[str, Any]:
    act: dict[str, Any] = people.officials[0].post(f"/api/cases/{people.case['id']}/register/freeze", body)
    return people.sign_together(act)


def register(people: CasePeople) -> Any:
    return people.officials[0].get(f"/api/cases/{people.case['id']}/register")


def test_from_file_to_chain(town: Town, people: CasePeople) -> None:
    assert register(people)["status"] == "empty"
    checked = upload(people, ROWS, "true")
    assert register(people)["status"] == "empty"
    report = upload(people, ROWS)
    same = ("rows", "accepted", "merged", "refused", "lenders", "total_fen", "classes", "related_lenders", "related_fen", "rejects")
    assert {key: checked[key] for key in same} == {key: report[key] for key in same}
    assert (report["rows"], report["merged"], report["lenders"], report["total_fen"]) == (6, 1, 3, 3_210_100)
    assert (report["related_lenders"], report["total_with_related_fen"], report["lenders_without_claim"]) == (1, 3_310_000, 1)
    assert register(people)["status"] == "imported"

    act = people.officials[0].post(f"/api/cases/{people.case['id']}/register/freeze")
    again = people.officials[1].post(f"/api/cases/{people.case['id']}/register/freeze")
    assert again["id"] == act["id"]
    assert register(people)["status"] == "freezing"
    assert act["summary"]["file_sha256"] == report["file_sha256"]
    assert people.sign_together(act)["status"] == "done"

    view = register(people)
    assert (view["status"], view["register_number"], view["lenders"], view["import"]["id"]) == ("frozen", 0, 3, report["id"])
    on_chain = town.chain.case(people.case["address"]).register(0)
    frozen = town.register.frozen(people.case["id"], 0)
    assert (on_chain.root, on_chain.leaf_count, on_chain.depth) == (frozen.root, 3, frozen.depth)
    assert list(on_chain.classes) == [each.totals for each in frozen.classes]
    assert view["root"] == "0x" + on_chain.root.hex()
    with pytest.raises(Refused, match="RegisterFrozenAlready"):
        freeze(people)


def test_leaves_proofs_and_openings(town: Town, people: CasePeople) -> None:
    upload(people, ROWS)
    freeze(people)
    case_id, rooms = people.case["id"], town.register
    frozen = rooms.frozen(case_id, 0)
    leaves = list(frozen.leaves)
    assert leaves == list(frozen.leaves)
    assert [leaf.index for leaf in leaves] == [0, 1, 2]
    for public in leaves:
        own = rooms.leaf(case_id, 0, public.index)
        assert (own.voting_class, own.x, own.y) == (public.voting_class, public.x, public.y)
        point = own.x.to_bytes(32, "big") + own.y.to_bytes(32, "big")
        assert commit(own.amount_fen, own.blind) == point
        node = leaf_hash(own.index, own.voting_class, point)
        for sibling in own.proof:
            node = node_of(node, sibling)
        assert node == frozen.root
        assert own.class_name == frozen.classes[own.voting_class].name
    assert {rooms.leaf(case_id, 0, n).amount_fen for n in range(3)} == {10_100, 200_000, 3_000_000}
    parts = {rooms.leaf(case_id, 0, n).amount_fen: rooms.claim_parts(case_id, 0, n) for n in range(3)}
    assert all(sum(part.amount_fen for part in own) == whole for whole, own in parts.items())
    assert [(part.claim_no, part.amount_fen) for part in parts[10_100]] == [(ROWS[0]["claim_no"], 10_001), (ROWS[1]["claim_no"], 99)]
    assert rooms.leaves(case_id, 0, [2, 0]) == [leaves[2], leaves[0]]
    assert len(rooms.multiproof(case_id, 0, [0, 1, 2])) < 8 + 8
    for index in (3, -1, 2**32):
        with pytest.raises(errors.LeafUnknown):
            rooms.leaf(case_id, 0, index)
        with pytest.raises(errors.LeafUnknown):
            rooms.claim_parts(case_id, 0, index)
        with pytest.raises(errors.LeafUnknown):
            rooms.leaves(case_id, 0, [0, index])
        with pytest.raises(errors.LeafUnknown):
            rooms.multiproof(case_id, 0, [0, index])
        with pytest.raises(errors.LeafUnknown):
            rooms.sum_openings(case_id, 0, {index: 1})
    with pytest.raises(errors.RegisterNotFrozen):
        rooms.frozen(case_id, 1)


def test_lenders_are_found_by_any_of_their_phones(town: Town, people: CasePeople) -> None:
    upload(people, ROWS)
    freeze(people)

    def find(phone: str) -> list[str]:
        return [lender.name_masked for lender in town.register.lender_by_phone(people.case["id"], 0, phone)]

    assert sorted(find("12000000001")) == ["张*", "李*"]
    assert find("+86 120 0000 0002") == ["张*"]
    assert find("12000000004") == ["欧***"]
    assert find("12000000005") == []  # a related party has no leaf
    assert find("12000000006") == []
    assert find("12000000099") == []
    with pytest.raises(errors.MobileMalformed):
        find("12")


def test_sums_of_openings_open_the_sums_of_commitments(town: Town, people: CasePeople) -> None:
    upload(people, ROWS)
    freeze(people)
    leaves = [town.register.leaf(people.case["id"], 0, index) for index in range(3)]
    big = next(leaf for leaf in leaves if leaf.class_name == "大额组")
    small = [leaf for leaf in leaves if leaf is not big]
    sums = town.register.sum_openings(people.case["id"], 0, {small[0].index: 1, small[1].index: 1, big.index: 3})
    ordinary, large = sums[small[0].voting_class], sums[big.voting_class]
    assert (ordinary.fen_for, ordinary.blind_for) == (210_100, (small[0].blind + small[1].blind) % CURVE_ORDER)
    assert (ordinary.fen_against, ordinary.blind_against, ordinary.fen_abstain, ordinary.blind_abstain) == (0, 0, 0, 0)
    assert (large.fen_abstain, large.blind_abstain, large.fen_for, large.blind_for) == (big.amount_fen, big.blind, 0, 0)
    nobody = town.register.sum_openings(people.case["id"], 0, {})
    assert all(opening.fen_for == opening.blind_abstain == 0 for opening in nobody)
    assert town.register.sum_openings(people.case["id"], 0, {0: 0, 1: 2})[leaves[1].voting_class].fen_against == leaves[1].amount_fen


def test_a_restarted_service_gives_the_same_proofs(town: Town, people: CasePeople) -> None:
    upload(people, ROWS)
    freeze(people)
    restarted = RegisterService(town.sessions, town.cipher, town.chain, town.cases)
    assert restarted.leaf(people.case["id"], 0, 1) == town.register.leaf(people.case["id"], 0, 1)
    assert restarted.multiproof(people.case["id"], 0, [0, 2]) == town.register.multiproof(people.case["id"], 0, [0, 2])


def test_related_parties_only_by_decision(town: Town, people: CasePeople) -> None:
    upload(people, ROWS)
    act = freeze(people, {"with_related": True})
    assert act["summary"]["with_related"] is True
    assert town.register.frozen(people.case["id"], 0).leaf_count == 4
    assert town.register.lender_by_phone(people.case["id"], 0, "12000000005")


def test_a_new_import_before_the_signatures_makes_the_freeze_lapse(town: Town, people: CasePeople) -> None:
    upload(people, ROWS)
    old = people.officials[0].post(f"/api/cases/{people.case['id']}/register/freeze")
    upload(people, ROWS[:3])
    assert register(people)["status"] == "imported"
    signed = people.sign_together(old)
    assert (signed["status"], signed["failure"]["code"]) == ("failed", "RegisterReplaced")
    assert town.chain.case(people.case["address"]).register_count() == 0
    assert freeze(people)["status"] == "done"
    assert town.register.frozen(people.case["id"], 0).leaf_count == 2


def test_a_correction_gets_the_next_number_and_leaves_the_first_alone(town: Town, people: CasePeople) -> None:
    upload(people, ROWS)
    freeze(people)
    first = town.register.frozen(people.case["id"], 0)
    upload(people, [*ROWS, claim(7)])
    assert register(people)["status"] == "imported"
    freeze(people)
    assert (town.register.frozen(people.case["id"], 1).leaf_count, town.register.frozen(people.case["id"], 0).root) == (4, first.root)
    assert list(town.register.frozen(people.case["id"], 0).leaves) == list(first.leaves)


def test_an_answer_that_was_lost_is_taken_up_again(town: Town, people: CasePeople, monkeypatch: pytest.MonkeyPatch) -> None:
    upload(people, ROWS)
    right = town.chain.transact

    def lost(*arguments: Any, **options: Any) -> Any:
        right(*arguments, **options)
        raise Unavailable

    monkeypatch.setattr(town.chain, "transact", lost)
    act = freeze(people)
    assert act["status"] == "sent", "its transaction is out, and the service waits for what comes of it"
    upload(people, ROWS[:2])  # too late to stop the first
    monkeypatch.setattr(town.chain, "transact", right)
    assert town.cases.resume_acts() == 1
    assert people.officials[0].get(f"/api/acts/{act['id']}")["status"] == "done"
    assert town.register.frozen(people.case["id"], 0).leaf_count == 3
    assert town.chain.case(people.case["address"]).register_count() == 1


def test_what_the_contract_refuses_can_be_proposed_again(town: Town, people: CasePeople, monkeypatch: pytest.MonkeyPatch) -> None:
    upload(people, ROWS)
    right = town.chain.transact

    def refused(*_: Any) -> Any:
        raise TransactionReverted("Officials_TooFewSigners", {"count": 1, "threshold": 2})

    monkeypatch.setattr(town.chain, "transact", refused)
    assert freeze(people)["status"] == "failed"
    monkeypatch.setattr(town.chain, "transact", right)
    assert freeze(people)["status"] == "done"


def test_nothing_to_freeze(people: CasePeople) -> None:
    with pytest.raises(Refused, match="RegisterEmpty"):
        freeze(people)
    upload(people, [ROWS[4], ROWS[5]])
    with pytest.raises(Refused, match="RegisterEmpty"):
        freeze(people)


@pytest.mark.parametrize("dry_run", ["true", "false"])
def test_refused_rows_come_back_with_a_list(people: CasePeople, dry_run: str) -> None:
    with pytest.raises(Refused) as refused:
        upload(people, [claim(1), *[claim(n, mobile="1") for n in range(2, 62)]], dry_run)
    details = refused.value.details
    assert (refused.value.status, refused.value.code) == (422, "ImportRefused")
    assert (details["refused"], details["rows_read"], len(details["rows"])) == (60, 61, 50)
    assert details["rows"][0].keys() == {"row", "cell", "field", "rule", "message_zh", "message_en"}
    assert details["rows"][0]["row"] == 3
    assert register(people)["status"] == "empty"
    path = f"/api/cases/{people.case['id']}/register/imports/{details['id']}/rejects.csv"
    listed = people.officials[0].browser.get(path)
    assert listed.status_code == 200
    assert listed.content.count(b"MobileMalformed") == 60
    assert "no-store" in listed.headers["cache-control"]
    assert people.institution.get(path.removesuffix("/rejects.csv"))["refused"] == 60


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "FileEmpty"), (b"a,b\n1,2\n", "ColumnsMissing"), (b"\xff\xfe\x00", "EncodingUnknown"),
        (b"PK\x03\x04zzz", "FileFormatUnknown"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_read(people: CasePeople, content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        upload(people, content)
    assert (refused.value.status, refused.value.code) == (422, code)


def test_only_the_cases_own_people_may_import_freeze_and_look(town: Town, people: CasePeople) -> None:
    others = town.open_case()
    here = f"/api/cases/{people.case['id']}/register"
    report = upload(people, ROWS)
    for stranger in (others.institution, people.officials[0]):
        with pytest.raises(Refused) as refused:
            stranger.post(f"{here}/imports", files={"file": ("a.csv", csv_text(ROWS).encode())})
        assert refused.value.status == 403
    for stranger in (others.officials[0], people.institution):
        with pytest.raises(Refused) as refused:
            stranger.post(f"{here}/freeze")
        assert refused.value.status == 403
    for path in (here, f"{here}/imports/{report['id']}", f"{here}/imports/{report['id']}/rejects.csv"):
        with pytest.raises(Refused) as refused:
            others.officials[0].get(path)
        assert refused.value.status == 403
        assert town.browser().get(path).status_code == 401
    with pytest.raises(Refused) as refused:  # an import of another case under one's own case
        others.officials[0].get(f"/api/cases/{others.case['id']}/register/imports/{report['id']}")
    assert refused.value.status == 404


def test_templates_can_be_filled_in_and_imported(town: Town, people: CasePeople) -> None:
    sheet = town.browser().get("/api/register/template.xlsx")
    assert sheet.status_code == 200
    workbook = load_workbook(io.BytesIO(sheet.content))
    cells = workbook.worksheets[0]
    assert {cells.cell(row, column).number_format for row in (1, 2, 50, 1000) for column in range(1, 12)} == {"@"}
    assert upload(people, sheet.content, "true", "template.xlsx")["accepted"] == 2
    assert upload(people, template_csv(), "true")["accepted"] == 2
    assert town.browser().get("/api/register/template.csv").content == template_csv()


def test_frozen_numbers_are_unique_in_the_database_too(town: Town, people: CasePeople) -> None:
    upload(people, ROWS)
    freeze(people)
    with town.sessions.begin() as session:
        row = store.frozen_register(session, people.case["id"], 0)
        assert row is not None
        values = {column.key: getattr(row, column.key) for column in store.RegisterRow.__mapper__.columns} | {"id": "another"}
    with pytest.raises(Exception, match=r"(?i)unique"), town.sessions.begin() as session:  # noqa: PT012
        session.add(store.RegisterRow(**values))
        session.flush()


@pytest.mark.parametrize(("protocol", "status"), [(4, "done"), (5, "failed")])
def test_a_freeze_proposed_without_proofs_is_completed_where_the_protocol_takes_it(
    town: Town, monkeypatch: pytest.MonkeyPatch, protocol: int, status: str
) -> None:
    """Cases of release 4 may have signed it before the upgrade; a case that demands proofs never could."""
    original = FreezeDesk.complete
    monkeypatch.setattr(PROTOCOL, protocol)
    monkeypatch.setattr(RangeProofShelf, "make", lambda *_: NO_RANGE_PROOFS)
    as_signed = lambda desk, act: original(desk, replace(act, payload={"register_id": act.payload["register_id"]}))  # noqa: E731
    monkeypatch.setattr(FreezeDesk, "complete", as_signed)
    people = town.open_case()
    upload(people, ROWS)
    assert freeze(people)["status"] == status
