"""Registers with leaves that hold no claim, and polls on them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.ballot_box import AGAINST, FOR, Lender, N, Register, commit, opening, secret
from tests.contracts.world import OpenPoll

TALLIED = 3
NEGATIVE, ENORMOUS = 3, 6
#: Heads: at least half of all admitted vote for.
HALF_OF_HEADS = [(0, 0, 0, 1, 2, False)]


def blind_of(*words: object) -> int:
    return int.from_bytes(secret("blind", *words), "big")


def lenders(*amounts: int, classes: int = 1) -> list[Lender]:
    return [Lender(i, i % classes, amount % N, blind_of(i)) for i, amount in enumerate(amounts)]


def poisoned() -> Register:
    """Eight lenders of one class, of 1,000 fen each on the whole: leaf 3 is negative by what leaf 4 has too much, leaf 6 wraps round."""
    amounts = [1_000] * 8
    amounts[NEGATIVE], amounts[4] = -700_000, 702_000
    amounts[ENORMOUS], amounts[7] = 1 << 200, 2_000 - (1 << 200)
    register = Register(lenders(*amounts))
    assert register.classes == [(8, 8_000, sum(one.blind for one in register.lenders) % N)]
    return register


@pytest.fixture
def held(announced: OpenPoll) -> OpenPoll:
    return hold(announced)


@pytest.fixture
def closed(held: OpenPoll) -> OpenPoll:
    return vote_and_close(held)


def hold(announced: OpenPoll) -> OpenPoll:
    """A poll on the poisoned register, open."""
    return OpenPoll.of(announced.world, poisoned())


def vote_and_close(held: OpenPoll) -> OpenPoll:
    """The same after the close; leaves 0 to 4 voted for, 5 and 6 against."""
    held.cast_batch([held.vote(i, FOR if i < 5 else AGAINST) for i in range(7)])
    return close(held)


def total(poll: OpenPoll, *indexes: int) -> tuple[int, int]:
    chosen = [poll.register.lenders[i] for i in indexes]
    return commit(sum(one.amount_fen for one in chosen) % N, sum(one.blind for one in chosen) % N)


def open_sums(poll: OpenPoll, newest: dict[int, int]) -> Any:
    return poll.chain.send(poll.calls.openSums(opening(poll.register, newest)))


def close(poll: OpenPoll) -> OpenPoll:
    poll.chain.warp(poll.terms.closes_at)
    return poll


def two_classes(second: list[int]) -> Register:
    """Class 0 of two honest lenders, class 1 of leaves of these amounts."""
    first = [Lender(0, 0, 1_000, blind_of("a")), Lender(1, 0, 1_000, blind_of("b"))]
    return Register([*first, *(Lender(2 + i, 1, amount % N, blind_of(i)) for i, amount in enumerate(second))])
