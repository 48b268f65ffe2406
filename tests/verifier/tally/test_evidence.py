"""The evidence bundle holds what it lists, says what the recount said, and is the same each time."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.evidence import FILES, EvidenceIncomplete, main, write_bundle
from tests.verifier.tally.vote import HeldVote
from verifier.tally.__main__ import main as count_again
from verifier.tally.__main__ import recount_bundle
from verifier.tally.build import OF_THIS_CHECKOUT
from verifier.tally.progress import Progress


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
    asked = [json.loads(line)["method"] for line in files["node.jsonl"].splitlines()]
    assert {"eth_getLogs", "eth_getCode", "eth_call", "eth_getBlockByNumber", "eth_getTransactionByHash"} <= set(asked)
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


@pytest.fixture
def bundle(published: Path, node_address: str, tmp_path: Path) -> Path:
    out = tmp_path / "evidence.zip"
    write_bundle(node_address, published, out, build=OF_THIS_CHECKOUT)
    return out


def repacked(bundle: Path, change: Callable[[dict[str, bytes]], None], *, listed: bool) -> Path:
    """The bundle with changed files; with a manifest that lists them as they are, or the old one."""
    files = contents(bundle)
    change(files)
    if listed:
        manifest = json.loads(files["manifest.json"])
        manifest["files"] = [
            {"name": name, "bytes": len(one), "sha256": hashlib.sha256(one).hexdigest()}
            for name, one in files.items()
            if name != "manifest.json"
        ]
        files["manifest.json"] = json.dumps(manifest).encode()
    out = bundle.with_name("changed.zip")
    with zipfile.ZipFile(out, "w") as archive:
        for name, one in files.items():
            archive.writestr(name, one)
    return out


def findings(bundle: Path) -> list[tuple[int, str, str]]:
    work = recount_bundle(bundle, progress=Progress(quiet=True))
    return [(finding.step, finding.place, finding.what) for log in work.steps for finding in log.findings]


def test_stranger__recounts_with_nothing_but_the_bundle(bundle: Path, tmp_path: Path) -> None:
    """In a folder of its own, by the tool that came in the bundle, with no node and no sources of ours in reach."""
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(tmp_path / "unpacked")
    command = [sys.executable, "-P", "-m", "verifier.tally", "--evidence", str(bundle), "--json"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "unpacked" / "tool")}
    where = tmp_path / "unpacked" / "tool"
    found = subprocess.run(command, check=False, cwd=where, env=environment, capture_output=True, text=True, timeout=60)
    last = json.loads(found.stdout.splitlines()[-1])
    assert (found.returncode, last["recount"], last["decision"]) == (0, "agrees", "approved"), found.stdout + found.stderr
    first = last["steps"][0]
    assert first["step"] == 0
    assert any("hold number and hash of the block" in note for note in first["notes"])
    assert [one for one in last["steps"][1]["notes"] if "the code is that of the build" in one]


def test_file__that_the_manifest_does_not_name(bundle: Path) -> None:
    def another_plan(files: dict[str, bytes]) -> None:
        files["published/plan.pdf"] += b" "

    assert (0, "published/plan.pdf", "is not the file that the manifest names") in findings(repacked(bundle, another_plan, listed=False))
    found = findings(repacked(bundle, another_plan, listed=True))
    assert [one for one in found if one[0] == 4], "a manifest that was adapted does not help"


def answers(change: Callable[[dict[str, object]], object]) -> Callable[[dict[str, bytes]], None]:
    def changed(files: dict[str, bytes]) -> None:
        rows = [json.loads(line) for line in files["node.jsonl"].splitlines()]
        for row in rows:
            change(row)
        files["node.jsonl"] = b"".join(json.dumps(row).encode() + b"\n" for row in rows)

    return changed


def test_answer__that_was_changed_is_found(bundle: Path) -> None:
    def other_input(row: dict[str, object]) -> None:
        result = row.get("result")
        if row["method"] == "eth_getTransactionByHash" and isinstance(result, dict):
            result["input"] = result["input"][:-2] + ("00" if result["input"][-2:] != "00" else "01")

    found = findings(repacked(bundle, answers(other_input), listed=True))
    assert any(step == 6 and "do not give its hash" in what for step, _, what in found), found


@pytest.mark.parametrize("seed", range(6))
def test_bundle__that_was_damaged_is_a_finding_and_no_traceback(seed: int, bundle: Path) -> None:
    dice = random.Random(f"bundle {seed}")
    raw = bytearray(bundle.read_bytes())
    for _ in range(1 + seed):
        raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
    if seed % 2:
        del raw[dice.randrange(len(raw)) :]
    spoiled = bundle.with_name("spoiled.zip")
    spoiled.write_bytes(raw)
    found = findings(spoiled)
    assert not [one for one in found if "the tool failed" in one[2]], found
    assert found or contents(spoiled) == contents(bundle)


@pytest.mark.parametrize(
    "change",
    [
        lambda files: files.pop("node.jsonl"),
        lambda files: files.pop("manifest.json"),
        lambda files: files.update({"node.jsonl": b"[]\n"}),
        lambda files: files.update({"node.jsonl": b'{"method":[[]],"params":3}\n'}),
        lambda files: files.update({"manifest.json": b'{"files":[{"name":[1],"bytes":1,"sha256":1}]}'}),
        lambda files: files.update({"../outside.txt": b"x"}),
    ],
)
def test_bundle__that_lacks_or_adds_a_part_is_a_finding(change: Callable[[dict[str, bytes]], None], bundle: Path, tmp_path: Path) -> None:
    found = findings(repacked(bundle, change, listed=False))
    assert found[0][0] == 0
    assert not [one for one in found if "the tool failed" in one[2]], found
    assert not list(tmp_path.parent.rglob("outside.txt"))


def test_certificate__goes_in_when_it_is_of_this_result(published: Path, node_address: str, held_vote: HeldVote, tmp_path: Path) -> None:
    paper, facts, out = tmp_path / "certificate.pdf", tmp_path / "certificate.json", tmp_path / "evidence.zip"
    paper.write_bytes(b"%PDF-1.7")
    facts.write_text(json.dumps({"result": {"result_hash": held_vote.result()["result_hash"]}}))
    write_bundle(node_address, published, out, certificates=[paper, facts])
    assert {"certificate/certificate.pdf", "certificate/certificate.json"} <= contents(out).keys()
    facts.write_text(json.dumps({"result": {"result_hash": "0x00"}}))
    out.unlink()
    with pytest.raises(EvidenceIncomplete, match="certifies result 0x00"):
        write_bundle(node_address, published, out, certificates=[facts])
    assert not out.exists()


@pytest.mark.parametrize(
    "arguments", [[], ["--rpc", "http://x"], ["--evidence", "no-such.zip"], ["--rpc", "http://x", "--evidence", "x.zip"]]
)
def test_command__says_what_it_needs(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        count_again(arguments)
