"""The second recount, in another language and by other ways, says what the first one says."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.ballot_box import FOR
from tests.verifier.tally.proxy import NodeError, lying
from tests.verifier.tally.test_lying_node import calldata
from tests.verifier.tally.vote import HeldVote, canonical

ROOT = Path(__file__).parents[3]
SECOND = ROOT / "verifier" / "second"

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or not (ROOT / "node_modules" / "@noble").is_dir(), reason="needs Node 20 and `npm ci`"
)


def node(script: str, *arguments: str) -> tuple[int, list[str]]:
    """Exit code and lines of a script of the second recount."""
    done = subprocess.run(["node", str(SECOND / script), *arguments], capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout, done.stderr
    return done.returncode, done.stdout.splitlines()


def second(address: str, folder: Path) -> tuple[dict[str, Any], list[str]]:
    """The last line and the findings of the second recount; its exit code must fit them."""
    code, lines = node("recount.mjs", "--rpc", address, "--published", str(folder))
    end = json.loads(lines[-1])
    assert (code, end["recount"]) in [(0, "agrees"), (1, "differs")]
    return end, [line for line in lines if line.startswith("!")]


def test_vectors__are_all_met() -> None:
    code, lines = node("vectors.mjs", str(ROOT / "tests" / "vectors"))
    assert (code, lines[:-1]) == (0, [])
    assert json.loads(lines[-1])["checked"] > 300


@pytest.mark.parametrize("arguments", [["--help"], ["--rpc"], ["--rpc", "http://127.0.0.1:1"], ["--unknown", "3"]])
def test_recount__says_what_it_takes_when_asked_for_anything_else(arguments: list[str]) -> None:
    done = subprocess.run(["node", str(SECOND / "recount.mjs"), *arguments], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (2, "node verifier/second/recount.mjs --rpc URL --published DIR\n")


def test_recount__agrees_with_the_first_one(published: Path, node_address: str, count_again: Callable[..., Any]) -> None:
    first = count_again(published)
    end, findings = second(node_address, published)
    assert findings == []
    assert end["result_hash"] == "0x" + first.result.result_hash.hex()
    assert [[int(one) for one in tally] for tally in end["tallies"]] == [list(tally) for tally in first.result.tallies]
    assert (end["passed"], end["decision"]) == (first.result.passed, first.decision)


def test_recount__asks_a_node_that_refuses_wide_ranges_for_narrow_ones(published: Path, node_address: str) -> None:
    def lie(method: str, params: list[Any], result: Any) -> Any:
        if method == "eth_getLogs" and int(params[0]["toBlock"], 16) - int(params[0]["fromBlock"], 16) > 2:
            raise NodeError("query returned more than 3 blocks")
        return result

    with lying(node_address, lie) as address:
        end, findings = second(address, published)
    assert (end["recount"], findings) == ("agrees", [])


def test_recount__names_a_node_that_gives_no_logs(published: Path, node_address: str) -> None:
    def lie(method: str, params: list[Any], result: Any) -> Any:
        if method == "eth_getLogs":
            raise NodeError("no logs here")
        return result

    with lying(node_address, lie) as address:
        end, findings = second(address, published)
    assert end["recount"] == "differs"
    assert findings[0] == "! step 1: eth_getLogs: no logs here"


def _edit(name: str, before: bytes, after: bytes) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        content = (folder / name).read_bytes()
        assert before in content
        (folder / name).write_bytes(content.replace(before, after, 1))

    return change


CHANGES = {
    "leaf": (_edit("leaves.csv", b"\n3,1,", b"\n3,0,"), "! step 3"),
    "plan": (_edit("plan.json", "三年".encode(), "五年".encode()), "! step 4"),
    "plan file": (_edit("plan.pdf", b"plan", b"plam"), "! step 4"),
    "rule": (_edit("poll.json", b'"num":1', b'"num":2'), "! step 2"),
    "total": (_edit("result.json", b'"heads_for":', b'"heads_for":1'), "! step 12"),
    "receipt": (_edit("receipts.jsonl", b'"received_at":17', b'"received_at":16'), "! step 11"),
    "missing file": (lambda folder: (folder / "receipts.jsonl").unlink(), "! step 11"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_recount__finds_a_changed_file(name: str, published: Path, node_address: str) -> None:
    change, begins = CHANGES[name]
    change(published)
    _, findings = second(node_address, published)
    assert findings
    assert findings[0].startswith(begins), findings


def test_recount__finds_a_receipted_ballot_dropped(published: Path, node_address: str, held_vote: HeldVote) -> None:
    with (published / "receipts.jsonl").open("ab") as file:
        file.write(canonical(held_vote.receipt(held_vote.poll.vote(11, FOR))) + b"\n")
    assert [line.split(": ")[-1] for line in second(node_address, published)[1]] == ["missed, the ballot is not on the chain"]


def test_recount__finds_a_changed_ballot(published: Path, node_address: str) -> None:
    """A bit of a ballot key in the input of a batch."""
    with lying(node_address, calldata("castBatch", 4 + 32 * 4 + 32 * 4 + 20)) as address:
        assert any(line.startswith("! step 6") for line in second(address, published)[1])
