"""Sentences of a plan's four parts that say otherwise than its payout ladder: shown to people beside the sentence, and stopping nothing.

The rules read figures and a few words. They do not understand the text: what they find is a reason to look, and that they find nothing
proves nothing.
"""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import islice, pairwise

from backend.case.plans.conditions import is_condition
from backend.case.plans.numerals import LAST, Day, days, plain
from backend.case.plans.rules import PayoutStep
from backend.case.plans.statements import Statement, about_payments, sentences, statements
from backend.ground.common.money import WHOLE_BPS

SHOWN = 200
"""More are not shown: a text with so many is another plan's."""
READ = 2_000
"""So many sentences about payments are read, each in about a millisecond; plans have tens."""


class Rule(StrEnum):
    """What a sentence breaks."""

    SHARE = "share"
    TOGETHER = "together"
    MONTHS = "months"
    COUNT = "count"
    PLACE = "place"
    DATE = "date"
    NO_SUCH_DAY = "no_such_day"
    CONDITION = "condition"


WORDS = {
    Rule.SHARE: ("这里写 {said}，兑付安排写 {ladder}。", "Here: {said}; payment schedule: {ladder}."),
    Rule.TOGETHER: ("这里写合计 {said}，按兑付安排合计 {ladder}。", "In all, here: {said}; by the payment schedule: {ladder}."),
    Rule.MONTHS: ("这里写 {said} 个月，兑付安排写 {ladder} 个月。", "Here: {said} months; payment schedule: {ladder} months."),
    Rule.COUNT: ("这里写 {said} 期，兑付安排有 {ladder} 期。", "Here: {said} payments; payment schedule: {ladder}."),
    Rule.PLACE: ("这里提到第 {said} 期，兑付安排只有 {ladder} 期。", "Here: payment {said}; payment schedule: {ladder} payments."),
    Rule.DATE: (
        "与其他日期相比，这一期应在 {ladder}，这里写 {said}。",
        "By the other dates, this payment would fall in {ladder}; here: {said}.",
    ),
    Rule.NO_SUCH_DAY: ("没有 {said} 这一天；该月有 {ladder} 日。", "There is no {said}: that month has {ladder} days."),
    Rule.CONDITION: ("这里为兑付附加了条件，兑付安排没有条件。", "Here a payment has a condition; the payment schedule has none."),
}


@dataclass(frozen=True)
class Contradiction:
    """One sentence, and what the ladder says instead; `said` and `ladder` are figures, blank for a condition."""

    part: str
    sentence: str
    rule: Rule
    said: str = ""
    ladder: str = ""

    def words(self, language: str) -> str:
        """What a person reads beside the sentence."""
        return WORDS[self.rule][language == "en"].format(said=self.said, ladder=self.ladder)


def contradictions(parts: Mapping[str, str], ladder: Sequence[PayoutStep]) -> list[Contradiction]:
    """All that is found, part by part and sentence by sentence, each sentence once for each rule; at most `SHOWN`."""
    found: list[Contradiction] = []
    dated: list[tuple[str, str, int, Day]] = []
    for part, sentence, written in islice(_about_payments(parts), READ):
        for rule, said, meant in _broken(written, ladder):
            found.append(Contradiction(part, sentence, rule, said, meant))
        dated += [(part, sentence, place, day) for place, day in _dated(written, ladder)]
    found += _dates_apart(dated, ladder)
    return list(dict.fromkeys(found))[:SHOWN]


def _about_payments(parts: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Part, sentence as written, and as it is read."""
    for part, text in parts.items():
        for sentence in dict.fromkeys(sentences(text)):
            written = plain(sentence)
            if about_payments(written):
                yield part, sentence, written


def _broken(sentence: str, ladder: Sequence[PayoutStep]) -> Iterator[tuple[Rule, str, str]]:
    for day in days(sentence):
        if 1 <= day.month <= 12 and day.year >= 1:
            length = calendar.monthrange(day.year, day.month)[1]
            if day.day > length:
                yield Rule.NO_SUCH_DAY, f"{day.year}-{day.month:02}-{day.day:02}", str(length)
    if is_condition(sentence):
        yield Rule.CONDITION, "", ""
    for stated in statements(sentence):
        yield from _against(stated, ladder)


def _against(stated: Statement, ladder: Sequence[PayoutStep]) -> Iterator[tuple[Rule, str, str]]:
    if stated.count is not None:
        if stated.count != len(ladder):
            yield Rule.COUNT, str(stated.count), str(len(ladder))
        return
    missing = [place for place in stated.places if place >= len(ladder)]
    if missing:
        yield Rule.PLACE, str(missing[0] + 1), str(len(ladder))
    elif stated.every:
        yield from _every(stated, ladder)
    elif stated.places:
        yield from _named(stated, [len(ladder) - 1 if place == LAST else place for place in stated.places], ladder)
    elif stated.months is not None and stated.bps is not None:
        yield from _dated_share(stated.bps, stated.months, stated.together, ladder)
    elif stated.bps is not None:
        yield from _bare_share(stated.bps, stated.together, ladder)
    elif stated.months is not None and stated.ends:
        last = ladder[-1].months
        if stated.months != last and (not stated.at_most or stated.months < last):
            yield Rule.MONTHS, _figure(stated.months), str(last)


def _named(stated: Statement, places: list[int], ladder: Sequence[PayoutStep]) -> Iterator[tuple[Rule, str, str]]:
    own = [ladder[place] for place in places]
    if stated.bps is not None and stated.together:
        sums = {sum(step.ratio_bps for step in own), _until(ladder, own[-1].months)}
        if stated.bps not in sums:
            yield Rule.TOGETHER, _share(stated.bps), _share(max(sums))
    elif stated.bps is not None and any(step.ratio_bps != stated.bps for step in own):
        yield Rule.SHARE, _share(stated.bps), _share(own[0].ratio_bps)
    if stated.months is not None and len(own) == 1:
        start = 0 if stated.after is None or stated.after >= len(ladder) else ladder[stated.after].months
        if stated.months != own[0].months - start:
            yield Rule.MONTHS, _figure(stated.months), str(own[0].months - start)


def _every(stated: Statement, ladder: Sequence[PayoutStep]) -> Iterator[tuple[Rule, str, str]]:
    gaps = {after.months - before.months for before, after in pairwise(ladder)}
    if gaps and gaps != {stated.months}:
        yield Rule.MONTHS, _figure(stated.months or Fraction(0)), "/".join(map(str, sorted(gaps)))


def _dated_share(bps: Fraction, months: Fraction, together: bool, ladder: Sequence[PayoutStep]) -> Iterator[tuple[Rule, str, str]]:
    until = _until(ladder, months)
    own = [step.ratio_bps for step in ladder if step.months == months and not together]
    if bps != until and bps not in own:
        yield (Rule.SHARE, _share(bps), _share(own[0])) if own else (Rule.TOGETHER, _share(bps), _share(until))


def _bare_share(bps: Fraction, together: bool, ladder: Sequence[PayoutStep]) -> Iterator[tuple[Rule, str, str]]:
    total = _until(ladder, ladder[-1].months)
    sums = {total} if together else {step.ratio_bps for step in ladder} | {_until(ladder, step.months) for step in ladder}
    if bps not in sums:
        yield Rule.TOGETHER, _share(bps), _share(total)


def _dated(sentence: str, ladder: Sequence[PayoutStep]) -> Iterator[tuple[int, Day]]:
    """Payments whose date the sentence tells: those it names, or the only one of that share."""
    for stated in statements(sentence):
        if stated.date is None or not 1 <= stated.date.month <= 12:
            continue
        of_share = [place for place, step in enumerate(ladder) if step.ratio_bps == stated.bps]
        places = stated.places or (of_share if len(of_share) == 1 else ())
        for place in places:
            if place < len(ladder):
                yield len(ladder) - 1 if place == LAST else place, stated.date


def _dates_apart(dated: Sequence[tuple[str, str, int, Day]], ladder: Sequence[PayoutStep]) -> Iterator[Contradiction]:
    """Dates that are not as far apart as the ladder's months; the approval is where most of them put it."""
    approvals = [day.year * 12 + day.month - 1 - ladder[place].months for _, _, place, day in dated]
    if len(set(approvals)) < 2:
        return
    counted = Counter(approvals)
    agreed = max(counted.values())
    start = next(approval for approval in approvals if counted[approval] == agreed)
    # Where no date has another on its side, none is more likely wrong: all are shown.
    doubted = [one for one, approval in zip(dated, approvals, strict=True) if approval != start or agreed == 1]
    for part, sentence, place, day in doubted:
        year, month = divmod(start + ladder[place].months, 12)
        if agreed == 1 and (year, month + 1) == (day.year, day.month):
            other = next(approval for approval in approvals if approval != start)
            year, month = divmod(other + ladder[place].months, 12)
        yield Contradiction(part, sentence, Rule.DATE, f"{day.year}-{day.month:02}", f"{year}-{month + 1:02}")


def _until(ladder: Sequence[PayoutStep], months: Fraction | int) -> int:
    return sum(step.ratio_bps for step in ladder if step.months <= months)


def _share(bps: Fraction | int) -> str:
    whole = Fraction(bps) * 100 / WHOLE_BPS
    return f"{whole.numerator}%" if whole.denominator == 1 else f"{float(whole):.2f}%"


def _figure(months: Fraction) -> str:
    return str(months.numerator) if months.denominator == 1 else f"{float(months):.1f}"
