"""What officials and institution signed may be sent by anyone: a stranger who copies our transaction makes no act fail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.ground.chain.calls import ContractCall
from backend.ground.chain.service import Chain
from tests.backend.vote.approvals.test_approvals import after_challenge, attest, counted
from tests.backend.vote.ballots.automine import AutomineAnvil
from tests.backend.vote.ballots.world import IssuerProcess, World

STRANGER = "0x" + "57" * 20
GAS = 9_000_000


@pytest.fixture
def copied(node: AutomineAnvil, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Every call that the service carries to a contract is sent by a stranger before; whether that one was taken."""
    found: list[bool] = []
    ask, transact = node.node.ask, Chain.transact
    ask("anvil_setBalance", STRANGER, hex(10**24))
    ask("anvil_impersonateAccount", STRANGER)

    def overtaken(self: Chain, call: ContractCall, key: str, *rest: Any) -> Any:
        if call.to is not None:
            copy = {"from": STRANGER, "to": call.to, "data": "0x" + call.data.hex(), "gas": hex(GAS)}
            sent = ask("eth_sendTransaction", copy)
            node.mine(1)
            receipt = ask("eth_getTransactionReceipt", sent)
            found.append(receipt["status"] == "0x1")
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
