"""The log of official acts: nothing is changed, moved or cut without the check naming the row."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backend.ground.audit.service import AuditService
from backend.ground.chain.service import Chain
from backend.ground.db.sessions import Sessions
from tests import databases
from tests.backend.ground.chain.world import open_database, until

ACTS = 12


@pytest.fixture
def sessions(tmp_path: Path) -> Sessions:
    """A database of the test's own."""
    return open_database(tmp_path / "audit.sqlite3")


@pytest.fixture
def book(chain: Chain, sessions: Sessions) -> AuditService:
    """A log of twelve acts, its head on the chain after the eighth and the last."""
    service = AuditService(sessions, chain)
    for number in range(1, ACTS + 1):
        service.record(f"official-{number % 3}", "official", f"POST /api/acts/{number}/signatures")
        if number in {8, ACTS}:
            assert service.anchor()
    assert not service.anchor(), "a head is put on the chain once"
    until(lambda: not service.faults())
    return service


def tamper(sessions: Sessions, *statements: str) -> None:
    """As somebody would who owns the database and takes its triggers away."""
    with sessions.begin() as session:
        if databases.current() == databases.SQLITE:
            for verb in ("update", "delete"):
                session.execute(text(f"DROP TRIGGER audit_log_no_{verb}"))
        else:
            session.execute(text("DROP TRIGGER audit_log_no_change ON audit_log"))
        for statement in statements:
            session.execute(text(statement))


@pytest.mark.parametrize("statement", ["UPDATE audit_log SET entry = 'x' WHERE number = 3", "DELETE FROM audit_log WHERE number = 12"])
def test_the_database_itself_refuses_changes(book: AuditService, sessions: Sessions, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"), sessions.begin() as session:
        session.execute(text(statement))
    assert book.faults() == []


@pytest.mark.parametrize(
    ("statements", "named"),
    [
        (["UPDATE audit_log SET entry = replace(entry, 'official-2', 'official-1') WHERE number = 5"], "row 5 was changed"),
        (["DELETE FROM audit_log WHERE number = 4"], "row 4 is missing"),
        (["UPDATE audit_log SET number = 99 WHERE number = 6", "UPDATE audit_log SET number = 6 WHERE number = 7"], "row 6 was changed"),
        (["DELETE FROM audit_log WHERE number > 10"], "rows after 10 were cut"),
        (["DELETE FROM audit_log WHERE number > 7"], "rows after 7 were cut"),
    ],
)
def test_every_change_is_named(book: AuditService, sessions: Sessions, statements: list[str], named: str) -> None:
    tamper(sessions, *statements)
    assert any(fault.startswith(named) for fault in book.faults()), book.faults()


def test_a_tail_cut_with_its_anchors_is_seen_by_whoever_kept_one(book: AuditService, sessions: Sessions) -> None:
    kept = [tx_hash for _, _, tx_hash in book.anchors()]
    tamper(sessions, "DELETE FROM audit_log WHERE number > 9", "DELETE FROM audit_anchors WHERE number > 9")
    assert book.faults() == []
    assert [fault.split(":")[0] for fault in book.faults(kept)] == ["rows after 9 were cut"]


def test_rows_written_anew_from_the_beginning_do_not_match_the_chain(book: AuditService, sessions: Sessions, chain: Chain) -> None:
    tamper(sessions, "DELETE FROM audit_log")
    for number in range(ACTS):
        book.record("official-0", "official", f"POST /nothing/{number}")
    assert any(fault.startswith("row 8 is another") for fault in book.faults())


def test_an_anchor_says_nothing_personal(book: AuditService, chain: Chain) -> None:
    number, hashed, tx_hash = book.anchors()[-1]
    assert chain.noted(tx_hash) == b"LVAUDIT1" + number.to_bytes(8, "big") + bytes.fromhex(hashed[2:])
