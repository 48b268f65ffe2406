"""Shares, the secret and breaches of a sealed poll (protocol §21.5, §21.6)."""

from __future__ import annotations

from web3.logs import DISCARD

from tests.contracts.ballot_box import N, compact, secret, sign
from tests.contracts.chain import refusal
from tests.contracts.sealed_world import SealedPoll, interpolated

CLOSED, UNSEALED, COUNTED = 2, 3, 4


def _publish(poll: SealedPoll, trustee: int, share: int) -> None:
    poll.chain.send(poll.calls.publishShare(trustee, share))


def _report(poll: SealedPoll, scalar: int) -> None:
    short = compact(sign(scalar.to_bytes(32, "big"), poll.papers.domain.digest("SealBreach")))
    poll.chain.send(poll.calls.reportBreach(short[:32], short[32:]))


def test_takes_each_share_once_and_from_its_own_seat(sealed: SealedPoll) -> None:
    shares = sealed.keys.shares
    sealed.close()
    _publish(sealed, 2, shares[2])
    assert sealed.calls.sharesPublished().call() == 0b100
    for trustee, share in (
        (0, shares[1]),
        (0, shares[0] ^ 1),
        (1, 0),
        (1, sealed.keys.secret),
        (0, shares[0] + N if shares[0] + N < 2**256 else N),
    ):
        with refusal("Seal_ShareWrong", trustee):
            _publish(sealed, trustee, share)
    with refusal("Seal_NoSuchTrustee", 3):
        _publish(sealed, 3, shares[0])
    with refusal("Seal_ShareKnown", 2):
        _publish(sealed, 2, shares[2])
    _publish(sealed, 0, shares[0])
    assert sealed.calls.sharesPublished().call() == 0b101


def test_takes_the_secret_that_any_two_shares_give(sealed: SealedPoll) -> None:
    shares = dict(enumerate(sealed.keys.shares))
    sealed.cast(sealed.vote(0, 1))
    sealed.close()
    pairs = [{a: shares[a], b: shares[b]} for a, b in ((0, 1), (0, 2), (1, 2))]
    assert {interpolated(pair) for pair in pairs} == {sealed.keys.secret}
    receipt = sealed.chain.send(sealed.calls.unseal(interpolated(pairs[2])))
    (log,) = sealed.contract.events.Unsealed().process_receipt(receipt, DISCARD)
    assert log["args"] == {"secret": sealed.keys.secret, "box": sealed.calls.box().call()}
    assert (sealed.calls.secret().call(), sealed.stage()) == (sealed.keys.secret, UNSEALED)


def test_refuses_any_other_secret(sealed: SealedPoll) -> None:
    sealed.cast(sealed.vote(0, 1))
    sealed.close()
    one_share = interpolated({1: sealed.keys.shares[1]})
    for wrong in (one_share, sealed.keys.shares[0], 0, 1, N, N - sealed.keys.secret, 2**256 - 1):
        with refusal("Seal_SecretWrong"):
            sealed.chain.send(sealed.calls.unseal(wrong))
    assert (sealed.calls.secret().call(), sealed.stage()) == (0, CLOSED)


def test_refuses_the_secret_a_second_time(sealed: SealedPoll) -> None:
    sealed.close()
    sealed.unseal()
    with refusal("Seal_AlreadyUnsealed"):
        sealed.unseal()


def test_refuses_everything_before_the_close(sealed: SealedPoll) -> None:
    sealed.cast(sealed.vote(0, 1))
    last = sealed.terms.poll.closes_at - 1
    with refusal("Poll_StillOpen"):
        sealed.chain.send(sealed.calls.publishShare(0, sealed.keys.shares[0]), at=last - 3)
    with refusal("Poll_StillOpen"):
        sealed.chain.send(sealed.calls.unseal(sealed.keys.secret), at=last - 2)
    with refusal("Seal_StillSealed"):
        sealed.chain.send(sealed.calls.count(*sealed.piece()), at=last - 1)
    with refusal("Poll_StillOpen"):
        sealed.chain.send(sealed.calls.openSums(sealed.openings({})), at=last)
    assert sealed.stage() == 1


def test_is_counted_at_the_close_when_nobody_voted(sealed: SealedPoll) -> None:
    sealed.close()
    assert sealed.stage() == COUNTED


def test_takes_a_breach_by_the_secret_alone_and_once(sealed: SealedPoll) -> None:
    for other in (sealed.keys.shares[0], int.from_bytes(secret("nobody"), "big")):
        with refusal("Seal_NotSignedByKey"):
            _report(sealed, other)
    assert sealed.calls.sealBrokenAt().call() == 0
    _report(sealed, sealed.keys.secret)
    assert sealed.calls.sealBrokenAt().call() == sealed.chain.now
    with refusal("Seal_BreachKnown"):
        _report(sealed, sealed.keys.secret)
    assert sealed.calls.secret().call() == 0
    sealed.cast(sealed.vote(0, 1))


def test_takes_no_breach_after_the_close(sealed: SealedPoll) -> None:
    sealed.close()
    with refusal("Poll_Closed"):
        _report(sealed, sealed.keys.secret)
