"""How often loans stop paying or are paid off early, by term, grade and age: three ways to tell it from the same counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from backend.watch.outlook.models.loans import CLOSED, STOPPED, Floats, Ints, Loans

MAX_AGE = 120
"""Older loans count as of this age; terms are at most so long."""
STRENGTH = 400.0
"""Months at risk for which the pooled rate stands in a cell of the table: a cell without months of its own is the pooled rate."""


@dataclass(frozen=True)
class Counts:
    """Months at risk, stops and early ends, by term class, grade and age (months)."""

    terms: Ints
    at_risk: Floats
    stops: Floats
    ends: Floats


@dataclass(frozen=True)
class Hazards:
    """Chance to stop, and to be paid off early, in the month of that age; by term class, grade, age."""

    terms: Ints
    stop: Floats
    end: Floats

    def at(self, term: Ints, grade: Ints, age: Ints) -> tuple[Floats, Floats]:
        """Both for loans of that term, grade and age."""
        place = (np.searchsorted(self.terms, term).clip(0, len(self.terms) - 1), grade, np.clip(age, 0, MAX_AGE))
        return self.stop[place], self.end[place]


def count(loans: Loans, as_of: int, grades: int, since: int = 0) -> Counts:
    """Counts of what happened in the months after `since` up to `as_of`."""
    terms = np.unique(loans.term)
    shape = (len(terms), grades, MAX_AGE + 2)
    at_risk, stops, ends = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    place = np.searchsorted(terms, loans.term)
    stopped, closed = loans.state == STOPPED, loans.state == CLOSED
    until = np.where(stopped, loans.last_paid + 1, np.where(closed, loans.last_paid, as_of))
    last = np.minimum(np.minimum(until, as_of) - loans.issued, loans.term)
    first = np.maximum(1, since + 1 - loans.issued)
    seen = last >= first
    np.add.at(at_risk, (place[seen], loans.grade[seen], np.clip(first[seen], 0, MAX_AGE)), 1)
    np.add.at(at_risk, (place[seen], loans.grade[seen], np.clip(last[seen] + 1, 0, MAX_AGE + 1)), -1)
    at_age = np.clip(last, 0, MAX_AGE)
    event = seen & stopped & (loans.last_paid + 1 <= as_of)
    np.add.at(stops, (place[event], loans.grade[event], at_age[event]), 1)
    early = seen & closed & (loans.last_paid < loans.issued + loans.term)
    np.add.at(ends, (place[early], loans.grade[early], at_age[early]), 1)
    return Counts(terms, np.maximum(np.cumsum(at_risk, axis=2), 0)[:, :, : MAX_AGE + 1], stops[:, :, :-1], ends[:, :, :-1])


def roll_rate(counts: Counts) -> Hazards:
    """One rate for every loan at every age."""
    months = max(counts.at_risk.sum(), 1.0)
    whole = np.ones_like(counts.at_risk)
    return Hazards(counts.terms, whole * counts.stops.sum() / months, whole * counts.ends.sum() / months)


def vintage_table(counts: Counts) -> Hazards:
    """Term x grade x age, each cell drawn towards term x grade and age: `STRENGTH` months of what grade and age say by themselves."""
    return Hazards(counts.terms, _table(counts.at_risk, counts.stops), _table(counts.at_risk, counts.ends))


def logistic(counts: Counts) -> Hazards:
    """Logistic regression of the month's event on term, grade and age."""
    return Hazards(counts.terms, _logistic(counts.at_risk, counts.stops), _logistic(counts.at_risk, counts.ends))


METHODS: dict[str, Callable[[Counts], Hazards]] = {"roll_rate": roll_rate, "vintage": vintage_table, "logistic": logistic}


def _table(at_risk: Floats, events: Floats) -> Floats:
    overall = events.sum() / max(at_risk.sum(), 1.0)
    by_age = _smooth(at_risk.sum(axis=(0, 1), keepdims=True), events.sum(axis=(0, 1), keepdims=True), overall)
    expected = at_risk * by_age
    group = (events.sum(axis=2, keepdims=True) + 5) / (expected.sum(axis=2, keepdims=True) + 5)
    prior = np.clip(by_age * group, 0.0, 0.9)
    return np.asarray((events + STRENGTH * prior) / (at_risk + STRENGTH))


def _smooth(at_risk: Floats, events: Floats, overall: float) -> Floats:
    """Over five months of age, with a little of the overall rate: the newest ages have few loans."""
    kernel = np.ones(5)
    wide = [np.apply_along_axis(lambda line: np.convolve(line, kernel, "same"), 2, one) for one in (at_risk, events)]
    return np.asarray((wide[1] + 200 * overall) / (wide[0] + 200))


def _logistic(at_risk: Floats, events: Floats) -> Floats:
    features = _features(at_risk.shape)
    weight, hits = at_risk.reshape(-1), events.reshape(-1)
    overall = np.clip(hits.sum() / max(weight.sum(), 1.0), 1e-6, 0.5)
    beta = np.zeros(features.shape[1])
    beta[0] = np.log(overall / (1 - overall))
    ridge = np.full(features.shape[1], 1.0)
    ridge[0] = 1e-6
    for _ in range(25):
        chance = 1 / (1 + np.exp(-np.clip(features @ beta, -30, 30)))
        slope = features.T @ (hits - weight * chance) - ridge * np.where(np.arange(len(beta)) == 0, 0.0, beta)
        curve = (features * (weight * chance * (1 - chance))[:, None]).T @ features + np.diag(ridge)
        step = np.linalg.solve(curve, slope)
        beta = beta + step
        if np.abs(step).max() < 1e-9:
            break
    return np.asarray((1 / (1 + np.exp(-np.clip(features @ beta, -30, 30)))).reshape(at_risk.shape))


def _features(shape: tuple[int, ...]) -> Floats:
    terms, grades, ages = (one.reshape(-1) for one in np.meshgrid(*(np.arange(n) for n in shape), indexing="ij"))
    # No powers of age: beyond the oldest loan they would run away.
    age = np.minimum(ages, 36) / 12.0
    columns = [np.ones(len(age)), age, np.log1p(ages), (ages <= 1).astype(float)]
    columns += [(grades == grade).astype(float) for grade in range(1, shape[1])]
    columns += [(terms == term).astype(float) for term in range(1, shape[0])]
    return np.stack(columns, axis=1)
