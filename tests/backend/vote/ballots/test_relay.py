"""The relay: every receipted ballot gets to the chain, whatever the issuer, the contract or a kill does in between."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest

from backend.ground.chain.calls import ContractCall
from backend.ground.chain.errors import NodeNotAnswering
from backend.ground.chain.node import Node
from backend.vote.ballots import relay_store, store
from backend.vote.ballots.relay import Relay
from backend.vote.ballots.service import BallotService
from tests.backend.vote.ballots.issuer_process import IssuerProcess
from tests.backend.vote.ballots.test_intake import cast_directly
from tests.backend.vote.ballots.world import ABSTAIN, AGAINST, FOR, Vote, World, key_of


@pytest.fixture(scope="module")
def answering(issuer: IssuerProcess, world: World) -> IssuerProcess:
    """The real issuer, running with the case's fingerprint."""
    issuer.start()
    return issuer


@pytest.fixture
def batched(answering: IssuerProcess, vote: Vote) -> Vote:
    """An open poll whose issuer answers."""
    return vote


def batches_of(vote: Vote) -> list[store.BatchRow]:
    with vote.world.sessions.begin() as session:
        every = (store.BatchStatus.FORMED, store.BatchStatus.SENT, store.BatchStatus.DONE, store.BatchStatus.SPLIT)
        return [batch for batch in relay_store.batches(session, every) if batch.poll_id == vote.poll.id]


def transactions_of(vote: Vote, receipts: list[Any]) -> set[str | None]:
    return {vote.world.ballots.receipt(receipt.number).tx_hash for receipt in receipts}


def change_row(vote: Vote, index: int, sequence: int, **values: Any) -> None:
    """Damage what is stored, as nothing in this house does: the contract then refuses it."""
    with vote.world.sessions.begin() as session:
        row = next(row for row in store.ballots_of(session, vote.poll.id, index) if row.sequence == sequence)
        for name, value in values.items():
            setattr(row, name, value)


def test_waiting_ballots_go_out_in_one_batch_and_become_final(batched: Vote, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_for: list[str | None] = []

    def noted(node: Node, call: ContractCall, sender: str) -> int:
        looked_for.append(call.to)
        return 10_000_000

    monkeypatch.setattr(Node, "estimate", noted)
    choices = {0: FOR, 1: AGAINST, 4: ABSTAIN, 11: FOR}
    receipts = []
    for index, choice in choices.items():
        batched.issue(index)
        receipts.append(batched.take(index, choice))
    batched.world.ballots.relay_once()
    assert {batched.status(receipt) for receipt in receipts} == {"recorded"}
    assert len(transactions_of(batched, receipts)) == 1
    assert batched.poll.address not in looked_for  # a long batch takes a node long, and looking for its gas twenty times as long
    assert {index: batched.recorded(index)[0] for index in choices} == choices
    batched.settle()
    assert {batched.status(receipt) for receipt in receipts} == {"confirmed"}


def test_a_lenders_change_comes_after_the_first_ballot(batched: Vote) -> None:
    for sequence in (1, 2):
        batched.issue(2, sequence)
        batched.issue(3, sequence)
    receipts = [batched.take(2, FOR, 1), batched.take(3, FOR, 1), batched.take(2, AGAINST, 2), batched.take(3, ABSTAIN, 2)]
    batched.world.ballots.relay_once()
    assert [batched.status(receipt) for receipt in receipts] == ["recorded"] * 4
    assert (batched.recorded(2), batched.recorded(3)) == ((AGAINST, 2), (ABSTAIN, 2))


def test_ballots_are_held_for_others_but_not_near_the_close(batched: Vote) -> None:
    settings = batched.world.settings
    settings.relay_hold_seconds = 600
    batched.world.ballots.relay_once()  # what the first round after a start finds waiting is held no longer
    try:
        receipt = batched.take(0)
        batched.world.ballots.relay_once()
        assert batched.status(receipt) == "submitted"
        assert batches_of(batched) == []
        batched.world.anvil.move_to(batched.poll.parameters.closes_at - settings.intake_cutoff_seconds - 300)
        batched.world.ballots.relay_once()
        assert batched.status(receipt) == "recorded"
    finally:
        settings.relay_hold_seconds = 0


def test_bad_ballots_among_good_ones_delay_nobody(batched: Vote) -> None:
    receipts = {}
    for index in range(6):
        batched.issue(index)
        receipts[index] = batched.take(index, FOR)
    other = batched.ballot(9, AGAINST)
    change_row(batched, 2, 1, ballot_signature=other.ballot_signature)
    cast_directly(batched, batched.ballot(4, AGAINST, 7))
    cast_directly(batched, batched.ballot(5, FOR, 1))
    batched.world.chain.pump()
    batched.world.ballots.relay_once()
    statuses = {index: batched.status(receipt) for index, receipt in receipts.items()}
    assert statuses == {0: "recorded", 1: "recorded", 2: "missed", 3: "recorded", 4: "superseded", 5: "recorded"}
    assert batched.world.ballots.receipt(receipts[2].number).reason == 3, "why is told; it excuses nobody"
    assert batched.recorded(4) == (AGAINST, 7)
    batched.settle()
    assert batched.status(receipts[5]) == "confirmed", "the lender recorded it directly; the receipt is kept all the same"


def test_a_batch_refused_as_a_whole_is_halved_down_to_the_stubborn_ballot(batched: Vote) -> None:
    receipts = {}
    for index in range(7):
        # The issuer never issued a credential to lender 3's key: it refuses the list, and the ballot has to go by itself.
        if index != 3:
            batched.issue(index)
        receipts[index] = batched.take(index)
    change_row(batched, 3, 1, credential_signature=batched.ballot(8).credential_signature)
    batched.world.ballots.relay_once()
    statuses = {index: batched.status(receipt) for index, receipt in receipts.items()}
    assert statuses == {index: "missed" if index == 3 else "recorded" for index in range(7)}
    assert any(batch.refusal == "IssuerRefused" for batch in batches_of(batched))
    assert any(batch.refusal == "Poll_CredentialNotSignedByVerifier" for batch in batches_of(batched))


def test_a_credential_list_by_the_wrong_key_is_refused_by_the_contract_and_everybody_goes_singly(batched: Vote) -> None:
    receipts = []
    for index in range(3):
        batched.issue(index)
        receipts.append(batched.take(index))
    issuer = batched.world.issuer
    issue_list = issuer.credential_list

    def forged(poll: str, entries: Any) -> Any:
        answer = issue_list(poll, entries)
        return type(answer)(answer.entries, answer.expires_at, bytes(64) + b"\x1b")

    issuer.credential_list = forged  # type: ignore[method-assign]
    try:
        batched.world.ballots.relay_once()
    finally:
        issuer.credential_list = issue_list  # type: ignore[method-assign]
    assert {batched.status(receipt) for receipt in receipts} == {"recorded"}
    assert len(transactions_of(batched, receipts)) == 3


def test_without_the_issuer_ballots_go_one_by_one(world: World, answering: IssuerProcess) -> None:
    vote = world.open_poll()
    receipts = [vote.take(index) for index in range(3)]
    answering.stop()
    try:
        vote.world.ballots.relay_once()
        assert {vote.status(receipt) for receipt in receipts} == {"recorded"}
        assert len(transactions_of(vote, receipts)) == 3
    finally:
        answering.start()


def killed_at(world: World, place: str) -> BallotService:
    """A backend that dies at a place of the relay; what is stored stays."""

    class Killed(BaseException):
        pass

    service = BallotService(world.sessions, world.chain, world.polls, world.register, world.issuer, world.settings)
    relay: Relay = service.relay

    def die(*_: object, **__: object) -> None:
        raise Killed

    if place == "formed":
        relay._send_formed = die  # type: ignore[method-assign, assignment]
    elif place == "sent":
        relay._collect_sent = die  # type: ignore[method-assign]
    else:
        mark = relay_store.mark_sent
        relay_store.mark_sent = die
    try:
        with pytest.raises(Killed):
            service.relay_once()
    finally:
        if place == "stored by the chain room":
            relay_store.mark_sent = mark
    return service


@pytest.mark.parametrize("place", ["formed", "stored by the chain room", "sent"])
def test_killed_in_between_nothing_is_lost_and_nothing_sent_twice(batched: Vote, place: str) -> None:
    world = batched.world
    receipts = []
    for index in range(3):
        batched.issue(index)
        receipts.append(batched.take(index))
    before = world.chain.block().number
    killed_at(world, place)
    restarted = BallotService(world.sessions, world.chain, world.polls, world.register, world.issuer, world.settings)
    restarted.relay_once()
    assert {batched.status(receipt) for receipt in receipts} == {"recorded"}
    assert len(transactions_of(batched, receipts)) == 1
    assert world.chain.block().number == before + 1, "one transaction, one block"


def test_a_node_that_fails_for_a_batch_again_and_again_gets_smaller_ones(batched: Vote) -> None:
    receipts = []
    for index in range(4):
        batched.issue(index)
        receipts.append(batched.take(index))
    chain = batched.world.chain
    send = chain.send

    def refuse_large(call: Any, key: str) -> str:
        if len(call.data) > 2000:
            raise NodeNotAnswering(reason="too large")
        return send(call, key)

    chain.send = refuse_large  # type: ignore[method-assign]
    try:
        for _ in range(12):
            batched.world.ballots.relay_once()
    finally:
        chain.send = send  # type: ignore[method-assign]
    assert {batched.status(receipt) for receipt in receipts} == {"recorded"}


def test_what_did_not_get_there_before_the_close_is_missed_aloud(vote: Vote) -> None:
    receipts = [vote.take(index) for index in range(4)]
    cast_directly(vote, vote.ballot(1, FOR, 1))
    cast_directly(vote, vote.ballot(2, AGAINST, 2))
    cast_directly(vote, vote.ballot(3, AGAINST, 1))
    vote.close()
    vote.world.ballots.relay_once()
    assert vote.status(receipts[1]) == "submitted", "whose ballot stands there is read from the transaction first"
    vote.world.chain.pump()
    vote.world.ballots.relay_once()
    found = [vote.status(receipt) for receipt in receipts]
    assert found[1] in {"recorded", "confirmed"}, "as deep as the blocks since then"
    assert [found[0], *found[2:]] == ["missed", "superseded", "superseded"]


def test_the_same_choice_and_sequence_by_another_key_is_another_ballot(vote: Vote) -> None:
    receipt = vote.take(1, FOR, 1)
    stranger = replace(vote.ballot(1, FOR, 1), **signed_by_another_key(vote, 1, FOR, 1))
    cast_directly(vote, stranger)
    vote.world.chain.pump()
    vote.world.ballots.relay_once()
    assert vote.status(receipt) == "superseded"
    vote.settle()
    assert vote.status(receipt) == "superseded", "the chain's ballot has the same index, choice and sequence, and another key"
    own = vote.world.ballots.own_ballots(vote.poll.id, 1).receipts
    assert [one.by_another_key for one in own] == [True]


def test_a_missed_ballot_is_superseded_once_a_later_one_is_recorded(batched: Vote) -> None:
    batched.issue(0)
    receipt = batched.take(0, FOR, 1)
    change_row(batched, 0, 1, ballot_signature=batched.ballot(9).ballot_signature)
    batched.world.ballots.relay_once()
    assert batched.status(receipt) == "missed"
    batched.issue(0, 2)
    batched.take(0, AGAINST, 2)
    batched.world.ballots.relay_once()
    batched.settle()
    assert batched.status(receipt) == "superseded"
    own = batched.world.ballots.own_ballots(batched.poll.id, 0).receipts
    assert [one.by_another_key for one in own] == [False, True], "every visit makes a key of its own"


def signed_by_another_key(vote: Vote, index: int, choice: int, sequence: int) -> dict[str, Any]:
    """The same ballot by a key that the verifier gave this lender a credential for as well."""
    other = vote.ballot(index, choice, sequence, key=key_of("another device"))
    return {name: getattr(other, name) for name in ("ballot_key", "ballot_signature", "credential_signature")}


def test_a_rewritten_chain_gets_the_ballots_again(batched: Vote) -> None:
    for index in range(3):
        batched.issue(index)
    receipts = [batched.take(index) for index in range(3)]
    batched.world.ballots.relay_once()
    batched.world.anvil.node.ask("anvil_reorg", 1, [])
    assert batched.recorded(0) == (0, 0)
    for _ in range(3):
        batched.settle()
    assert {batched.status(receipt) for receipt in receipts} == {"confirmed"}
    assert batched.recorded(0) == (FOR, 1)


def test_a_rewritten_chain_in_which_something_else_came_first_is_believed(batched: Vote) -> None:
    for index in range(3):
        batched.issue(index)
    receipts = [batched.take(index) for index in range(3)]
    world, node = batched.world, batched.world.anvil.node
    world.ballots.relay_once()
    node.ask("anvil_reorg", 1, [])
    later = batched.ballot(1, AGAINST, 4)
    call = world.ballots.relay._single_call(batched.poll, type("Row", (), vars(later)))  # type: ignore[arg-type]
    stranger = node.ask("eth_accounts")[0]
    node.ask("eth_sendTransaction", {"from": stranger, "to": call.to, "data": "0x" + call.data.hex()})
    world.chain.pump()
    world.anvil.mine(15)
    for _ in range(3):
        batched.settle()
    assert [batched.status(receipt) for receipt in receipts] == ["confirmed", "superseded", "confirmed"]


def test_the_background_loop_carries_ballots_and_stops(batched: Vote) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=batched.world.ballots.run_background, args=(stop,))
    thread.start()
    try:
        batched.issue(0)
        receipt = batched.take(0)
        pause = threading.Event()
        for _ in range(100):
            if batched.status(receipt) in {"recorded", "confirmed"}:
                break
            pause.wait(0.1)
        assert batched.status(receipt) in {"recorded", "confirmed"}
    finally:
        stop.set()
        batched.world.ballots.relay.wake.set()
        thread.join(20)
    assert not thread.is_alive()
