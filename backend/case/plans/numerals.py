"""Figures as plans write them: Arabic and Chinese numbers, shares, spans of months, dates, sums of money, names of payments.

All texts here are normalised (`plain`): half width, small letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

DIGITS = {sign: value for value, signs in enumerate(("零〇", "一", "二两", "三", "四", "五", "六", "七", "八", "九")) for sign in signs}
UNITS = {"十": 10, "百": 100, "千": 1000}
LARGE = {"万": 10**4, "亿": 10**8}
ENGLISH = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth")
LAST = -1
"""The place of a payment that is only called the last."""

_CHINESE = "[零〇一二两三四五六七八九十百千]"
_NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d{{1,12}}(?:\.\d{{1,6}})?|{_CHINESE}{{1,12}}(?:点[零〇一二三四五六七八九]{{1,4}})?)"
_WORD = "|".join(ENGLISH)
_EN_NUMBER = rf"(?:\d{{1,4}}|{_WORD})"
_PAYMENT = "[期笔批次]"


@dataclass(frozen=True)
class Share:
    """A part of a whole, in basis points."""

    bps: Fraction
    start: int
    end: int


@dataclass(frozen=True)
class Span:
    """So many months."""

    months: Fraction
    start: int
    end: int


@dataclass(frozen=True)
class Place:
    """A payment by its number, from 0; `LAST` for the last."""

    index: int
    start: int
    end: int


@dataclass(frozen=True)
class Count:
    """So many payments in all."""

    payments: int
    start: int
    end: int


@dataclass(frozen=True)
class Day:
    """A date as written: the day may be one that no month has; 0 where none is written."""

    year: int
    month: int
    day: int
    start: int
    end: int


@dataclass(frozen=True)
class Money:
    """A sum in yuan."""

    yuan: Fraction
    start: int
    end: int


def plain(text: str) -> str:
    """One way of writing for what looks alike."""
    return unicodedata.normalize("NFKC", text).lower()


def number(text: str) -> Fraction:
    """The value of Arabic or Chinese digits; of digits in a row as well (二〇二七)."""
    text = text.replace(",", "")
    if text in ENGLISH:
        return Fraction(ENGLISH.index(text) + 1)
    if text[0].isdigit():
        return Fraction(text)
    whole, _, decimals = text.partition("点")
    tail = Fraction(int("".join(str(DIGITS[sign]) for sign in decimals)), 10 ** len(decimals)) if decimals else Fraction(0)
    if not set(whole) & set(UNITS):
        return Fraction(int("".join(str(DIGITS[sign]) for sign in whole))) + tail
    value, held = 0, 0
    for sign in whole:
        if sign in UNITS:
            value, held = value + (held or 1) * UNITS[sign], 0
        else:
            held = DIGITS[sign]
    # 三千二 is 3,200 in speech; in a plan the last digit has its own unit or a zero before it.
    return Fraction(value + held) + tail


def _all(pattern: re.Pattern[str], text: str, read: Callable[[re.Match[str]], Fraction]) -> Iterator[tuple[Fraction, int, int]]:
    for found in pattern.finditer(text):
        yield read(found), found.start(), found.end()


_PERCENT = re.compile(rf"({_NUMBER})\s*(?:%|个百分点|per\s?cent\b|percent\b)")
_OF_HUNDRED = re.compile(rf"([百千万])分之({_NUMBER})")
_FRACTION = re.compile(rf"({_NUMBER})分之({_NUMBER})")
_TENTHS = re.compile(r"([一二两三四五六七八九十]|\d)成([一二三四五六七八九半])?(?![立员本长功果交效都不熟])")
_HALF = re.compile(r"一半|半数")


def shares(text: str) -> list[Share]:
    """百分之二十, 20%, 两成五, 三分之一, 一半."""
    found = [Share(*one) for one in _all(_PERCENT, text, lambda m: number(m[1]) * 100)]
    found += [Share(*one) for one in _all(_OF_HUNDRED, text, lambda m: number(m[2]) * 10_000 / {"百": 100, "千": 1000, "万": 10_000}[m[1]])]
    taken = {one.start for one in found}
    for one in _FRACTION.finditer(text):
        below, above = number(one[1]), number(one[2])
        if one[1] not in {"百", "千"} and one.start() not in taken and 0 < above <= below:
            found.append(Share(above * 10_000 / below, one.start(), one.end()))
    found += [Share(*one) for one in _all(_TENTHS, text, _tenths)]
    found += [Share(Fraction(5000), one.start(), one.end()) for one in _HALF.finditer(text)]
    return sorted(found, key=lambda share: share.start)


def _tenths(found: re.Match[str]) -> Fraction:
    more = found[2]
    return number(found[1]) * 1000 + (500 if more == "半" else 100 * DIGITS[more] if more else 0)


_MONTHS = re.compile(rf"({_NUMBER})\s*个(月|季度)(半)?|({_EN_NUMBER})[\s-]*months?\b")
_YEARS = re.compile(rf"(?<!第)({_NUMBER})\s*(?:个?周)?年(半)?(?![度代龄月化])|({_EN_NUMBER})[\s-]*years?\b")
_HALF_YEAR = re.compile(r"(?<![一二两三四五六七八九十\d年])半年")
_LONGEST_YEARS = 100


def spans(text: str) -> list[Span]:
    """6个月, 一年半, 两年, 1年6个月 as one, 3个季度, 12 months."""
    found = []
    for one in _MONTHS.finditer(text):
        months = number(one[4] or one[1]) * (3 if one[2] == "季度" else 1) + (Fraction(1, 2) if one[3] else 0)
        found.append(Span(months, one.start(), one.end()))
    for one in _YEARS.finditer(text):
        years = number(one[3] or one[1])
        if years < _LONGEST_YEARS:
            found.append(Span(years * 12 + (6 if one[2] else 0), one.start(), one.end()))
    found += [Span(Fraction(6), one.start(), one.end()) for one in _HALF_YEAR.finditer(text)]
    joined: list[Span] = []
    for span in sorted(found, key=lambda one: one.start):
        if joined and text[joined[-1].end : span.start].strip() in {"", "零", "又", "and"} and joined[-1].months >= 12 > span.months:
            span = Span(joined[-1].months + span.months, joined.pop().start, span.end)  # noqa: PLW2901 the two are one
        joined.append(span)
    return joined


_PLACE = re.compile(
    rf"第({_NUMBER}){_PAYMENT}|(首){_PAYMENT}|(最后一|末|最末|尾){_PAYMENT}"
    rf"|(?:({'|'.join(ORDINALS)})|(\d{{1,2}})(?:st|nd|rd|th)|(last|final))\s+(?:payment|payout|instal+ment)s?\b"
)
#: What follows where something else comes in numbered lots.
_NOT_A_PAYMENT = re.compile(r"(?:借款|资产|标的?|项目|拍卖|诉讼|处置|公告|会议|产品)")


def places(text: str) -> list[Place]:
    """第一期, 首期, 最后一期, the second instalment."""
    found = []
    for one in _PLACE.finditer(text):
        if _NOT_A_PAYMENT.match(text, one.end()):
            continue
        if one[3] or one[6]:
            index = LAST
        elif one[2]:
            index = 0
        else:
            index = ORDINALS.index(one[4]) if one[4] else int(number(one[1] or one[5])) - 1
        if index >= LAST:
            found.append(Place(index, one.start(), one.end()))
    return found


_COUNT = re.compile(
    rf"(?:分为?|分作|分成|共|总共|共计|安排|设|以)\s*(?:计|安排|为|分)?\s*({_NUMBER})\s*{_PAYMENT}|({_EN_NUMBER})\s+(?:payments|payouts|instal+ments)\b"
)


def counts(text: str) -> list[Count]:
    """分五期, 共3次, five instalments."""
    found = [(number(one[1] or one[2]), one) for one in _COUNT.finditer(text) if not _NOT_A_PAYMENT.match(text, one.end())]
    return [Count(int(value), one.start(), one.end()) for value, one in found if value.denominator == 1]


_DAY = re.compile(
    rf"(\d{{4}}|[零〇一二三四五六七八九]{{4}})年\s*({_NUMBER})月(?:\s*({_NUMBER})[日号]|(底|末))?|(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}})(?!\d)"
)


def days(text: str) -> list[Day]:
    """2027年6月30日, 二〇二七年六月, 2027-06-30."""
    found = []
    for one in _DAY.finditer(text):
        year, month, day = (one[1], one[2], one[3]) if one[1] else (one[5], one[6], one[7])
        found.append(Day(int(number(year)), int(number(month)), int(number(day)) if day else 0, one.start(), one.end()))
    return found


_MONEY = re.compile(rf"({_NUMBER})\s*([万亿])?\s*元")


def sums(text: str) -> list[Money]:
    """10万元, 一万元, 1,500元."""
    return [Money(number(one[1]) * LARGE.get(one[2], 1), one.start(), one.end()) for one in _MONEY.finditer(text)]
