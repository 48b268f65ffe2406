"""The pure rules of intake and the batch layout."""

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.vote.ballots import rules
from backend.vote.ballots.errors import (
    ChoiceNotAllowed,
    CredentialExpired,
    IndexOutOfRange,
    IntakeOver,
    PollClosed,
    PollNotOpen,
    SequenceNotNewer,
    SequenceOutOfRange,
)
from backend.vote.ballots.rules import BallotStatus

WINDOW = rules.Window(opens_at=1_000_000, closes_at=2_000_000, cutoff_seconds=30)


@dataclass(frozen=True)
class Waiting:
    index: int
    sequence: int


def ballot(**changes: object) -> rules.SignedBallot:
    facts = {
        "index": 0,
        "choice": 1,
        "sequence": 1,
        "ballot_key": "0x" + "11" * 20,
        "ballot_signature": "0x" + "01" * 64 + "1b",
        "credential_expires_at": 1_900_000,
        "credential_signature": "0x" + "01" * 64 + "1b",
    }
    return rules.SignedBallot(**(facts | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("chain_time", "error"),
    [
        (999_999, PollNotOpen),
        (1_000_000, None),
        (1_999_969, None),
        (1_999_970, IntakeOver),
        (1_999_999, IntakeOver),
        (2_000_000, PollClosed),
        (2_000_001, PollClosed),
    ],
)
def test_window_to_the_second(chain_time: int, error: type[Exception] | None) -> None:
    if error is None:
        rules.check_window(WINDOW, rules.Moment(chain_time, chain_time))
        return
    with pytest.raises(error):
        rules.check_window(WINDOW, rules.Moment(chain_time, chain_time))


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"index": 7}, IndexOutOfRange),
        ({"index": 0 + 2**32}, IndexOutOfRange),
        ({"index": -1}, IndexOutOfRange),
        ({"choice": 0}, ChoiceNotAllowed),
        ({"choice": 4}, ChoiceNotAllowed),
        ({"sequence": 0}, SequenceOutOfRange),
        ({"sequence": 64}, SequenceOutOfRange),
    ],
)
def test_numbers_out_of_range_are_named(changes: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        rules.check_numbers(ballot(**changes), leaf_count=7)


def test_edges_of_the_ranges_pass() -> None:
    for index, choice, sequence in [(0, 1, 1), (6, 3, 63), (6, 2, 1)]:
        rules.check_numbers(ballot(index=index, choice=choice, sequence=sequence), leaf_count=7)


def test_a_sequence_must_rise() -> None:
    rules.check_newer(2, newest=1)
    with pytest.raises(SequenceNotNewer):
        rules.check_newer(1, newest=1)


def test_a_credential_must_outlast_the_way_to_the_chain() -> None:
    rules.check_expiry(ballot(credential_expires_at=1_500_030), WINDOW, 1_500_000)
    with pytest.raises(CredentialExpired):
        rules.check_expiry(ballot(credential_expires_at=1_500_029), WINDOW, 1_500_000)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 63)), unique=True), st.integers(1, 10))
def test_batches_ascend_and_no_later_ballot_overtakes(rows: list[tuple[int, int]], limit: int) -> None:
    waiting = [Waiting(*row) for row in rows]
    sent: list[Waiting] = []
    while waiting:
        batch = rules.choose_batch(waiting, 21, limit)
        assert 0 < len(batch) <= limit
        assert [b.index for b in batch] == sorted({b.index for b in batch})
        waiting = [b for b in waiting if b not in batch]
        sent += batch
    assert sorted((b.index, b.sequence) for b in sent) == sorted(rows)
    for index in {b.index for b in sent}:
        own = [b.sequence for b in sent if b.index == index]
        assert own == sorted(own)


def test_scattered_lenders_make_smaller_batches() -> None:
    neighbours = [Waiting(index, 1) for index in range(600)]
    scattered = [Waiting(index * 1600, 1) for index in range(600)]
    assert len(rules.choose_batch(neighbours, 1_000_000)) == rules.MAX_BATCH
    fewer = rules.choose_batch(scattered, 1_000_000)
    assert 100 < len(fewer) < rules.MAX_BATCH
    assert rules.gas_bound(fewer, 1_000_000) <= rules.MAX_BATCH_GAS


@given(st.binary(min_size=8, max_size=8))
def test_a_receipt_number_is_read_however_it_is_typed(chance: bytes) -> None:
    number = rules.receipt_number(chance)
    assert len(number) == 14
    assert rules.read_receipt_number(number.lower().replace("-", " ").replace("0", "o").replace("1", "l")) == number


def test_what_became_of_a_ballot_after_the_close() -> None:
    assert rules.status_after_close(2, 2, is_recorded=True) is BallotStatus.RECORDED
    assert rules.status_after_close(2, 5, is_recorded=False) is BallotStatus.SUPERSEDED
    assert rules.status_after_close(2, 2, is_recorded=False) is BallotStatus.SUPERSEDED, "another ballot of the same sequence"
    assert rules.status_after_close(2, 1, is_recorded=False) is BallotStatus.MISSED
    assert rules.status_after_close(2, 0, is_recorded=False) is BallotStatus.MISSED
