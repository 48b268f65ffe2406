"""abandonPoll(): nothing stays undecided for ever (protocol §21.7)."""

from __future__ import annotations

from web3.logs import DISCARD

from tests.contracts.ballot_box import secret, signer_of
from tests.contracts.chain import refusal
from tests.contracts.sealed_world import REASON, SealedPoll, SealedTerms, SealKeys

ABANDONED = 8


def _overdue(poll: SealedPoll) -> int:
    return poll.terms.poll.closes_at + poll.terms.abandon_after_seconds


def test_ends_a_poll_that_nobody_opened(sealed: SealedPoll) -> None:
    sealed.cast(sealed.vote(0, 1))
    receipt = sealed.world.abandon(0, at=_overdue(sealed))
    (log,) = sealed.contract.events.PollAbandoned().process_receipt(receipt, DISCARD)
    assert log["args"] == {"reasonHash": REASON}
    assert (sealed.calls.abandonedFor().call(), sealed.stage()) == (REASON, ABANDONED)


def test_refuses_a_second_before_its_time(sealed: SealedPoll) -> None:
    with refusal("Poll_NotOverdue", _overdue(sealed), _overdue(sealed) - 1):
        sealed.world.abandon(0, at=_overdue(sealed) - 1)


def test_refuses_a_poll_that_is_tallied(sealed: SealedPoll) -> None:
    sealed.close()
    sealed.open_sums({})
    sealed.chain.warp(_overdue(sealed))
    with refusal("Poll_AlreadyTallied"):
        sealed.world.abandon(0)


def test_refuses_a_second_time(sealed: SealedPoll) -> None:
    sealed.chain.warp(_overdue(sealed))
    sealed.world.abandon(0)
    with refusal("Poll_Abandoned"):
        sealed.world.abandon(0)


def test_leaves_no_result_to_an_abandoned_poll(sealed: SealedPoll) -> None:
    sealed.cast(sealed.vote(0, 1))
    sealed.chain.warp(_overdue(sealed))
    sealed.world.abandon(0)
    sealed.unseal()
    sealed.count()
    assert sealed.heads(0, 0) == [1, 0, 0]
    with refusal("Poll_Abandoned"):
        sealed.open_sums({0: [1]})
    with refusal("Poll_NotTallied"):
        sealed.chain.send(sealed.calls.attest(signer_of(secret("official", 0)), False, b""))
    assert (sealed.calls.resultHash().call(), sealed.stage()) == (bytes(32), ABANDONED)


def test_is_tallied_late_as_long_as_nobody_abandoned_it(sealed: SealedPoll) -> None:
    sealed.chain.warp(_overdue(sealed) + 5)
    sealed.open_sums({})
    assert sealed.stage() == 5


def test_lets_a_new_poll_on_the_same_plan_be_announced(sealed: SealedPoll) -> None:
    sealed.chain.warp(_overdue(sealed))
    sealed.world.abandon(0)
    second = sealed.world.announce_sealed(SealedTerms(sealed.world.terms()), SealKeys("again"))
    assert second.functions.planHash().call() == sealed.calls.planHash().call()


def test_refuses_what_officials_did_not_sign(sealed: SealedPoll) -> None:
    sealed.chain.warp(_overdue(sealed))
    call, world = sealed.world.case.functions.abandonPoll, sealed.world
    for number, reason in ((1, REASON), (0, bytes(31) + b"\x01")):
        with refusal("Officials_SignatureWrong"):
            sealed.chain.send(call(0, REASON, *world.signed("PollAbandonment", number, reason)))
    with refusal("Officials_TooFewSigners", 1, 2):
        sealed.chain.send(call(0, REASON, *world.signed("PollAbandonment", 0, REASON, keys=world.official_keys[:1])))


def test_refuses_no_reason(sealed: SealedPoll) -> None:
    sealed.chain.warp(_overdue(sealed))
    with refusal("Abandonment_ReasonEmpty"):
        sealed.world.abandon(0, bytes(32))


def test_refuses_open_polls_and_polls_that_there_are_not(sealed: SealedPoll) -> None:
    sealed.world.announce(sealed.world.terms())
    with refusal("Abandonment_PollNotSealed", 1):
        sealed.world.abandon(1)
    with refusal("Poll_NotAnnounced", 2):
        sealed.world.abandon(2)


def test_is_asked_by_the_case_alone(sealed: SealedPoll) -> None:
    sealed.chain.warp(_overdue(sealed))
    with refusal("Poll_NotItsCase", sealed.chain.accounts[0]):
        sealed.chain.send(sealed.calls.abandon(REASON))
