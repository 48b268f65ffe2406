"""What officials and institution signed may be sent by anyone: a stranger who copies our transaction makes no act fail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from backend.ground.chain.calls import ContractCall
from backend.ground.chain.copies import KIND
from backend.ground.chain.intents import IntentRow
from backend.ground.chain.service import Chain
from tests.backend.vote.approvals.test_approvals import after_challenge, attest, counted
from tests.backend.vote.ballots.automine import AutomineAnvil
from tests.backend.vote.ballots.issuer_process import IssuerProcess
from tests.backend.vote.ballots.world import Vote, World, address

STRANGER = "0x" + "57" * 20
GAS = 9_000_000


def send_as_stranger(node: AutomineAnvil, call: ContractCall) -> bool:
    """Whether the contract took it."""
    ask = node.node.ask
    ask("anvil_setBalance", STRANGER, hex(10**24))
    ask("anvil_impersonateAccount", STRANGER)
    sent = ask("eth_sendTransaction", {"from": STRANGER, "to": call.to, "data": "0x" + call.data.hex(), "gas": hex(GAS)})
    node.mine(1)
    return bool(ask("eth_getTransactionReceipt", sent)["status"] == "0x1")


@pytest.fixture
def copied(node: AutomineAnvil, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Every call that the service carries to a contract is sent by a stranger before; whether that one was taken."""
    found: list[bool] = []
    transact = Chain.transact

    def overtaken(self: Chain, call: ContractCall, key: str, *rest: Any) -> Any:
        if call.to is not None:
            found.append(send_as_stranger(node, call))
        return transact(self, call, key, *rest)

    monkeypatch.setattr(Chain, "transact", overtaken)
    return found


@pytest.fixture
def world_of_copies(tmp_path: Path, node: AutomineAnvil, issuer: IssuerProcess, copied: list[bool]) -> Iterator[World]:
    """A case whose register was frozen while every call was copied."""
    assert copied == []
    world = World(tmp_path, node, issuer.url)
    yield world
    world.close()


def test_no_act_fails_because_a_stranger_sent_it_first(world_of_copies: World, copied: list[bool]) -> None:
    """From the freeze to the decision: each is on the chain by the stranger's transaction, and the service goes on from there."""
    assert world_of_copies.register.frozen(world_of_copies.case.id, 0).register_number == 0
    vote = after_challenge(counted(world_of_copies.open_poll()))
    assert attest(vote, "official 0").json() == {"approvals": 1, "refusals": 0, "stage": "tallied"}
    assert attest(vote, "official 2").json() == {"approvals": 2, "refusals": 0, "stage": "approved"}
    assert sum(copied) >= 7, "freeze, plan, admission, announcement, sums and two attestations"


def test_a_call_that_the_contract_refuses_fails_all_the_same(world_of_copies: World) -> None:
    vote = counted(world_of_copies.open_poll())
    answer = attest(vote, "official 0")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "Approval_ChallengeNotOver")


@pytest.mark.parametrize("approve", [True, False])
def test_the_other_voice_that_is_on_the_chain_is_not_taken_for_the_one_that_was_sent(
    vote: Vote, node: AutomineAnvil, monkeypatch: pytest.MonkeyPatch, approve: bool
) -> None:
    """An official's earlier signature is sent by somebody in the moment in which the later one is on its way: only the first counts."""
    after_challenge(counted(vote))
    signer = bytes.fromhex(address("official 0").removeprefix("0x"))
    earlier = vote.attestation("official 0", approve=not approve)
    first = vote.world.chain.poll(vote.poll.address).attest(signer, earlier, approve=not approve)
    transact = Chain.transact

    def overtaken(self: Chain, call: ContractCall, key: str, *rest: Any) -> Any:
        assert send_as_stranger(node, first)
        return transact(self, call, key, *rest)

    monkeypatch.setattr(Chain, "transact", overtaken)
    answer = attest(vote, "official 0", approve=approve)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "AttestedAlready")
    named = {True: ("不同意", "refusal"), False: ("“同意”", "approval")}[approve]
    assert named[0] in answer.json()["error"]["message_zh"]
    assert named[1] in answer.json()["error"]["message_en"]
    decision = vote.world.browser().get(f"/api/polls/{vote.poll.id}/result").json()
    assert (decision["approvals"], decision["refusals"]) == ((0, 1) if approve else (1, 0))


def test_a_copy_that_the_chain_loses_is_sent_again_by_us(world_of_copies: World, copied: list[bool], node: AutomineAnvil) -> None:
    """An act that a stranger's transaction carried counts as done; when a rewritten chain has it no longer, ours goes out."""
    vote = after_challenge(counted(world_of_copies.open_poll()))
    contract = vote.world.chain.poll(vote.poll.address)
    assert attest(vote, "official 0").json()["approvals"] == 1
    assert copied[-1] is True
    node.node.ask("anvil_reorg", 2, [])
    assert contract.approvals() == 0
    vote.world.chain.intents.resume()
    assert contract.approvals() == 1


def test_a_copy_that_is_final_is_watched_no_longer(world_of_copies: World, node: AutomineAnvil) -> None:
    def watched() -> int:
        with world_of_copies.sessions.reading() as session:
            return len([row for row in session.scalars(select(IntentRow)) if row.kind == KIND])

    chain = world_of_copies.chain
    assert watched() == 1, "the freeze"
    chain.intents.resume()
    assert watched() == 1, "its block may still be rewritten"
    node.mine(4)
    chain.pump()
    chain.intents.resume()
    assert watched() == 0
