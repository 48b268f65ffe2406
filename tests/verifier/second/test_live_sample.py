"""A sample recounted by a node: its seed is of a block in which nothing of the poll stands (protocol §4.3)."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from eth_utils.crypto import keccak

from tests.contracts.ballot_box import Register, sign, signer_of
from tests.contracts.chain import Chain
from tests.contracts.world import World
from tests.verifier.second.second import needs_node, recount
from tests.verifier.tally.vote import HeldVote, hex_of
from verifier.sampling import paper
from verifier.sampling.draw import BLOCKS_LATER
from verifier.tally.recount import Recount

pytestmark = needs_node


@dataclass
class QuietWorld(World):
    """A case in which nothing happens for a while after the freeze."""

    def freeze(self, register: Register, classes: Sequence[tuple[int, int, int]] | None = None, proofs_hash: bytes = bytes(32)) -> int:
        number = super().freeze(register, classes, proofs_hash)
        self.frozen_at = int(self.chain.rpc("eth_blockNumber"), 16)
        for _ in range(BLOCKS_LATER + 2):
            self.chain.rpc("evm_mine")
        return number


@pytest.fixture
def sampled(node_address: str, tmp_path: Path) -> Path:
    """The published folder of a vote whose register was looked at whole."""
    world = QuietWorld(Chain(node_address))
    vote = HeldVote.announce(world.chain, world=world)
    vote.hold()
    vote.close()
    vote.publish(tmp_path)
    number, register = vote.poll.terms.register_number, vote.register
    block = world.chain.rpc("eth_getBlockByNumber", hex(world.frozen_at + BLOCKS_LATER), False)
    draw = paper.Draw(number, register.root, int(block["number"], 16), bytes.fromhex(block["hash"][2:]), [], bytes(32))
    total = sum(fen for _, fen, _ in register.classes)
    content = paper.content_of(draw, dict.fromkeys(range(len(register.lenders)), str(paper.Found.AGREES)), total)
    digest = world.domain.digest("RegisterSample", number, register.root, bytes(keccak(paper.written(content))))
    signatures = [{"signature": hex_of(sign(key, digest)), "signer": hex_of(signer_of(key))} for key in world.official_keys[:2]]
    (tmp_path / paper.NAME).write_bytes(paper.written(content | {"signatures": signatures}))
    return tmp_path


def test_a_right_sample__agrees_by_a_node(sampled: Path, node_address: str, count_again: Callable[..., Recount]) -> None:
    assert count_again(sampled).agrees
    assert recount("--rpc", node_address, "--published", sampled).last["recount"] == "agrees"


def test_a_seed_from_another_block__is_named_by_both(sampled: Path, node_address: str, count_again: Callable[..., Recount]) -> None:
    file = sampled / paper.NAME
    said = json.loads(file.read_bytes())
    file.write_bytes(paper.written(said | {"block": said["block"] | {"hash": "0x" + "11" * 32}}))
    assert "sample.seed" in {one.name for one in count_again(sampled).findings}
    assert "sample.seed" in recount("--rpc", node_address, "--published", sampled).names
