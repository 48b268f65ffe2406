"""What an older copy lost is named when the service starts, by what the chain has."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import delete

from backend.case.cases.store import ActRow, ActSignatureRow
from backend.case.plans.store import PlanRow
from backend.case.register.store import DrawnStatus, RegisterRow
from backend.ground.audit.service import AuditService
from backend.ground.chain.errors import NodeNotAnswering
from backend.ground.chain.node import Node
from backend.ground.chain.store import ChainTransaction
from backend.shell.losses import Losses
from backend.shell.resumption import resume_round
from scripts.cli import audit as command
from tests.backend.town import Town


@pytest.fixture
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    made = Town(tmp_path_factory.mktemp("town"))
    made.start()
    yield made
    made.stop()


def test_acts_that_a_restored_copy_lacks_are_named(town: Town) -> None:
    people = town.open_case()
    town.freeze_register(people)
    town.admit_plan(people)
    losses = Losses(town.chain, town.cases, town.register, town.plans, town.polls)
    assert losses.look() == ()
    with town.sessions.begin() as session:  # as a copy from before the freeze has it
        session.execute(delete(ActSignatureRow))
        session.execute(delete(ActRow))
        session.query(RegisterRow).update({"status": DrawnStatus.FREEZING})
        session.query(PlanRow).update({"status": "submitted"})
        session.execute(delete(ChainTransaction).where(ChainTransaction.nonce >= 2))
    case = people.case["id"]
    found = losses.look()
    assert f"lost: frozen register 0 of case {case} is on the chain and not in this database" in found
    assert f"lost: admission of plan 0 of case {case} is on the chain and not in this database" in found
    assert any("transactions of the relay's account" in loss for loss in found)
    assert losses.found == found


def test_acts_that_a_rewritten_chain_has_no_longer_are_named(town: Town) -> None:
    people = town.open_case()
    before = town.chain.block().number
    town.freeze_register(people)
    town.admit_plan(people)
    losses = Losses(town.chain, town.cases, town.register, town.plans, town.polls)
    node = Node(town.chain.rpc_url)
    node.ask("anvil_reorg", node.block().number - before, [])
    case = people.case["id"]
    acts = ("frozen register 0", "submitted plan 0", "admission of plan 0")
    assert set(losses.look()) == {f"gone: {act} of case {case} is in this database and not on the chain" for act in acts}


def test_a_case_that_cannot_be_asked_hides_no_loss_of_another() -> None:
    silent = NodeNotAnswering(reason="no such contract")

    def contract(address: str) -> SimpleNamespace:
        def many() -> int:
            if address in unasked:
                raise silent
            return 1

        return SimpleNamespace(register_count=many, plan_count=lambda: 0, poll_count=lambda: 0)

    unasked, names = {"bad"}, ("bad", "good")
    parts: Any = {
        "chain": SimpleNamespace(record=SimpleNamespace(unknown_transactions=lambda: 0), case=contract),
        "cases": SimpleNamespace(
            all_cases=lambda: [SimpleNamespace(id=name, address=name) for name in names], acts_on_their_way=lambda _: []
        ),
        "register": SimpleNamespace(claimants=SimpleNamespace(frozen_numbers=lambda _: [])),
        "plans": SimpleNamespace(numbers=lambda _: set(), submitting_numbers=lambda _: set(), admitted_numbers=lambda _: set()),
        "polls": SimpleNamespace(list_polls=lambda _: []),
    }
    losses = Losses(**parts)
    with pytest.raises(NodeNotAnswering):
        losses.look()
    assert [" of case good " in loss for loss in losses.found] == [True], "the round fails, and what it found stands"
    unasked.clear()
    assert len(losses.look()) == 2
    unasked.add("good")
    with pytest.raises(NodeNotAnswering):
        losses.look()
    assert len(losses.found) == 2, "what was found of a case stands while it cannot be asked"


def test_what_is_resumed_fails_after_every_room_was_asked() -> None:
    asked: list[str] = []

    def broken() -> int:
        asked.append("broken")
        raise NodeNotAnswering(reason="down")

    def whole() -> int:
        asked.append("whole")
        return 1

    with pytest.raises(NodeNotAnswering):
        resume_round([broken, whole])
    assert asked == ["broken", "whole"]


def test_the_command_names_them_too_and_ends_with_1(
    town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever restored an older copy asks this command first; it said that all was whole."""
    people = town.open_case()
    town.freeze_register(people)

    @contextmanager
    def opened() -> Iterator[SimpleNamespace]:
        audit = AuditService(town.sessions, town.chain)
        yield SimpleNamespace(audit=audit, chain=town.chain, cases=town.cases, register=town.register, plans=town.plans, polls=town.polls)

    monkeypatch.setattr(command, "opened_rooms", opened)
    assert command.examine() == 0
    assert json.loads(capsys.readouterr().out)["lost"] == []
    with town.sessions.begin() as session:
        session.query(RegisterRow).update({"status": DrawnStatus.FREEZING})
        session.execute(delete(ActSignatureRow))
        session.execute(delete(ActRow))
    assert command.examine() == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["faults"], len(said["lost"])) == ([], 1)
    town.anvil.stop()
    assert command.examine() == 0
    told = capsys.readouterr()
    assert (json.loads(told.out)["lost"], "compared" in told.err) == (None, True)
