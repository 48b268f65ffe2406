"""Notes under random interleavings: two backends, kills at every point, rewritten chains, a database restored from before.

The chain is a model here, so that hundreds of stories can be told; what it does is what the outbox and the mirror do to a note.
"""

from __future__ import annotations

import itertools
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from backend.ground.chain.notes import NOTHING, RECEIPTS, ReceiptNote, read_note
from backend.ground.chain.outbox import OutboxEntry
from backend.ground.chain.values import TransactionStatus
from backend.ground.common.clock import MovableClock
from backend.ground.common.errors import Unavailable
from backend.ground.common.hashing import keccak
from backend.ground.common.settings import Settings
from backend.ground.db.sessions import Sessions
from backend.vote.ballots import store
from backend.vote.ballots.anchors import Anchors
from backend.vote.ballots.errors import PollClosed
from tests.backend.vote.ballots.test_books import Process, shared
from tests.backend.vote.ballots.test_receipts import POLL, books_of, entry

__all__ = ["shared"]
CASE = "0x" + "cc" * 20
RELAY = "0x" + "ee" * 20
OPENS, CLOSES = 1_000, 50_000


class Killed(BaseException):
    """The process ends here."""


class Silent(Unavailable):
    """The node does not answer."""

    zh = "没有响应"
    en = "no answer"


@dataclass
class Sent:
    """A transaction of the relay; `block` is None while it waits."""

    data: bytes
    block: int | None = None


@dataclass
class World:
    """One chain, and what the database knows of it: the outbox by key, and how far the mirror has read."""

    time: int = OPENS
    head: int = 10
    pool: list[Sent] = field(default_factory=list)
    outbox: dict[str, Sent] = field(default_factory=dict)
    mirrored: int = 10
    die_at: str = ""

    def notes(self) -> list[Sent]:
        return sorted((sent for sent in self.pool if sent.block is not None), key=lambda sent: (sent.block, self.pool.index(sent)))

    def mine(self) -> None:
        self.head += 1
        self.time += 1
        for sent in self.pool:
            sent.block = sent.block or self.head

    def rewrite(self) -> None:
        """The newest block is another one now; what it held waits again."""
        for sent in self.pool:
            if sent.block == self.head:
                sent.block = None
        self.mirrored = min(self.mirrored, self.head)

    def restore(self) -> None:
        """A database from before: what was sent lately is known to the node alone, and the mirror has to read again."""
        for key in list(self.outbox)[len(self.outbox) // 2 :]:
            del self.outbox[key]
        self.mirrored = 10


SETTINGS = Settings(anchor_seconds=30, _env_file=None)


class Model:
    """The chain as one backend sees it."""

    chain_id = 1

    def __init__(self, world: World) -> None:
        self._world = world
        self.record = self
        self.relay_address = RELAY

    def chain_time(self) -> int:
        return self._world.time

    def block(self, number: int | str = "latest") -> Any:
        return SimpleNamespace(number=self._world.head, timestamp=self._world.time if number == "latest" else OPENS + int(number))

    def follow(self, _address: str) -> None:
        pass

    def case(self, _address: str) -> Any:
        return SimpleNamespace(note=lambda subject, data: SimpleNamespace(data=data) if subject == RECEIPTS else None)

    def pump(self) -> None:
        self._world.mirrored = self._world.head + 1

    def find(self, key: str) -> OutboxEntry | None:
        sent = self._world.outbox.get(key)
        status = TransactionStatus.CONFIRMED if sent is not None and sent.block else TransactionStatus.SENT
        return None if sent is None else OutboxEntry(key, key, status, "0x", sent.block, None)

    def has_strange_transactions(self) -> bool:
        known = {id(sent) for sent in self._world.outbox.values()}
        return any(sent.block is None and id(sent) not in known for sent in self._world.pool)

    def mirrored_to(self, _address: str) -> int:
        return self._world.mirrored

    def notes_mark(self, _case: str, _sender: str) -> tuple[int, int]:
        found = [sent for sent in self._world.notes() if (sent.block or 0) < self._world.mirrored]
        return hash(tuple(id(sent) for sent in found)), len(found)

    def notes(self, _case: str, _sender: str) -> list[Any]:
        found = [sent for sent in self._world.notes() if (sent.block or 0) < self._world.mirrored]
        return [SimpleNamespace(args={"data": sent.data, "subject": RECEIPTS}, block=sent.block) for sent in found]

    def send(self, call: Any, key: str) -> str:
        world = self._world
        die, world.die_at = world.die_at, ""
        if die == "before":
            raise Killed
        if die == "silent":
            raise Silent
        assert key not in world.outbox
        world.outbox[key] = Sent(call.data)
        if die == "stored":  # signed and in the database; the pump hands it in after the restart
            world.pool.append(world.outbox[key])
            raise Killed
        world.pool.append(world.outbox[key])
        return key


def anchors(world: World, sessions: Sessions) -> Anchors:
    parameters = SimpleNamespace(opens_at=OPENS, closes_at=CLOSES, receipt_signer=RELAY)
    poll = SimpleNamespace(id="poll", address=POLL, case_address=CASE, case_id="case", protocol=2, parameters=parameters)
    polls = SimpleNamespace(receipted_polls=lambda: [poll], signs_receipts=lambda _: True)
    clock = MovableClock(datetime(2026, 3, 1, tzinfo=UTC))
    made = Anchors(sessions, Model(world), polls, SETTINGS, clock)  # type: ignore[arg-type]
    made.poll = poll  # type: ignore[attr-defined]
    return made


STEP = st.one_of(
    st.tuples(st.just("receipt"), st.integers(0, 1)),
    st.tuples(st.just("receipt"), st.integers(0, 1)),
    st.tuples(st.just("anchor"), st.integers(0, 1)),
    st.tuples(st.just("anchor"), st.integers(0, 1)),
    st.tuples(st.sampled_from(["mine", "mirror", "mine and mirror", "mine and mirror", "rewrite", "restore", "close"]), st.just(0)),
    st.tuples(st.sampled_from(["before", "stored", "silent"]), st.just(0)),
    st.tuples(st.just("restart"), st.integers(0, 1)),
)


def story(words: str) -> list[tuple[str, int]]:
    """Steps by name, all of the first process."""
    return [(word.replace("+", " and "), 0) for word in words.split()]


@example(steps=story("receipt mirror anchor anchor mine+mirror restore anchor anchor mine+mirror anchor"))
@example(steps=story("receipt mirror anchor anchor restore anchor mirror anchor mine+mirror anchor"))
@example(steps=story("receipt mirror anchor stored anchor mine+mirror rewrite receipt anchor mine+mirror anchor close"))
@example(steps=story("receipt mirror anchor anchor receipt close anchor anchor mine anchor mirror anchor"))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=8, max_size=50))
def test_notes_follow_each_other_and_one_closes(
    shared: Sessions, steps: list[tuple[str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    with shared.begin() as session:
        session.execute(delete(store.BallotRow))
        session.execute(delete(store.ClosingRow))
    world, indexes = World(), itertools.count()
    folder = tmp_path_factory.mktemp("journals")
    writers = [Process(shared, folder / str(number)) for number in (0, 1)]
    keepers = [anchors(world, shared) for _ in (0, 1)]
    for kind, number in steps:
        if kind == "receipt":
            with suppress(PollClosed):
                writers[number].write(next(indexes), 1, "good")
        elif kind == "anchor":
            world.time += 31  # by now it is due
            keepers[number] = run(keepers[number], world, shared)
        elif kind == "restart":
            writers[number], keepers[number] = Process(shared, folder / str(number)), anchors(world, shared)
        elif kind in {"before", "stored", "silent"}:
            world.die_at = kind
        else:
            act(world, kind)
    finish(world, keepers, shared)
    check(world, shared)


def run(keeper: Anchors, world: World, sessions: Sessions) -> Anchors:
    try:
        keeper.run_once()
    except Killed:
        return anchors(world, sessions)
    return keeper


def act(world: World, kind: str) -> None:
    if kind == "mine":
        world.mine()
    elif kind == "mirror":
        world.mirrored = world.head + 1
    elif kind == "mine and mirror":
        world.mine()
        world.mirrored = world.head + 1
    elif kind == "rewrite":
        world.rewrite()
    elif kind == "restore":
        world.restore()
    elif kind == "close":
        world.time = max(world.time, CLOSES)


def finish(world: World, keepers: list[Anchors], sessions: Sessions) -> None:
    """The poll is over; everybody goes on until nothing is left to do."""
    world.time, world.die_at = max(world.time, CLOSES), ""
    for _ in range(12):
        for at, keeper in enumerate(keepers):
            keepers[at] = run(keeper, world, sessions)
        world.mine()
        world.mirrored = world.head + 1
    assert all(keeper.is_closed(keeper.poll) for keeper in keepers)  # type: ignore[attr-defined]


def check(world: World, sessions: Sessions) -> None:
    """As a recount reads them (protocol §11)."""
    previous, furthest = NOTHING, dict[bytes, int]()
    notes: list[ReceiptNote] = [read_note(sent.data) for sent in world.notes()]
    for number, note in enumerate(notes, start=1):
        assert (note.poll, note.number, note.previous) == (POLL, number, previous)
        assert list(note.heads) == sorted(note.heads, key=lambda head: head.book)
        for head in note.heads:
            assert head.number >= furthest.get(head.book, 0)
            furthest[head.book] = head.number
        previous = keccak(note.encode())
    assert [note.closed for note in notes] == [False] * (len(notes) - 1) + [True]
    assert {head.book: head.number for head in notes[-1].heads} == books_of(sessions)


def test_a_receipt_cannot_come_after_the_closing_note(shared: Sessions, tmp_path_factory: pytest.TempPathFactory) -> None:
    with shared.begin() as session:
        session.execute(delete(store.BallotRow))
        session.execute(delete(store.ClosingRow))
    world = World(time=CLOSES)
    writer = Process(shared, tmp_path_factory.mktemp("late"))
    run(anchors(world, shared), world, shared)
    with pytest.raises(PollClosed):
        writer.book.write(entry(5))
    assert books_of(shared) == {}
