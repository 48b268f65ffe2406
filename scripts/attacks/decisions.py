"""Attacks on the officials' decision by signatures that they gave earlier, which anybody may send."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from backend.ground.chain.calls import ContractCall
from backend.ground.chain.service import Chain
from scripts.attacks.kinds import Attack, Patch, Told, judged
from tests.backend.vote.approvals.test_approvals import after_challenge, attest
from tests.backend.vote.approvals.test_somebody_faster import send_as_stranger
from tests.backend.vote.ballots.automine import AutomineAnvil
from tests.backend.vote.ballots.world import Vote, World, signer

SERVICE = "backend/vote/approvals/service.py"
ANY_VOICE = (Patch(SERVICE, "            if voice is not approve:\n", "            if False:\n"),)
COPIES_FORGOTTEN = (Patch("backend/ground/chain/by_anyone.py", "        chain.copies.watch(call, key)\n", ""),)


@contextmanager
def _counted(folder: Path) -> Iterator[tuple[Vote, AutomineAnvil]]:
    """A poll in which nobody voted, after its challenge period: officials can refuse it."""
    node = AutomineAnvil()
    world = World(folder, node, "http://127.0.0.1:9")
    try:
        vote = world.open_poll()
        vote.close()
        vote.open_sums()
        yield after_challenge(vote), node
    finally:
        world.close()
        node.stop()


def _overtaken(node: AutomineAnvil, first: ContractCall) -> Any:
    """Whatever the service sends, this is sent before."""
    transact = Chain.transact

    def overtaken(self: Chain, call: ContractCall, key: str, *rest: Any) -> Any:
        send_as_stranger(node, first)
        return transact(self, call, key, *rest)

    return patch.object(Chain, "transact", overtaken)


def _refusal_of(vote: Vote) -> ContractCall:
    contract = vote.world.chain.poll(vote.poll.address)
    return contract.attest(signer("official 0"), vote.attestation("official 0", approve=False), approve=False)


def _earlier_refusal(folder: Path) -> Told:
    """An official signed a refusal, and approves later: the refusal is sent in that moment, and the approval passes for done."""
    with _counted(folder) as (vote, node), _overtaken(node, _refusal_of(vote)):
        answer = attest(vote, "official 0", approve=True)
    return judged("backend", "" if answer.is_success else answer.json()["error"]["code"])


def _lost_copy(folder: Path) -> Told:
    """A stranger sends a copy of an official's refusal first; the chain is rewritten without it, and nobody sends it again."""
    with _counted(folder) as (vote, node):
        with _overtaken(node, _refusal_of(vote)):
            attest(vote, "official 0", approve=False)
        node.node.ask("anvil_reorg", 2, [])
        vote.world.chain.intents.resume()
        is_there = vote.world.chain.poll(vote.poll.address).refusals() == 1
    return judged("backend", "the relay sends it again" if is_there else "")


ATTACKS = (
    Attack("an official's earlier refusal passes for the approval", "whoever has the earlier signature", _earlier_refusal, ANY_VOICE),
    Attack("a copied act is lost with a rewritten block", "stranger", _lost_copy, COPIES_FORGOTTEN),
)
