"""The forecast: chances are chances, money adds up, the past does not know the future, and silence has its reasons."""

from __future__ import annotations

import json

import numpy as np
import pytest

from backend.ground.common.hashing import canonical_json
from backend.watch.outlook.book import Loan
from backend.watch.outlook.models.forecast import BookFacts, forecast
from backend.watch.outlook.models.hazards import METHODS, count
from backend.watch.outlook.models.loans import PAYING, STOPPED, Loans
from backend.watch.outlook.models.returns import expected
from backend.watch.outlook.models.running import run
from backend.watch.outlook.packing import pack, unpack
from backend.watch.outlook.views import BookView
from scripts.bench.outlook.own_book import own_book

AS_OF = 2011 * 12 + 6
WHOLE = own_book(4_000)
KNOWN = WHOLE.known_at(AS_OF)


def test_what_comes_later_changes_nothing_known() -> None:
    later = Loans(**{**vars(WHOLE), "last_paid": np.where(WHOLE.last_paid > AS_OF, WHOLE.last_paid + 3, WHOLE.last_paid)})
    for name, column in vars(later.known_at(AS_OF)).items():
        if name != "recovered":
            assert np.array_equal(column, getattr(KNOWN, name)), name
    assert KNOWN.last_paid.max() <= AS_OF
    assert KNOWN.issued.max() < AS_OF


def test_events_are_counted_once_each() -> None:
    counted = count(KNOWN, AS_OF, 7)
    assert counted.stops.sum() == (KNOWN.state == STOPPED).sum()
    assert (counted.stops + counted.ends <= counted.at_risk).all()
    recent = count(KNOWN, AS_OF, 7, AS_OF - 6)
    assert recent.stops.sum() == ((KNOWN.state == STOPPED) & (KNOWN.last_paid + 1 > AS_OF - 6)).sum()


@pytest.mark.parametrize("method", METHODS)
def test_chances_are_chances_and_no_more_comes_back_than_is_unpaid(method: str) -> None:
    hazards = METHODS[method](count(KNOWN, AS_OF, 7))
    assert ((hazards.stop >= 0) & (hazards.stop < 1) & (hazards.end >= 0) & (hazards.end < 1)).all()
    found = expected(KNOWN, hazards, 0.06, AS_OF)
    assert (found.lifetime <= found.balance * (1 + 1e-9)).all()
    assert (found.lifetime >= 0).all()
    assert found.by_month.sum() == pytest.approx(found.lifetime.sum())
    worse = expected(KNOWN, hazards, 0.06, AS_OF, 5.0)
    assert worse.lifetime.sum() < found.lifetime.sum()


def test_a_loan_that_surely_pays_returns_its_balance() -> None:
    hazards = METHODS["roll_rate"](count(KNOWN, AS_OF, 7))
    sure = type(hazards)(hazards.terms, hazards.stop * 0, hazards.end * 0)
    found = expected(KNOWN, sure, 0.0, AS_OF)
    paying = KNOWN.state == PAYING
    assert np.allclose(found.lifetime[paying], found.balance[paying])
    assert not found.lifetime[~paying].any()


def test_what_is_unpaid_is_what_the_book_says() -> None:
    half = Loans(**{**vars(KNOWN), "principal_paid": KNOWN.amount - KNOWN.balance() / 2})
    hazards = METHODS["vintage"](count(KNOWN, AS_OF, 7))
    assert expected(half, hazards, 0.06, AS_OF).balance.sum() == pytest.approx(KNOWN.balance().sum() / 2)
    assert expected(half, hazards, 0.06, AS_OF).lifetime.sum() == pytest.approx(expected(KNOWN, hazards, 0.06, AS_OF).lifetime.sum() / 2)


def test_silence_has_its_reasons() -> None:
    def reason(loans: Loans, as_of: int = AS_OF, collapsed: int | None = None) -> str:
        return forecast(loans, BookFacts(as_of, 7, collapsed)).reason

    assert reason(KNOWN.at(np.arange(199))) == "few_loans"
    assert reason(Loans(**{**vars(KNOWN), "grade": KNOWN.grade * 0})) == "one_grade"
    assert reason(KNOWN.at(KNOWN.issued > AS_OF - 12)) == "short_history"
    assert reason(WHOLE.at(WHOLE.state != STOPPED), 2030 * 12) == "nothing_unpaid"
    for months in (0, 1, 11):
        assert reason(KNOWN, AS_OF, AS_OF - months) == "collapse_new"
    hit = (KNOWN.state == PAYING) & (np.arange(len(KNOWN)) % 2 == 0)
    stopped = {"state": np.where(hit, STOPPED, KNOWN.state), "last_paid": np.where(hit, AS_OF - 3, KNOWN.last_paid)}
    assert reason(Loans(**{**vars(KNOWN), **stopped})) == "collapse_suspected"
    gap = Loans(**{**vars(KNOWN), "last_paid": np.where(KNOWN.last_paid == AS_OF - 9, AS_OF - 10, KNOWN.last_paid)})
    assert reason(gap) == "missing_months"


def test_a_stored_book_gives_the_same_bytes_each_time() -> None:
    rows = [
        Loan(int(i), int(t), "ABCDEFG"[g], round(a * 100), round(r * 120_000), int(s), round(b * 100), int(last), 0)
        for i, t, g, a, r, s, b, last in zip(
            KNOWN.issued, KNOWN.term, KNOWN.grade, KNOWN.amount, KNOWN.rate, KNOWN.state, KNOWN.balance(), KNOWN.last_paid, strict=True
        )
    ]
    view = BookView("b", b"\1" * 32, AS_OF, None, unpack(pack(rows)), sum(row.balance_fen for row in rows))
    told = run(view)
    assert canonical_json(told) == canonical_json(run(view))
    result = told["result"]
    assert result["low_bps"] < result["share_bps"] < result["high_bps"]
    curve = [point[1] for point in result["by_month"]]
    assert curve == sorted(curve)
    assert "borrower" not in json.dumps(told)
