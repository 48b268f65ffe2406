"""Phone codes: sent once in a while, guessed a few times, and telling nothing about the register."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from backend.ground.common.clock import MovableClock
from backend.ground.common.sealed import FieldCipher
from backend.ground.db.base import Base
from backend.ground.db.sessions import Sessions, open_engine, open_sessions
from backend.vote.credentials.codes import PhoneCodes
from backend.vote.credentials.errors import CodesPerAddress, CodesPerPhone, CodeTooSoon, CodeWrong
from backend.vote.credentials.rules import CodeLimits
from tests.databases import stored_in, url_for

PHONE, HOME = "17000000001", "203.0.113.5"


def seconds_to_wait(error: CodeTooSoon | CodesPerPhone) -> int:
    seconds = error.facts["retry_after_seconds"]
    assert isinstance(seconds, int)
    return seconds


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(datetime(2026, 3, 1, tzinfo=UTC))


@pytest.fixture
def sessions(tmp_path: Path) -> Sessions:
    engine = open_engine(url_for(tmp_path / "codes.sqlite3"))
    Base.metadata.create_all(engine)
    return open_sessions(engine)


@pytest.fixture
def codes(sessions: Sessions, clock: MovableClock) -> PhoneCodes:
    return PhoneCodes(sessions, FieldCipher(bytes(range(32))), clock, CodeLimits())


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_a_code_opens_until_it_is_used(codes: PhoneCodes) -> None:
    code = codes.make("poll", PHONE, HOME)
    codes.check("poll", PHONE, code, HOME)
    codes.check("poll", PHONE, code, HOME)
    codes.use("poll", PHONE)
    with pytest.raises(CodeWrong):
        codes.check("poll", PHONE, code, HOME)


def test_a_code_is_for_one_phone_and_one_poll(codes: PhoneCodes) -> None:
    code = codes.make("poll", PHONE, HOME)
    for poll, phone in (("poll", "17000000002"), ("other", PHONE)):
        with pytest.raises(CodeWrong):
            codes.check(poll, phone, code, HOME)
    codes.check("poll", PHONE, code, HOME)


def test_a_code_lasts_fifteen_minutes(codes: PhoneCodes, clock: MovableClock) -> None:
    code = codes.make("poll", PHONE, HOME)
    clock.move(minutes=14, seconds=59)
    codes.check("poll", PHONE, code, HOME)
    clock.move(seconds=1)
    with pytest.raises(CodeWrong):
        codes.check("poll", PHONE, code, HOME)


def test_five_wrong_tries_use_a_code_up(codes: PhoneCodes) -> None:
    code = codes.make("poll", PHONE, HOME)
    for _ in range(5):
        with pytest.raises(CodeWrong):
            codes.check("poll", PHONE, wrong(code), HOME)
    with pytest.raises(CodeWrong):
        codes.check("poll", PHONE, code, HOME)


def test_a_second_code_leaves_the_first_one_standing(codes: PhoneCodes, clock: MovableClock) -> None:
    first = codes.make("poll", PHONE, HOME)
    clock.move(seconds=61)
    second = codes.make("poll", PHONE, HOME)
    codes.check("poll", PHONE, first, HOME)
    codes.check("poll", PHONE, second, HOME)


def test_resending_waits_a_minute_and_says_how_long(codes: PhoneCodes, clock: MovableClock) -> None:
    codes.make("poll", PHONE, HOME)
    clock.move(seconds=20)
    with pytest.raises(CodeTooSoon) as caught:
        codes.make("another poll", PHONE, HOME)
    assert caught.value.facts["retry_after_seconds"] == 40
    clock.move(seconds=40)
    codes.make("poll", PHONE, HOME)


def test_a_phone_gets_five_codes_an_hour(codes: PhoneCodes, clock: MovableClock) -> None:
    for _ in range(5):
        codes.make("poll", PHONE, HOME)
        clock.move(seconds=61)
    with pytest.raises(CodesPerPhone):
        codes.make("poll", PHONE, HOME)
    clock.move(minutes=56)
    codes.make("poll", PHONE, HOME)


def test_an_address_has_a_cap_but_loopback_has_none(sessions: Sessions, clock: MovableClock) -> None:
    codes = PhoneCodes(sessions, FieldCipher(bytes(range(32))), clock, CodeLimits(per_address_an_hour=3))
    for number in range(3):
        codes.make("poll", f"1700000000{number}", HOME)
    with pytest.raises(CodesPerAddress):
        codes.make("poll", "17000000009", HOME)
    codes.make("poll", "17000000009", "203.0.113.6")
    for number in range(5):
        codes.make("poll", f"1700000010{number}", "127.0.0.1")


def test_guessing_over_many_phones_from_one_address_ends(sessions: Sessions, clock: MovableClock) -> None:
    codes = PhoneCodes(sessions, FieldCipher(bytes(range(32))), clock, CodeLimits(wrong_per_address_an_hour=4))
    sent = {f"1700000000{number}": codes.make("poll", f"1700000000{number}", HOME) for number in range(5)}
    for phone in list(sent)[:4]:
        with pytest.raises(CodeWrong):
            codes.check("poll", phone, wrong(sent[phone]), HOME)
    with pytest.raises(CodesPerAddress):
        codes.check("poll", "17000000004", sent["17000000004"], HOME)


def test_no_phone_and_no_code_stands_in_the_database(codes: PhoneCodes, sessions: Sessions, tmp_path: Path) -> None:
    code = codes.make("poll", PHONE, HOME)
    with sessions.begin() as session:
        session.execute(text("select 1"))
    stored = stored_in(tmp_path / "codes.sqlite3")
    assert PHONE.encode() not in stored
    assert HOME.encode() not in stored
    assert code.encode() not in stored


def test_codes_are_deleted_after_a_day_without_a_new_one_being_asked_for(
    codes: PhoneCodes, sessions: Sessions, clock: MovableClock
) -> None:
    code = codes.make("poll", PHONE, HOME)
    with pytest.raises(CodeWrong):
        codes.check("poll", PHONE, wrong(code), HOME)
    clock.move(hours=23)
    assert codes.forget_old() == 0, "the caps still count it"
    clock.move(hours=2)
    assert codes.forget_old() == 2
    with sessions.reading() as session:
        for table in ("credentials_phone_codes", "credentials_wrong_codes"):
            assert session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0


def test_after_a_clock_was_set_back_no_wait_is_longer_than_its_own(codes: PhoneCodes, clock: MovableClock) -> None:
    codes.make("poll", PHONE, HOME)
    clock.step(hours=-1)
    with pytest.raises(CodeTooSoon) as caught:
        codes.make("poll", PHONE, HOME)
    assert seconds_to_wait(caught.value) <= 60
    clock.move(seconds=30)
    with pytest.raises(CodeTooSoon):
        codes.make("poll", PHONE, HOME)
    clock.move(seconds=31)
    codes.make("poll", PHONE, HOME)


def test_after_a_clock_was_set_back_the_hours_count_is_over_in_an_hour(codes: PhoneCodes, clock: MovableClock) -> None:
    for _ in range(5):
        codes.make("poll", PHONE, HOME)
        clock.move(seconds=61)
    clock.step(days=-1)
    with pytest.raises(CodeTooSoon):
        codes.make("poll", PHONE, HOME)
    clock.move(seconds=61)
    with pytest.raises(CodesPerPhone) as caught:
        codes.make("poll", PHONE, HOME)
    assert seconds_to_wait(caught.value) <= 3600
    clock.move(minutes=61)
    codes.make("poll", PHONE, HOME)


def test_a_code_from_a_clock_ahead_lasts_no_longer_than_a_code(codes: PhoneCodes, clock: MovableClock) -> None:
    clock.step(hours=1)
    code = codes.make("poll", PHONE, HOME)
    clock.step(hours=-1)
    codes.check("poll", PHONE, code, HOME)
    clock.move(minutes=15)
    with pytest.raises(CodeWrong):
        codes.check("poll", PHONE, code, HOME)


def test_guesses_of_a_clock_ahead_are_forgotten_in_an_hour(sessions: Sessions, clock: MovableClock) -> None:
    codes = PhoneCodes(sessions, FieldCipher(bytes(range(32))), clock, CodeLimits(wrong_per_address_an_hour=2))
    sent = codes.make("poll", PHONE, HOME)
    for _ in range(2):
        with pytest.raises(CodeWrong):
            codes.check("poll", PHONE, wrong(sent), HOME)
    clock.step(hours=-3)
    with pytest.raises(CodesPerAddress):
        codes.check("poll", PHONE, sent, HOME)
    clock.move(minutes=61)
    later = codes.make("poll", PHONE, HOME)
    codes.check("poll", PHONE, later, HOME)


def test_codes_of_a_clock_ahead_are_deleted_a_day_after_it_was_put_right(codes: PhoneCodes, clock: MovableClock) -> None:
    clock.step(days=30)
    codes.make("poll", PHONE, HOME)
    clock.step(days=-30)
    assert codes.forget_old() == 0
    clock.move(hours=25)
    assert codes.forget_old() == 1
