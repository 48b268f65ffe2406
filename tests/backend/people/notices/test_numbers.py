"""A changed number: two officials, a wait, one notice to the old number and nothing else."""

from __future__ import annotations

import json

import pytest

from backend.people.accounts.visitor import OFFICIAL, Visitor
from backend.people.notices.errors import (
    ChangeByOneOfficial,
    ChangeNotOpen,
    ChangeUnderway,
    NumberNotReadable,
    NumberServedByNobody,
    WordNotUsable,
)
from backend.people.notices.number_store import ChangeState
from tests.backend.people.notices.world import Ledger, person

FIRST, SECOND = Visitor("a", OFFICIAL, "官员甲"), Visitor("b", OFFICIAL, "官员乙")
OLD, NEW = "+8613800000001", "+8613900000009"


def test_two_officials_a_wait_and_one_notice_to_the_old_number(ledger: Ledger) -> None:
    desk, lender = ledger.service.numbers, person(1, OLD)
    ledger.queue([lender])
    ledger.service.run_once()
    made = desk.propose("case", lender, "139 0000 0009", FIRST)
    with pytest.raises(ChangeUnderway):
        desk.propose("case", lender, NEW, SECOND)
    with pytest.raises(ChangeByOneOfficial):
        desk.confirm(made.id, lender, FIRST)
    assert desk.people_of("case", OLD) == (set(), set())
    assert desk.confirm(made.id, lender, SECOND).state is ChangeState.CONFIRMED
    assert desk.people_of("case", OLD) == (set(), {lender.person})
    assert desk.people_of("case", NEW) == (set(), {lender.person})
    ledger.queue([lender], "no_ballot", key="held")
    ledger.service.run_once()
    kinds = [json.loads(row.words) for row in ledger.providers.books.by_number[OLD]]
    assert ["from_day" in words for words in kinds] == [False, True]
    ledger.clock.move(days=7, minutes=1)
    ledger.service.run_once()
    assert desk.people_of("case", NEW) == ({lender.person}, {lender.person})
    assert len(ledger.providers.books.by_number[OLD]) == 2
    assert len(ledger.providers.books.by_number[NEW]) == 1
    with pytest.raises(ChangeNotOpen):
        desk.withdraw(made.id)
    assert [(one.state, one.number_end) for one in desk.of_case("case")] == [(ChangeState.EFFECTIVE, "0009")]


def test_whoever_holds_the_old_number_has_it_withdrawn(ledger: Ledger) -> None:
    desk, lender = ledger.service.numbers, person(1, OLD)
    ledger.queue([lender])
    made = desk.propose("case", lender, NEW, FIRST)
    desk.confirm(made.id, lender, SECOND)
    assert desk.withdraw(made.id).state is ChangeState.WITHDRAWN
    ledger.clock.move(days=8)
    ledger.service.run_once()
    assert desk.people_of("case", OLD) == (set(), set())
    assert NEW not in ledger.providers.books.by_number


def test_numbers_that_nobody_reaches_are_refused(ledger: Ledger) -> None:
    for number, error in (("+9715012345678", NumberServedByNobody), ("12", NumberNotReadable)):
        with pytest.raises(error):
            ledger.service.numbers.propose("case", person(1, OLD), number, FIRST)
    assert ledger.service.numbers.propose("case", person(1, OLD), "+852 5123 4567", FIRST).number_end == "4567"
    assert ledger.service.numbers.propose("case", person(2, OLD), "0571-88880000", FIRST).number_end == "0000"


def test_the_word_that_a_person_chose_is_in_every_later_message(ledger: Ledger) -> None:
    lender = person(1, OLD)
    ledger.service.choose_word("case", lender, "向日葵")
    ledger.queue([lender])
    ledger.service.run_once()
    (row,) = ledger.providers.books.by_number[OLD]
    assert json.loads(row.words)["word"] == "向日葵"
    for word in ("", "a", "13800000001", "a.cn", "很长很长很长很长很长的口令"):
        with pytest.raises(WordNotUsable):
            ledger.service.choose_word("case", lender, word)
