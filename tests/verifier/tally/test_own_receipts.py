"""A lender's own receipt is evidence: where its ballot is, and whether the relay's list has it."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.ballot_box import address_of, secret
from tests.verifier.tally.vote import RELAY, Book, HeldVote
from verifier.tally.__main__ import main, recount
from verifier.tally.progress import Progress
from verifier.tally.recount import Options, Recount
from verifier.tally.report import print_step, verdict

FIRST = 0  # whose single ballot is recorded
OVERTAKEN = 5


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
        return recount(self.address, self.published, Options(own_receipts=paths), progress=Progress(quiet=True))

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
    return [f"{finding.name} {finding.place}" for finding in work.findings]


def void(work: Recount) -> list[str]:
    return [f"{finding.place}: {finding.what}" for finding in work.void]


@pytest.mark.parametrize(("index", "word"), [(FIRST, "recorded"), (OVERTAKEN, "superseded")])
def test_receipt__is_told_where_its_ballot_is(desk: Desk, index: int, word: str) -> None:
    work = desk.bring(desk.of(index))
    assert work.agrees
    (own,) = work.brought
    assert (own.ballot, own.line > 0, bool(own.transaction)) == (word, True, word == "recorded")
    assert any(f"is {word}" in note for note in work.steps[10].notes)


def test_check_file__of_the_ballot_page_is_a_receipt(desk: Desk) -> None:
    receipt = desk.of(FIRST)
    poll = {"chain_id": desk.vote.poll.chain.chain_id, "poll": desk.vote.poll.contract.address}
    whole = {"format": "lendervote-check/2", **poll, "amount_fen": "10000", "blind": "0x1", "proof": [], **receipt}
    whole["ballot_key"] = address_of(desk.vote.register.lenders[FIRST].ballot_key)  # as pages write it
    assert desk.bring(whole).agrees
    elsewhere = desk.bring({**whole, "chain_id": 1})
    assert void(elsewhere) == ["lender 1.json: is a receipt of another poll"]
    assert verdict(elsewhere) == "agrees, papers void"


def test_receipt__that_the_relay_left_out_of_its_list(desk: Desk) -> None:
    receipt = desk.of(FIRST)
    desk.withhold(receipt)
    assert "receipts.chain" in {finding.name for finding in desk.bring().findings}, "a gap shows without it, too"
    assert "receipts.withheld lender 0.json" in findings(desk.bring(receipt))


def forged(desk: Desk, index: int, key: bytes = RELAY, number: int = 99) -> dict[str, Any]:
    """A receipt that is not in the list."""
    book = desk.vote.book()
    own = Book(book.domain, book.received_at, book.name, key, number - 1, secret("a head"))
    return own.sign(secret("a ballot"), address_of(secret("its key")), index, 1)


def test_receipt__whose_ballot_was_dropped_and_whose_line_was_withheld(desk: Desk) -> None:
    found = findings(desk.bring(forged(desk, 11)))
    assert found == ["receipts.missed lender 0.json", "receipts.withheld lender 0.json"]


def test_receipt__under_a_number_that_the_list_has_for_another(desk: Desk) -> None:
    found = findings(desk.bring(forged(desk, 11, number=1)))
    assert "receipts.fork lender 0.json" in found


def test_receipt__that_the_relay_did_not_sign_says_nothing_about_the_poll(desk: Desk) -> None:
    work = desk.bring(forged(desk, 11, key=secret("no relay")))
    assert findings(work) == []
    assert void(work) == ["lender 0.json: is not signed by the poll's receipt signer"]
    assert verdict(work) == "agrees, papers void"
    assert work.brought[0].ballot == ""


@pytest.mark.parametrize("value", [None, [], "0x", {}, {"ballot_digest": 1}, {"index": 2**400}])
def test_receipt__that_is_none_is_void(desk: Desk, value: Any) -> None:
    work = desk.bring(value)
    assert findings(work) == []
    assert void(work) == ["lender 0.json: is no receipt"]


def test_papers_that_are_void__are_printed_with_their_step(desk: Desk) -> None:
    work, out = desk.bring("0x"), StringIO()
    for step in work.steps:
        print_step(step, out)
    assert "    void: lender 0.json: is no receipt [void.receipt]" in out.getvalue().splitlines()


def test_receipt__is_judged_even_when_the_list_cannot_be_read(desk: Desk) -> None:
    (desk.published / "receipts.jsonl").unlink()
    work = desk.bring(desk.of(FIRST))
    assert work.brought[0].ballot == "recorded"
    assert "receipts.form receipts.jsonl" in findings(work)


def test_command__takes_receipts(desk: Desk, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = desk.write(desk.of(FIRST))
    where = ["--rpc", desk.address, "--published", str(desk.published), "--json"]
    assert main([*where, "--receipt", str(path), "--receipt", str(tmp_path / "none.json")]) == 3
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [(one["file"], one["ballot"]) for one in last["own_receipts"]] == [("lender 0.json", "recorded")]
