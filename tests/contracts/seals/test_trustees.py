"""Trustees of a case, and their appointment (protocol §21.2)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from web3.logs import DISCARD

from tests.contracts.ballot_box import secret, signer_of
from tests.contracts.chain import refusal
from tests.contracts.sealed_world import SealedPoll, SealedTerms, SealedWorld, SealKeys, trustee_keys

WEEK = 7 * 86_400


def _others(count: int) -> list[bytes]:
    return [secret("other trustee", i) for i in range(count)]


def _serving(world: SealedWorld) -> list[bytes]:
    return list(world.case.functions.trustees().call())


def _signers(keys: Sequence[bytes]) -> list[bytes]:
    return [signer_of(key) for key in keys]


def _real(poll: SealedPoll) -> SealedWorld:
    return SealedWorld(poll.chain, rehearsal=False)


def test_serves_those_of_the_constructor_at_once(sealed_world: SealedWorld) -> None:
    assert _serving(sealed_world) == _signers(trustee_keys())
    assert sealed_world.case.functions.nextTrustees().call() == [[], 0]
    assert sealed_world.case.functions.appointmentCount().call() == 0


def test_says_who_was_appointed(sealed_world: SealedWorld) -> None:
    receipt = sealed_world.appoint(_others(4))
    (log,) = sealed_world.case.events.TrusteesAppointed().process_receipt(receipt, DISCARD)
    now = sealed_world.chain.now
    assert log["args"] == {"appointmentNumber": 1, "trustees": _signers(_others(4)), "servesFrom": now}


def test_serves_an_appointment_of_a_rehearsal_at_once(sealed_world: SealedWorld) -> None:
    sealed_world.appoint(_others(2))
    assert _serving(sealed_world) == _signers(_others(2))
    sealed_world.trustees = _others(2)
    try:
        sealed_world.announce_sealed(SealedTerms(sealed_world.terms()), SealKeys("second", seats=2))
    finally:
        sealed_world.trustees = trustee_keys()


def test_serves_an_appointment_a_week_later_in_a_case_that_counts(announced_sealed: SealedPoll) -> None:
    world = _real(announced_sealed)
    world.appoint(_others(3))
    due = world.chain.now + WEEK
    assert world.case.functions.nextTrustees().call() == [_signers(_others(3)), due]
    world.chain.warp(due - 1)
    assert _serving(world) == _signers(trustee_keys())
    world.chain.warp(due)
    assert _serving(world) == _signers(_others(3))
    assert world.case.functions.nextTrustees().call() == [[], 0]


def test_replaces_an_appointment_that_does_not_serve_yet(announced_sealed: SealedPoll) -> None:
    world = _real(announced_sealed)
    world.appoint(_others(3))
    first_due = world.chain.now + WEEK
    world.chain.warp(first_due - 100)
    world.appoint(_others(5))
    world.chain.warp(first_due + 1)
    assert _serving(world) == _signers(trustee_keys())
    world.chain.warp(first_due + WEEK)
    assert _serving(world) == _signers(_others(5))


def test_keeps_those_who_serve_while_others_wait(announced_sealed: SealedPoll) -> None:
    world = _real(announced_sealed)
    world.appoint(_others(3))
    world.chain.warp(world.chain.now + WEEK)
    world.appoint(_others(4))
    assert _serving(world) == _signers(_others(3))


def test_leaves_announced_polls_their_own_keys(sealed: SealedPoll) -> None:
    sealed.world.appoint(_others(4))
    sealed.close()
    sealed.chain.send(sealed.calls.publishShare(1, sealed.keys.shares[1]))
    assert sealed.calls.shareKeys().call() == sealed.keys.share_keys


@pytest.mark.parametrize("count", [0, 1, 33])
def test_refuses_too_few_and_too_many(sealed_world: SealedWorld, count: int) -> None:
    with refusal("Trustees_CountOutOfRange", count):
        sealed_world.appoint(_others(count))


def test_takes_thirty_two(sealed_world: SealedWorld) -> None:
    sealed_world.appoint(_others(32))
    assert len(_serving(sealed_world)) == 32


def test_refuses_one_trustee_twice(sealed_world: SealedWorld) -> None:
    a, b = _others(2)
    with refusal("Trustees_NamedTwice", signer_of(a)):
        sealed_world.appoint([a, b, a])


def test_refuses_a_case_with_one_trustee_or_one_twice(announced_sealed: SealedPoll) -> None:
    with refusal("Trustees_CountOutOfRange", 1):
        SealedWorld(announced_sealed.chain, trustees=_others(1))
    with refusal("Trustees_NamedTwice"):
        SealedWorld(announced_sealed.chain, trustees=_others(1) * 2)


def test_refuses_who_may_be_no_signer(sealed_world: SealedWorld) -> None:
    case, chain = sealed_world.case.functions, sealed_world.chain
    for signer in (bytes(20), b"\x01" * 19, b"\x01" * 84):
        with refusal("Case_SignerNotAllowed", signer):
            chain.send(case.appointTrustees([signer_of(secret("a")), signer], [], []))


def test_refuses_an_appointment_that_officials_did_not_sign(sealed_world: SealedWorld) -> None:
    for number in (0, 2):
        with refusal("Officials_SignatureWrong"):
            sealed_world.appoint(_others(2), number=number)
    sealed_world.appoint(_others(2))
    with refusal("Officials_SignatureWrong"):
        sealed_world.appoint(_others(2), number=1)
