"""A lender's own receipt is evidence: where its ballot is, and whether the relay's list has it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.ballot_box import FOR, address_of, secret
from tests.verifier.second.second import Said, needs_node, recount
from tests.verifier.tally.vote import RELAY, Book, HeldVote

pytestmark = needs_node
RECORDED, OVERTAKEN = 0, 5


class Desk:
    """Recounts with receipts that lenders brought."""

    def __init__(self, address: str, published: Path, vote: HeldVote, folder: Path) -> None:
        self.address, self.published, self.vote, self._folder = address, published, vote, folder

    def bring(self, *values: Any) -> Said:
        paths = []
        for number, value in enumerate(values):
            paths += ["--receipt", str(self._folder / f"lender {number}.json")]
            Path(paths[-1]).write_text(json.dumps(value))
        return recount("--rpc", self.address, "--published", self.published, *paths)

    def of(self, index: int) -> dict[str, Any]:
        return next(one for one in self.vote.receipts if (one["index"], one["sequence"]) == (index, 1))

    def other(self, index: int, *, key: bytes | None = None) -> dict[str, Any]:
        """A receipt that is in no list."""
        vote = self.vote.poll.vote(index, FOR)
        domain = self.vote.poll.papers.domain
        book = Book(domain, self.vote.poll.terms.opens_at, b"\x07" * 32, key or RELAY)
        return book.sign(secret("a ballot"), address_of(vote.lender.ballot_key), index, 1)


@pytest.fixture
def desk(node_address: str, published: Path, held_vote: HeldVote, tmp_path: Path) -> Desk:
    folder = tmp_path / "lenders"
    folder.mkdir()
    return Desk(node_address, published, held_vote, folder)


def test_receipts__are_told_where_their_ballots_are(desk: Desk) -> None:
    said = desk.bring(desk.of(RECORDED), desk.of(OVERTAKEN))
    assert said.last["recount"] == "agrees"
    assert [(one["ballot"], one["line"] > 0) for one in said.last["own_receipts"]] == [("recorded", True), ("superseded", True)]


def test_check_file__of_the_ballot_page_is_a_receipt(desk: Desk) -> None:
    receipt = desk.of(RECORDED)
    poll = {"chain_id": desk.vote.poll.chain.chain_id, "poll": desk.vote.poll.contract.address}
    whole = {"format": "lendervote-check/1", **poll, "amount_fen": "10000", "blind": "0x1", "proof": [], **receipt}
    whole["ballot_key"] = address_of(desk.vote.register.lenders[RECORDED].ballot_key)  # as pages write it
    assert desk.bring(whole).last["own_receipts"] == [{"file": "lender 0.json", "ballot": "recorded", "line": 1}]
    assert desk.bring({**whole, "chain_id": 1}).last["recount"] == "agrees, papers void"


def test_receipt__of_a_ballot_that_is_nowhere(desk: Desk) -> None:
    assert desk.bring(desk.other(11)).names == {"receipts.missed", "receipts.withheld"}


def test_paper__that_the_relay_did_not_sign_says_nothing_about_the_poll(desk: Desk) -> None:
    said = desk.bring(desk.other(11, key=secret("no relay")), desk.of(RECORDED))
    assert said.last["recount"] == "agrees, papers void"
    assert [one["ballot"] for one in said.last["own_receipts"]] == ["void", "recorded"]


@pytest.mark.parametrize("value", [None, [], "0x", {}, {"ballot_digest": 1}, {"index": 2**400}])
def test_paper__that_is_none_is_void(desk: Desk, value: Any) -> None:
    said = desk.bring(value)
    assert (said.last["recount"], said.names) == ("agrees, papers void", {"void.receipt"})


def test_receipt__is_judged_even_where_the_list_cannot_be_read(desk: Desk) -> None:
    (desk.published / "receipts.jsonl").unlink()
    said = desk.bring(desk.of(RECORDED))
    assert said.last["own_receipts"][0]["ballot"] == "recorded"
    assert {"receipts.form", "receipts.withheld"} <= said.names


def test_paper__that_is_not_there_is_void(desk: Desk, tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.json", tmp_path):
        said = recount("--rpc", desk.address, "--published", desk.published, "--receipt", path)
        assert (said.last["recount"], said.names) == ("agrees, papers void", {"void.receipt"})
