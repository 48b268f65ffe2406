"""The revision of sealed polls: polls and ballots of before are open ones, and it can be taken back."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from sqlalchemy import Connection, Engine, text

from backend.app import Base
from backend.ground.db import schema
from backend.ground.db.sessions import open_engine, open_sessions
from backend.vote.ballots import store as ballots
from backend.vote.polls import store as polls
from tests.databases import url_for

BEFORE = "7d20c9b5e1f4"
MOMENT = "2026-01-01 00:00:00+00:00"


def insert(connection: Connection, table: str, **values: object) -> None:
    columns = ", ".join(values)
    connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({', '.join(':' + name for name in values)})"), values)


def a_poll_and_its_ballot(connection: Connection) -> None:
    insert(
        connection, "cases", id="c", name="c", institution_name="i", credit_code="x", institution_signer=b"\1" * 20, threshold=1,
        address="0x" + "11" * 20, opened_at=MOMENT, protocol=3, rehearsal=False, measure="", responsible="",
    )  # fmt: skip
    insert(
        connection, "acts", id="a", case_id="c", kind="poll_announcement", number=0, typed_data="{}", digest=b"\1" * 32, payload="{}",
        summary="{}", status="done", attempt=0, proposed_at=MOMENT,
    )  # fmt: skip
    insert(
        connection, "plans", id="p", case_id="c", version=1, title="t", canonical=b"{}", plan_hash=b"\1" * 32, status="admitted",
        drafted_at=MOMENT,
    )  # fmt: skip
    insert(
        connection, "polls", id="poll", act_id="a", case_id="c", number=0, address="0x" + "22" * 20, plan_id="p", plan_hash=b"\1" * 32,
        plan_title="t", title="t", rule="CN_SZ_A", parameters="{}", register_root=b"\1" * 32, leaf_count=3, tree_depth=2, classes="[]",
        announced_at=MOMENT,
    )  # fmt: skip
    insert(
        connection, "ballots", id=1, poll_id="poll", lender_index=2, choice=1, sequence=1, ballot_key="0x", ballot_signature="0x",
        credential_expires_at=1, credential_signature="0x", digest=b"\1" * 32, number="N", received_at=MOMENT, receipt_signature="0x",
        status="confirmed", reason=0,
    )  # fmt: skip


def downgrade(engine: Engine) -> None:
    with engine.connect() as connection:
        schema._foreign_keys(connection, on=False)
        with connection.begin():
            command.downgrade(schema._config(connection, None), BEFORE)
        schema._foreign_keys(connection, on=True)


def test_what_was_there_is_an_open_poll_with_choices(tmp_path: Path) -> None:
    engine = open_engine(url_for(tmp_path / "a.sqlite3"))
    schema.upgrade(engine, revision=BEFORE)
    with engine.begin() as connection:
        a_poll_and_its_ballot(connection)
    schema.upgrade(engine)
    assert schema.differences(engine, Base.metadata) == []
    with open_sessions(engine).reading() as session:
        [poll] = polls.all_polls(session)
        [ballot] = ballots.ballots_of(session, "poll", 2)
        assert (poll.kind, poll.sealing) == ("open", None)
        assert (ballot.choice, ballot.sealed, ballot.packed) == (1, None, b"")
    downgrade(engine)
    schema.upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT choice FROM ballots")).scalar() == 1
    engine.dispose()
