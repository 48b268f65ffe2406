"""What a sentence of a plan states about payments to lenders: which payment, what share, after how many months, on which date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from backend.case.plans.conditions import PAY
from backend.case.plans.numerals import Day, Place, Share, Span, counts, days, places, shares, spans, sums

#: Signs of one sentence: reading takes time by the square of this, not of the text.
LONGEST = 500
_SENTENCE = re.compile(r"[^。；！？;!?\n]*[。；！？;!?\n]|[^。；！？;!?\n]+")
_POINT = re.compile(r"(?<=[a-z%)]\.)(?=\s|[\u4e00-\u9fff])")
_CLAUSE = re.compile(r"[^，,、：:]*(?:(?<!\d),|[，、：:]|,(?!\d{3}))|[^，,、：:]+")
_PAID = re.compile(
    rf"{PAY}|到账|打入|可获|可得|应得|收到|兑现|\b(?:pa(?:y|ys|id)|payments?|payouts?|repa(?:y|id|yments?)|receives?|instal+ments?)\b"
)
#: Clauses about others' money; those that name lenders or their claims are about payouts all the same.
_OTHERS = re.compile(
    r"借款人|债务人|佣金|报酬|费用|律师费|诉讼费|手续费|税|年利率|利率|回收率|回款率|折扣|抵押率|评估|表决|同意|出席|逾期率|回款|拍卖|变现|处置|催收"
    r"|资产|股东|工资|agents?\b|fees?\b|interest\b|borrowers?\b|appraise"
)
_LENDERS = re.compile(r"出借人|登记金额|兑付比例|清偿率|兑付率|lenders?\b|admitted amount")
_TOGETHER = re.compile(
    r"累计|累积|合计|共计|总计|总共|总兑付|总清偿|总偿付|总比例|连同|相加|最终|一共|共(?:清偿|兑付|偿付|支付|返还)"
    r"|altogether|in total|in all|overall|cumulative"
)
_ENDS = re.compile(
    r"完毕|付清|结清|全部(?:款项|金额)|(?:兑付|清偿|偿付)(?:总)?期限|(?:偿付|兑付|清偿)(?:的)?(?:整个)?(?:过程|周期)|历时"
    r"|completed|in full by"
)
_AT_MOST = re.compile(r"以?内|不超过|不迟于|不晚于|最迟|within|at the latest|no later")
_FULL = re.compile(
    r"(?:全额|足额|悉数|如数)(?:兑付|清偿|偿付|返还|归还)|(?:兑付|清偿|偿付|返还|归还)(?:出借人)?的?全部(?:本金|登记金额)"
    r"|(?:本金|登记金额)(?:将|予以)?全部(?:兑付|清偿|偿付|返还|归还)"
)
_EVERY = re.compile(r"每(?:隔)?$")
_FOR_EACH = re.compile(r"每|为例|登记金额.{0,4}$|出借人")
_AFTER = re.compile(r"^(?:兑付|清偿|偿付|支付|完成|到账|日|结束|款项|的)*之?后")


@dataclass(frozen=True)
class Statement:
    """What one stretch of a sentence says; blank where it says nothing of the kind."""

    places: tuple[int, ...] = ()
    bps: Fraction | None = None
    months: Fraction | None = None
    date: Day | None = None
    together: bool = False
    """The share is of all payments so far, or of all."""
    ends: bool = False
    """The months are those after which all is paid."""
    at_most: bool = False
    every: bool = False
    """The months are those between one payment and the next."""
    after: int | None = None
    """The payment from which the months count, where they do not count from the approval."""
    count: int | None = None


def sentences(text: str) -> list[str]:
    """A text's sentences, as written, without blanks around them; what is longer than any sentence comes in pieces."""
    whole = (one.strip() for piece in _SENTENCE.findall(text) for one in _POINT.split(piece) if one.strip())
    return [one[start : start + LONGEST] for one in whole for start in range(0, len(one), LONGEST)]


def about_payments(sentence: str) -> bool:
    """Whether lenders are paid in this sentence (as `numerals.plain` writes it)."""
    return bool(_PAID.search(sentence))


def statements(sentence: str) -> Iterator[Statement]:
    """What a sentence about payments says (as `numerals.plain` writes it)."""
    if not about_payments(sentence):
        return
    for one in counts(sentence):
        if not _is_others(_clause_at(sentence, one.start)):
            yield Statement(count=one.payments)
    for stretch in _stretches(sentence):
        yield from _read(stretch)


def _stretches(sentence: str) -> list[str]:
    """Cut before each clause that names another payment, or has a share and months of its own."""
    found: list[str] = []
    told = placed = False
    for clause in _CLAUSE.findall(sentence):
        if _is_others(clause):
            continue
        share, place = bool(shares(clause) or days(clause)), bool(places(clause))
        own = share and (place or bool(spans(clause)))
        if not found or (own and told and placed):
            found.append(clause)
            told = placed = False
        else:
            found[-1] += clause
        told, placed = told or share, placed or place or bool(spans(clause))
    return found


def _is_others(clause: str) -> bool:
    return bool(_OTHERS.search(clause)) and not _LENDERS.search(clause)


def _clause_at(sentence: str, position: int) -> str:
    start = max(sentence.rfind(mark, 0, position) for mark in ",，") + 1
    ends = [end for mark in ",，" if (end := sentence.find(mark, position)) >= 0]
    return sentence[start : min(ends, default=len(sentence))]


def _read(stretch: str) -> Iterator[Statement]:
    named, told, months, dates = places(stretch), [*shares(stretch), *_per_yuan(stretch)], spans(stretch), days(stretch)
    if "分别" in stretch or "respectively" in stretch:
        yield from _in_step(named, told, months)
        return
    after = _counted_from(stretch, named, months)
    if after is not None:
        named = [one for one in named if one.index != after]
    share = Fraction(10_000) if _FULL.search(stretch) and not told else told[0].bps if told else None
    span = months[0] if months else None
    yield Statement(
        places=tuple(one.index for one in named),
        bps=share,
        months=span.months if span else None,
        date=dates[0] if dates else None,
        together=bool(_TOGETHER.search(stretch)) or bool(_FULL.search(stretch) and not told),
        ends=bool(_ENDS.search(stretch)),
        at_most=bool(_AT_MOST.search(stretch)),
        every=bool(span and _EVERY.search(stretch[: span.start].rstrip())),
        after=after,
    )


def _in_step(named: list[Place], told: list[Share], months: list[Span]) -> Iterator[Statement]:
    if len(told) == len(months):
        for share, span in zip(told, months, strict=True):
            yield Statement(bps=share.bps, months=span.months)
    elif len(told) == len(named):
        for share, place in zip(told, named, strict=True):
            yield Statement(places=(place.index,), bps=share.bps)


def _counted_from(stretch: str, named: list[Place], months: list[Span]) -> int | None:
    """第一期兑付后6个月内兑付第二期: the months count from the first."""
    if len(named) < 2 or not months:
        return None
    first = named[0]
    return first.index if first.end <= months[0].start and _AFTER.match(stretch[first.end : months[0].start]) else None


def _per_yuan(stretch: str) -> list[Share]:
    """每1万元兑付1,500元 is fifteen per cent."""
    told = sums(stretch)
    if len(told) != 2 or not 0 < told[1].yuan <= told[0].yuan or not _FOR_EACH.search(stretch[: told[1].start]):
        return []
    return [Share(told[1].yuan * 10_000 / told[0].yuan, told[1].start, told[1].end)]
