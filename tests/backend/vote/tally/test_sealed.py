"""A sealed poll from its ceremony to the officials' decision, and what goes wrong on the way."""

from __future__ import annotations

import json

import pytest

from backend.ground.chain.seals import EMPTY_BOX
from backend.ground.chain.signatures import sign
from backend.ground.chain.values import Stage
from backend.ground.common.hashing import keccak
from backend.vote.ballots import store
from backend.vote.tally.box import BoxReader
from backend.vote.tally.errors import NotCountedYet, PollStillOpen, ShareWrong
from backend.vote.tally.sealed import SealedTallyService
from tests.backend.vote.ballots.test_intake import cast_directly
from tests.backend.vote.ballots.world import ABSTAIN, AGAINST, FOR, IssuerProcess, World, key_of, signer
from tests.backend.vote.tally.sealed_vote import NONSENSE, SealedVote, opened_poll


def unseal(vote: SealedVote, seats: tuple[int, ...] = (1, 4, 5)) -> None:
    for seat in seats:
        vote.world.sealed_tally.publish_share(vote.poll.id, seat, vote.ceremony.share(seat))


def test_from_the_ceremony_to_the_decision(world: World, issuer: IssuerProcess) -> None:
    """One story: ballots are taken, changed and closed; three of six open; the counter is killed half way and another goes on."""
    issuer.start()
    vote = opened_poll(world)
    _lenders_vote(vote)
    _nothing_is_known_before_the_close(vote)
    vote.close()
    _three_trustees_open(vote)
    _the_count_is_killed_and_resumed(vote)
    _sums_are_opened_and_approved(vote)
    _files_are_published(vote)


def _lenders_vote(vote: SealedVote) -> None:
    world = vote.world
    for index in range(8):
        vote.issue(index)
        vote.take(index, FOR if index % 4 else AGAINST)
    vote.settle()
    receipt = vote.take(2, ABSTAIN, 2)  # changed: FOR before
    for index in range(8, 12):
        cast_directly(vote, vote.ballot(index, FOR))  # by another way than ours
    cast_directly(vote, vote.ballot(3, sealed=NONSENSE, sequence=2))  # a newer one that opens to nothing
    vote.settle()
    vote.settle()
    assert vote.status(receipt) == "confirmed"
    assert world.ballots.count_by_status(vote.poll.id) == {"confirmed": 9}
    assert vote.recorded(2) == (0, 2)


def _nothing_is_known_before_the_close(vote: SealedVote) -> None:
    world, contract = vote.world, vote.world.chain.sealed_poll(vote.poll.address)
    with world.sessions.reading() as session:
        rows = session.query(store.BallotRow).filter_by(poll_id=vote.poll.id).all()
        assert {row.choice for row in rows} == {0}
    journal = b"".join(path.read_bytes() for path in world.settings.resolved_journal_dir.glob("*.jsonl"))
    assert all(json.loads(line).get("choice", 0) == 0 for line in journal.splitlines() if vote.poll.id.encode() in line)
    assert world.sealed_tally.view(vote.poll.id).progress is None
    assert contract.box() != EMPTY_BOX
    assert [contract.heads(0, voting_class) for voting_class in (0, 1)] == [contract.heads(0, 0)] * 2
    assert world.ballots.own_ballots(vote.poll.id, 2).opened_as is None
    with pytest.raises(PollStillOpen):
        world.sealed_tally.publish_share(vote.poll.id, 0, vote.ceremony.share(0))
    with pytest.raises(PollStillOpen):
        vote.open_sums(world.members["official 0"])


def _three_trustees_open(vote: SealedVote) -> None:
    world, tally = vote.world, vote.world.sealed_tally
    world.anvil.mine(3)
    world.chain.pump()
    with pytest.raises(ShareWrong):
        tally.publish_share(vote.poll.id, 1, vote.ceremony.share(2))
    tally.publish_share(vote.poll.id, 1, vote.ceremony.share(1))
    view = tally.publish_share(vote.poll.id, 1, vote.ceremony.share(1))  # again
    assert (view.stage, view.opened, [seat.seat for seat in view.missing]) == (Stage.CLOSED, {1}, [0, 2, 3, 4, 5])
    assert view.progress is not None
    assert (view.progress.ballots, view.progress.lenders, view.progress.counted) == (14, 12, 0)
    with pytest.raises(NotCountedYet):
        vote.world.tally.open_sums(vote.poll.id, world.members["official 0"])
    unseal(vote)
    assert tally.view(vote.poll.id).stage is Stage.UNSEALED


def _the_count_is_killed_and_resumed(vote: SealedVote) -> None:
    world, poll = vote.world, vote.poll
    contract, counter = world.chain.sealed_poll(poll.address), world.sealed_tally.counter
    box = BoxReader(world.chain, world.register).read(poll)
    assert (len(box), box.number_after(len(box))) == (14, contract.box())
    somebody = contract.count(box.number_after(11), box.between(11, 14))
    world.chain.transact(somebody, f"somebody counts {poll.id}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("backend.vote.tally.counter.PIECE", 2)
        assert not counter.count(poll, at_most=2)  # killed
    assert box.place_of(contract.box()) == 7
    another = SealedTallyService(world.sessions, world.chain, world.register, world.polls, world.sealed_polls)
    another.counter.run_once()
    assert contract.stage() is Stage.COUNTED
    another.counter.run_once()
    world.anvil.mine(3)
    world.chain.pump()
    progress = world.sealed_tally.view(poll.id).progress
    assert progress is not None
    assert (progress.counted, progress.invalid) == (12, (3,))
    own = world.ballots.own_ballots(poll.id, 2)
    assert (own.choice, own.sequence, own.opened_as) == (0, 2, (ABSTAIN,))
    assert world.ballots.own_ballots(poll.id, 9).opened_as == (FOR,)  # by another way than ours
    assert world.ballots.own_ballots(poll.id, 3).opened_as == (0,)


def _sums_are_opened_and_approved(vote: SealedVote) -> None:
    world = vote.world
    world.ballots.anchors.run_once()
    world.anvil.mine(3)
    world.chain.pump()
    result = vote.open_sums(world.members["official 0"])
    cast = {index: FOR for index in range(12) if index != 3} | {0: AGAINST, 4: AGAINST, 2: ABSTAIN}
    heads = [sum(getattr(each.count, f"heads_{name}") for each in result.classes) for name in ("for", "against", "abstain")]
    assert heads == [sum(choice == wanted for choice in cast.values()) for wanted in (FOR, AGAINST, ABSTAIN)]
    fen = sum(each.count.fen_for + each.count.fen_against + each.count.fen_abstain for each in result.classes)
    assert fen == world.register.amount_of(vote.poll.case_id, vote.poll.register_number, sorted(cast))
    assert result.sealed is not None
    assert (result.sealed.invalid, result.sealed.broken_at, result.motions[0].title) == ((3,), None, vote.poll.plan_title)
    turnout = world.tally.counted_turnout(vote.poll.id)
    assert turnout.points[-1].heads == len(cast)
    world.anvil.move_to(int(result.challenge_ends_at.timestamp()) + 1)
    for name in ("official 0", "official 1"):
        typed = world.approvals.attestation(vote.poll.id, world.members[name], approve=result.passed)
        signature = sign(key_of(name), typed.digest())
        world.approvals.attest(vote.poll.id, world.members[name], signer(name), signature, approve=result.passed)
    assert (result.passed, world.polls.stage(vote.poll.id)) == (True, Stage.APPROVED)


def _files_are_published(vote: SealedVote) -> None:
    world, sealing = vote.world, vote.poll.sealing
    assert sealing is not None
    read = {path.name: path.read_bytes() for path in world.publication.publish(vote.poll.id)}
    poll, result = json.loads(read["poll.json"]), json.loads(read["result.json"])
    assert keccak(read["seal.json"]) == sealing.key.transcript_hash
    assert (poll["kind"], poll["motions"], poll["abandon_after_seconds"]) == ("sealed", [vote.poll.plan_title], 3600)
    assert poll["seal_key"]["transcript_hash"] == "0x" + sealing.key.transcript_hash.hex()
    assert (result["invalid"], result["seal_broken_at"], result["passed"]) == ([3], 0, [world.tally.result(vote.poll.id).passed])
    assert b"sealed" not in read["receipts.jsonl"]
    assert len(read["receipts.jsonl"].splitlines()) == 9
