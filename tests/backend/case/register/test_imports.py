"""All or nothing; one identity, one lender; no fen lost; a dry run writes nothing."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from backend.case.register import errors, store
from backend.case.register.rejects import MAX_LISTED, Reject, pack_rejects, rejects_csv, unpack_rejects
from backend.case.register.rules.words import MAX_CLASSES
from backend.case.register.trees import TreeShelf
from backend.ground.common.money import say_yuan
from tests.backend.case.register.office import CASE, Office, claim, credit_code, resident, write_csv, write_xlsx
from tests.databases import stored_in

FILES = Path(__file__).parent / "files"
NOTHING = {"register_imports": 0, "register_claims": 0, "register_lenders": 0, "register_phones": 0}


def rules(office: Office, *rows: dict[str, Any]) -> list[tuple[int, str, str]]:
    report = office.take_rows(list(rows), dry_run=True)
    return [(reject.row, reject.field, reject.rule) for reject in report.rejects]


# --- merge -------------------------------------------------------------------------------------------------------------------------


def test_two_spellings_of_one_identity_are_one_lender(office: Office) -> None:
    number = resident(2)
    wide = number.translate(str.maketrans("0123456789X", "０１２３４５６７８９ｘ"))
    report = office.take_rows(
        [
            claim(1, id_no=number, principal_yuan="100.01", mobile="12000000001"),
            claim(2, id_no=wide, principal_yuan="￥1,000", name=" 张 三", mobile="12000000002"),
            claim(3, id_no=number[:6] + number[8:17], principal_yuan="0.02", mobile="+86 12000000001"),
            claim(4),
        ]
    )
    assert (report.rows, report.accepted, report.merged, report.lenders, report.total_fen) == (4, 4, 2, 2, 10001 + 100_000 + 2 + 100_000)
    assert office.counts() == {"register_imports": 1, "register_claims": 4, "register_lenders": 2, "register_phones": 3}
    with office.sessions.begin() as session:
        row = store.lender(session, report.id, 0)
        assert row is not None
        lender = office.seal.open_lender(report.id, 0, row.sealed)
    assert (lender.name, lender.amount_fen, lender.mobiles) == ("张三", 110_003, ["12000000001", "12000000002"])


people = st.lists(st.integers(0, 8), min_size=1, max_size=40)
amounts = st.integers(0, 10**13)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(claims=st.lists(st.tuples(st.integers(0, 8), st.integers(0, 3), amounts), min_size=1, max_size=40))
def test_no_fen_is_lost_and_nobody_has_two_heads(office: Office, claims: list[tuple[int, int, int]]) -> None:
    rows = []
    for number, (person, spelling, fen) in enumerate(claims):
        identity = resident(person)
        spellings = [identity, identity.lower(), f" {identity[:6]} {identity[6:]}", identity[:6] + identity[8:17]]
        related = "是" if person == 8 else "否"
        rows.append(claim(number, id_no=spellings[spelling], principal_yuan=say_yuan(fen), related=related))
    report = office.take_rows(rows, dry_run=True)
    assert report.refused == 0
    owed = {person: sum(fen for who, _, fen in claims if who == person) for person, _, _ in claims}
    assert report.total_fen + report.related_fen == sum(owed.values())
    assert report.lenders == sum(fen > 0 for person, fen in owed.items() if person != 8)
    assert report.related_lenders == (owed.get(8, 0) > 0)
    assert report.merged == len(claims) - len(owed)
    assert report.lenders_without_claim == sum(fen == 0 for fen in owed.values())


def test_rows_that_contradict_each_other_are_named(office: Office) -> None:
    number = resident(1)
    assert rules(office, claim(1, id_no=number), claim(2, id_no=number, name="李四")) == [(3, "name", "IdentityNamesDiffer")]
    assert rules(office, claim(1, id_no=number), claim(2), claim(3, id_no=number, voting_class="大额组")) == [
        (4, "voting_class", "LenderInTwoClasses")
    ]
    assert rules(office, claim(1, id_no=number), claim(2, id_no=number, related="是")) == [(3, "related", "RelatedMarksDiffer")]
    assert rules(office, claim(1), claim(2, account="acc1")) == [(3, "account", "AccountOfTwoLenders")]
    assert rules(office, claim(1), claim(2, claim_no="C00001")) == [(3, "claim_no", "ClaimNumberTwice")]
    assert rules(office, claim(1, mobile="x"), claim(2, claim_no="C00001")) == [
        (2, "mobile", "MobileMalformed"),
        (3, "claim_no", "ClaimNumberTwice"),
    ]
    report = office.take_rows([claim(1, id_no=number), claim(2, id_no=number, name="李四")], dry_run=True)
    assert "第 2 行和第 3 行" in report.rejects[0].message_zh
    assert "rows 2 and 3" in report.rejects[0].message_en
    assert report.rejects[0].cell == "C3"


def test_companies_and_persons_have_their_own_documents(office: Office) -> None:
    company = {"lender_type": "企业", "id_type": "统一社会信用代码", "id_no": credit_code(1), "name": "示例（北京）公司"}
    assert rules(office, claim(1, **company), claim(2, **company, account="acc1")) == []
    assert rules(office, claim(1, **company | {"lender_type": "个人"})) == [(2, "id_type", "DocumentNotForLenderType")]
    assert rules(office, claim(1, lender_type="企业")) == [(2, "id_type", "DocumentNotForLenderType")]


def test_a_person_with_two_kinds_of_documents_stays_two(office: Office) -> None:
    # Nothing in the file says that they are the same person; guessing would take a vote away.
    report = office.take_rows([claim(1), claim(2, id_type="护照", id_no="E12345678")], dry_run=True)
    assert (report.merged, report.lenders) == (0, 2)


def test_related_parties_are_counted_apart(office: Office) -> None:
    report = office.take_rows([claim(1), claim(2, related="是", principal_yuan="5000"), claim(3, principal_yuan="0")])
    assert (report.lenders, report.total_fen) == (1, 100_000)
    assert (report.related_lenders, report.related_fen, report.total_with_related_fen) == (1, 500_000, 600_000)
    assert report.lenders_without_claim == 1


def test_limits_of_classes_and_amounts(office: Office) -> None:
    many = [claim(n, voting_class=f"组{n}") for n in range(MAX_CLASSES + 1)]
    assert len(office.take_rows(many[:-1], dry_run=True).classes) == MAX_CLASSES
    with pytest.raises(errors.TooManyClasses):
        office.take_rows(many)
    most = "92233720368547758.07"
    assert office.take_rows([claim(1, principal_yuan=most)], dry_run=True).total_fen == 2**63 - 1
    assert rules(office, claim(1, principal_yuan=most), claim(2, id_no=claim(1)["id_no"], principal_yuan="0.01")) == [
        (3, "principal_yuan", "MergedAmountTooLarge")
    ]
    refused_too = [claim(n, voting_class=f"组{n}", related="?") for n in range(MAX_CLASSES + 1)]
    assert office.take_rows([*refused_too], dry_run=True).refused == MAX_CLASSES + 1  # the rows' own mistakes come first
    with pytest.raises(errors.TotalTooLarge):
        office.take_rows([claim(1, principal_yuan=most), claim(2)])
    assert office.counts() == NOTHING


# --- all or nothing ----------------------------------------------------------------------------------------------------------------


def test_a_refused_row_means_that_nothing_is_imported(office: Office) -> None:
    report = office.take_rows([claim(1), claim(2, id_no="9.99E+17", name=""), claim(3)])
    assert (report.status, report.accepted, report.refused, report.rejects_total) == ("refused", 2, 1, 2)
    assert office.counts() == {**NOTHING, "register_imports": 1}  # the reject list is kept, no lender is
    kept = office.imports.report(CASE, report.id)
    assert kept.rejects == report.rejects
    assert kept.total_fen == report.total_fen
    with office.sessions.begin() as session:
        assert store.newest_import(session, CASE) is None
    with pytest.raises(errors.ImportUnknown):
        office.imports.report("another case", report.id)


def test_a_dry_run_writes_nothing(office: Office) -> None:
    report = office.take_rows([claim(1), claim(2, mobile="1")], dry_run=True)
    assert office.counts() == NOTHING
    assert office.imports.report(CASE, report.id).rejects == report.rejects
    with pytest.raises(errors.ImportUnknown):
        office.imports.report("another case", report.id)
    for _ in range(20):
        office.take_rows([claim(1)], dry_run=True)
    with pytest.raises(errors.ImportUnknown):
        office.imports.report(CASE, report.id)


def test_nothing_half_done_when_storing_fails(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "PAGE_ROWS", 2)
    monkeypatch.setattr(office.seal, "phone_lookup", lambda _: None)  # breaks the last table, after claims and lenders went in
    with pytest.raises(Exception, match=r"(?i)not.null"):
        office.take_rows([claim(n) for n in range(7)])
    assert office.counts() == NOTHING


class Died(BaseException):
    """Stands for the end of the process."""


def test_an_import_cut_off_by_the_end_of_the_process_counts_nowhere(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: object) -> None:
        raise Died

    monkeypatch.setattr(store, "PAGE_ROWS", 2)
    right = store.delete_import
    with monkeypatch.context() as ending:
        ending.setattr(store, "accept_import", dies)
        ending.setattr(store, "delete_import", dies)
        with pytest.raises(Died):
            office.take_rows([claim(n) for n in range(5)])
    assert office.count(store.ClaimRow) == 5
    with office.sessions.begin() as session:
        assert store.newest_import(session, CASE) is None
        cut_off = session.scalars(select(store.ImportRow)).one()
        assert store.import_by_id(session, CASE, cut_off.id) is None
        cut_off.imported_at -= timedelta(hours=7)
    report = office.take_rows([claim(1)])
    assert store.delete_import is right
    assert office.counts() == dict.fromkeys(NOTHING, 1)
    with office.sessions.begin() as session:
        newest = store.newest_import(session, CASE)
        assert newest is not None
        assert newest.id == report.id


def test_a_register_that_could_not_be_stored_leaves_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.take_rows([claim(n) for n in range(5)])
    monkeypatch.setattr(store, "PAGE_ROWS", 2)
    with monkeypatch.context() as failing:
        failing.setattr(office.seal, "seal_opening", lambda *place: None if place[1] == 4 else b"sealed")
        with pytest.raises(Exception, match=r"NOT NULL|not-null"):
            office.drawer.prepare(CASE, 0, with_related=False)
    assert (office.count(store.RegisterRow), office.count(store.LeafRow)) == (0, 0)
    register = office.drawer.prepare(CASE, 0, with_related=False)
    assert (register.leaf_count, office.count(store.LeafRow)) == (5, 5)
    assert office.drawer.prepare(CASE, 0, with_related=False).id == register.id
    assert office.trees.tree(register.id, 5).root == register.root
    assert TreeShelf(office.sessions).tree(register.id, 5).root == register.root


def test_others_can_use_the_database_while_an_import_is_stored(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "PAGE_ROWS", 2)
    seen: list[int] = []

    def look(done: int, _: int) -> None:
        # A transaction of somebody else's; inside a long one of the import it would wait for half a minute and fail.
        with office.sessions.begin() as session:
            seen.append(session.scalar(select(func.count()).select_from(store.ClaimRow)) or 0)

    path = write_csv(office.folder / "claims.csv", [claim(n) for n in range(5)])
    office.imports.run(CASE, path, "claims.csv", dry_run=False, progress=look)
    assert {2, 4, 5} <= set(seen)


def test_reports_come_back_as_they_were(office: Office) -> None:
    report = office.take_rows([claim(1), claim(2, voting_class="大额组"), claim(3, related="是")])
    kept = office.imports.report(CASE, report.id)
    assert (kept.classes, kept.total_fen, kept.file_sha256) == (report.classes, report.total_fen, report.file_sha256)
    assert kept == replace(report, rejects=[])


def test_nothing_personal_stands_open_in_the_database(office: Office) -> None:
    office.take_rows([claim(1, name="欧阳某某", note="肺部手术", mobile="12087654321", account="plat-77")])
    office.take_rows([claim(1, name="李?", mobile="12087654321", id_no="999001198506151")])
    with office.sessions.begin() as session:
        session.connection().exec_driver_sql("SELECT 1")
    office.engine.dispose()
    content = stored_in(office.folder / "office.sqlite3")
    for secret in ("欧阳某某", "肺部手术", "12087654321", "plat-77", resident(1), "999001198506151"):
        assert secret.encode() not in content
    assert b"C00001" in content  # the check above looks where the rows are


def test_progress_reaches_its_total(office: Office) -> None:
    office.take(write_xlsx(office.folder / "a.xlsx", [claim(n) for n in range(2500)]))
    done = [done for done, _ in office.progress]
    assert done == sorted(done)
    assert office.progress[0] == (1000, 5000)
    assert office.progress[-1] == (5000, 5000)


# --- the list that goes back -------------------------------------------------------------------------------------------------------


def test_the_reject_list_is_a_harmless_csv() -> None:
    rejects = [Reject(7, "C7", "name", "CellFormula", '=HYPERLINK("x")', "@cmd"), Reject(8, "D8", "note", "X", "有\n换行", "ok")]
    content = rejects_csv(rejects, 2)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[1] == ["7", "C7", "name", "CellFormula", '\'=HYPERLINK("x")', "'@cmd"]
    assert rows[2][4] == "有\n换行"
    assert len(rows) == 3
    assert "5 more" in rejects_csv(rejects, 7).decode()
    assert unpack_rejects(pack_rejects(rejects)) == rejects


def test_a_file_that_is_wrong_throughout_keeps_its_list_short(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.case.register.imports.MAX_LISTED", 5)
    report = office.take_rows([claim(n, name="", related="") for n in range(10)])
    assert (report.refused, report.rejects_total, len(report.rejects)) == (10, 20, 5)
    assert MAX_LISTED > 5


# --- a sheet typed by hand, saved by LibreOffice -----------------------------------------------------------------------------------

MISTAKES = [
    (6, "E6", "NumberCutBySpreadsheet"),
    (7, "E7", "ResidentIdCheckDigitWrong"),
    (8, "F8", "MobileMalformed"),
    (9, "H9", "AmountNegative"),
    (10, "H10", "AmountNotExact"),
    (11, "A11", "ClaimNumberTwice"),
    (11, "H11", "AmountNotReadable"),
    (11, "J11", "CellMissing"),
    (13, "C13", "IdentityNamesDiffer"),
    (14, "C14", "NameUnreadable"),
    (14, "J14", "ValueUnknown"),
    (15, "A15", "SummaryRow"),
]


@pytest.mark.parametrize("name", ["by_hand.xlsx", "by_hand_gb18030.csv"])
def test_every_mistake_of_a_sheet_typed_by_hand_is_named_with_its_row(office: Office, name: str) -> None:
    report = office.take(FILES / name)
    expected = [(row, cell, "AmountNotReadable" if cell == "H10" and name.endswith("csv") else rule) for row, cell, rule in MISTAKES]
    assert sorted((reject.row, reject.cell, reject.rule) for reject in report.rejects) == sorted(expected)
    assert (report.rows, report.accepted, report.merged) == (12, 3, 1)
    assert report.ignored_columns == ("登记人",)
    assert office.count(store.LenderRow) == 0
    for reject in report.rejects:
        assert reject.message_zh
        assert reject.message_en


def test_the_typed_text_itself_keeps_its_identity_numbers(office: Office) -> None:
    rules_found = {reject.cell: reject.rule for reject in office.take(FILES / "by_hand.csv").rejects}
    assert "E6" not in rules_found
    assert rules_found["E7"] == "ResidentIdCheckDigitWrong"
