"""The rules of flags, figure by figure, and what they leave alone."""

from __future__ import annotations

from dataclasses import replace

from backend.watch.flags.rules.bounds import BOUNDS, rules_hash
from backend.watch.flags.rules.bursts import Arrival, bursts
from backend.watch.flags.rules.claims import ClaimFacts, altered, reconciled, straws
from backend.watch.flags.rules.draw import queue, seed_of
from backend.watch.flags.rules.officials_way import BEIJING_SECONDS, DAY_SECONDS, DayOfWays, Seen, drift, night, pairs, sharpest
from backend.watch.flags.rules.shared import Holder, Link, shared
from backend.watch.flags.rules.subjects import Subject

MIDNIGHT = 20_000 * DAY_SECONDS - BEIJING_SECONDS


def group(many: int, *, age: int = 40, seen: bool = False, kind: str = "phone") -> Subject:
    holders = [Holder(number, 100, age, seen) for number in range(many)]
    [found] = shared(holders, [Link(kind, "same", number) for number in range(many)])
    return found


def claim(row: int, fen: int, number: int | None = None, identity: str = "a") -> ClaimFacts:
    return ClaimFacts(row, f"c{row}", row if number is None else number, fen, identity)


def test_a_family_shares_a_phone_and_a_seventh_lender_is_looked_at() -> None:
    assert not group(BOUNDS.shared_most).flagged
    over = group(BOUNDS.shared_most + 1)
    assert over.flagged
    assert over.facts["lenders"] == 7
    assert over.facts["total_fen"] == 700


def test_homes_villages_and_lenders_who_were_seen_are_left_alone() -> None:
    assert not group(45, age=80).flagged
    assert group(61, age=80).flagged
    assert not group(BOUNDS.address_most, kind="address").flagged
    assert not group(80, seen=True, kind="device").flagged


def test_one_lender_with_many_claims_shares_with_nobody() -> None:
    assert list(shared([Holder(0, 100)], [Link("phone", "p", 0)] * 9)) == []


def test_new_claims_of_like_amounts_in_a_row_are_straw_lenders_and_old_ones_are_not() -> None:
    claims = [claim(row, 10_000_000 + row) for row in range(2, 10)]
    [found] = [one for one in straws(claims, (), ()) if one.flagged]
    assert found.facts["claims"] == 8
    assert not any(one.flagged for one in straws(claims, [one.claim_no for one in claims], ()))
    assert not any(one.flagged for one in straws(claims[:7], (), ()))
    mixed = [claim(row, 1_000_000 * row) for row in range(2, 12)]
    assert not any(one.flagged for one in straws(mixed, (), ()))


def test_straws_far_apart_are_found_by_what_they_share() -> None:
    claims = [claim(2 * row, 10_000_000) for row in range(1, 10)]
    links = [Link("card", "one", one.number) for one in claims]
    assert [one.facts["source"] for one in straws(claims, (), links) if one.flagged] == ["card"]


def test_a_payment_to_all_alters_nobody_and_a_raised_balance_is_named() -> None:
    before = {f"c{row}": claim(row, 1_000_000 * row) for row in range(1, 40)}
    paid = [claim(row, 950_000 * row) for row in range(1, 40)]
    assert not any(one.flagged for one in altered(paid, before))
    raised = [*paid[:-1], claim(39, 1_100_000 * 39)]
    [found] = [one for one in altered(raised, before) if one.flagged]
    assert (found.key, found.facts["usual_bps"]) == ("altered:c39", 9_500)
    other = [*paid[:-1], claim(39, 950_000 * 39, identity="b")]
    assert [one.facts["another_lender"] for one in altered(other, before) if one.flagged] == [1]


def test_what_was_paid_in_less_what_was_taken_out_is_the_claim() -> None:
    found = list(reconciled({1: 5_000, 2: 900_000}, {1: (9_000, 4_000), 2: (600_000, 100_000)}))
    assert [(one.key, one.flagged) for one in found] == [("reconcile:1", False), ("reconcile:2", True)]


def test_twenty_in_five_minutes_are_a_burst_and_a_busy_hour_is_not() -> None:
    closes = MIDNIGHT + 7 * DAY_SECONDS
    steady = [Arrival(number, MIDNIGHT + 400 * number) for number in range(1_500)]
    assert not any(one.flagged for one in bursts(steady, MIDNIGHT, closes, b"seed"))
    burst = [Arrival(2_000 + number, MIDNIGHT + 300_000 + 12 * number) for number in range(20)]
    [found] = [one for one in bursts([*steady, *burst], MIDNIGHT, closes, b"seed") if one.flagged]
    assert set(found.lenders) >= {2_000, 2_019}
    hour = [Arrival(3_000 + number, MIDNIGHT + 300_000 + 30 * number) for number in range(300)]
    assert not any(one.flagged for one in bursts([*steady, *hour], MIDNIGHT, closes, b"seed"))
    assert list(bursts(burst[:5], MIDNIGHT, closes, b"seed")) == []


def seen(pair: tuple[int, int], many: int, at: int = MIDNIGHT) -> list[Seen]:
    return [Seen(1_000 * (10 * pair[0] + pair[1]) + number, *pair, at + number * DAY_SECONDS // 2) for number in range(many)]


def test_one_pair_that_does_most_is_named_and_a_visit_to_a_village_is_not() -> None:
    even = [*seen((0, 1), 30), *seen((0, 2), 30), *seen((1, 2), 30)]
    assert not any(one.flagged for one in pairs(even))
    assert [one.key for one in pairs([*even, *seen((1, 0), 60, MIDNIGHT + 9)]) if one.flagged] == ["pair:0:1"]
    visit = [Seen(9_000 + number, 0, 1, MIDNIGHT + 90_000 + number) for number in range(60)]
    assert not any(one.flagged for one in pairs([*even, *visit]))
    assert list(pairs(seen((0, 1), 30))) == [], "two officials have nobody to be compared with"


def test_ways_that_drift_are_dated_and_one_busy_day_is_not() -> None:
    before = [DayOfWays(day, 100, 10) for day in range(4)]
    changed = [*before, *(DayOfWays(day, 100, 40) for day in range(4, 8))]
    [found] = [one for one in sharpest(drift("drift_ways", changed)) if one.flagged]
    assert found.facts["day"] == 4
    one_day = [*before, DayOfWays(4, 160, 70), *(DayOfWays(day, 100, 10) for day in range(5, 8))]
    assert not any(one.flagged for one in drift("drift_ways", one_day))


def test_ballots_at_night_are_counted_by_beijing() -> None:
    day = {number: MIDNIGHT + 40_000 + number for number in range(100)}
    assert list(night(day)) == []
    dark = day | {1_000 + number: MIDNIGHT + 3_600 + number for number in range(30)}
    [found] = night(dark)
    assert found.flagged
    assert (found.facts["ballots"], found.facts["of_day"]) == (30, 130)


def test_a_fifth_of_the_queue_is_drawn_by_a_seed_that_gives_it_again() -> None:
    subjects = [Subject("night", f"night:{number}", (number,), {}, {}, number < 8) for number in range(100)]
    seed = seed_of(rules_hash(), b"data", "poll")
    first, again = queue(subjects, seed), queue(list(reversed(subjects)), seed)
    assert [one.subject.key for one in first] == [one.subject.key for one in again]
    assert len(first) == 10
    assert sum(one.subject.flagged for one in first) == 8
    other = queue(subjects, seed_of(rules_hash(), b"other", "poll"))
    assert [one.subject.key for one in first] != [one.subject.key for one in other]
    assert queue([one for one in subjects if not one.flagged], seed) == []


def test_another_bound_is_another_hash() -> None:
    assert rules_hash() != rules_hash(replace(BOUNDS, night_least=21))
