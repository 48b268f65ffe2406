"""Ballots for batches, and who has no business in them."""

from __future__ import annotations

from tests.contracts.ballot_box import Vote, secret
from tests.contracts.world import OpenPoll

STRANGER = secret("stranger")


def some_votes(poll: OpenPoll, indexes: range | list[int], sequence: int = 1) -> list[Vote]:
    return [poll.vote(i, 1 + (i * 7 + sequence) % 3, sequence) for i in indexes]
