"""Everybody's notice comes to an end, nothing goes twice, nothing goes at night, and nobody else's report counts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from backend.people.notices import store
from backend.people.notices.errors import FieldTooLong, NoticeKindUnknown, ReportAddressWrong, ReportsNotReadable, TemplateFieldsWrong
from backend.people.notices.letters import paper
from backend.people.notices.rules.ledger import MARK, State, anchored, proves
from scripts.rig.providers import Manners, Providers
from tests.backend.people.notices.world import MORNING, Ledger, people, person


def run(ledger: Ledger, rounds: int = 30) -> None:
    for _ in range(rounds):
        if not ledger.service.post.run_once():
            break


def test_a_notice_is_sent_reported_and_closed_with_a_root(ledger: Ledger) -> None:
    mailing = ledger.queue(list(people(250)))
    run(ledger)
    assert ledger.states(mailing) == {State.SENT: 250}
    assert ledger.report() == [("taken", 250)]
    ledger.service.closing.close_ended()
    view = ledger.service.mailing(mailing)
    assert dict(view.counts) == {State.TOLD: 250}
    assert view.closed_at is not None
    (own,) = ledger.service.of_lender("poll", 7)
    assert own.state == State.TOLD
    assert [attempt.channel for attempt in own.attempts] == ["sms"]
    leaf = ledger.service.closing.proved(_row(ledger, mailing)).leaf(own.id)
    proof = [(left, bytes.fromhex(sibling[2:])) for left, sibling in own.proof]
    assert proves(leaf, proof, bytes.fromhex(view.root[2:]))
    assert anchored(view.number, bytes(32))[:8] == MARK


def _row(ledger: Ledger, mailing: str) -> Any:
    with ledger.sessions.reading() as session:
        return store.mailing(session, mailing)


def test_asked_again_it_is_the_same_notice(ledger: Ledger) -> None:
    first = ledger.queue(list(people(3)))
    assert ledger.queue(list(people(3))) == first
    run(ledger)
    assert ledger.providers.books.taken == 3


def test_a_lost_answer_is_looked_up_before_anything_goes_again(ledger: Ledger, providers: Providers) -> None:
    providers.manners = Manners(lost_after=1.0)
    mailing = ledger.queue(list(people(100)))
    run(ledger)
    assert ledger.states(mailing) == {State.SENDING: 100}
    providers.manners = Manners()
    ledger.clock.move(seconds=5)
    run(ledger)
    assert providers.books.taken == 100
    assert providers.books.doubled() == 0
    # A report about it proves nothing, since nobody told us the provider's own number: the provider is asked.
    assert ledger.report() == [("unproved", 100)]
    assert ledger.states(mailing) == {State.SENT: 100}
    run(ledger)
    assert ledger.states(mailing) == {State.TOLD: 100}


def test_a_lost_request_goes_again(ledger: Ledger, providers: Providers) -> None:
    providers.manners = Manners(lost_before=1.0)
    mailing = ledger.queue(list(people(100)))
    run(ledger)
    providers.manners = Manners()
    ledger.clock.move(seconds=5)
    run(ledger)
    assert providers.books.taken == 100
    ledger.report()
    assert ledger.states(mailing) == {State.TOLD: 100}


def test_a_process_killed_after_writing_down_is_followed_by_one_that_asks_first(ledger: Ledger, providers: Providers) -> None:
    ledger.queue(list(people(100)))
    for line in ledger.lines:
        line.gateway.send = _killed_after(line.gateway.send)  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        run(ledger)
    ledger.again()
    run(ledger)
    assert providers.books.taken == 100
    assert providers.books.doubled() == 0


def _killed_after(send: Any) -> Any:
    def sending(one: Any) -> Any:
        send(one)
        raise KeyboardInterrupt

    return sending


def test_nothing_goes_at_night_in_beijing(ledger: Ledger, providers: Providers) -> None:
    ledger.clock.move(hours=12)  # ten in the evening
    mailing = ledger.queue(list(people(5)))
    run(ledger)
    assert (providers.books.taken, ledger.states(mailing)) == (0, {State.WAITING: 5})
    ledger.clock.move(hours=9, minutes=59)
    run(ledger)
    assert providers.books.taken == 0
    ledger.clock.move(minutes=1)
    run(ledger)
    assert providers.books.taken == 5


def test_the_next_way_is_tried_and_nobody_stays_without_an_end(ledger: Ledger, providers: Providers) -> None:
    providers.manners = Manners(failed=1.0)
    mailing = ledger.queue(
        [
            person(1, "+8613800000001", "+8657188880000", post="某地某路1号"),
            person(2, "+8613800000002"),
            person(3),
            person(4, "+9715012345678"),
        ]
    )
    for _ in range(4):
        run(ledger)
        ledger.report()
    assert ledger.states(mailing) == {State.TO_POST: 1, State.UNREACHED: 3}
    assert [attempt.channel for attempt in ledger.service.of_lender("poll", 1)[0].attempts] == ["sms", "voice", "letter"]
    assert [letter.address for letter in ledger.service.letters(mailing)] == ["某地某路1号"]
    printed = paper(ledger.service.letters(mailing), MORNING)
    assert printed.startswith(b"%PDF")
    assert ledger.service.mark_posted(mailing, next(ledger.service.letters(mailing)).id) == 1
    assert {(index, state) for index, state, _ in ledger.service.not_reached(mailing)} == {(at, State.UNREACHED) for at in (2, 3, 4)}
    ledger.service.closing.close_ended()
    assert ledger.service.mailing(mailing).closed_at is not None


def test_without_a_report_it_stays_unconfirmed_and_an_end_comes_to_all(ledger: Ledger, providers: Providers) -> None:
    providers.manners = Manners(silent=1.0)
    mailing = ledger.queue([*people(3), person(9, post="某地")])
    run(ledger)
    ledger.clock.move(hours=73)
    run(ledger)
    assert ledger.states(mailing) == {State.UNCONFIRMED: 3, State.TO_POST: 1}
    ledger.clock.move(days=10)
    ledger.service.closing.close_ended()
    assert ledger.states(mailing) == {State.UNCONFIRMED: 3, State.UNREACHED: 1}


def test_a_provider_that_cannot_tell_is_never_sent_to_again_on_that_channel(ledger: Ledger, providers: Providers) -> None:
    providers.manners = Manners(lost_after=1.0, silent=1.0)
    ledger.again(ledger.lines[1:])  # Tencent and calls
    mailing = ledger.queue([person(1, "+8613800000001"), person(2, "+8613800000002", "+8657188880000")], "no_ballot")
    run(ledger)
    ledger.clock.move(hours=3)
    run(ledger)
    assert providers.books.doubled() == 0
    assert {row.provider for rows in providers.books.by_number.values() for row in rows} == {"tencent", "aliyun_voice"}
    assert ledger.states(mailing)[State.UNCONFIRMED] == 1


def test_a_throttled_provider_gets_it_later(ledger: Ledger, providers: Providers) -> None:
    providers.manners = Manners(throttled=1.0)
    mailing = ledger.queue(list(people(10)))
    run(ledger)
    assert (providers.books.taken, ledger.states(mailing)) == (0, {State.WAITING: 10})
    providers.manners = Manners()
    ledger.clock.move(minutes=2)
    run(ledger)
    assert providers.books.taken == 10


def test_more_than_ten_a_day_wait_for_tomorrow(ledger: Ledger, providers: Providers) -> None:
    for number in range(12):
        ledger.queue([person(1, "+8613800000001")], key=f"m{number}")
    run(ledger)
    assert providers.books.taken == 10
    ledger.clock.move(days=1, minutes=1)
    run(ledger)
    assert providers.books.taken == 12


def test_forged_repeated_unknown_contradicting_and_late_reports_change_nothing(ledger: Ledger, providers: Providers) -> None:
    mailing = ledger.queue(list(people(1)))
    run(ledger)
    ((_, provider, true),) = list(providers._reports)
    take, token = ledger.service.reports.take, ledger.service.seal.report_token("aliyun")
    with pytest.raises(ReportAddressWrong):
        take("aliyun", "0" * 64, [true])
    with pytest.raises(ReportAddressWrong):
        take("nobody", ledger.service.seal.report_token("nobody"), [true])
    bodies: list[Any] = [{}, [1], [{**true, "success": "yes"}], [{**true, "out_id": 7}], [true] * 1001]
    for body in bodies:
        with pytest.raises(ReportsNotReadable):
            take("aliyun", token, body)
    assert dict(take(provider, token, [{**true, "biz_id": "made up"}, {**true, "biz_id": ""}])) == {"forged": 2}
    assert dict(take(provider, token, [{**true, "out_id": "x" * 20}])) == {"unknown": 1}
    assert dict(take(provider, token, [{**true, "phone_number": "13900000000"}])) == {"unknown": 1}
    assert ledger.states(mailing) == {State.SENT: 1}
    assert dict(take(provider, token, [true, true])) == {"taken": 1, "repeated": 1}
    assert dict(take(provider, token, [true])) == {"repeated": 1}
    assert dict(take(provider, token, [{**true, "success": False}])) == {"contradicting": 1}
    assert ledger.states(mailing) == {State.TOLD: 1}
    assert ledger.service.count_strange() == {"forged": 2, "unknown": 2, "repeated": 2, "contradicting": 1}


def test_a_late_report_still_ends_what_has_not_ended(ledger: Ledger, providers: Providers) -> None:
    mailing = ledger.queue([person(1, "+8613800000001", post="某地")])
    run(ledger)
    ledger.clock.move(hours=73)
    run(ledger)
    assert ledger.states(mailing) == {State.TO_POST: 1}
    assert ledger.report() == [("late", 1)]
    assert ledger.states(mailing) == {State.TOLD: 1}


def test_only_approved_words_are_ever_sent(ledger: Ledger) -> None:
    at = ledger.clock.now() + timedelta(days=1)
    with pytest.raises(NoticeKindUnknown):
        ledger.service.queue("k", "advertisement", "case", "poll", {}, [], ends_at=at)
    for fields in ({"poll": "甲"}, {"poll": "甲", "closes": "乙", "choice": "同意"}):
        with pytest.raises(TemplateFieldsWrong):
            ledger.service.queue("k", "reminder", "case", "poll", fields, [], ends_at=at)
    for wrong in ("甲" * 61, "甲\n乙"):
        with pytest.raises(FieldTooLong):
            ledger.service.queue("k", "result", "case", "poll", {"poll": wrong}, [], ends_at=at)


def test_who_has_voted_since_gets_no_reminder(ledger: Ledger, providers: Providers) -> None:
    ledger.service.post.ask_before("reminder", lambda _mailing, indexes: {index for index in indexes if index != 1})
    mailing = ledger.queue(list(people(3)), "reminder")
    run(ledger)
    assert providers.books.taken == 2
    assert ledger.states(mailing) == {State.SENT: 2, State.WITHDRAWN: 1}


def test_a_wrong_signature_is_refused_and_the_next_provider_tried(ledger: Ledger, providers: Providers) -> None:
    ledger.lines[0].gateway._key = ("rig-key-id", "another")  # type: ignore[attr-defined]
    mailing = ledger.queue([person(1, "+8613800000001")])
    run(ledger)
    assert providers.books.refused_signatures == 1
    assert ledger.states(mailing) == {State.UNREACHED: 1}


def test_nothing_personal_is_openly_in_the_database(ledger: Ledger, tmp_path: Path) -> None:
    ledger.queue([person(1, "+8613812345678", email="li@example.cn", post="某省某市某路9号", word="向日葵")])
    run(ledger)
    ledger.report()
    for file in tmp_path.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            for secret in ("13812345678", "li@example.cn", "某路9号", "向日葵", "某人"):
                assert secret.encode() not in data, (file.name, secret)
