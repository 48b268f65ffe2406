"""openSums(), attest() and excludeLeaf() of a sealed poll (protocol §21.5)."""

from __future__ import annotations

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak
from web3.logs import DISCARD

from tests.contracts.ballot_box import Lender, N, Register, make_register
from tests.contracts.chain import Refused, refusal
from tests.contracts.sealed_world import EMPTY_BOX, SealedPoll, SealKeys, expected_sum, folded

TALLIED, APPROVED, REFUSED = 5, 6, 7
TALLY = "(uint256,uint256,uint256,uint256,uint256,uint256)"
NEGATIVE, HUGE = 8, 10


@pytest.fixture
def spoilt() -> Register:
    """A register with leaves of a negative and of an enormous amount, whose totals are right."""
    lenders = list(make_register(20).lenders)
    lenders[NEGATIVE] = Lender(NEGATIVE, 0, N - 50_000, lenders[NEGATIVE].blind)
    lenders[HUGE] = Lender(HUGE, 0, 1 << 200, lenders[HUGE].blind)
    lenders[12] = Lender(12, 0, N - (1 << 200) + 60_000, lenders[12].blind)
    return Register(lenders)


def _voted(poll: SealedPoll, votes: dict[int, list[int]]) -> dict[int, list[int]]:
    poll.cast_batch([poll.vote(i, *choices) for i, choices in sorted(votes.items())])
    poll.close()
    return votes


def _opened(poll: SealedPoll) -> None:
    poll.unseal()
    poll.count_all()


def test_refuses_sums_while_the_box_is_not_empty(sealed: SealedPoll) -> None:
    newest = _voted(sealed, {0: [1], 1: [2], 2: [1]})
    with refusal("Box_NotEmpty"):
        sealed.open_sums(newest)
    sealed.unseal()
    sealed.count(2)
    with refusal("Box_NotEmpty"):
        sealed.open_sums(newest)
    sealed.count(1)
    sealed.open_sums(newest)
    assert sealed.stage() == TALLIED


def test_keeps_and_emits_the_result_of_every_motion(sealed: SealedPoll) -> None:
    poll = SealedPoll.of(sealed.world, sealed.register, 3, SealKeys("three motions"))
    newest = _voted(poll, {i: [1, 2, 1 + i % 3] for i in range(6)})
    _opened(poll)
    receipt = poll.open_sums(newest)
    (log,) = poll.contract.events.MotionsTallied().process_receipt(receipt, DISCARD)
    tallies = [tuple(one) for one in poll.calls.tallies().call()]
    assert len(tallies) == 6
    assert tallies[0][:3] == (3, 0, 0)
    assert tallies[2][:3] == (0, 3, 0)
    passed = poll.calls.passed().call()
    assert (log["args"]["passed"], passed) == (1, 1)
    hashed = keccak(encode(["address", f"{TALLY}[]", "uint256"], [poll.contract.address, tallies, passed]))
    assert poll.calls.resultHash().call() == log["args"]["resultHash"] == hashed
    for key in poll.world.official_keys[:2]:
        poll.attest(key, True, at=poll.chain.now + 3_601)
    assert poll.stage() == APPROVED


def test_refuses_openings_of_another_number_or_order(sealed: SealedPoll) -> None:
    poll = SealedPoll.of(sealed.world, sealed.register, 2, SealKeys("two motions"))
    newest = _voted(poll, {i: [1, 2] for i in range(4)})
    _opened(poll)
    right = poll.openings(newest)
    for wrong in (right[:2], right[:3], [*right, right[0]], []):
        with refusal("Poll_OpeningCountWrong", len(wrong), 4):
            poll.chain.send(poll.calls.openSums(wrong))
    with refusal("Poll_OpeningWrong", 0, 1):
        poll.chain.send(poll.calls.openSums(right[2:] + right[:2]))
    with refusal("Poll_OpeningWrong", 3, 2):
        poll.chain.send(poll.calls.openSums([*right[:3], (*right[3][:2], right[3][2] + 1, *right[3][3:])]))
    poll.open_sums(newest)


def test_takes_no_approval_when_no_motion_passed(sealed: SealedPoll) -> None:
    newest = _voted(sealed, {i: [2] for i in range(4)})
    _opened(sealed)
    sealed.open_sums(newest)
    assert sealed.calls.passed().call() == 0
    sealed.chain.warp(sealed.chain.now + 3_601)
    with refusal("Approval_PlanDidNotPass"):
        sealed.attest(sealed.world.official_keys[0], True)
    for key in sealed.world.official_keys[:2]:
        sealed.attest(key, False)
    assert sealed.stage() == REFUSED


def test_says_that_nothing_is_tallied_before(sealed: SealedPoll) -> None:
    with refusal("Poll_NotTallied"):
        sealed.chain.send(sealed.calls.passed())
    with refusal("Poll_NotTallied"):
        sealed.chain.send(sealed.calls.tallies())


def test_counts_an_invalid_ballot_as_not_taking_part(sealed: SealedPoll) -> None:
    sealed.cast_batch([sealed.vote(0, 1), sealed.vote(1, 1), sealed.vote(2, 0)])
    sealed.close()
    _opened(sealed)
    sealed.open_sums({0: [1], 1: [1]})
    tallies = sealed.calls.tallies().call()
    assert [tuple(one[:3]) for one in tallies] == [(1, 0, 0), (1, 0, 0)]
    assert sealed.calls.passed().call() == 1


def _exclude(poll: SealedPoll, index: int, before: bytes = EMPTY_BOX, ballots: bytes = b"") -> None:
    lender = poll.register.lenders[index]
    given = (index, lender.leaf, poll.register.proof(index), lender.amount_fen % N, lender.blind, before, ballots)
    poll.chain.send(poll.calls.excludeLeaf(*given))


def test_takes_a_leaf_out_with_what_was_counted_for_it(sealed: SealedPoll, spoilt: Register) -> None:
    poll = SealedPoll.of(sealed.world, spoilt, 1, SealKeys("spoilt"))
    poll.cast_batch([poll.vote(i, 1) for i in (0, 2, NEGATIVE, HUGE)])
    poll.cast(poll.vote(NEGATIVE, 2, sequence=2))
    poll.cast(poll.vote(1, 1))
    poll.close()
    records = list(poll.records)
    with refusal("Box_NotEmpty"):
        _exclude(poll, 12)
    poll.unseal()
    poll.count_all(3)  # pieces: the last three, then the first three
    newest = {0: [1], 2: [1], NEGATIVE: [2], HUGE: [1], 1: [1]}
    with pytest.raises(Refused):
        poll.open_sums(newest)
    _exclude(poll, NEGATIVE, folded(EMPTY_BOX, records[:4]), b"".join(records[4:]))
    _exclude(poll, HUGE, folded(EMPTY_BOX, records[:3]), b"".join(records[3:]))
    _exclude(poll, 12)
    assert poll.heads(0, 0) == [2, 0, 0]
    assert poll.sums(0, 0) == [expected_sum(spoilt, [0, 2]), (0, 0), (0, 0)]
    assert poll.calls.admitted(0).call()[0] == 7
    poll.open_sums({0: [1], 2: [1], 1: [1]})
    assert poll.calls.passed().call() == 1


def test_takes_the_head_of_an_invalid_ballot_off(sealed: SealedPoll, spoilt: Register) -> None:
    poll = SealedPoll.of(sealed.world, spoilt, 2, SealKeys("spoilt, invalid"))
    poll.cast(poll.vote(HUGE, 1))  # one of two motions
    record = poll.records[0]
    poll.close()
    _opened(poll)
    assert poll.calls.invalid(0).call() == 1
    _exclude(poll, HUGE, EMPTY_BOX, record)
    assert poll.calls.invalid(0).call() == 0


def test_refuses_records_that_do_not_show_the_ballot(sealed: SealedPoll, spoilt: Register) -> None:
    poll = SealedPoll.of(sealed.world, spoilt, 1, SealKeys("spoilt, wrong"))
    poll.cast_batch([poll.vote(i, 1) for i in (0, HUGE)])
    poll.cast(poll.vote(HUGE, 2, sequence=2))
    poll.cast(poll.vote(3, 2))
    records = list(poll.records)
    poll.close()
    _opened(poll)
    whole = folded(EMPTY_BOX, records)
    wrong = {
        "an older ballot": (folded(EMPTY_BOX, records[:1]), records[1:]),
        "another's ballot": (folded(EMPTY_BOX, records[:3]), records[3:]),
        "not up to where a counting began": (folded(EMPTY_BOX, records[:2]), records[2:3]),
        "another choice": (folded(EMPTY_BOX, records[:2]), [records[2][:-1] + bytes([records[2][-1] ^ 1]), records[3]]),
        "beyond the box": (whole, [records[2]]),
    }
    for before, ballots in wrong.values():
        with refusal("Box_NotTheBallot", HUGE):
            _exclude(poll, HUGE, before, b"".join(ballots))
    with refusal("Box_LengthWrong", 0):
        _exclude(poll, HUGE)
    with refusal("Box_NotTheBallot", 12):
        _exclude(poll, 12, EMPTY_BOX, b"".join(records))
    _exclude(poll, HUGE, folded(EMPTY_BOX, records[:2]), b"".join(records[2:]))
    with refusal("Poll_LeafAlreadyExcluded", HUGE):
        _exclude(poll, HUGE, folded(EMPTY_BOX, records[:2]), b"".join(records[2:]))


def test_refuses_to_take_a_claim_out(sealed: SealedPoll) -> None:
    sealed.close()
    with refusal("Poll_LeafHoldsClaim", 3):
        _exclude(sealed, 3)
