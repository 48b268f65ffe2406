"""Nobody's name, phone or identity number stands where others can read: chain, published files, logs, or openly in the database."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.stack import OpenVote


@pytest.fixture(scope="package")
def secrets_of_lenders(vote: OpenVote) -> list[str]:
    """Names, identity numbers, phones and accounts, as the institution's file has them."""
    file = next((vote.stack.data_dir / "files").glob("*.csv"))
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))
    found = {row[column] for row in rows for column in ("姓名或名称", "证件号码", "手机号", "平台账号")}
    assert len(found) > 40
    return sorted(secret for secret in found if not secret.endswith("00000000"))  # a round number stands in any padded one


def found_in(data: bytes, secrets: list[str]) -> list[str]:
    return [secret for secret in secrets if secret.encode() in data or secret.encode().hex().encode() in data]


def rpc(vote: OpenVote, method: str, *parameters: object) -> Any:
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(parameters)}
    return httpx.post(vote.stack.rpc_url, json=body, timeout=60).json()["result"]


def test_nothing_personal_is_on_the_chain(vote: OpenVote, secrets_of_lenders: list[str]) -> None:
    newest = int(str(rpc(vote, "eth_blockNumber")), 16)
    inputs = 0
    for number in range(newest + 1):
        block = rpc(vote, "eth_getBlockByNumber", hex(number), True)
        if block["transactions"]:
            inputs += len(block["transactions"])
            logs = rpc(vote, "eth_getLogs", {"fromBlock": hex(number), "toBlock": hex(number)})
            assert found_in(json.dumps([block["transactions"], logs]).encode(), secrets_of_lenders) == []
    assert inputs > 5


def test_nothing_personal_is_published(vote: OpenVote, secrets_of_lenders: list[str]) -> None:
    packed = httpx.get(f"{vote.url}/api/polls/{vote.poll['id']}/published.zip", timeout=60)
    with zipfile.ZipFile(io.BytesIO(packed.content)) as files:
        assert len(files.namelist()) > 4
        for name in files.namelist():
            assert found_in(files.read(name), secrets_of_lenders) == [], name


def test_nothing_personal_is_in_the_logs_or_openly_in_the_database(vote: OpenVote, secrets_of_lenders: list[str]) -> None:
    """Of the data folder only the institution's own file and the messages to phones name people; a message has one phone and a code."""
    folder = vote.stack.data_dir
    told = {folder / "outbox" / "sms.jsonl", folder / "outbox" / "notices.jsonl", *(folder / "files").rglob("*")}
    looked_at: list[Path] = [path for path in folder.rglob("*") if path.is_file() and path not in told]
    assert {"backend.log", "issuer.log"} <= {path.name for path in looked_at}
    assert any(".sqlite3" in path.name or path.suffix == ".db" for path in looked_at) or vote.stack.environment["LENDERVOTE_DATABASE_URL"]
    named = {path.name: found for path in looked_at if (found := found_in(path.read_bytes(), secrets_of_lenders))}
    assert named == {}
