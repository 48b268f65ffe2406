"""The issuer as a process of its own: it keeps what it issued, and its log is examined from outside."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from backend.ground.chain.anvil import ending_with_us
from scripts.rig.processes import end, free_port
from tests.contracts.ballot_box import secret
from tests.verifier.issuer.asking import TOKEN, whole_log
from tests.verifier.issuer.case_world import fingerprint_of
from tests.verifier.issuer.papers import IssuerPapers

ROOT = Path(__file__).resolve().parents[3]


def environment(folder: Path, rpc_url: str, cases: str = "", port: int = 0) -> dict[str, str]:
    given = {"DATA_DIR": str(folder), "RPC_URLS": f"Court={rpc_url}", "ONE_NODE": "yes", "CASES": cases, "OPERATOR_TOKEN": TOKEN}
    given |= {"PORT": str(port), "KEY": secret("verifier").hex()}
    return os.environ | {f"LENDERVOTE_ISSUER_{name}": value for name, value in given.items()}


@contextlib.contextmanager
def running(folder: Path, rpc_url: str, cases: str = "") -> Iterator[httpx.Client]:
    port = free_port()
    command = [*ending_with_us(), sys.executable, "-m", "verifier.issuer"]
    process = subprocess.Popen(
        command, env=environment(folder, rpc_url, cases, port), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)
    try:
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(httpx.TransportError):
                client.get("/healthz")
                break
            time.sleep(0.1)  # a process that is starting has no event to wait for but its port
        yield client
    finally:
        client.close()
        end(process)
        output, _ = process.communicate()
    assert process.returncode in {0, -15}, output
    assert "Traceback" not in output


def examine(folder: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    command = [sys.executable, "-m", "verifier.issuer", *arguments]
    done = subprocess.run(command, env=environment(folder, "http://127.0.0.1:1"), cwd=ROOT, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout.splitlines()[-1])


@pytest.mark.drill
def test_what_was_issued_survives_a_restart_and_a_changed_log_is_found(tmp_path: Path, rpc_url: str, papers: IssuerPapers) -> None:
    folder = tmp_path / "issuer"
    pinned = fingerprint_of(papers.poll.world)
    with running(folder, rpc_url, pinned) as client:
        first = client.post("/v1/credentials/vouched", json=papers.vouched(3)).json()
        client.post("/v1/credentials/vouched", json=papers.vouched(4))
        head = whole_log(client)["head"]
    with running(folder, rpc_url, pinned) as client:
        assert client.post("/v1/credentials/vouched", json=papers.vouched(3)).json() == first
        assert whole_log(client)["head"] == head

    noted = f"{head['seq']}:{head['hash']}"
    assert examine(folder, "log", "--check", "--noted", noted) == (0, {"log": "whole", "entries": 4, "head": head["hash"]})
    database = sqlite3.connect(folder / "issuer.sqlite3")
    database.execute("DROP TRIGGER log_is_never_cut")
    database.execute("DELETE FROM log WHERE seq = 4")
    database.commit()
    assert examine(folder, "log", "--check")[0] == 0, "a cut-off end shows only against a noted head"
    status, found = examine(folder, "log", "--check", "--noted", noted)
    assert (status, found["log"], found["entry"]) == (1, "broken", 4)
    database.execute("DROP TRIGGER log_is_never_changed")
    database.execute("UPDATE log SET entry = replace(entry, '\"index\":3', '\"index\":5')")
    database.commit()
    database.close()
    status, found = examine(folder, "log", "--check")
    assert (status, found["entry"]) == (1, 3)


def test_an_issuer_that_cannot_start_says_why(tmp_path: Path) -> None:
    broken = environment(tmp_path, "http://127.0.0.1:1") | {"LENDERVOTE_ISSUER_KEY": "no key"}
    done = subprocess.run([sys.executable, "-m", "verifier.issuer"], env=broken, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.strip() == "issuer.key is not hexadecimal"


def test_production_does_not_start_without_liveness(tmp_path: Path) -> None:
    real = environment(tmp_path, "http://127.0.0.1:1") | {"LENDERVOTE_ISSUER_PRODUCTION": "true", "LENDERVOTE_ISSUER_LIVENESS": "off"}
    done = subprocess.run([sys.executable, "-m", "verifier.issuer"], env=real, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "LENDERVOTE_ISSUER_LIVENESS=required" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == [], "nothing was made before the refusal"
