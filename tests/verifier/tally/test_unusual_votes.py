"""Votes that are odd but right: the recount agrees with them all, and says no to one that is not finished."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from tests.contracts.approval.test_officials import p256_signer, passkey_signature
from tests.contracts.ballot_box import AGAINST, FOR, Lender, Register, make_register, opening, sign, signer_of
from tests.contracts.chain import Chain
from tests.contracts.typed import Domain
from tests.contracts.world import World
from tests.verifier.tally.proxy import lying
from tests.verifier.tally.vote import HeldVote
from verifier.tally.recount import Recount

Again = Callable[..., Recount]


def findings(work: Recount) -> list[object]:
    return [finding for log in work.steps for finding in log.findings]


def test_nobody_voted__and_the_officials_refuse(node_address: str, tmp_path: Path, count_again: Again) -> None:
    vote = HeldVote.announce(Chain(node_address))
    poll, chain = vote.poll, vote.poll.chain
    chain.warp(poll.terms.closes_at)
    vote.note(closed=True)
    chain.send(poll.calls.openSums([(0,) * 6] * 2))
    chain.warp(poll.calls.challengeEndsAt().call())
    for key in vote.world.official_keys[1:]:
        poll.attest(key, False)
    vote.publish(tmp_path)
    work = count_again(tmp_path)
    assert findings(work) == []
    assert (work.decision, work.result is not None and work.result.passed) == ("refused", False)


def test_undecided__agrees_with_null_and_refuses_an_invented_decision(node_address: str, tmp_path: Path, count_again: Again) -> None:
    vote = HeldVote.announce(Chain(node_address))
    vote.hold()
    poll, chain = vote.poll, vote.poll.chain
    chain.warp(poll.terms.closes_at)
    vote.note(closed=True)
    chain.send(poll.calls.openSums(opening(vote.register, vote.newest)))
    vote.publish(tmp_path)
    work = count_again(tmp_path)
    assert findings(work) == []
    assert work.decision == "undecided"
    result = (tmp_path / "result.json").read_bytes()
    (tmp_path / "result.json").write_bytes(result.replace(b"null", b'"undecided"'))
    assert [finding.step for log in count_again(tmp_path).steps for finding in log.findings] == [12]


def test_not_opened__differs_at_the_opening(node_address: str, tmp_path: Path, count_again: Again) -> None:
    vote = HeldVote.announce(Chain(node_address))
    vote.hold()
    vote.poll.chain.warp(vote.poll.terms.closes_at)
    vote.publish(tmp_path)
    steps = [log.number for log in count_again(tmp_path).steps if not log.clean]
    assert steps == [8, 9, 10, 11, 12, 14]


def test_many_ways__second_poll_passkey_and_scattered_input(node_address: str, tmp_path: Path, count_again: Again) -> None:
    """A passkey official, a ballot whose call is laid out in another way, a second poll of the case."""
    chain = Chain(node_address)
    passkey = ec.derive_private_key(54321, ec.SECP256R1())
    signer = p256_signer(passkey, chain.deploy("PasskeyVerifier").address)
    world = World(chain)
    world.case = chain.open_case([*(signer_of(key) for key in world.official_keys[:2]), signer], 2, signer_of(world.institution_key))
    world.domain = Domain(chain.chain_id, world.case.address)
    HeldVote.announce(chain, world=world)
    vote = HeldVote.announce(chain, world=world)
    poll = vote.poll

    chain.warp(poll.terms.opens_at)
    votes = [vote.vote(index, FOR) for index in range(9)]
    poll.cast_batch(votes[1:])
    data = bytes.fromhex(poll.calls.cast(*poll.papers.ballot(votes[0]))._encode_transaction_data()[2:])
    head, proof_at, tail = data[4:388], int.from_bytes(data[388:420], "big"), data[420:]
    chain.send_data(
        poll.contract.address, "0x" + (data[:4] + head + (proof_at + 33).to_bytes(32, "big") + b"\xee" * 33 + tail + b"\x01").hex()
    )
    vote.count(votes)

    chain.warp(poll.terms.closes_at)
    vote.note(closed=True)
    opened = poll.calls.openSums(opening(vote.register, vote.newest))
    chain.send(opened)
    chain.warp(poll.calls.challengeEndsAt().call())
    digest = poll.papers.domain.digest("Attestation", poll.calls.resultHash().call(), True)
    chain.send(poll.calls.attest(signer, True, passkey_signature(passkey, digest)))
    second = poll.calls.attest(signer_of(world.official_keys[1]), True, sign(world.official_keys[1], digest))
    chain.send(second)
    vote.publish(tmp_path)

    work = count_again(tmp_path)
    assert findings(work) == []
    assert work.decision == "approved"
    assert any("passkey 0x" in note for note in work.steps[9].notes)

    def other_code(method: str, params: list[str], result: str) -> str:
        """Something else stands where the passkey verifier should."""
        return "0x6000" if method == "eth_getCode" and bytes.fromhex(params[0][2:]) == signer[:20] else result

    with lying(node_address, other_code) as address:
        assert {finding.name for finding in count_again(tmp_path, address).findings} == {"case.officials"}


def test_equal_claims__one_for_and_one_against(node_address: str, tmp_path: Path, count_again: Again) -> None:
    """Equal commitments meet in one sum and leave it again."""
    vote = HeldVote.announce(Chain(node_address), register=twins())
    poll, chain = vote.poll, vote.poll.chain
    chain.warp(poll.terms.opens_at)
    first = [vote.vote(0, FOR), vote.vote(2, FOR)]
    second = [vote.vote(0, AGAINST, 2), vote.vote(2, AGAINST, 2)]
    third = [vote.vote(2, FOR, 3)]
    for votes in (first, second, third):
        poll.cast_batch(votes)
        vote.count(votes)
    chain.warp(poll.terms.closes_at)
    vote.note(closed=True)
    chain.send(poll.calls.openSums(opening(vote.register, vote.newest)))
    vote.publish(tmp_path)
    assert findings(count_again(tmp_path)) == []


def twins() -> Register:
    lenders = list(make_register(4).lenders)
    lenders[2] = Lender(2, 0, lenders[0].amount_fen, lenders[0].blind)
    return Register(lenders)
