"""The evidence bundle proves itself, says what the recount said, and is the same each time."""

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

from scripts.evidence.__main__ import main
from scripts.evidence.bundle import FILES, EvidenceIncomplete, write_bundle
from scripts.evidence.route import route
from tests.contracts.chain import Chain, anvil
from tests.verifier.tally.vote import HeldVote
from verifier.tally.__main__ import main as count_again
from verifier.tally.recount import Options
from verifier.tally.scenes import judged

BUNDLE_OF_RELEASE_1 = Path(__file__).parents[2] / "releases" / "1" / "evidence.zip"


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def bundle(published: Path, node_address: str, tmp_path: Path) -> Path:
    out = tmp_path / "evidence.zip"
    write_bundle(node_address, published, out, Options())
    return out


def test_bundle__holds_all_of_the_poll(published: Path, node_address: str, tmp_path: Path) -> None:
    out = tmp_path / "evidence.zip"
    assert main(["--rpc", node_address, "--published", str(published), "--out", str(out)]) == 0
    files = contents(out)
    manifest = json.loads(files.pop("manifest.json"))
    assert {row["name"]: row["sha256"] for row in manifest["files"]} == {
        name: hashlib.sha256(one).hexdigest() for name, one in files.items()
    }
    assert manifest["recount"] == json.loads(files["recount.json"])["recount"] == "agrees"
    assert all(files[f"published/{one.name}"] == one.read_bytes() for one in published.iterdir() if one.name in FILES)
    acts = [json.loads(line)["event"] for line in files["events.jsonl"].splitlines()]
    assert {"CaseOpened", "RegisterFrozen", "PlanSubmitted", "PlanAdmitted", "PollAnnounced", "Noted", "PollTallied", "PollDecided"} <= set(
        acts
    )
    approvals = json.loads(files["approvals.json"])
    assert [one["act"] for one in approvals].count("OfficialAttested") == 2
    blocks = [json.loads(line) for line in files["blocks.jsonl"].splitlines()]
    assert blocks[0]["number"] == manifest["head"]["number"]
    assert "0x" + json.loads(files["state.jsonl"])["address"][2:].lower() == json.loads(files["published/poll.json"])["poll"]
    assert [row["class"] for row in json.loads(files["openings.json"])] == [0, 1]
    assert "不能证明" in files["说明.txt"].decode()
    assert "What it does not prove" in files["ABOUT.txt"].decode()


def test_bundle__is_the_same_each_time_and_says_when_the_recount_differs(published: Path, node_address: str, tmp_path: Path) -> None:
    first, second, spoiled = (tmp_path / name for name in ("a.zip", "b.zip", "c.zip"))
    write_bundle(node_address, published, first, Options())
    write_bundle(node_address, published, second, Options())
    assert first.read_bytes() == second.read_bytes()
    (published / "plan.pdf").write_bytes(b"another")
    assert not write_bundle(node_address, published, spoiled, Options()).agrees
    files = contents(spoiled)
    assert json.loads(files["manifest.json"])["recount"] == "differs"
    assert "differs" in files["ABOUT.txt"].decode()


def test_bundle__of_nothing_is_refused(tmp_path: Path, node_address: str) -> None:
    with pytest.raises(EvidenceIncomplete, match="cannot be read"):
        write_bundle(node_address, tmp_path, tmp_path / "none.zip", Options())
    assert main(["--rpc", node_address, "--published", str(tmp_path), "--out", str(tmp_path / "none.zip")]) == 2
    assert not (tmp_path / "none.zip").exists()


def test_stranger__recounts_with_nothing_but_the_bundle(bundle: Path, tmp_path: Path) -> None:
    """In a folder of its own, by the tool that came in the bundle, with no node and no sources of ours in reach."""
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(tmp_path / "unpacked")
    head = json.loads((tmp_path / "unpacked" / "manifest.json").read_bytes())["head"]["hash"]
    where = tmp_path / "unpacked" / "tool"
    command = [sys.executable, "-P", "-m", "verifier.tally", "--evidence", str(bundle), "--head", head, "--json"]
    environment = {**os.environ, "PYTHONPATH": str(where)}
    found = subprocess.run(command, check=False, cwd=where, env=environment, capture_output=True, text=True, timeout=60)
    last = json.loads(found.stdout.splitlines()[-1])
    assert (found.returncode, last["recount"], last["decision"]) == (0, "agrees", "approved"), found.stdout + found.stderr
    assert last["steps"][0]["step"] == 0
    assert found.stdout.splitlines()[-2] == f"by block {last_number(bundle)}, {head}: compare it with nodes that you trust"


def last_number(bundle: Path) -> int:
    return int(json.loads(contents(bundle)["manifest.json"])["head"]["number"])


def test_bundle__without_a_known_head_says_what_to_compare(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert count_again(["--evidence", str(bundle)]) == 0
    said = capsys.readouterr().out
    assert "hold it against nodes that you trust (--head)" in said


def test_bundle__by_checkpoints_leaves_out_what_lies_between(tmp_path: Path) -> None:
    """Blocks that say nothing are many in earnest; a checkpoint leads over them."""
    with anvil() as address:
        vote = HeldVote.announce(Chain(address))
        vote.hold()
        vote.close()
        chain = vote.poll.chain
        chain.rpc("anvil_mine", hex(3000))
        eventful = sorted({entry["blockNumber"] for entry in chain.w3.eth.get_logs({"fromBlock": 0})})
        chain.send(vote.world.case.functions.checkpoint(eventful))
        chain.rpc("anvil_mine", hex(9))
        folder = tmp_path / "published"
        folder.mkdir()
        vote.publish(folder)
        assert write_bundle(address, folder, tmp_path / "few.zip", Options()).agrees
    shown = contents(tmp_path / "few.zip")["blocks.jsonl"].count(b"\n")
    assert shown == len(eventful) + 1 + 9, "the head, the headers down to the checkpoint, and each block with events"
    assert judged(tmp_path, ["--evidence", "few.zip"]).verdict == "agrees"


def test_route__walks_headers_where_no_checkpoint_helps() -> None:
    assert route(20, {20, 17}, {}) == {20, 19, 18, 17}
    assert route(100, {100, 3}, {99: [50], 50: [3]}) == {100, 99, 50, 3}
    assert route(100, {100, 3}, {99: [5]}) == {100, 99, 5, 4, 3}
    assert route(100, {100, 98}, {99: [98]}) == {100, 99, 98}
    assert route(5, {5}, {5: [9]}) == {5}


@pytest.mark.parametrize("number", range(40))
def test_bundle__damaged_anywhere_is_a_finding_or_says_the_same(number: int, bundle: Path) -> None:
    dice = random.Random(number)
    raw = bytearray(bundle.read_bytes())
    place = dice.randrange(len(raw))
    raw[place] ^= 1 << dice.randrange(8)
    spoiled = bundle.with_name("spoiled.zip")
    spoiled.write_bytes(raw)
    found = judged(bundle.parent, ["--evidence", "spoiled.zip"])
    assert "step.failed" not in found.names
    assert found.verdict == "differs" or contents(spoiled) == contents(bundle)


@pytest.mark.parametrize(
    "change",
    [
        lambda files: files.pop("blocks.jsonl"),
        lambda files: files.pop("manifest.json"),
        lambda files: files.update({"blocks.jsonl": b"[]\n"}),
        lambda files: files.update({"blocks.jsonl": b""}),
        lambda files: files.update({"manifest.json": b'{"files":[{"name":[1],"bytes":1,"sha256":1}]}'}),
        lambda files: files.update({"manifest.json": b'{"bundle":3,"files":[]}'}),
        lambda files: files.update({"manifest.json": b'{"bundle":2,"files":[],"head":{"hash":"0x"}}'}),
        lambda files: files.update({"../outside.txt": b"x"}),
    ],
)
def test_bundle__that_lacks_or_adds_a_part_is_a_finding(change: Callable[[dict[str, bytes]], None], bundle: Path, tmp_path: Path) -> None:
    files = contents(bundle)
    change(files)
    out = bundle.with_name("changed.zip")
    with zipfile.ZipFile(out, "w") as archive:
        for name, one in files.items():
            archive.writestr(name, one)
    found = judged(out.parent, ["--evidence", out.name])
    assert found.verdict == "differs"
    assert "step.failed" not in found.names
    assert not list(tmp_path.parent.rglob("outside.txt"))


def test_certificate__goes_in_when_it_is_of_this_result(published: Path, node_address: str, held_vote: HeldVote, tmp_path: Path) -> None:
    paper, facts, out = tmp_path / "certificate.pdf", tmp_path / "certificate.json", tmp_path / "evidence.zip"
    paper.write_bytes(b"%PDF-1.7")
    facts.write_text(json.dumps({"result": {"result_hash": held_vote.result()["result_hash"]}}))
    write_bundle(node_address, published, out, Options(), certificates=[paper, facts])
    assert {"certificate/certificate.pdf", "certificate/certificate.json"} <= contents(out).keys()
    facts.write_text(json.dumps({"result": {"result_hash": "0x00"}}))
    out.unlink()
    with pytest.raises(EvidenceIncomplete, match="certifies result 0x00"):
        write_bundle(node_address, published, out, Options(), certificates=[facts])
    assert not out.exists()


def test_release_1__its_bundle_still_recounts_and_is_not_proved() -> None:
    """What a node said once, tied to no block: a court must not read "agrees" there."""
    found = judged(BUNDLE_OF_RELEASE_1.parent, ["--evidence", BUNDLE_OF_RELEASE_1.name])
    assert (found.verdict, found.names) == ("not proved", [])
    assert count_again(["--evidence", str(BUNDLE_OF_RELEASE_1)]) == 4


def test_release_1__its_bundle_with_a_change_differs(tmp_path: Path) -> None:
    files = contents(BUNDLE_OF_RELEASE_1)
    files["node.jsonl"] = files["node.jsonl"].replace(b'"timestamp":"0x6', b'"timestamp":"0x5', 1)
    manifest = json.loads(files["manifest.json"])
    for row in manifest["files"]:
        one = files[row["name"]]
        row["bytes"], row["sha256"] = len(one), hashlib.sha256(one).hexdigest()
    files["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(tmp_path / "changed.zip", "w") as archive:
        for name, one in files.items():
            archive.writestr(name, one)
    assert "node.header" in judged(tmp_path, ["--evidence", "changed.zip"]).names


@pytest.mark.parametrize(
    "arguments", [[], ["--rpc", "http://x"], ["--evidence", "no-such.zip"], ["--rpc", "http://x", "--evidence", "x.zip"]]
)
def test_command__says_what_it_needs(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        count_again(arguments)


@pytest.mark.parametrize("option", ["--case", "--fingerprint", "--head", "--creation"])
@pytest.mark.parametrize("value", ["", " "])
def test_what_is_to_be_compared_is_not_left_out_by_a_blank(option: str, value: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A script whose variable is not set would have compared nothing."""
    with pytest.raises(SystemExit, match="2"):
        count_again(["--evidence", __file__, option, value])
    assert f"{option} is blank" in capsys.readouterr().err
