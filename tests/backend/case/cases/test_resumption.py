"""What was signed or asked for comes about by itself, whatever the node or the process did meanwhile, and nothing is sent twice."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from backend.case.cases.errors import ActNotWithdrawable
from backend.ground.chain import service as chain_service
from backend.ground.chain import typed_data
from backend.ground.chain.anvil import EmbeddedAnvil
from backend.ground.chain.errors import OutcomeAwaited
from backend.ground.chain.intents import IntentRow
from backend.ground.chain.signatures import address_of
from backend.ground.chain.values import classes_hash
from backend.ground.common.errors import Unavailable
from backend.people.accounts.visitor import OFFICIAL, Visitor
from tests import databases
from tests.backend.case.cases.killed import HASHES, MOMENTS, ROOT, TOTALS, Office
from tests.backend.ground.chain.lines import Between, Refuse
from tests.backend.ground.chain.world import RELAY_KEY, until

REPOSITORY = Path(__file__).parents[4]


@pytest.fixture
def anvil(tmp_path: Path) -> Iterator[EmbeddedAnvil]:
    """A node that others run; it makes a block for each transaction, until it is told to stop."""
    made = EmbeddedAnvil(tmp_path / "state.json", at_once=True)
    made.start()
    made.fund(address_of(RELAY_KEY))
    yield made
    made.stop()


@pytest.fixture
def line(anvil: EmbeddedAnvil) -> Iterator[Between]:
    made = Between(anvil.url)
    yield made
    made.stop()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain_service, "WAIT_SECONDS", 0.3)


@pytest.fixture
def office(tmp_path: Path, line: Between) -> Iterator[Office]:
    made = Office(tmp_path, line.url)
    for number in range(3):
        made.accounts.create_account(f"official {number}", OFFICIAL, "correct horse battery")
    made.chain.start()
    yield made
    made.chain.stop()


def stop_blocks(anvil: EmbeddedAnvil) -> None:
    anvil.node.ask("evm_setAutomine", False)
    anvil.node.ask("evm_setIntervalMining", 0)


def intents(office: Office) -> int:
    with office.sessions.reading() as session:
        return session.scalar(select(func.count()).select_from(IntentRow)) or 0


def proposed(office: Office) -> str:
    case = office.cases.open_case(office.new_case())
    typed = typed_data.register_freeze(office.chain.chain_id, case.address, 0, ROOT, 1, classes_hash(TOTALS), *HASHES)
    act = office.cases.propose_act(case.id, "register_freeze", typed, {}, {})
    office.sign(act.id, 0)
    return act.id


def official(office: Office) -> Visitor:
    account = next(one for one in office.accounts.list_accounts() if one.name == "official 0")
    return Visitor(account.id, OFFICIAL, account.name)


@pytest.mark.usefixtures("impatient")
def test_a_case_whose_block_came_late_is_opened_by_itself(office: Office, anvil: EmbeddedAnvil) -> None:
    stop_blocks(anvil)
    with pytest.raises(OutcomeAwaited) as told:
        office.cases.open_case(office.new_case())
    assert "in no block yet" in told.value.say("en")
    assert "无需重新签名或提交" in told.value.say("zh")
    assert (office.cases.all_cases(), intents(office)) == ([], 1)
    assert office.chain.intents.resume() == 0
    anvil.node.ask("evm_mine")
    assert office.chain.intents.resume() == 1
    assert [case.name for case in office.cases.all_cases()] == ["测试案件"]
    assert intents(office) == 0
    assert anvil.node.nonce(office.chain.relay_address) == 1, "one contract, sent once"


def test_a_case_opened_by_command_that_the_service_finished_first_is_no_failure(
    office: Office, tmp_path: Path, line: Between, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`lendervote case open` is a process of its own; the service beside it looks for openings that were broken off."""
    service = Office(tmp_path, line.url)
    service.chain.start(pump=False)
    deploy = office.chain.deploy_case

    def deploy_slowly(*given: Any, rehearsal: bool) -> str:
        address = deploy(*given, rehearsal=rehearsal)
        assert service.chain.intents.resume() == 1
        return address

    monkeypatch.setattr(office.chain, "deploy_case", deploy_slowly)
    opened = office.cases.open_case(office.new_case())
    assert [case.id for case in office.cases.all_cases()] == [opened.id]
    assert intents(office) == 0
    service.chain.stop()


@pytest.mark.usefixtures("impatient")
def test_an_act_whose_block_came_late_is_done_by_itself_and_cannot_be_withdrawn_meanwhile(office: Office, anvil: EmbeddedAnvil) -> None:
    act_id = proposed(office)
    stop_blocks(anvil)
    office.sign(act_id, 1)
    act = office.cases.get_act(act_id)
    assert (act.status, act.failure.code if act.failure else "") == ("sent", "NotConfirmedInTime")
    assert office.cases.stage(office.cases.get_case(act.case_id)).name == "register_freeze_under_way"
    with pytest.raises(ActNotWithdrawable):
        office.cases.withdraw_act(act_id, official(office))
    assert office.cases.resume_acts() == 0
    anvil.node.ask("evm_mine")
    until(lambda: office.cases.resume_acts() == 1)
    act = office.cases.get_act(act_id)
    assert (act.status, act.failure) == ("done", None)


@pytest.mark.usefixtures("impatient")
def test_an_answer_that_is_lost_after_the_node_took_the_transaction_is_no_loss(office: Office, line: Between, anvil: EmbeddedAnvil) -> None:
    act_id = proposed(office)

    def lose(request: dict[str, object], result: object) -> object:
        if request["method"] in {"eth_sendRawTransaction", "eth_getTransactionReceipt"}:
            raise Refuse(-32000, "gateway timeout")
        return result

    line.change = lose
    office.sign(act_id, 1)
    assert office.cases.get_act(act_id).status == "sent"
    line.change = lambda request, result: result
    until(lambda: office.cases.resume_acts() == 1)
    assert office.cases.get_act(act_id).status == "done"
    assert anvil.node.nonce(office.chain.relay_address) == 2, "case and freeze"


def test_an_act_that_could_not_be_sent_says_so_may_be_withdrawn_and_is_else_sent_by_itself(office: Office, line: Between) -> None:
    act_id = proposed(office)
    line.down = True
    office.sign(act_id, 1)
    act = office.cases.get_act(act_id)
    assert act.status == "failed"
    assert act.failure is not None
    assert "was not sent yet" in act.failure.message_en
    assert office.cases.resume_acts() == 0
    line.down = False
    assert office.cases.resume_acts() == 1
    assert office.cases.get_act(act_id).status == "done"


def test_a_withdrawn_act_is_not_sent_when_the_node_is_back(office: Office, line: Between) -> None:
    act_id = proposed(office)
    line.down = True
    office.sign(act_id, 1)
    office.cases.withdraw_act(act_id, official(office))
    line.down = False
    assert office.cases.resume_acts() == 0
    assert office.chain.case(office.cases.all_cases()[0].address).register_count() == 0


def test_a_case_of_which_nothing_was_sent_is_forgotten(office: Office, anvil: EmbeddedAnvil) -> None:
    anvil.node.ask("anvil_setBalance", office.chain.relay_address, "0x0")
    with pytest.raises(Unavailable) as told:
        office.cases.open_case(office.new_case())
    assert told.value.code == "RelayUnfunded"
    assert intents(office) == 0


@pytest.mark.drill
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("what", ["case", "act"])
def test_what_a_killed_process_left_is_finished_by_the_next(
    office: Office, tmp_path: Path, anvil: EmbeddedAnvil, moment: str, what: str
) -> None:
    if databases.current() != databases.SQLITE:
        pytest.skip("the killed process opens the SQLite file of this test")
    act_id = proposed(office) if what == "act" else ""
    command = [sys.executable, "-m", "tests.backend.case.cases.killed", str(tmp_path), anvil.url, moment, act_id]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL, done.stderr
    until(lambda: office.cases.resume_acts() + office.chain.intents.resume() == 1)
    if act_id:
        assert office.cases.get_act(act_id).status == "done"
    assert len(office.cases.all_cases()) == 1
    assert anvil.node.nonce(office.chain.relay_address) == (2 if act_id else 1), "nothing is sent twice"
