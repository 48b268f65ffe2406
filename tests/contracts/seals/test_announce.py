"""announceSealedPoll() (protocol §21.3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from eth_utils.crypto import keccak
from web3.logs import DISCARD

from scripts.build.check import deployed, strangers
from scripts.build.releases import NEWEST
from tests.contracts.ballot_box import P, address_of, created_by, make_register, secret, sign, signer_of
from tests.contracts.chain import refusal
from tests.contracts.sealed_world import SealedPoll, SealedTerms, SealedWorld, SealKeys

THIRTY_DAYS = 2_592_000


def _terms(world: SealedWorld, motions: int = 1, **changes: Any) -> SealedTerms:
    return SealedTerms(replace(world.terms(), **changes), motions)


def _with(keys: SealKeys, **changes: Any) -> tuple[Any, ...]:
    """The SealKey with other fields."""
    names = ("x", "y", "threshold", "share_keys", "roll", "transcript")
    return tuple((dict(zip(names, keys.values, strict=True)) | changes).values())


def test_creates_a_poll_that_is_held_to_its_terms(announced_sealed: SealedPoll) -> None:
    poll, calls = announced_sealed, announced_sealed.calls
    assert calls.caseContract().call() == poll.world.case.address
    assert calls.parametersHash().call() == poll.terms.hash
    assert (calls.motions().call(), calls.abandonAfterSeconds().call()) == (1, 86_400)
    assert calls.sealKeyHash().call() == poll.keys.hash
    assert calls.sealKey().call() == address_of(poll.keys.secret.to_bytes(32, "big"))
    assert calls.shareKeys().call() == poll.keys.share_keys
    assert calls.parameters().call()[3:6] == poll.terms.poll.values[3:6]
    assert (calls.stage().call(), calls.secret().call(), calls.sharesPublished().call()) == (0, 0, 0)
    assert poll.world.case.functions.isSealed(0).call()


def test_numbers_polls_of_both_kinds_together(sealed_world: SealedWorld) -> None:
    case = sealed_world.case
    opened = sealed_world.announce(sealed_world.terms())
    keys, terms = SealKeys("second"), _terms(sealed_world, 3)
    sealed = sealed_world.announce_sealed(terms, keys)
    factory = created_by(case.address, 1)
    assert [case.functions.poll(i).call() for i in range(3)] == [created_by(factory, i + 1) for i in range(3)]
    assert [case.functions.isSealed(i).call() for i in range(3)] == [True, False, True]
    assert (opened.functions.pollNumber().call(), sealed.functions.pollNumber().call()) == (1, 2)


def test_says_what_was_announced(sealed_world: SealedWorld) -> None:
    keys, terms = SealKeys("second"), _terms(sealed_world)
    case = sealed_world.case.functions
    signed = sealed_world.signed("SealedPollAnnouncement", 1, terms.hash, keys.hash, True)
    call = case.announceSealedPoll(sealed_world.chain.sealed_code, terms.values, keys.values, sealed_world.confirmations(keys), *signed)
    receipt = sealed_world.chain.send(call)
    (log,) = sealed_world.case.events.SealedPollAnnounced().process_receipt(receipt, DISCARD)
    assert log["args"] == {"pollNumber": 1, "poll": case.poll(1).call(), "parametersHash": terms.hash, "sealKeyHash": keys.hash}


def test_refuses_other_code(sealed_world: SealedWorld) -> None:
    code = sealed_world.chain.sealed_code
    for other in (code[:-1], code + b"\x00", b"", bytes([code[0] ^ 1]) + code[1:]):
        with refusal("Case_SealedCodeIsAnother", keccak(other)):
            sealed_world.announce_sealed(_terms(sealed_world), SealKeys("second"), code=other)


def test_refuses_a_key_that_a_share_did_not_confirm(sealed_world: SealedWorld) -> None:
    keys, terms = SealKeys("second"), _terms(sealed_world)
    right = sealed_world.confirmations(keys)
    for i in range(3):
        wrong = list(right)
        wrong[i] = (right[(i + 1) % 3][0], right[i][1])
        with refusal("Seal_ShareKeyNotConfirmed", i):
            sealed_world.announce_sealed(terms, keys, confirmations=wrong)
    with refusal("Seal_ShareKeyNotConfirmed", 0):
        sealed_world.announce_sealed(terms, keys, confirmations=[(b"", identity) for _, identity in right])


def test_refuses_a_key_that_a_trustee_did_not_confirm(sealed_world: SealedWorld) -> None:
    keys, terms = SealKeys("second"), _terms(sealed_world)
    right = sealed_world.confirmations(keys)
    digest = sealed_world.domain.digest("SealKey", *keys.values)
    for other in (sign(secret("nobody"), digest), right[0][1], right[2][0]):
        with refusal("Seal_IdentityNotConfirmed", 2):
            sealed_world.announce_sealed(terms, keys, confirmations=[*right[:2], (right[2][0], other)])


@pytest.mark.parametrize("field", ["x, y", "threshold", "roll", "transcript"])
def test_refuses_confirmations_of_another_key(sealed_world: SealedWorld, field: str) -> None:
    keys, other = SealKeys("second"), SealKeys("third")
    changes: dict[str, dict[str, Any]] = {
        "x, y": dict(zip("xy", other.point, strict=True)),
        "threshold": {"threshold": 3},
        "roll": {"roll": keccak(b"another")},
        "transcript": {"transcript": keccak(b"another")},
    }
    with refusal("Seal_ShareKeyNotConfirmed", 0):
        sealed_world.announce_sealed(_terms(sealed_world), keys, seal_key=_with(keys, **changes[field]))


def test_refuses_a_number_of_seats_that_is_not_the_trustees(sealed_world: SealedWorld) -> None:
    terms, keys = _terms(sealed_world), SealKeys("second")
    confirmations = sealed_world.confirmations(keys)
    with refusal("Seal_SeatCountWrong", 3, 2, 3):
        sealed_world.announce_sealed(terms, keys, confirmations=confirmations[:2])
    two = SealKeys("two", seats=2)
    with refusal("Seal_SeatCountWrong", 2, 2, 3):
        sealed_world.announce_sealed(terms, two)
    with refusal("Seal_SeatCountWrong", 2, 3, 3):
        sealed_world.announce_sealed(terms, two, confirmations=confirmations)


@pytest.mark.parametrize("threshold", [0, 1, 4, 255])
def test_refuses_a_threshold_out_of_range(sealed_world: SealedWorld, threshold: int) -> None:
    keys = SealKeys("second")
    with refusal("Seal_ThresholdOutOfRange", threshold, 3):
        sealed_world.announce_sealed(_terms(sealed_world), keys, seal_key=_with(keys, threshold=threshold))


def test_takes_every_threshold_from_two_to_the_seats(sealed_world: SealedWorld) -> None:
    for threshold in (2, 3):
        sealed_world.announce_sealed(_terms(sealed_world), SealKeys(("of three", threshold), threshold=threshold))


def test_refuses_a_key_off_the_curve(sealed_world: SealedWorld) -> None:
    keys = SealKeys("second")
    x, y = keys.point
    for point in ((x, y ^ 1), (x, P - 1), (0, 0), (x, y + P if y + P < 2**256 else 0), (P, y)):
        with refusal("Seal_KeyNotOnCurve"):
            sealed_world.announce_sealed(_terms(sealed_world), keys, seal_key=_with(keys, x=point[0], y=point[1]))


def test_refuses_a_share_key_twice(sealed_world: SealedWorld) -> None:
    keys, terms = SealKeys("second"), _terms(sealed_world)
    twice = [keys.share_keys[0], keys.share_keys[1], keys.share_keys[0]]
    value = _with(keys, share_keys=twice)
    digest = sealed_world.domain.digest("SealKey", *value)
    by_shares = [keys.shares[0], keys.shares[1], keys.shares[0]]
    signed = [(sign(s.to_bytes(32, "big"), digest), sign(t, digest)) for s, t in zip(by_shares, sealed_world.trustees, strict=True)]
    with refusal("Seal_ShareKeyTwice", 2):
        sealed_world.announce_sealed(terms, keys, seal_key=value, confirmations=signed)


def test_refuses_what_an_earlier_poll_used(sealed_world: SealedWorld) -> None:
    first, terms = SealKeys(), _terms(sealed_world)
    with refusal("Seal_KeyUsed"):
        sealed_world.announce_sealed(terms, first)
    fresh = SealKeys("fresh")
    _refused_as_used(sealed_world, terms, _with(fresh, roll=first.values[4]), fresh, "Seal_RollUsed", first.values[4])
    value = _with(fresh, x=first.point[0], y=first.point[1])
    _refused_as_used(sealed_world, terms, value, fresh, "Seal_KeyUsed", address_of(first.secret.to_bytes(32, "big")))
    sealed_world.announce_sealed(terms, fresh)


def _refused_as_used(world: SealedWorld, terms: SealedTerms, value: tuple[Any, ...], keys: SealKeys, name: str, which: object) -> None:
    digest = world.domain.digest("SealKey", *value)
    signed = [(sign(s.to_bytes(32, "big"), digest), sign(t, digest)) for s, t in zip(keys.shares, world.trustees, strict=True)]
    with refusal(name, which):
        world.announce_sealed(terms, keys, seal_key=value, confirmations=signed)


def test_refuses_an_announcement_that_officials_did_not_sign(sealed_world: SealedWorld) -> None:
    keys, terms = SealKeys("second"), _terms(sealed_world)
    right = [1, terms.hash, keys.hash, True]
    for place, wrong in enumerate((0, keccak(b"other"), keccak(b"other"), False)):
        values = [*right[:place], wrong, *right[place + 1 :]]
        with refusal("Officials_SignatureWrong"):
            sealed_world.announce_sealed(terms, keys, signed=sealed_world.signed("SealedPollAnnouncement", *values))
    with refusal("Officials_TooFewSigners", 1, 2):
        few = sealed_world.signed("SealedPollAnnouncement", *right, keys=sealed_world.official_keys[:1])
        sealed_world.announce_sealed(terms, keys, signed=few)


@pytest.mark.parametrize("motions", [0, 17, 255])
def test_refuses_no_motion_and_more_than_sixteen(sealed_world: SealedWorld, motions: int) -> None:
    with refusal("Poll_MotionCountOutOfRange", motions):
        sealed_world.announce_sealed(_terms(sealed_world, motions), SealKeys("second"))


@pytest.mark.parametrize(("motions", "classes"), [(6, 14), (9, 9), (16, 6)])
def test_refuses_more_sums_than_one_transaction_opens(sealed_world: SealedWorld, motions: int, classes: int) -> None:
    """Motions times classes; 80 are taken, and opened (test_count)."""
    number = sealed_world.freeze(make_register(16, class_count=classes))
    with refusal("Poll_TooManySums", motions * classes):
        sealed_world.announce_sealed(_terms(sealed_world, motions, register_number=number), SealKeys("second"))
    keys = SealKeys("third")
    poll = sealed_world.announce_sealed(_terms(sealed_world, 80 // classes, register_number=number), keys)
    assert poll.functions.motions().call() == 80 // classes


def test_passes_on_what_the_poll_refuses(sealed_world: SealedWorld) -> None:
    keys = SealKeys("second")
    with refusal("Poll_ConditionCountOutOfRange", 0):
        sealed_world.announce_sealed(_terms(sealed_world, conditions=[]), keys)
    with refusal("Poll_WindowWrong"):
        sealed_world.announce_sealed(_terms(sealed_world, closes_at=5), keys)
    with refusal("Plan_NotAdmitted", 7):
        sealed_world.announce_sealed(_terms(sealed_world, plan_number=7), keys)
    with refusal("Register_NotFrozen", 7):
        sealed_world.announce_sealed(_terms(sealed_world, register_number=7), keys)
    relay = address_of(sealed_world.official_keys[0])
    with refusal("Poll_RoleHeldTwice", relay):
        sealed_world.announce_sealed(_terms(sealed_world, receipt_signer=relay), keys)
    sealed_world.announce_sealed(_terms(sealed_world), keys)


@pytest.mark.parametrize("seconds", [0, THIRTY_DAYS + 1])
def test_refuses_a_rehearsal_that_waits_not_at_all_or_longer_than_a_month(sealed_world: SealedWorld, seconds: int) -> None:
    terms = replace(_terms(sealed_world), abandon_after_seconds=seconds)
    with refusal("Poll_AbandonmentOutOfRange", seconds):
        sealed_world.announce_sealed(terms, SealKeys("second"))


def test_asks_exactly_thirty_days_of_a_poll_that_counts(announced_sealed: SealedPoll) -> None:
    world = SealedWorld(announced_sealed.chain, rehearsal=False)
    world.freeze(announced_sealed.register)
    world.admit(world.submit())
    opens_at = world.chain.now + 1_400_000
    terms = SealedTerms(replace(world.terms(), opens_at=opens_at, closes_at=opens_at + 10, challenge_seconds=1_296_000))
    for seconds in (THIRTY_DAYS - 1, THIRTY_DAYS + 1, 1):
        with refusal("Poll_AbandonmentOutOfRange", seconds):
            world.announce_sealed(replace(terms, abandon_after_seconds=seconds), SealKeys("real"))
    right = replace(terms, abandon_after_seconds=THIRTY_DAYS)
    with refusal("Poll_NoticeTooShort"):
        world.announce_sealed(replace(right, poll=replace(right.poll, opens_at=world.chain.now + 1_000)), SealKeys("real"))
    world.announce_sealed(right, SealKeys("real"))


def test_refuses_a_sealed_poll_of_a_case_without_trustees(announced_sealed: SealedPoll) -> None:
    world = SealedWorld(announced_sealed.chain, trustees=[])
    world.freeze(announced_sealed.register)
    world.admit(world.submit())
    with refusal("Trustees_NoneServing"):
        world.announce_sealed(_terms(world), SealKeys("second"))
    assert signer_of(secret("trustee", 0)) not in world.case.functions.trustees().call()


def test_lets_nobody_but_the_case_use_its_factory(sealed_world: SealedWorld) -> None:
    factory = sealed_world.chain.contract("PollFactory", created_by(sealed_world.case.address, 1))
    with refusal("PollFactory_NotItsCase", sealed_world.chain.accounts[0]):
        sealed_world.chain.send(factory.functions.createFrom(sealed_world.chain.sealed_code, b""))


def test_is_known_as_made_of_these_sources(announced_sealed: SealedPoll) -> None:
    world = announced_sealed.world
    world.announce(world.terms())
    found = deployed(world.chain.w3, world.case.address)
    assert [one["contractName"] for one in found] == ["Case", "PollFactory", "SealedPoll", "Poll"]
    assert {one["release"] for one in found} == {NEWEST}
    assert strangers(found) == []
    _, number, parameters, key, key_hash, share_keys = found[2]["args"]
    assert (number, parameters[1:]) == (0, [1, 86_400])
    assert (key, share_keys) == (announced_sealed.calls.sealKey().call(), announced_sealed.keys.share_keys)
    assert key_hash == "0x" + announced_sealed.keys.hash.hex()
