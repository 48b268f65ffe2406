"""Whether a chain lives, judged by its newest block and by a clock that cannot step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from backend.ground.chain.calls import Block
from backend.ground.chain.pulse import MOST_PATIENCE_SECONDS, PAUSES, Pulse
from backend.ground.common.clock import MovableClock, to_unix
from backend.vote.ballots.errors import IntakeOver, PollClosed, PollNotOpen
from backend.vote.ballots.rules import Moment, Window, check_window

START = datetime(2026, 3, 1, tzinfo=UTC)
HALT = 12


@dataclass
class Watched:
    """A chain that makes a block a second while it lives, and a process that looks at it."""

    clock: MovableClock
    pulse: Pulse
    number: int = 100

    def __post_init__(self) -> None:
        self.real = to_unix(self.clock.now())
        self.timestamp = self.real

    def block(self) -> Block:
        return Block(self.number, f"0x{self.number:064x}", self.timestamp)

    def mine(self) -> None:
        self.number, self.timestamp = self.number + 1, self.real

    def passes(self, seconds: int, *, blocks: bool, look_every: int) -> None:
        for second in range(seconds):
            self.clock.move(seconds=1)
            self.real += 1
            if blocks:
                self.mine()
            if second % look_every == 0:
                self.look()

    def look(self) -> None:
        self.pulse.note(self.block(), self.clock.monotonic())


def watched(block_seconds: float = 0) -> Watched:
    clock = MovableClock(START)
    return Watched(clock, Pulse(clock, HALT, block_seconds))


def test_a_head_that_stands_is_a_halt_after_the_patience_and_a_block_ends_it() -> None:
    world = watched()
    world.passes(20, blocks=True, look_every=1)
    assert world.pulse.is_alive
    world.passes(HALT, blocks=False, look_every=1)
    assert world.pulse.is_alive
    world.passes(1, blocks=False, look_every=1)
    assert world.pulse.stands_still
    assert not world.pulse.is_alive
    assert world.pulse.still_seconds == HALT + 1
    world.passes(1, blocks=True, look_every=1)
    assert world.pulse.is_alive


def test_the_head_found_at_the_start_proves_nothing() -> None:
    world = watched()
    world.look()
    assert not world.pulse.is_alive
    assert not world.pulse.stands_still
    world.passes(1, blocks=True, look_every=1)
    assert world.pulse.is_alive


def test_patience_is_as_long_as_the_chains_pauses_ask_for() -> None:
    world = watched(block_seconds=10)
    assert world.pulse.patience_seconds == PAUSES * 10
    for seconds, patience in ((15, PAUSES * 15), (1, HALT), (60, MOST_PATIENCE_SECONDS)):
        for _ in range(20):
            world.passes(seconds, blocks=False, look_every=1)
            world.mine()
            world.look()
        assert world.pulse.patience_seconds == patience


def test_where_blocks_are_made_for_transactions_only_pauses_say_nothing() -> None:
    clock = MovableClock(START)
    world = Watched(clock, Pulse(clock, HALT, regular=False))
    for _ in range(20):
        world.passes(30, blocks=False, look_every=1)
        world.mine()
        world.look()
    assert world.pulse.patience_seconds == HALT


def test_one_long_pause_does_not_make_it_patient() -> None:
    world = watched()
    for _ in range(4):
        world.passes(10, blocks=True, look_every=1)
        world.passes(11, blocks=False, look_every=1)
    assert world.pulse.patience_seconds == HALT


def test_an_old_head_shown_again_is_no_life() -> None:
    """Two nodes answer in turns and one is behind: their heads change with each look and no block comes."""
    world = watched()
    world.passes(5, blocks=True, look_every=1)
    old, new = Block(103, f"0x{103:064x}", world.timestamp - 2), world.block()
    for _ in range(HALT + 1):
        for head in (old, new):
            world.pulse.note(head, world.clock.monotonic())
        world.clock.move(seconds=1)
    world.pulse.note(old, world.clock.monotonic())
    assert world.pulse.stands_still


def test_a_late_answer_to_an_early_look_is_not_the_head() -> None:
    world = watched()
    early, asked = world.block(), world.clock.monotonic()
    world.passes(3, blocks=True, look_every=1)
    world.pulse.note(early, asked)
    assert world.pulse.head == world.block()


def test_a_silent_process_knows_of_no_standstill_until_it_looks() -> None:
    """Suspended for an hour, then woken: what it knew is old, and one look tells."""
    world = watched()
    world.passes(5, blocks=True, look_every=1)
    world.passes(3600, blocks=True, look_every=4000)
    assert world.pulse.is_alive
    world.look()
    assert world.pulse.is_alive
    assert world.pulse.latest_time() == world.timestamp
    world.passes(3600, blocks=False, look_every=4000)
    world.look()
    assert world.pulse.stands_still


def test_before_a_block_came_the_later_clock_counts() -> None:
    world = watched()
    world.look()
    world.clock.step(hours=1)
    assert world.pulse.latest_time() == world.timestamp + 3600
    world.clock.step(hours=-2)
    assert world.pulse.latest_time() == world.timestamp
    world.passes(1, blocks=True, look_every=1)
    world.clock.step(hours=9)
    assert world.pulse.latest_time() == world.timestamp


STORY = st.lists(
    st.one_of(
        st.tuples(st.just("passes"), st.integers(1, 40), st.booleans()),
        st.tuples(st.just("step"), st.integers(-7200, 7200), st.just(False)),
        st.tuples(st.just("suspended"), st.integers(1, 900), st.booleans()),
    ),
    max_size=12,
)


@given(STORY, st.integers(60, 1200), st.integers(1, 3))
def test_no_receipt_is_given_past_the_close_or_long_into_a_halt(
    story: list[tuple[str, int, bool]], closes_in: int, look_every: int
) -> None:
    """Whatever the wall clock does, whenever blocks stop or the process sleeps: intake ends with the cut-off, and soon after a halt."""
    world = watched()
    window = Window(world.real - 10, world.real + closes_in, 30)
    world.passes(2, blocks=True, look_every=1)
    last_block = world.real
    for kind, amount, blocks in story:
        if kind == "step":
            world.clock.step(seconds=amount)
        elif kind == "suspended":
            world.passes(amount, blocks=blocks, look_every=10_000)
            last_block = world.real if blocks else last_block
        else:
            world.passes(amount, blocks=blocks, look_every=look_every)
            last_block = world.real if blocks else last_block
        world.look()  # as intake does before it takes anything
        if accepts(world, window):
            assert world.real < window.closes_at - window.cutoff_seconds + look_every
            assert world.real - last_block <= world.pulse.patience_seconds + look_every
        if world.real == last_block and window.opens_at <= world.real < window.closes_at - window.cutoff_seconds:
            assert accepts(world, window), "nobody is refused while the chain lives and the poll is open"


def accepts(world: Watched, window: Window) -> bool:
    head = world.pulse.head
    assert head is not None
    try:
        check_window(window, Moment(head.timestamp, world.pulse.latest_time()))
    except (IntakeOver, PollClosed, PollNotOpen):
        return False
    return world.pulse.is_alive
