"""Intake and batches of sealed polls: form is checked, no choice is kept, and bytes bound a batch as gas does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backend.ground.common.voting import PollKind, SealedChoices
from backend.vote.ballots import rules, store
from backend.vote.ballots.errors import BallotNotSignedByKey, BallotOfAnotherKind, SealNotOnCurve, SequenceNotNewer
from backend.vote.ballots.journal import Journal
from tests.backend.vote.ballots.bodies import body_of
from tests.backend.vote.ballots.world import AGAINST, FOR, Vote, World
from tests.backend.vote.tally.sealed_vote import NONSENSE, Ceremony, SealedVote, opened_poll


@pytest.fixture(scope="module")
def sealed(world: World) -> SealedVote:
    """An open poll that is sealed."""
    return opened_poll(world, Ceremony(world, 2, 3))


def test_a_sealed_ballot_is_receipted_once_and_says_nothing(sealed: SealedVote) -> None:
    browser = sealed.world.browser()
    body = body_of(sealed.ballot(1, AGAINST))
    assert "choice" not in body
    path = f"/api/polls/{sealed.poll.id}/ballots"
    first, again = browser.post(path, body), browser.post(path, body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert "choice" not in first.json()
    assert [first.json()[name] for name in ("seal", "sealed_choice")] == [body["seal"], body["sealed_choice"]]
    with sealed.world.sessions.reading() as session:
        row = store.find_number(session, first.json()["number"])
        assert row is not None
        assert (row.choice, row.packed) == (0, bytes.fromhex(body["seal"][2:] + body["sealed_choice"][2:]))


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"seal": "0x" + "00" * 32}, 422, "SealNotOnCurve"),
        ({"seal": "0x" + "00" * 31 + "05"}, 422, "SealNotOnCurve"),
        ({"seal": "0x" + "ff" * 32}, 422, "SealNotOnCurve"),
        ({"seal": "0x" + "00" * 31}, 422, "FieldsNotReadable"),
        ({"sealed_choice": "0x" + "00" * 7}, 422, "FieldsNotReadable"),
        ({"sealed_choice": "0x" + "00" * 8}, 422, "BallotNotSignedByKey"),
        ({"sealed_choice": None}, 422, "BallotOfAnotherKind"),
        ({"choice": 1}, 422, "BallotOfAnotherKind"),
        ({"sequence": 64}, 422, "SequenceOutOfRange"),
    ],
)
def test_form_is_checked(sealed: SealedVote, changes: dict[str, Any], status: int, code: str) -> None:
    answer = sealed.world.browser().post(f"/api/polls/{sealed.poll.id}/ballots", body_of(sealed.ballot(2)) | changes)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_each_kind_of_poll_takes_its_own_ballots(sealed: SealedVote, standing_vote: Vote) -> None:
    ballots = sealed.world.ballots
    with pytest.raises(BallotOfAnotherKind):
        ballots.take(sealed.poll.id, standing_vote.ballot(3))
    with pytest.raises(BallotOfAnotherKind):
        ballots.take(standing_vote.poll.id, sealed.ballot(3))
    with pytest.raises(SealNotOnCurve):
        ballots.take(sealed.poll.id, sealed.ballot(3, sealed=NONSENSE))


def test_a_ballot_sealed_to_another_key_is_not_taken(sealed: SealedVote, world: World) -> None:
    """What is signed names the key: a page that seals to its own is found out at once."""
    good = sealed.ballot(4)
    other = SealedChoices(good.sealed.seal, bytes(8)) if good.sealed else None
    with pytest.raises(BallotNotSignedByKey):
        world.ballots.take(sealed.poll.id, sealed.ballot(4, sealed=other, ballot_signature=good.ballot_signature))


def test_a_changed_ballot_needs_a_newer_sequence(sealed: SealedVote) -> None:
    sealed.take(5, FOR)
    with pytest.raises(SequenceNotNewer):
        sealed.take(5, FOR)  # sealed anew: another ballot of the same sequence
    assert sealed.take(5, FOR, 2).is_new


def test_a_lost_database_gets_sealed_ballots_back_from_the_journal(sealed: SealedVote, world: World) -> None:
    receipt = sealed.take(6, FOR)
    with world.sessions.begin() as session:
        row = store.find_number(session, receipt.number)
        assert row is not None
        before = row.packed
        session.delete(row)
    assert Journal(world.settings.resolved_journal_dir).replay(world.sessions) == 1
    with world.sessions.reading() as session:
        put_back = store.find_number(session, receipt.number)
        assert put_back is not None
        assert (put_back.packed, put_back.choice) == (before, 0)


def test_lines_of_open_polls_are_as_they_were(world: World, standing_vote: Vote) -> None:
    receipt = standing_vote.take(7)
    lines = [line for path in world.settings.resolved_journal_dir.glob("*.jsonl") for line in path.read_text().splitlines() if line]
    [line] = [json.loads(line) for line in lines if receipt.number in line]
    assert "seal" not in line
    assert line["choice"] == FOR


def test_bytes_bound_a_batch_of_scattered_lenders() -> None:
    class Waiting:
        sequence = 1

        def __init__(self, index: int) -> None:
            self.index = index

    def chosen(spacing: int, kind: PollKind) -> int:
        waiting = [Waiting(spacing * place) for place in range(1_000)]
        found = rules.choose_batch(waiting, 10**6, kind=kind)
        assert kind is PollKind.OPEN or rules.byte_bound(found, 10**6, kind) <= rules.MAX_BATCH_BYTES < 128 * 1024
        return len(found)

    assert chosen(1, PollKind.SEALED) == chosen(1, PollKind.OPEN)
    for spacing in (2, 10, 1_000):
        assert 100 < chosen(spacing, PollKind.SEALED) <= chosen(spacing, PollKind.OPEN)
    many = [Waiting(10 * place) for place in range(512)]
    assert rules.byte_bound(many, 10**6, PollKind.SEALED) > rules.MAX_BATCH_BYTES  # gas alone would let them through where it is cheap
