"""The evidence bundle holds what it lists, says what the recount said, and is the same each time."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from scripts.evidence import FILES, EvidenceIncomplete, main, write_bundle


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_bundle__holds_all_of_the_poll(published: Path, node_address: str, tmp_path: Path) -> None:
    out = tmp_path / "evidence.zip"
    assert main(["--rpc", node_address, "--published", str(published), "--out", str(out)]) == 0
    files = contents(out)
    manifest = json.loads(files.pop("manifest.json"))
    assert {row["name"]: row["sha256"] for row in manifest["files"]} == {
        name: hashlib.sha256(one).hexdigest() for name, one in files.items()
    }
    assert manifest["recount"] == json.loads(files["recount.json"])["recount"] == "agrees"
    assert all(files[f"published/{name}"] == (published / name).read_bytes() for name in FILES)
    acts = [json.loads(line)["event"] for line in files["events.jsonl"].splitlines()]
    assert {"CaseOpened", "RegisterFrozen", "PlanSubmitted", "PlanAdmitted", "PollAnnounced", "PollTallied", "PollDecided"} <= set(acts)
    approvals = json.loads(files["approvals.json"])
    assert [one["act"] for one in approvals].count("OfficialAttested") == 2
    assert all(json.loads(line)["fields_give_hash"] for line in files["transactions.jsonl"].splitlines())
    assert [row["class"] for row in json.loads(files["openings.json"])] == [0, 1]
    assert "不能证明" in files["说明.txt"].decode()
    assert "What it does not prove" in files["ABOUT.txt"].decode()


def test_bundle__is_the_same_each_time_and_says_when_the_recount_differs(published: Path, node_address: str, tmp_path: Path) -> None:
    first, second, spoiled = (tmp_path / name for name in ("a.zip", "b.zip", "c.zip"))
    write_bundle(node_address, published, first)
    write_bundle(node_address, published, second)
    assert first.read_bytes() == second.read_bytes()
    (published / "plan.pdf").write_bytes(b"another")
    assert not write_bundle(node_address, published, spoiled).agrees
    files = contents(spoiled)
    assert json.loads(files["manifest.json"])["recount"] == "differs"
    assert "differs" in files["ABOUT.txt"].decode()


def test_bundle__of_nothing_is_refused(tmp_path: Path, node_address: str) -> None:
    with pytest.raises(EvidenceIncomplete, match="cannot be read"):
        write_bundle(node_address, tmp_path, tmp_path / "none.zip")
    assert main(["--rpc", node_address, "--published", str(tmp_path), "--out", str(tmp_path / "none.zip")]) == 2
    assert not (tmp_path / "none.zip").exists()
