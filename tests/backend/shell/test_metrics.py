"""What those who watch are told, and what nobody may read in it."""

from __future__ import annotations

import io
import json
import logging
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from backend.app import create_app
from backend.ground.common.clock import Ages, MovableClock
from backend.ground.common.logs import configure_logging, redacted
from backend.ground.common.rounds import AllRounds, Rounds
from backend.ground.common.settings import Settings
from backend.shell.metrics import _age
from tests.databases import url_for


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """The whole service over a database of its own; its chain is not running."""
    folder = tmp_path_factory.mktemp("watching")
    made = create_app(Settings(data_dir=folder, database_url=url_for(folder / "db.sqlite3"), anvil_port=9, _env_file=None))
    yield made
    made.state.services[Engine].dispose()


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What this process logs."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    stream = io.StringIO()
    configure_logging(stream, logging.DEBUG)
    yield stream
    root.handlers[:], root.level = handlers, level


def test_without_a_chain_the_service_says_that_it_is_not_ready(app: FastAPI) -> None:
    browser = TestClient(app, raise_server_exceptions=False)
    answer = browser.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (503, False)
    assert "chain: no node answers" in answer.json()["faults"]
    assert browser.get("/healthz").status_code == 503


def test_figures_are_for_this_machine_only_and_name_the_broken_rule(app: FastAPI) -> None:
    near = TestClient(app, client=("127.0.0.1", 1), raise_server_exceptions=False)
    assert near.get("/api/receipts/AAAA-AAAA-AAAA").status_code in {404, 422}
    app.state.services[AllRounds].rounds = (Rounds(name="losses", work=lambda: None, every_seconds=60),)
    text = near.get("/metrics").text
    for name in (
        "ballots_waiting",
        "oldest_waiting_ballot_seconds",
        "transactions_waiting",
        "chain_halted",
        "chain_stands_still",
        "newest_block_seconds",
        "finality_waits",
        "node_organisations",
        "confirmed_block",
        "audit_rows",
    ):
        assert f"lendervote_{name} " in text, name
    assert 'lendervote_refusals_total{rule="Receipt' in text
    assert 'lendervote_round_failing{work="losses"} 0.0' in text
    assert 'lendervote_round_success_seconds{work="losses"}' in text
    assert TestClient(app, client=("203.0.113.9", 1)).get("/metrics").status_code == 404


def test_no_clock_that_is_set_hides_how_long_something_waits(app: FastAPI) -> None:
    """The alert must come, also when what waits was written by a clock an hour ahead."""
    clock = MovableClock(datetime.now(UTC))
    ages = Ages(clock)
    for since, already in ((datetime.now(UTC) + timedelta(hours=1), 0), (datetime.now(UTC) - timedelta(minutes=5), 300)):
        assert _age(ages, since) == pytest.approx(already, abs=5)
        clock.move(seconds=130)
        clock.step(hours=-1)
        assert _age(ages, since) == pytest.approx(already + 130, abs=5)
    assert _age(ages, None) == 0


def canaries(seed: int) -> list[str]:
    """Names, identity numbers, phones and a face vector that nobody has."""
    dice = random.Random(seed)
    surname, given = dice.choice("赵钱孙李周吴郑王冯陈褚卫"), "".join(dice.choices("金鑫淼焱垚森昊晟", k=2))
    number = f"999001{dice.randint(1930, 2007)}{dice.randint(1, 12):02d}{dice.randint(1, 28):02d}{dice.randint(0, 999):03d}X"
    vector = ", ".join(f"{dice.uniform(-0.3, 0.3):.6f}" for _ in range(128))
    return [surname + given, number, f"1{dice.randint(3, 9)}{dice.randint(0, 10**9 - 1):09d}", vector]


@pytest.mark.parametrize("seed", range(50))
def test_logs_hide_whatever_names_a_person(lines: io.StringIO, seed: int) -> None:
    name, number, mobile, vector = planted = canaries(seed)
    log = logging.getLogger("backend.somewhere")
    log.warning("the lender %s with %s and %s was refused", name, number, mobile)
    log.info("row %r, vector [%s]", {"name": name, "id": number}, vector)
    log.error("a statement failed [parameters: ('%s', '%s', %s)]", name, mobile, vector)
    try:
        raise ValueError(f"cannot read '{name}' / {number} / +86 {mobile}")  # noqa: TRY301
    except ValueError:
        log.exception("defect")
    written = lines.getvalue()
    assert len([json.loads(line) for line in written.splitlines()]) == 4
    for canary in (*planted, vector[:40]):
        assert canary not in written, written


def test_logs_hide_the_row_that_a_database_refused() -> None:
    said = "null value violates a constraint\nDETAIL:  Failing row contains (p5ug, 4, Zhang San, 12.5).\n[SQL: INSERT INTO lenders]"
    assert redacted(said) == "null value violates a constraint\nDETAIL:  [hidden]\n[SQL: INSERT INTO lenders]"


def test_logs_keep_what_is_needed_to_find_a_fault() -> None:
    digest = "0x" + "1234567890" * 6 + "abcd"
    text = f"transaction {digest} of block 18234567 waits since 12 blocks at 127.0.0.1:8545, receipt 7K2M-9QPX-11AB, 1700000000"
    assert redacted(text) == text


def test_a_statement_that_fails_does_not_show_its_values(app: FastAPI, lines: io.StringIO) -> None:
    from sqlalchemy import Engine, text
    from sqlalchemy.exc import DBAPIError

    name, number, mobile, _ = canaries(77)
    with pytest.raises(DBAPIError) as failed, app.state.services[Engine].begin() as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (:a, :b, :c)"), {"a": name, "b": number, "c": mobile})
    assert all(canary not in str(failed.value) for canary in (name, number, mobile))


def test_settings_of_the_journal(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path, _env_file=None).resolved_journal_dir == tmp_path / "journal"
