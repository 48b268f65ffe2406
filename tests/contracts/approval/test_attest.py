"""attest(): k officials decide, after the challenge period."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from web3.logs import DISCARD

from tests.contracts.approval.test_officials import p256_signer, passkey_signature
from tests.contracts.ballot_box import AGAINST, FOR, Register, high_s, opening, secret, sign, signer_of
from tests.contracts.chain import Chain, refusal
from tests.contracts.typed import Domain
from tests.contracts.world import OpenPoll, World

TALLIED, APPROVED, REFUSED = 3, 4, 5


@dataclass
class PasskeyWorld(World):
    """A case whose last official signs by passkey; register, plan and poll need that signature."""

    passkey: bytes = b""
    key: ec.EllipticCurvePrivateKey | None = None

    def __post_init__(self) -> None:
        signers = [*(signer_of(key) for key in self.official_keys), self.passkey]
        self.case = self.chain.open_case(signers, len(signers), signer_of(self.institution_key))
        self.domain = Domain(self.chain.chain_id, self.case.address)
        self.admit(self.submit())

    def signed(self, name: str, *values: object, keys: Sequence[bytes] | None = None) -> tuple[list[bytes], list[bytes]]:
        assert self.key is not None
        signers, signatures = super().signed(name, *values, keys=keys)
        return [*signers, self.passkey], [*signatures, passkey_signature(self.key, self.domain.digest(name, *values))]


def tally(poll: OpenPoll, newest: dict[int, int]) -> OpenPoll:
    """Vote, close, open the sums, wait for the end of the challenge period."""
    poll.cast_batch([poll.vote(i, choice) for i, choice in newest.items()])
    poll.chain.send(poll.calls.openSums(opening(poll.register, newest)), at=poll.terms.closes_at)
    poll.chain.warp(poll.calls.challengeEndsAt().call())
    return poll


@pytest.fixture
def passed(poll: OpenPoll) -> OpenPoll:
    """A poll whose plan passed, after the challenge period."""
    return tally(poll, {0: FOR, 1: FOR})


@pytest.fixture
def failed(poll: OpenPoll) -> OpenPoll:
    """A poll whose plan did not pass, after the challenge period."""
    return tally(poll, {0: FOR, 1: AGAINST})


def officials(poll: OpenPoll) -> list[bytes]:
    return poll.world.official_keys


def test_refuses_before_the_sums_are_opened(poll: OpenPoll) -> None:
    with refusal("Poll_NotTallied"):
        poll.attest(officials(poll)[0], True)
    poll.chain.warp(poll.terms.closes_at + poll.terms.challenge_seconds + 1)
    with refusal("Poll_NotTallied"):
        poll.attest(officials(poll)[0], False)


def _at_the_edge(poll: OpenPoll) -> int:
    openings = opening(poll.register, {})
    poll.chain.send(poll.calls.openSums(openings), at=poll.terms.closes_at)
    return poll.terms.closes_at + poll.terms.challenge_seconds


def test_refuses_a_second_before_challengeendsat(poll: OpenPoll) -> None:
    ends_at = _at_the_edge(poll)
    with refusal("Approval_ChallengeNotOver", ends_at, ends_at - 1):
        poll.attest(officials(poll)[0], False, at=ends_at - 1)


def test_accepts_exactly_at_challengeendsat(poll: OpenPoll) -> None:
    poll.attest(officials(poll)[0], False, at=_at_the_edge(poll))
    assert poll.calls.refusals().call() == 1


def test_refuses_a_stranger(passed: OpenPoll) -> None:
    stranger = secret("stranger")
    with refusal("Approval_NotAnOfficial", signer_of(stranger)):
        passed.attest(stranger, True)


def test_refuses_the_institution_whose_plan_it_is(passed: OpenPoll) -> None:
    institution = passed.world.institution_key
    assert passed.calls.planSubmitter().call() == signer_of(institution)
    for approve in (True, False):
        with refusal("Approval_NotAnOfficial", signer_of(institution)):
            passed.attest(institution, approve)


@pytest.mark.parametrize("second", [True, False])
def test_refuses_one_official_twice(passed: OpenPoll, second: bool) -> None:
    key = officials(passed)[0]
    passed.attest(key, True)
    with refusal("Approval_AlreadyAttested", signer_of(key)):
        passed.attest(key, second)
    assert (passed.calls.approvals().call(), passed.calls.refusals().call()) == (1, 0)


def _same(signature: bytes, _: bytes) -> bytes:
    return signature


def _wrong(poll: OpenPoll, signature_of: Callable[[bytes], bytes]) -> None:
    key = officials(poll)[0]
    with refusal("Approval_SignatureWrong", signer_of(key)):
        poll.attest(key, True, signature=signature_of(poll.calls.resultHash().call()))
    assert poll.calls.hasAttested(signer_of(key)).call() is False


def test_refuses_another_official_s_signature(passed: OpenPoll) -> None:
    other = officials(passed)[1]
    _wrong(passed, lambda result: sign(other, passed.papers.domain.digest("Attestation", result, True)))


def test_refuses_an_approval_turned_into_a_refusal(passed: OpenPoll) -> None:
    key = officials(passed)[0]
    _wrong(passed, lambda result: sign(key, passed.papers.domain.digest("Attestation", result, False)))


def test_refuses_an_attestation_of_another_result(passed: OpenPoll) -> None:
    key = officials(passed)[0]
    _wrong(passed, lambda _: sign(key, passed.papers.domain.digest("Attestation", bytes(32), True)))


def test_refuses_an_attestation_for_another_poll(passed: OpenPoll) -> None:
    key = officials(passed)[0]
    _wrong(passed, lambda result: sign(key, passed.world.domain.digest("Attestation", result, True)))


def test_refuses_rubbish_of_an_official_who_delegates_to_code(passed: OpenPoll, harness: Path) -> None:
    key, wallet = officials(passed)[0], passed.chain.deploy("YesSayer", folder=harness).address
    passed.chain.set_code("0x" + signer_of(key).hex(), "0xef0100" + wallet[2:])
    for rubbish in (b"rubbish", bytes(65)):
        _wrong(passed, partial(_same, rubbish))
    passed.attest(key, True)
    assert passed.calls.approvals().call() == 1


def test_refuses_a_signature_with_high_s(passed: OpenPoll) -> None:
    key = officials(passed)[0]
    _wrong(passed, lambda result: high_s(sign(key, passed.papers.domain.digest("Attestation", result, True))))


def test_refuses_an_approval(failed: OpenPoll) -> None:
    with refusal("Approval_PlanDidNotPass"):
        failed.attest(officials(failed)[0], True)
    assert failed.calls.approvals().call() == 0


def test_takes_refusals(failed: OpenPoll) -> None:
    for key in officials(failed)[:2]:
        failed.attest(key, False)
    assert failed.calls.stage().call() == REFUSED


def test_decides_nothing_below_k(passed: OpenPoll) -> None:
    receipt = passed.attest(officials(passed)[0], True)
    assert len(receipt["logs"]) == 1
    (event,) = passed.contract.events.OfficialAttested().process_receipt(receipt, DISCARD)
    signer = signer_of(officials(passed)[0])
    assert event["args"] == {"signerHash": passed.chain.w3.keccak(signer), "approve": True}
    assert passed.calls.hasAttested(signer).call() is True
    assert passed.calls.stage().call() == TALLIED


def test_counts_a_passkey_as_any_other_key(chain: Chain, register: Register) -> None:
    """Of two officials of two one signs by passkey, to freeze, admit and announce, and to approve."""
    key = ec.derive_private_key(54321, ec.SECP256R1())
    passkey = p256_signer(key, chain.deploy("PasskeyVerifier").address)
    world = PasskeyWorld(chain, official_keys=[secret("official", 0)], passkey=passkey, key=key)
    poll = tally(OpenPoll.of(world, register), {0: FOR, 1: FOR})
    digest = poll.papers.domain.digest("Attestation", poll.calls.resultHash().call(), True)
    with refusal("Approval_SignatureWrong", passkey):
        chain.send(poll.calls.attest(passkey, False, passkey_signature(key, digest)))
    chain.send(poll.calls.attest(passkey, True, passkey_signature(key, digest)))
    poll.attest(secret("official", 0), True)
    assert poll.calls.stage().call() == APPROVED


def test_approves_with_k_approvals(passed: OpenPoll) -> None:
    _decide(passed, True, APPROVED)


def test_refuses_with_k_refusals(passed: OpenPoll) -> None:
    _decide(passed, False, REFUSED)


def _decide(poll: OpenPoll, approve: bool, stage: int) -> None:
    poll.attest(officials(poll)[2], approve)
    receipt = poll.attest(officials(poll)[0], approve)
    (event,) = poll.contract.events.PollDecided().process_receipt(receipt, DISCARD)
    assert event["args"] == {"approved": approve}
    assert poll.calls.stage().call() == stage


def test_counts_approvals_and_refusals_apart(passed: OpenPoll) -> None:
    passed.attest(officials(passed)[0], True)
    passed.attest(officials(passed)[1], False)
    assert (passed.calls.approvals().call(), passed.calls.refusals().call()) == (1, 1)
    assert passed.calls.stage().call() == TALLIED
    passed.attest(officials(passed)[2], True)
    assert passed.calls.stage().call() == APPROVED


def test_refuses_a_call_through_a_contract(passed: OpenPoll, harness: Path) -> None:
    key = officials(passed)[0]
    signature = sign(key, passed.papers.domain.digest("Attestation", passed.calls.resultHash().call(), True))
    with refusal("Poll_CalledThroughContract"):
        passed.chain.forward(passed.calls.attest(signer_of(key), True, signature), harness)


def test_takes_nothing_after_the_decision(passed: OpenPoll) -> None:
    for key in officials(passed)[:2]:
        passed.attest(key, True)
    for approve in (True, False):
        with refusal("Approval_AlreadyDecided"):
            passed.attest(officials(passed)[2], approve)
