"""A sealed poll that counts without an escrow is named by both recounts, and so is a statement that does not hold (protocol §23.1)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eth_utils.crypto import keccak

from tests.contracts.ballot_box import secret, sign, signer_of
from tests.contracts.chain import Chain
from tests.contracts.sealed_world import SealedTerms, SealedWorld, SealKeys
from tests.contracts.world import Terms
from tests.vectors import reference as ref
from tests.verifier.second.second import needs_node
from tests.verifier.second.second import recount as second
from tests.verifier.tally.sealed_vote import SealedHeldVote
from verifier.escrow.context import Frozen, context
from verifier.shares.curve import Point
from verifier.tally.recount import Recount

DAY = 86_400
NAME = "seal.escrow"
Again = Callable[..., Recount]
Paper = dict[str, Any]


class RealWorld(SealedWorld):
    """A case that counts: its periods are long."""

    def __init__(self, chain: Chain) -> None:
        super().__init__(chain, rehearsal=False)

    def terms(self, register_number: int = 0, plan_number: int = 0) -> Terms:
        found, opens_at = super().terms(register_number, plan_number), self.chain.now + 16 * DAY
        return replace(found, opens_at=opens_at, closes_at=opens_at + 10_000, challenge_seconds=15 * DAY)

    def announce_sealed(self, terms: SealedTerms, keys: SealKeys, **changes: Any) -> Any:
        return super().announce_sealed(replace(terms, abandon_after_seconds=30 * DAY), keys, **changes)


@pytest.fixture(scope="module")
def vote(node_address: str) -> SealedHeldVote:
    return SealedHeldVote.announce_sealed(Chain(node_address), world=RealWorld(Chain(node_address)))


def statement(vote: SealedHeldVote, by: list[bytes] | None = None, **lie: Any) -> Paper:
    """escrow.json as officials and trustees sign it; `lie` says otherwise before the signing."""
    world, register = vote.world, vote.register
    case, seats = bytes.fromhex(world.case.address[2:]), len(world.trustees)  # type: ignore[attr-defined]
    classes = keccak(ref.encode(["(uint256,uint256,uint256)[]"], [register.classes]))
    frozen = Frozen(world.chain.chain_id, case, 0, register.root, len(register.lenders), classes)
    points = [Point.of(100 + seat) for seat in range(seats)]
    commitments = [Point.of(200 + k).compressed for k in range(2)]
    message: dict[str, Any] = {"registerNumber": 0, "context": context(frozen, 2, points), "commitmentsHash": keccak(b"".join(commitments))}
    message["fileDigest"] = keccak(b"file")
    types = {"OpeningsEscrow": "OpeningsEscrow(uint256 registerNumber,bytes32 context,bytes32 commitmentsHash,bytes32 fileDigest)"}
    digest = ref.typed_digest("OpeningsEscrow", message, ref.domain_separator(world.chain.chain_id, case), types)
    keys = [*world.official_keys[:2], *world.trustees] if by is None else by  # type: ignore[attr-defined]
    paper = {
        "case": "0x" + case.hex(), "chain_id": frozen.chain_id, "classes_hash": "0x" + classes.hex(),
        "commitments": ["0x" + one.hex() for one in commitments], "context": "0x" + message["context"].hex(),
        "file_digest": "0x" + message["fileDigest"].hex(), "leaf_count": frozen.leaf_count, "register_number": 0,
        "root": "0x" + frozen.root.hex(), "threshold": 2, "transports": ["0x" + one.compressed.hex() for one in points],
        "signatures": [{"signature": "0x" + sign(key, digest).hex(), "signer": "0x" + signer_of(key).hex()} for key in keys],
    }  # fmt: skip
    return paper | lie


def found_by_both(vote: SealedHeldVote, folder: Path, again: Again, address: str, content: bytes | None) -> int:
    """How many findings of the name, by the first recount; the second one finds it where the first does."""
    vote.publish(folder)
    (folder / "escrow.json").unlink(missing_ok=True)
    if content is not None:
        (folder / "escrow.json").write_bytes(content)
    work = again(folder)
    mine = sum(one.name == NAME for log in work.steps for one in log.findings)
    theirs = second("--rpc", address, "--published", folder).names
    assert (mine > 0) == (NAME in theirs), (mine, theirs)
    return mine


def written(paper: Paper) -> bytes:
    return json.dumps(paper, sort_keys=True, separators=(",", ":")).encode()


@needs_node
def test_a_poll_that_counts_needs_the_statement(vote: SealedHeldVote, node_address: str, tmp_path: Path, count_again: Again) -> None:
    assert found_by_both(vote, tmp_path, count_again, node_address, None) == 1
    right = statement(vote)
    assert found_by_both(vote, tmp_path, count_again, node_address, written(right)) == 0
    keys = [*vote.world.official_keys[:2], *vote.world.trustees]  # type: ignore[attr-defined]
    lies: list[Paper] = [
        statement(vote, keys[1:]),
        statement(vote, keys[:-1]),
        statement(vote, [*keys[:-1], secret("stranger")]),
        statement(vote, threshold=3),
        statement(vote, root="0x" + "00" * 32),
        statement(vote, file_digest="0x" + "00" * 32),
        statement(vote, transports=right["transports"][:-1]),
        {name: value for name, value in right.items() if name != "context"},
    ]
    for lie in lies:
        assert found_by_both(vote, tmp_path, count_again, node_address, written(lie)) > 0, lie
    assert found_by_both(vote, tmp_path, count_again, node_address, json.dumps(right).encode()) == 1, "not canonical"


@needs_node
def test_a_rehearsal_may_be_without_and_says_so(node_address: str, tmp_path: Path, count_again: Again) -> None:
    vote = SealedHeldVote.announce_sealed(Chain(node_address))
    assert found_by_both(vote, tmp_path, count_again, node_address, None) == 0
    assert any("without an escrow" in note for note in count_again(tmp_path).steps[14].notes)
    assert found_by_both(vote, tmp_path, count_again, node_address, written(statement(vote))) == 0
    assert found_by_both(vote, tmp_path, count_again, node_address, written(statement(vote, []))) > 0, "what is there has to hold"
