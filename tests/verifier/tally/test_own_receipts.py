"""A lender's own receipt is evidence: where its ballot is, and whether the relay's list has it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.ballot_box import address_of, secret
from tests.verifier.tally.vote import HeldVote
from verifier.tally.__main__ import main, recount
from verifier.tally.progress import Progress
from verifier.tally.recount import Recount

FIRST = 0  # whose single ballot is recorded
STRANGER_SIGNED, OVERTAKEN = 2, 5


class Desk:
    """Recounts with receipts that lenders brought."""

    def __init__(self, address: str, published: Path, vote: HeldVote, folder: Path) -> None:
        self.address, self.published, self.vote, self._folder = address, published, vote, folder

    def write(self, value: Any) -> Path:
        path = self._folder / f"lender {len(list(self._folder.iterdir()))}.json"
        path.write_text(json.dumps(value))
        return path

    def bring(self, *values: Any) -> Recount:
        paths = [self.write(value) for value in values]
        return recount(self.address, self.published, progress=Progress(quiet=True), own_receipts=paths)

    def of(self, index: int, sequence: int = 1) -> dict[str, Any]:
        return next(one for one in self.vote.receipts if (one["index"], one["sequence"]) == (index, sequence))

    def withhold(self, *receipts: dict[str, Any]) -> None:
        path = self.published / "receipts.jsonl"
        kept = [line for line in path.read_text().splitlines() if json.loads(line) not in receipts]
        path.write_text("".join(line + "\n" for line in kept))


@pytest.fixture
def desk(node_address: str, published: Path, held_vote: HeldVote, tmp_path: Path) -> Desk:
    folder = tmp_path / "lenders"
    folder.mkdir()
    return Desk(node_address, published, held_vote, folder)


def findings(work: Recount) -> list[str]:
    return [f"{finding.step} {finding.place}: {finding.what}" for log in work.steps for finding in log.findings]


@pytest.mark.parametrize(("index", "word"), [(FIRST, "recorded"), (STRANGER_SIGNED, "rejected"), (OVERTAKEN, "superseded")])
def test_receipt__is_told_where_its_ballot_is(desk: Desk, index: int, word: str) -> None:
    work = desk.bring(desk.of(index))
    assert work.agrees
    (own,) = work.brought
    assert (own.ballot, own.line > 0, bool(own.transaction)) == (word, True, word == "recorded")
    assert any(f"is {word}" in note for note in work.steps[10].notes)


def test_check_file__of_the_ballot_page_is_a_receipt(desk: Desk) -> None:
    receipt = desk.of(FIRST)
    poll = {"chain_id": desk.vote.poll.chain.chain_id, "poll": desk.vote.poll.contract.address}
    whole = {"format": "lendervote-check/1", **poll, "amount_fen": "10000", "blind": "0x1", "proof": [], **receipt}
    whole["ballot_key"] = address_of(desk.vote.register.lenders[FIRST].ballot_key)  # as pages write it
    assert desk.bring(whole).agrees
    assert findings(desk.bring({**whole, "chain_id": 1})) == ["11 lender 1.json: is a receipt of another poll"]


def test_receipt__that_the_relay_left_out_of_its_list(desk: Desk) -> None:
    receipt = desk.of(FIRST)
    desk.withhold(receipt)
    assert findings(desk.bring()) == [], "nobody can see what nobody shows"
    assert findings(desk.bring(receipt)) == ["11 lender 0.json: the relay signed this receipt and left it out of receipts.jsonl"]


def test_receipt__whose_ballot_was_dropped_and_whose_line_was_withheld(desk: Desk) -> None:
    missed = desk.vote.signed_receipt(secret("a ballot"), address_of(secret("its key")), 11, 1)
    found = findings(desk.bring(missed))
    assert found == [
        "11 lender 0.json: missed: the relay received this ballot and it is not on the chain",
        "11 lender 0.json: the relay signed this receipt and left it out of receipts.jsonl",
    ]


def test_receipt__of_another_lenders_ballot(desk: Desk) -> None:
    """The relay showed lender 11 the receipt of lender 0's ballot under her own index, and dropped hers."""
    of_other = desk.of(FIRST)
    shown = desk.vote.signed_receipt(bytes.fromhex(of_other["ballot_digest"][2:]), of_other["ballot_key"], 11, 1)
    found = findings(desk.bring(shown))
    assert any("clash" in one for one in found), found
    assert any("missed" in one for one in found), found


def test_receipt__that_the_relay_did_not_sign_says_nothing_about_the_poll(desk: Desk) -> None:
    forged = desk.vote.signed_receipt(secret("a ballot"), address_of(secret("its key")), 11, 1, key=secret("no relay"))
    work = desk.bring(forged)
    assert findings(work) == ["11 lender 0.json: is not signed by the poll's receipt signer"]
    assert work.brought[0].ballot == ""


@pytest.mark.parametrize("value", [None, [], "0x", {}, {"ballot_digest": 1}, {"index": 2**400}])
def test_receipt__that_is_none_is_a_finding(desk: Desk, value: Any) -> None:
    assert findings(desk.bring(value)) == ["11 lender 0.json: is no receipt"]


def test_receipt__is_judged_even_when_the_list_cannot_be_read(desk: Desk) -> None:
    (desk.published / "receipts.jsonl").unlink()
    work = desk.bring(desk.of(FIRST))
    assert work.brought[0].ballot == "recorded"
    assert any("cannot be read" in one for one in findings(work))


def test_command__takes_receipts(desk: Desk, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = desk.write(desk.of(FIRST))
    where = ["--rpc", desk.address, "--published", str(desk.published), "--json"]
    assert main([*where, "--receipt", str(path), "--receipt", str(tmp_path / "none.json")]) == 1
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [(one["file"], one["ballot"]) for one in last["own_receipts"]] == [("lender 0.json", "recorded")]
