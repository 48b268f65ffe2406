"""The clocks that tests move apart, and ages by the one that cannot step."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend.ground.common.clock import Ages, MovableClock, SystemClock

START = datetime(2026, 3, 1, tzinfo=UTC)
STEPS = st.lists(st.tuples(st.sampled_from(["move", "step"]), st.integers(0, 7200), st.booleans()), max_size=20)


def test_the_machines_clocks_go_on() -> None:
    clock = SystemClock()
    before = clock.monotonic()
    assert clock.now().tzinfo is UTC
    assert clock.monotonic() >= before


def test_a_clock_is_set_without_time_passing() -> None:
    clock = MovableClock(START)
    began = clock.monotonic()
    clock.step(hours=-1)
    assert (clock.now(), clock.monotonic()) == (START - timedelta(hours=1), began)
    clock.move(minutes=2)
    assert (clock.now(), clock.monotonic() - began) == (START - timedelta(minutes=58), 120)


@given(STEPS)
def test_an_age_is_the_time_that_passed_however_the_wall_clock_steps(steps: list[tuple[str, int, bool]]) -> None:
    clock = MovableClock(START)
    ages = Ages(clock)
    assert ages.of("ballot") == 0
    passed = 0
    for kind, seconds, back in steps:
        if kind == "move":
            clock.move(seconds=seconds)
            passed += seconds
        else:
            clock.step(seconds=-seconds if back else seconds)
        assert ages.of("ballot") == passed


def test_what_was_found_old_is_old_and_what_is_forgotten_is_new() -> None:
    clock = MovableClock(START)
    ages = Ages(clock)
    assert ages.of("found", already_seconds=60) == 60
    ages.begin("begun")
    clock.move(seconds=5)
    assert (ages.of("found"), ages.of("begun")) == (65, 5)
    ages.keep(["begun"])
    assert (ages.of("found"), ages.of("begun")) == (0, 5)
    ages.forget("begun")
    assert ages.of("begun") == 0
