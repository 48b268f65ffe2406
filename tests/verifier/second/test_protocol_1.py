"""What the first release left: its polls are recounted by a node, its bundles as far as they prove anything."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.evidence.__main__ import main as evidence
from tests.verifier.second.left import RELEASES, chain_of, decided, unpack
from tests.verifier.second.second import needs_node, recount
from tests.verifier.tally.proxy import lying
from verifier.tally.scenes import judged

pytestmark = needs_node
RELEASE = RELEASES / "1"
BUNDLE = RELEASE / "evidence.zip"


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpack(1, tmp_path_factory.mktemp("installation"))


@pytest.fixture(scope="module")
def address(installation: Path) -> Iterator[str]:
    """The installation's chain."""
    with chain_of(installation) as node:
        yield node


@pytest.fixture(scope="module")
def published_1(installation: Path) -> Path:
    return decided(installation)


def test_poll__is_recounted_by_a_node(address: str, published_1: Path) -> None:
    last = recount("--rpc", address, "--published", published_1).last
    assert (last["recount"], last["decision"], last["ballots_recorded"]) == ("agrees", "approved", 33)


def test_poll__of_another_number_is_named(address: str, published_1: Path) -> None:
    """Only the case itself can say where its poll of that number stands."""

    def lie(method: str, params: list[Any], result: Any) -> Any:
        return result[:-2] + "00" if method == "eth_call" and params[0]["data"].startswith("0x3d955aa3") else result

    with lying(address, lie) as liar:
        assert recount("--rpc", liar, "--published", published_1).names == {"poll.address"}


def test_bundle__is_not_proved_at_best() -> None:
    last = recount("--evidence", BUNDLE).last
    assert (last["recount"], last["exit_status"], last["findings"]) == ("not proved", 4, 0)
    assert (last["ballots_recorded"], last["passed"], last["decision"]) == (33, True, "approved")


def test_bundle__of_today_about_an_old_poll_agrees(address: str, published_1: Path, tmp_path: Path) -> None:
    """Polls of the first release keep result, outcome and voices in other places of their storage."""
    path = tmp_path / "evidence.zip"
    assert evidence(["--rpc", address, "--published", str(published_1), "--out", str(path)]) == 0
    found = judged(tmp_path, ["--evidence", "evidence.zip"])
    assert (found.verdict, found.names) == ("agrees", [])
    said = recount("--evidence", path)
    assert said.last["recount"] == "agrees", said.last
    assert any("attestations are what was recounted" in line for line in said.lines)


def repacked(target: Path, change: Callable[[dict[str, bytes]], None], bundle: Path = BUNDLE) -> Path:
    """The bundle with changed files, and a manifest that lists them as they are."""
    with zipfile.ZipFile(bundle) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    manifest = json.loads(files["manifest.json"])
    rows = [(name, one) for name, one in files.items() if name != "manifest.json"]
    manifest["files"] = [{"name": name, "bytes": len(one), "sha256": hashlib.sha256(one).hexdigest()} for name, one in rows]
    files["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(target, "w") as archive:
        for name, one in files.items():
            archive.writestr(name, one)
    return target


def answers(change: Callable[[dict[str, Any]], object]) -> Callable[[dict[str, bytes]], None]:
    def changed(files: dict[str, bytes]) -> None:
        rows = [json.loads(line) for line in files["node.jsonl"].splitlines()]
        for row in rows:
            change(row)
        files["node.jsonl"] = b"".join(json.dumps(row).encode() + b"\n" for row in rows)

    return changed


def other_input(row: dict[str, Any]) -> None:
    if row["method"] == "eth_getTransactionByHash" and row["result"]["to"]:
        row["result"]["input"] = row["result"]["input"][:-2] + "77"


def other_time(row: dict[str, Any]) -> None:
    if row["method"] == "eth_getBlockByNumber" and row["params"][0] == "0x23":
        row["result"]["timestamp"] = "0x1"


def other_block(row: dict[str, Any]) -> None:
    if row["method"] == "eth_getLogs":
        row["result"][-1]["blockHash"] = "0x" + "11" * 32


def fewer_logs(row: dict[str, Any]) -> None:
    if row["method"] == "eth_getLogs":
        del row["result"][-1]


def other_code(row: dict[str, Any]) -> None:
    if row["method"] == "eth_getCode":
        row["result"] = row["result"][:-400] + "fe" * 200


def other_view(row: dict[str, Any]) -> None:
    if row["method"] == "eth_call" and row["params"][0]["data"] == "0xa05b5c30":
        row["result"] = "0x" + "00" * 32


def unlisted(row: dict[str, Any]) -> None:
    if row["method"] == "eth_getBlockByNumber":
        row["result"]["transactions"] = []


def doubled(files: dict[str, bytes]) -> None:
    files["node.jsonl"] += files["node.jsonl"].splitlines(keepends=True)[0]


def another_plan(files: dict[str, bytes]) -> None:
    files["published/plan.pdf"] += b" "


def unanswered(files: dict[str, bytes]) -> None:
    del files["node.jsonl"]


LIES: dict[str, tuple[Callable[[dict[str, bytes]], None], str]] = {
    "another plan": (another_plan, "plan.pdf"),
    "another input": (answers(other_input), "node.transaction"),
    "another time": (answers(other_time), "node.header"),
    "another block": (answers(other_block), "node.log"),
    "a decision left out": (answers(fewer_logs), "decision.event"),
    "other code": (answers(other_code), "poll.code"),
    "another outcome": (answers(other_view), "state.view"),
    "a block that lists nothing": (answers(unlisted), "case.creation"),
    "an answer twice": (doubled, "bundle.file"),
    "no answers": (unanswered, "bundle.file"),
    "answers that are none": (lambda files: files.update({"node.jsonl": b"[]\n"}), "bundle.file"),
}


@pytest.mark.parametrize("name", LIES)
def test_lie__in_a_bundle_is_found(name: str, tmp_path: Path) -> None:
    change, finding = LIES[name]
    said = recount("--evidence", repacked(tmp_path / "changed.zip", change))
    assert (said.last["recount"], finding in said.names) == ("differs", True), said.last
