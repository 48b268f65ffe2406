"""The command line ends with a sentence and an exit status, whatever goes wrong outside it."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Select, create_engine, func, select

import backend.people.accounts.store  # noqa: F401 - the tables of cases name its own
from backend.case.cases.store import CaseRow
from backend.case.register import store
from backend.case.register.views import ImportStatus
from backend.ground.common.key_files import load_key
from backend.ground.db.schema import upgrade
from backend.ground.db.sessions import open_engine, open_sessions
from tests.backend.case.register.office import claim, write_csv

ROOT = Path(__file__).parents[3]


def environment(folder: Path, **more: str) -> dict[str, str]:
    return os.environ | {"LENDERVOTE_DATA_DIR": str(folder), "PYTHONUTF8": "1", "COLUMNS": "200"} | more


def lendervote(folder: Path, *words: str | bytes, limit: int | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    def bound() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = subprocess.run(
        [sys.executable, "-m", "scripts.cli", *words],
        env=environment(folder, **more),
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        timeout=120,
        preexec_fn=bound if limit else None,
    )
    assert "Traceback" not in done.stderr + done.stdout, done.stderr
    assert done.returncode == 0 or done.stderr.strip(), "a failure without a sentence"
    return done


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A database with one case, whose contract nobody asks for here."""
    engine = open_engine(f"sqlite:///{tmp_path / 'lendervote.sqlite3'}")
    upgrade(engine)
    for name in ("field.key", "relay.key"):  # a database without its keys is refused
        load_key("", tmp_path / "secrets", name)
    with open_sessions(engine).begin() as session:
        session.add(
            CaseRow(
                id="case", name="测试案件", institution_name="测试平台", credit_code="91999900MA00000006", institution_signer=b"\1" * 20,
                threshold=1, address="0x" + "11" * 20, opened_at=datetime(2026, 11, 1, tzinfo=UTC), officials=[],
            )
        )  # fmt: skip
    engine.dispose()
    return tmp_path


def test_a_bad_path_or_a_missing_permission_is_said(installed: Path) -> None:
    assert lendervote(installed, "register", "import", str(installed / "none.csv"), "--case", "case").returncode == 2
    assert lendervote(installed, "register", "import", str(installed), "--case", "case").returncode == 2
    for path in ("/proc/none/a.csv", str(installed / "no folder" / "a.xlsx"), "/proc/a.csv"):
        refused = lendervote(installed, "register", "template", path)
        assert refused.returncode == 1
        assert path in refused.stderr
    unreadable = write_csv(installed / "a.csv", [claim(1)])
    unreadable.chmod(0)
    if os.geteuid() != 0:
        assert lendervote(installed, "register", "import", str(unreadable), "--case", "case").returncode == 2
    assert lendervote(Path("/proc/none"), "account", "list").returncode == 1


def test_words_that_no_database_holds_are_refused_by_the_command_line(installed: Path) -> None:
    path = str(write_csv(installed / "a.csv", [claim(1)]))
    for word in (b"\xff\xfe", "\ue000".encode(), "a\x01b"):
        refused = lendervote(installed, "register", "import", path, "--case", word)
        assert refused.returncode == 2
        created = lendervote(installed, "account", "create", word, "--role", "official", LENDERVOTE_NEW_PASSWORD="correct horse battery")
        assert created.returncode == 2
    unknown = lendervote(installed, "register", "import", path, "--case", "other\u2066")
    assert (unknown.returncode, "There is no such case." in unknown.stderr) == (1, True)


@pytest.mark.parametrize(
    "settings",
    [
        {"LENDERVOTE_PORT": "abc"}, {"LENDERVOTE_DATABASE_URL": "nonsense"}, {"LENDERVOTE_DATABASE_URL": "sqlite:////proc/none/a.sqlite3"},
        {"LENDERVOTE_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/none"}, {"LENDERVOTE_FIELD_KEY": "zz"},
    ],
)  # fmt: skip
def test_settings_that_cannot_be_are_said(tmp_path: Path, settings: dict[str, str]) -> None:
    refused = lendervote(tmp_path, "account", "list", limit=None, **settings)
    assert refused.returncode == 1
    assert len(refused.stderr.strip().splitlines()) >= 2, "both languages"


def test_a_full_disk_is_said_and_nothing_is_half_done(installed: Path) -> None:
    (installed / "full.csv").symlink_to("/dev/full")
    assert "磁盘已满" in lendervote(installed, "register", "template", str(installed / "full.csv")).stderr
    bad = write_csv(installed / "bad.csv", [claim(1, mobile="1")])
    refused = lendervote(installed, "register", "import", str(bad), "--case", "case", "--rejects", str(installed / "full.csv"))
    assert (refused.returncode, "磁盘已满" in refused.stderr) == (1, True)
    many = write_csv(installed / "many.csv", [claim(n) for n in range(4000)])
    size = max(path.stat().st_size for path in installed.iterdir())
    full = lendervote(installed, "register", "import", str(many), "--case", "case", limit=size + 200_000)
    assert full.returncode == 1
    assert accepted(installed) == 0


def test_an_interruption_leaves_nothing_behind(installed: Path) -> None:
    path = write_csv(installed / "many.csv", [claim(n) for n in range(20_000)])
    process = subprocess.Popen(
        [sys.executable, "-m", "scripts.cli", "register", "import", str(path), "--case", "case"],
        env=environment(installed),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - a shell has background jobs ignore it
    )
    deadline = time.monotonic() + 60
    written = installed / "lendervote.sqlite3-wal"  # its size, not its content: a reader could hold up the writer
    while not (written.exists() and written.stat().st_size > 2**20) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)  # another process: there is nothing to wait for but what it wrote
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said.decode()
    assert b"Traceback" not in said
    assert (rows(installed), accepted(installed)) == (0, 0)


def rows(folder: Path) -> int:
    return _count(folder, select(func.count()).select_from(store.ClaimRow))


def accepted(folder: Path) -> int:
    return _count(folder, select(func.count()).select_from(store.ImportRow).where(store.ImportRow.status == ImportStatus.ACCEPTED))


def _count(folder: Path, query: Select[int]) -> int:
    engine = create_engine(f"sqlite:///file:{folder / 'lendervote.sqlite3'}?mode=ro&uri=true")  # holds up no writer
    try:
        with engine.connect() as connection:
            return int(connection.scalar(query) or 0)
    finally:
        engine.dispose()


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["erase", "--poll", "zz"], 2), (["log", "--check", "--noted", "abc"], 2), (["certificate", "/none"], 1),
        (["erase", "--poll", "0x" + "11" * 20, "--index", "x"], 2),
    ],
)  # fmt: skip
def test_the_issuers_commands_end_in_words(tmp_path: Path, words: list[str], status: int) -> None:
    done = issuer(tmp_path, *words)
    assert done.returncode == status


def test_the_issuer_says_what_keeps_it_from_starting(tmp_path: Path) -> None:
    assert issuer(Path("/proc/none"), "retention").returncode == 1
    assert issuer(tmp_path, LENDERVOTE_ISSUER_PORT="x").returncode == 1
    assert issuer(tmp_path, LENDERVOTE_ISSUER_KEY="zz").returncode == 2


def issuer(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    settings = os.environ | {"LENDERVOTE_ISSUER_DATA_DIR": str(folder), "LENDERVOTE_ISSUER_RPC_URLS": "Nobody=http://127.0.0.1:9"} | more
    command = [sys.executable, "-m", "verifier.issuer", *words]
    done = subprocess.run(command, env=settings, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert "Traceback" not in done.stderr + done.stdout, done.stderr
    return done
