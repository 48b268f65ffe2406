"""Attacks on the ceremony by whoever carries its papers; the two breaks of an earlier way of drawing coefficients are run against both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.verifier.trustee.seats import Seats
from verifier.shares.curve import ORDER, Point, scalar_of_text
from verifier.shares.hashes import keccak
from verifier.shares.polynomials import secret_of
from verifier.trustee import opening
from verifier.trustee.confirming import Transcript, confirmation, own_share
from verifier.trustee.dealing import Dealing, dealt, pad_of
from verifier.trustee.roll import OwnKeys, Roll

THRESHOLD, COUNT = 2, 3
BY_THE_CEREMONY, BY_THE_ROLL = "by the ceremony, as an earlier draft had it", "by the roll"


@pytest.fixture(params=[BY_THE_ROLL, BY_THE_CEREMONY])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How coefficients are drawn: the tests must fail for the way that is broken."""
    if request.param == BY_THE_CEREMONY:

        def drawn(own: OwnKeys, _: bytes, threshold: int) -> list[int]:
            head = b"LenderVote/1/trustee" + own.seed + own.ceremony
            return [scalar_of_text(head + f"coefficient {k}".encode()) for k in range(threshold)]

        monkeypatch.setattr(OwnKeys, "coefficients", drawn)
    return str(request.param)


def read_by_service(dealing: Dealing, roll: Roll, dealer: int, service: dict[int, OwnKeys]) -> dict[int, int]:
    """The shares that the service can decrypt: those for seats whose transport keys are its own."""
    transport = roll.entries[dealer].transport
    return {i: dealing.share_for(i, pad_of(roll.hash, dealer, i, own.transport, transport)) for i, own in service.items()}


def test_a_page_asked_to_deal_under_two_rolls_gives_nothing_away(way: str) -> None:
    """First a roll in which all other seats are the service's, then the genuine one: it would learn every constant, and x."""
    seats = Seats.made(THRESHOLD, COUNT, "two rolls")
    genuine, learned = seats.roll(), 0
    transcript = Transcript(genuine, tuple(seats.dealings(genuine)))
    for own in seats.owns:
        service = {i: OwnKeys(i, keccak(f"service {i}".encode()), seats.ceremony.id) for i in range(COUNT) if i != own.seat}
        false = seats.roll(**{f"seat_{i}": keys for i, keys in service.items()})
        shares = read_by_service(dealt(own, false), false, own.seat, service)
        learned += secret_of(shares)
    x_is_known = Point.of(learned % ORDER) == transcript.key
    assert x_is_known is (way == BY_THE_CEREMONY)


def test_a_second_key_of_the_same_files_tells_nothing_of_the_first(way: str) -> None:
    """A ceremony is repeated under its id with one seat anew: the keys would differ by a number that this seat knows."""
    seats = Seats.made(THRESHOLD, COUNT, "repeated")
    first = seats.roll()
    fresh = OwnKeys(2, keccak(b"a new file"), seats.ceremony.id)
    second = seats.roll(seat_2=fresh)
    x = sum(own.coefficients(first.hash, THRESHOLD)[0] for own in seats.owns) % ORDER  # public once the first poll is opened
    known = fresh.coefficients(second.hash, THRESHOLD)[0] - seats.owns[2].coefficients(first.hash, THRESHOLD)[0]
    key = Transcript(second, tuple(dealt(own, second) for own in (*seats.owns[:2], fresh))).key
    assert (Point.of((x + known) % ORDER) == key) is (way == BY_THE_CEREMONY)


def test_coefficients_of_two_rolls_and_of_two_files_are_unrelated() -> None:
    one, again = Seats.made(3, 6, "one"), Seats.made(3, 6, "again", random=keccak(b"one"))
    assert one.ceremony.id == again.ceremony.id
    rolls = [one.roll(), one.roll(seat_5=replace(again.owns[5])), again.roll()]
    drawn = [owns[0].coefficients(roll.hash, 3) for owns, roll in ((one.owns, rolls[0]), (one.owns, rolls[1]), (again.owns, rolls[2]))]
    seen = {number for row in drawn for number in row}
    assert len(seen) == 9
    differences = {(a - b) % ORDER for row in drawn for other in drawn if row is not other for a, b in zip(row, other, strict=True)}
    assert len(differences) == 18


def test_two_worlds_are_found_by_the_words_and_by_the_announced_key() -> None:
    """The service shows every trustee a roll in which all others are its own: each confirms, as no page can see it alone."""
    seats = Seats.made(THRESHOLD, COUNT, "two worlds")
    words, keys = [], []
    for own in seats.owns:
        service = {i: OwnKeys(i, keccak(f"world {own.seat} {i}".encode()), seats.ceremony.id) for i in range(COUNT) if i != own.seat}
        roll = seats.roll(**{f"seat_{i}": one for i, one in service.items()})
        world = [dealt(service.get(i, own), roll) for i in range(COUNT)]
        transcript = Transcript(roll, tuple(world))
        share = own_share(own, transcript)
        assert len(confirmation(share, transcript)) == 65
        words.append(tuple(transcript.words))
        keys.append((Point.of(share).address, transcript.seal_key.share_keys))
    assert len(set(words)) == COUNT
    announced = keys[0][1]
    assert [own_key in announced for own_key, _ in keys] == [True, False, False]


def test_fewer_than_the_threshold_know_nothing_that_another_secret_would_not_show() -> None:
    """For any other secret there is a share that, joined with t - 1 right ones, gives it."""
    seats = Seats.made(3, 5, "secrecy")
    transcript = seats.transcript()
    shares = {seat: own_share(seats.owns[seat], transcript) for seat in (0, 3)}
    for wanted in (1, 2, 3):
        base = secret_of(shares | {1: 0})
        step = (secret_of(shares | {1: 1}) - base) % ORDER
        fitting = (wanted - base) * pow(step, -1, ORDER) % ORDER
        assert secret_of(shares | {1: fitting}) == wanted


def test_any_extra_shares_do_no_harm() -> None:
    seats = Seats.made(2, 4, "extra")
    transcript = seats.transcript()
    made = transcript.seal_key
    shares: dict[int, int] = {own.seat: own_share(own, transcript) for own in seats.owns}
    check: Callable[[dict[int, int]], int] = lambda chosen: opening.secret(chosen, 2, transcript.key, made.share_keys)  # noqa: E731
    assert check(shares) == check({0: shares[0], 3: shares[3]})
