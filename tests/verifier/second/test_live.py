"""Recounts by a real node: what the first recount says, whatever a node says wrongly, and what it only says awkwardly."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.evidence.__main__ import main as evidence
from tests.contracts.ballot_box import AGAINST
from tests.verifier.second.lies_of_nodes import LIES
from tests.verifier.second.second import Said, needs_node, recount, recount_all
from tests.verifier.tally.proxy import Lie, NodeError, forward, lying, serving
from tests.verifier.tally.vote import HeldVote, canonical
from verifier.tally.recount import Recount
from verifier.tally.report import TALLY_NAMES

pytestmark = needs_node
Again = Callable[..., Recount]


def test_recount__says_what_the_first_one_says(published: Path, node_address: str, count_again: Again) -> None:
    first, said = count_again(published), recount("--rpc", node_address, "--published", published)
    second = said.last
    assert first.agrees
    assert first.result is not None
    assert first.ballots is not None
    assert (second["recount"], second["rehearsal"]) == ("agrees", True)
    assert "REHEARSAL / 演练: this vote has no effect / 本次表决没有效力" in said.lines
    assert second["result_hash"] == "0x" + first.result.result_hash.hex()
    assert second["tallies"] == [dict(zip(TALLY_NAMES, tally, strict=True)) for tally in first.result.tallies]
    assert (second["passed"], second["decision"]) == (first.result.passed, first.decision)
    assert second["ballots_recorded"] == len(first.ballots.recorded)
    assert second["ballots_rejected"] == len(first.ballots.rejected) > 0


def test_poll__that_is_open_for_less_than_a_day_is_named_by_both(
    published: Path, node_address: str, held_vote: HeldVote, count_again: Again
) -> None:
    """No least window stands in the contract (threat model), so whoever reads a recount has to be told."""
    window = held_vote.poll.terms.closes_at - held_vote.poll.terms.opens_at
    assert window < 86_400
    words = f"the poll is open for {window} s, less than a day"
    assert words in count_again(published).steps[1].notes
    assert f"      {words}" in recount("--rpc", node_address, "--published", published).lines


def against(lie: Lie, published: Path, address: str) -> Said:
    with lying(address, lie) as liar:
        return recount("--rpc", liar, "--published", published)


@pytest.fixture(scope="module")
def told(honest_folder: Path, node_address: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What is said of each lying node, and of each changed folder beside the honest one."""
    folder = tmp_path_factory.mktemp("live")
    with contextlib.ExitStack() as stack:
        arguments = [
            ["--rpc", stack.enter_context(lying(node_address, lie)), "--published", str(honest_folder)] for lie, _ in LIES.values()
        ]
        for number, (to, _) in enumerate(FILES.values()):
            changed = Path(shutil.copytree(honest_folder, folder / str(number)))
            to(changed)
            arguments.append(["--rpc", node_address, "--published", str(changed)])
        return dict(zip([*LIES, *FILES], recount_all(folder, arguments), strict=True))


@pytest.mark.parametrize("name", LIES)
def test_lie_of_a_node__is_found(name: str, told: dict[str, dict[str, Any]]) -> None:
    last = told[name]
    assert LIES[name][1] in last["names"], last
    assert "step.failed" not in last["names"]


def test_words_of_a_node__cannot_write_to_the_terminal(published: Path, node_address: str) -> None:
    said = against(LIES["logs that are refused"][0], published, node_address)
    assert any("no" in line for line in said.lines)
    assert not any("\x1b" in line for line in said.lines)


def test_storage__that_changed_under_the_contract_is_found(published: Path, node_address: str, held_vote: HeldVote) -> None:
    chain, poll = held_vote.poll.chain, held_vote.poll.contract.address
    snapshot = chain.rpc("evm_snapshot")
    try:
        chain.rpc("anvil_setStorageAt", poll, hex(7), "0x" + "00" * 31 + "01")  # heads of class 0
        chain.rpc("evm_mine")
        assert recount("--rpc", node_address, "--published", published).names == {"state.view"}
    finally:
        assert chain.rpc("evm_revert", snapshot)


def test_bundle__made_from_the_node_agrees(published: Path, node_address: str, tmp_path: Path) -> None:
    path = tmp_path / "evidence.zip"
    assert evidence(["--rpc", node_address, "--published", str(published), "--out", str(path)]) == 0
    by_node, by_bundle = recount("--rpc", node_address, "--published", published).last, recount("--evidence", path).last
    assert by_bundle == by_node


# --- awkward, and right ---


def test_node__that_refuses_wide_ranges_is_asked_for_narrow_ones(published: Path, node_address: str) -> None:
    def lie(method: str, params: list[Any], result: Any) -> Any:
        if method == "eth_getLogs" and int(params[0]["toBlock"], 16) - int(params[0]["fromBlock"], 16) > 2:
            raise NodeError("query returned more than 3 blocks")
        return result

    assert against(lie, published, node_address).last["recount"] == "agrees"


@pytest.mark.parametrize("answer", [None, NodeError("the method does not exist")])
def test_node__that_gives_receipts_one_by_one(answer: object, published: Path, node_address: str) -> None:
    def lie(method: str, _: list[Any], result: Any) -> Any:
        if method != "eth_getBlockReceipts":
            return result
        if isinstance(answer, NodeError):
            raise answer
        return answer

    assert against(lie, published, node_address).last["recount"] == "agrees"


def test_node__that_falters_is_asked_again(published: Path, node_address: str) -> None:
    count = [0]

    def answer(body: bytes) -> tuple[int, bytes]:
        count[0] += 1
        return (503, b"busy") if count[0] % 9 == 0 else (200, json.dumps(forward(node_address, json.loads(body))).encode())

    with serving(answer) as address:
        assert recount("--rpc", address, "--published", published).last["recount"] == "agrees"


def test_node__that_writes_hex_in_upper_case_and_more_fields(published: Path, node_address: str) -> None:
    def lie(method: str, _: list[Any], result: Any) -> Any:
        if method != "eth_getBlockByNumber":
            return result
        block = {**result, "miner": "0x" + result["miner"][2:].upper(), "totalDifficulty": "0x1", "size": 0.5}
        return {**block, "transactions": [{**one, "note": [1.5]} if isinstance(one, dict) else one for one in block["transactions"]]}

    assert against(lie, published, node_address).last["recount"] == "agrees"


# --- files, beside a node that tells the truth ---


def change(name: str, to: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def changed(folder: Path) -> None:
        before = (folder / name).read_bytes()
        assert to(before) != before
        (folder / name).write_bytes(to(before))

    return changed


def folder_in_place(folder: Path) -> None:
    (folder / "result.json").unlink()
    (folder / "result.json").mkdir()


FILES: dict[str, tuple[Callable[[Path], None], str]] = {
    "a leaf's class": (change("leaves.csv", lambda one: one.replace(b"\n3,1,", b"\n3,0,")), "register.root"),
    "a line with blanks": (change("leaves.csv", lambda one: one.replace(b"\n3,1,", b"\n3, 1,")), "register.leaves"),
    "CR LF": (change("leaves.csv", lambda one: one.replace(b"\n", b"\r\n")), "register.leaves"),
    "an index with a zero in front": (change("leaves.csv", lambda one: one.replace(b"\n3,", b"\n03,")), "register.leaves"),
    "a word of the plan": (change("plan.json", lambda one: one.replace("三年".encode(), "五年".encode())), "plan.hash"),
    "the plan's file": (change("plan.pdf", lambda one: one.replace(b"plan", b"plam")), "plan.pdf"),
    "the rule": (change("poll.json", lambda one: one.replace(b'"num":1', b'"num":2')), "rule.file"),
    "a key twice": (change("poll.json", lambda one: one.replace(b'"chain_id":', b'"chain_id":1,"chain_id":')), "poll.file"),
    "a number that is not whole": (change("poll.json", lambda one: one.replace(b'"poll_number":0', b'"poll_number":0.0')), "poll.file"),
    "keys out of order": (change("poll.json", lambda one: b'{"protocol":5,' + one[1:].replace(b',"protocol":5', b"")), "poll.file"),
    "a protocol that nobody knows": (change("poll.json", lambda one: one.replace(b'"protocol":5', b'"protocol":9')), "poll.file"),
    "a case beyond the newest block": (change("poll.json", lambda one: one.replace(b'k":', b'k":9999', 1)), "case.creation"),
    "a huge number": (change("poll.json", lambda one: one.replace(b'"poll_number":0', b'"poll_number":' + b"9" * 3000)), "poll.file"),
    "a total": (change("result.json", lambda one: one.replace(b'"heads_for":', b'"heads_for":1')), "result.file"),
    "a receipt's time": (change("receipts.jsonl", lambda one: one.replace(b'"received_at":17', b'"received_at":16')), "receipts.signature"),
    "the end of the last line": (change("receipts.jsonl", lambda one: one[:-1]), "receipts.form"),
    "a line without end": (change("receipts.jsonl", lambda one: one + b"9" * 200_000), "receipts.form"),
    "bytes that are no UTF-8": (change("register.json", lambda one: one.replace(b'"name":"', b'"name":"\xff')), "register.file"),
    "no receipts": (lambda folder: (folder / "receipts.jsonl").unlink(), "receipts.form"),
    "a folder in place of a file": (folder_in_place, "result.file"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_file__that_was_changed_is_found(name: str, told: dict[str, dict[str, Any]]) -> None:
    last = told[name]
    assert FILES[name][1] in last["names"], last
    assert "step.failed" not in last["names"]


def test_receipt__whose_ballot_was_dropped_hides_in_no_last_line(published: Path, node_address: str, held_vote: HeldVote) -> None:
    dropped = canonical(held_vote.receipt(held_vote.poll.vote(11, AGAINST)))
    with (published / "receipts.jsonl").open("ab") as file:
        file.write(dropped)
    assert "receipts.form" in recount("--rpc", node_address, "--published", published).names
    with (published / "receipts.jsonl").open("ab") as file:
        file.write(b"\n")
    assert "receipts.missed" in recount("--rpc", node_address, "--published", published).names
