"""What happens between two steps: a kill, another process, a late report. Nobody stays untold, and nothing is said that is not so."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest

from backend.people.accounts.visitor import OFFICIAL, Visitor
from backend.people.notices import store
from backend.people.notices.errors import LetterNotWaiting
from backend.people.notices.number_store import ChangeState
from backend.people.notices.rules.ledger import State, proves
from scripts.rig.providers import Manners
from tests.backend.people.notices.world import Ledger, people, person

FIRST, SECOND = Visitor("a", OFFICIAL, "官员甲"), Visitor("b", OFFICIAL, "官员乙")
OLD, NEW, LANDLINE = "+8613800000001", "+8613900000009", "+8657188880000"


def test_a_late_report_between_look_and_send_is_not_undone(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.providers.manners = Manners(late_seconds=0.0)
    mailing = ledger.queue([person(1, OLD, LANDLINE)])
    ledger.service.post.run_once()
    ledger.clock.move(hours=73)  # nothing was reported, so that the landline is called next
    post = ledger.service.post
    whole = post._within_limits

    def meanwhile(*given: Any) -> Any:
        assert ledger.report() == [("late", 1)]
        return whole(*given)

    monkeypatch.setattr(post, "_within_limits", meanwhile)
    assert post.run_once() == 0
    assert ledger.states(mailing) == {State.TOLD: 1}
    assert set(ledger.providers.books.by_number) == {OLD}
    ledger.service.closing.close_ended()
    assert ledger.service.mailing(mailing).closed_at is not None


def test_no_number_counts_of_which_the_old_one_was_not_told(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    lender, desk = person(1, OLD), ledger.service.numbers
    made = desk.propose("case", lender, NEW, FIRST)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(desk, "_tell", killed)
    with pytest.raises(KeyboardInterrupt):
        desk.confirm(made.id, lender, SECOND)
    ledger.again()
    ledger.clock.move(days=8)
    ledger.service.run_once()
    assert [one.state for one in ledger.service.numbers.of_case("case")] == [ChangeState.PROPOSED]
    ledger.service.numbers.confirm(made.id, lender, SECOND)
    ledger.service.run_once()
    assert len(ledger.providers.books.by_number[OLD]) == 1
    ledger.clock.move(days=8)
    ledger.queue([lender], key="later")
    ledger.service.run_once()
    assert len(ledger.providers.books.by_number[NEW]) == 1


def test_letters_that_nobody_printed_are_not_said_to_be_posted(ledger: Ledger) -> None:
    mailing = ledger.queue([person(number, post=f"某地{number}号") for number in range(7)])
    ledger.service.post.run_once()
    printed = [letter.id for letter in islice(ledger.service.letters(mailing), 5)]
    ledger.clock.move(minutes=1)
    assert ledger.service.mark_posted(mailing, printed[-1]) == 5
    assert ledger.states(mailing) == {State.POSTED: 5, State.TO_POST: 2}
    with pytest.raises(LetterNotWaiting):
        ledger.service.mark_posted(mailing, printed[-1])
    assert len(list(ledger.service.letters(mailing))) == 2


def test_a_letter_that_came_since_stands_after_those_that_were_printed(ledger: Ledger) -> None:
    ledger.providers.manners = Manners(failed=1.0)
    mailing = ledger.queue([person(number, post="某地") for number in range(3)] + [person(9, OLD, post="别处")])
    ledger.service.post.run_once()
    printed = [letter.id for letter in ledger.service.letters(mailing)]
    ledger.clock.move(minutes=1)
    ledger.report()
    ledger.service.post.run_once()
    assert [letter.id for letter in ledger.service.letters(mailing)][:3] == printed
    assert ledger.service.mark_posted(mailing, printed[-1]) == 3
    assert ledger.states(mailing) == {State.POSTED: 3, State.TO_POST: 1}


def test_a_mailing_is_hashed_once_for_all_who_ask_for_their_proof(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    mailing = ledger.queue(list(people(33)))
    ledger.service.post.run_once()
    ledger.report()
    ledger.service.closing.close_ended()
    root = bytes.fromhex(ledger.service.mailing(mailing).root[2:])
    asked = [ledger.service.of_lender("poll", index)[0] for index in range(2)]
    with ledger.sessions.reading() as session:
        row = store.mailing(session, mailing)
    assert row is not None
    tree = ledger.service.closing.proved(row)
    monkeypatch.setattr("backend.people.notices.rules.ledger.keccak", lambda _: pytest.fail("hashed again"))
    asked += [ledger.service.of_lender("poll", index)[0] for index in range(2, 33)]
    monkeypatch.undo()
    for own in asked:
        assert proves(tree.leaf(own.id), [(left, bytes.fromhex(sibling[2:])) for left, sibling in own.proof], root)
