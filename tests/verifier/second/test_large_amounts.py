"""Amounts that no binary fraction holds, from a claims file to both recounts."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from backend.ground.common.money import MAX_FEN, parse_yuan
from scripts.tampers.recounts import SECOND, ask
from tests.contracts.ballot_box import FOR, Lender, Register, opening, secret
from tests.contracts.chain import Chain
from tests.verifier.tally.vote import HeldVote
from verifier.tally.recount import Recount

ROOT = Path(__file__).parents[3]

#: What 90,071,992,547,409.93 yuan are in fen: the first whole number that a binary fraction rounds.
BEYOND = 2**53 + 1


@pytest.mark.skipif(shutil.which("node") is None or not (ROOT / "node_modules" / "@noble").is_dir(), reason="needs Node 20 and `npm ci`")
@pytest.mark.parametrize("fen", [BEYOND, (MAX_FEN - 3) // 2])
def test_amounts_beyond_two_to_the_53_are_counted_by_both(
    node_address: str, tmp_path: Path, count_again: Callable[..., Recount], fen: int
) -> None:
    assert parse_yuan("90071992547409.93") == BEYOND
    lenders = [Lender(i, 0, fen + i, int.from_bytes(secret("blind", "large", i), "big")) for i in range(2)]
    vote = HeldVote.announce(Chain(node_address), Register(lenders))
    poll, chain = vote.poll, vote.poll.chain
    chain.warp(poll.terms.opens_at)
    votes = [vote.vote(index, FOR) for index in range(2)]
    for each in votes:
        poll.cast(each)
    vote.count(votes)
    chain.warp(poll.terms.closes_at)
    vote.note(closed=True)
    chain.send(poll.calls.openSums(opening(vote.register, vote.newest)))
    vote.publish(tmp_path)
    first = count_again(tmp_path)
    assert [finding for log in first.steps for finding in log.findings] == []
    assert first.result is not None
    assert list(first.result.tallies[0])[3] == 2 * fen + 1
    said = ask(SECOND, ["--rpc", node_address, "--published", str(tmp_path)], tmp_path)
    assert (said.verdict, said.tallies[0][3]) == ("agrees", 2 * fen + 1)
