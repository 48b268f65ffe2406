"""An honest vote: the recount agrees, says what it saw, and its exit code says so too."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.build.contracts import ROOT
from tests.verifier.tally.vote import HeldVote
from verifier.tally.__main__ import main
from verifier.tally.recount import Recount

Again = Callable[..., Recount]


def test_recount__agrees_with_an_honest_vote(published: Path, count_again: Again, held_vote: HeldVote) -> None:
    work = count_again(published)
    assert [finding for log in work.steps for finding in log.findings] == []
    assert work.agrees
    assert [log.number for log in work.steps] == list(range(1, 21))
    assert all(log.notes for log in work.steps)
    assert work.count is not None
    assert work.ballots is not None
    newest = held_vote.newest
    for number, heads in enumerate(work.count.heads):
        members = [choice for index, choice in newest.items() if held_vote.register.lenders[index].voting_class == number]
        assert heads == tuple(members.count(choice) for choice in (1, 2, 3))
    assert [(one.index, one.reason) for one in work.ballots.rejected] == [(2, 3), (3, 1), (0, 2)]
    assert work.decision == "approved"


def test_recount__sorts_receipts(published: Path, count_again: Again) -> None:
    work = count_again(published)
    assert work.steps[10].notes == ["12 receipts: 11 recorded, 1 superseded, 0 missed"]


def test_command__says_agrees_and_ends_with_one_json_line(node_address: str, published: Path) -> None:
    command = [sys.executable, "-m", "verifier.tally", "--rpc", node_address, "--published", str(published), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    said = json.loads(lines[-1])
    assert lines[-4] == "agrees"
    assert lines[-3].startswith("REHEARSAL")
    assert "by the word of the node" in lines[-2]
    assert (said["recount"], said["rehearsal"]) == ("agrees", True)
    assert said["passed"] is True
    assert [step["name"] for step in said["steps"]][:3] == ["Node", "Parameters", "Register"]
    assert all(step["findings"] == [] for step in said["steps"])
    assert said["tallies"] == json.loads((published / "result.json").read_text())["tallies"]


def test_command__exits_with_1_when_it_differs(node_address: str, published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (published / "plan.pdf").write_bytes(b"another")
    assert main(["--rpc", node_address, "--published", str(published)]) == 1
    said = capsys.readouterr().out
    assert "plan.pdf: is not the file that the plan names" in said
    assert said.splitlines()[-3] == "differs: 2 findings in step 4"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--rpc", "http://127.0.0.1:1"],
        ["--rpc", "http://127.0.0.1:1", "--published", "no such folder"],
        ["--rpc", "ftp://x", "--published", "."],
        ["--rpc", "http://x", "--published", ".", "--case", "0x12"],
        ["--rpc", "http://x", "--published", ".", "--fingerprint", "zz"],
        ["--rpc", "http://x", "--published", ".", "--head", "0x" + "11" * 32],
        ["--rpc", "http://x", "--published", ".", "--build", "no such folder"],
    ],
)
def test_command__exits_with_2_for_wrong_usage(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


def test_package__needs_nothing_of_the_backend() -> None:
    """What an auditor installs: coincurve, pycryptodome, httpx, rich."""
    names = ["backend", "web3", "eth_abi", "eth_account", "eth_utils", "eth_keys", "dlib", "numpy", "fastapi", "sqlalchemy"]
    code = f"import sys, verifier.tally.__main__; print([name for name in {names} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


def test_recount__in_several_processes_finds_the_same(published: Path, count_again: Again, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = count_again(published)
    monkeypatch.setattr("verifier.tally.processes.SIGNATURES_FROM", 1)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert [(log.notes, log.findings) for log in count_again(published).steps] == [(log.notes, log.findings) for log in alone.steps]
    receipts = (published / "receipts.jsonl").read_bytes()
    (published / "receipts.jsonl").write_bytes(receipts + b"{}\n")
    assert [finding.place for log in count_again(published).steps for finding in log.findings] == ["receipts.jsonl line 13"]
