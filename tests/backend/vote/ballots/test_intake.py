"""Intake: what is refused, what is receipted, and that a receipt is given once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from backend.ground.chain import typed_data
from backend.ground.chain.signatures import sign
from backend.ground.common.clock import to_unix
from backend.vote.ballots.errors import (
    BallotNotSignedByKey,
    ChoiceNotAllowed,
    CredentialExpired,
    CredentialNotByVerifier,
    IndexOutOfRange,
    IntakeOver,
    PollClosed,
    PollNotOpen,
    ReceiptUnknown,
    SequenceNotNewer,
    SequenceOutOfRange,
)
from tests.backend.vote.ballots.places import place_of
from tests.backend.vote.ballots.world import AGAINST, FOR, LENDERS, Vote, World, high_s, key_of

OTHER_POLL = "0x" + "ab" * 20


def test_a_receipt_is_the_relays_word_on_this_very_ballot(vote: Vote) -> None:
    ballot = vote.ballot(3, AGAINST)
    receipt = vote.world.ballots.take(vote.poll.id, ballot)
    chain = vote.world.chain
    digest = typed_data.ballot(chain.chain_id, vote.poll.address, 3, AGAINST, 1, vote.poll.plan_hash).digest()
    word = digest, ballot.ballot_key, 3, 1, to_unix(receipt.received_at)
    place = place_of(receipt)
    typed = typed_data.ballot_receipt(chain.chain_id, vote.poll.address, *word, place.book, place.number, place.previous)
    assert (place.number, place.previous) == (1, bytes(32))
    assert receipt.ballot_digest == digest
    assert chain.recover(typed.digest(), bytes.fromhex(receipt.signature[2:])) == vote.poll.parameters.receipt_signer
    assert vote.status(receipt) == "submitted"
    assert vote.world.ballots.receipt(receipt.number.lower().replace("-", " ")).ballot_digest == digest


def test_fifty_posts_at_once_make_one_ballot(vote: Vote) -> None:
    ballot = vote.ballot(5)
    with ThreadPoolExecutor(50) as pool:
        receipts = list(pool.map(lambda _: vote.world.ballots.take(vote.poll.id, ballot), range(50)))
    assert len({(receipt.number, receipt.signature, receipt.received_at) for receipt in receipts}) == 1
    assert sum(receipt.is_new for receipt in receipts) == 1
    assert vote.world.ballots.count_by_status(vote.poll.id) == {"submitted": 1}


def test_two_different_ballots_with_one_sequence_make_one_receipt(vote: Vote) -> None:
    ballots = [vote.ballot(6, choice) for choice in (1, 2, 3)] * 10

    def hand_in(ballot: object) -> str:
        try:
            return str(vote.world.ballots.take(vote.poll.id, ballot).number)  # type: ignore[arg-type]
        except SequenceNotNewer:
            return ""

    with ThreadPoolExecutor(16) as pool:
        numbers = set(pool.map(hand_in, ballots)) - {""}
    assert len(numbers) == 1


def test_a_change_needs_a_higher_sequence(vote: Vote) -> None:
    vote.take(1, FOR, 1)
    with pytest.raises(SequenceNotNewer):
        vote.take(1, AGAINST, 1)
    vote.take(1, AGAINST, 5)
    with pytest.raises(SequenceNotNewer):
        vote.take(1, FOR, 4)
    assert vote.world.ballots.own_ballots(vote.poll.id, 1).next_sequence == 6


def test_the_same_choice_and_sequence_under_another_key_is_not_the_same_ballot(vote: Vote) -> None:
    vote.take(1)
    other = key_of("another key")
    chain_id, contract = vote.world.chain.chain_id, vote.poll.address
    from backend.ground.chain.signatures import address_of

    credential = typed_data.credential(chain_id, contract, 1, address_of(other), vote.poll.parameters.closes_at)
    ballot = typed_data.ballot(chain_id, contract, 1, FOR, 1, vote.poll.plan_hash)
    stolen = vote.ballot(
        1,
        ballot_key=address_of(other),
        ballot_signature="0x" + sign(other, ballot.digest()).hex(),
        credential_signature="0x" + sign(key_of("verifier"), credential.digest()).hex(),
    )
    with pytest.raises(SequenceNotNewer):
        vote.world.ballots.take(vote.poll.id, stolen)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"index": LENDERS}, IndexOutOfRange),
        ({"index": 2 + 2**32}, IndexOutOfRange),
        ({"index": -1}, IndexOutOfRange),
        ({"index": 3}, BallotNotSignedByKey),
        ({"choice": 0}, ChoiceNotAllowed),
        ({"choice": 4}, ChoiceNotAllowed),
        ({"choice": AGAINST}, BallotNotSignedByKey),
        ({"sequence": 0}, SequenceOutOfRange),
        ({"sequence": 64}, SequenceOutOfRange),
        ({"sequence": 2}, BallotNotSignedByKey),
        ({"ballot_key": "0x" + "11" * 20}, BallotNotSignedByKey),
        ({"ballot_signature": "0x" + "00" * 65}, BallotNotSignedByKey),
        ({"ballot_signature": "0x" + "ff" * 65}, BallotNotSignedByKey),
        ({"credential_signature": "0x" + "00" * 65}, CredentialNotByVerifier),
    ],
)
def test_a_changed_field_is_refused_by_its_rule(standing_vote: Vote, changes: dict[str, Any], error: type[Exception]) -> None:
    whole = standing_vote.ballot(2)
    broken = type(whole)(**(whole.__dict__ | changes))
    with pytest.raises(error):
        standing_vote.world.ballots.take(standing_vote.poll.id, broken)
    assert standing_vote.world.ballots.count_by_status(standing_vote.poll.id) == {}


@pytest.mark.parametrize("other", ["poll", "chain", "plan"])
def test_a_ballot_signed_for_something_else_is_refused(standing_vote: Vote, other: str) -> None:
    chain_id = 1 if other == "chain" else standing_vote.world.chain.chain_id
    contract = OTHER_POLL if other == "poll" else standing_vote.poll.address
    plan_hash = bytes(32) if other == "plan" else standing_vote.poll.plan_hash
    digest = typed_data.ballot(chain_id, contract, 4, FOR, 1, plan_hash).digest()
    ballot = standing_vote.ballot(4, ballot_signature="0x" + sign(standing_vote.ballot_key(4), digest).hex())
    with pytest.raises(BallotNotSignedByKey):
        standing_vote.world.ballots.take(standing_vote.poll.id, ballot)


def test_a_signature_with_high_s_is_refused(standing_vote: Vote) -> None:
    whole = standing_vote.ballot(4)
    with pytest.raises(BallotNotSignedByKey):
        standing_vote.world.ballots.take(standing_vote.poll.id, standing_vote.ballot(4, ballot_signature=high_s(whole.ballot_signature)))
    with pytest.raises(CredentialNotByVerifier):
        standing_vote.world.ballots.take(
            standing_vote.poll.id, standing_vote.ballot(4, credential_signature=high_s(whole.credential_signature))
        )


def test_a_credential_by_a_stranger_or_for_another_lender_is_refused(standing_vote: Vote) -> None:
    chain_id, contract, closes_at = standing_vote.world.chain.chain_id, standing_vote.poll.address, standing_vote.poll.parameters.closes_at
    own = typed_data.credential(chain_id, contract, 4, standing_vote.key_address(4), closes_at)
    neighbour = typed_data.credential(chain_id, contract, 5, standing_vote.key_address(4), closes_at)
    for signer, typed in (("stranger", own), ("relay", own), ("official 0", own), ("verifier", neighbour)):
        signature = "0x" + sign(key_of(signer), typed.digest()).hex()
        with pytest.raises(CredentialNotByVerifier):
            standing_vote.world.ballots.take(standing_vote.poll.id, standing_vote.ballot(4, credential_signature=signature))


def test_a_credential_that_runs_out_before_it_could_be_recorded_is_refused(standing_vote: Vote) -> None:
    now = standing_vote.world.chain.chain_time()
    with pytest.raises(CredentialExpired):
        standing_vote.world.ballots.take(standing_vote.poll.id, standing_vote.ballot(4, credential_expires_at=now + 10))


def test_what_the_lender_recorded_directly_counts_for_the_sequence(vote: Vote) -> None:
    ballot = vote.ballot(7, FOR, 9)
    cast_directly(vote, ballot)
    vote.take(1)  # the poll is followed from its first ballot on
    vote.world.chain.pump()
    with pytest.raises(SequenceNotNewer):
        vote.take(7, AGAINST, 9)
    own = vote.world.ballots.own_ballots(vote.poll.id, 7)
    assert (own.choice, own.sequence, own.next_sequence, own.receipts) == (FOR, 9, 10, [])


def test_an_unknown_receipt_is_said_to_be_unknown(world: World) -> None:
    for number in ("AAAA-BBBB-CCCC", "", "x" * 5000, "七"):
        with pytest.raises(ReceiptUnknown):
            world.ballots.receipt(number)


def test_the_same_ballot_again_gives_the_same_receipt_also_after_the_close(vote: Vote) -> None:
    first = vote.take(0)
    assert first.is_new
    again = vote.take(0)
    assert not again.is_new
    assert (again.number, again.signature) == (first.number, first.signature)
    vote.close()
    assert vote.take(0).number == first.number


def test_the_window_by_the_chains_clock(world: World) -> None:
    poll = world.announce()
    vote = Vote(world, poll)
    with pytest.raises(PollNotOpen):
        vote.take(0)
    world.anvil.move_to(poll.parameters.opens_at)
    vote.take(0)
    world.anvil.move_to(poll.parameters.closes_at - world.settings.intake_cutoff_seconds)
    with pytest.raises(IntakeOver):
        vote.take(1)
    vote.close()
    with pytest.raises(PollClosed) as caught:
        vote.take(1)
    assert "北京时间" in caught.value.say("zh")


def cast_directly(vote: Vote, ballot: object) -> None:
    """As anyone may: straight to the contract."""
    relay = vote.world.ballots.relay
    call = relay._single_call(vote.poll, type("Row", (), vars(ballot)))  # type: ignore[arg-type]
    vote.world.chain.transact(call, f"directly {vote.poll.id} {ballot.ballot_signature}")  # type: ignore[attr-defined]
