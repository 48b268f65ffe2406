"""Draws plans: an honest one tells its ladder in words; a planted one has one sentence that tells another."""

from __future__ import annotations

import calendar
import random
from dataclasses import dataclass

from backend.case.plans.rules import PARTS, PayoutStep, PlanText
from scripts.bench.plan_text.sentences import Half

DIGITS = "零一二三四五六七八九"
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
KINDS = ("step", "step_months", "cumulative", "total", "count", "last", "dated", "money", "conditions")


@dataclass(frozen=True)
class Drawn:
    """A plan, and the sentence that contradicts its ladder; `kind` says how. Both are blank for an honest plan."""

    plan: PlanText
    planted: str = ""
    kind: str = ""


def chinese(number: int) -> str:
    """1 to 9,999 as it is written in running text."""
    if number < 10:
        return DIGITS[number]
    for size, name in ((1000, "千"), (100, "百"), (10, "十")):
        if number >= size:
            head, rest = divmod(number, size)
            gap = "零" if rest and rest < size // 10 else ""
            tail = gap + chinese(rest) if rest else ""
            return ("" if (head, size) == (1, 10) else DIGITS[head]) + name + tail
    raise AssertionError(number)


def draw(half: Half, seed: int, *, planted: bool) -> Drawn:
    """The same plan for the same seed."""
    dice = random.Random(seed)
    ladder = _ladder(dice)
    teller = _Teller(dice, half, ladder)
    said = [teller.tell(kind) for kind in dice.sample(KINDS[:-1], dice.randint(2, 5))]
    lie, kind = "", ""
    if planted:
        kind = KINDS[seed % len(KINDS)]
        lie = teller.lie(kind)
        # A date contradicts only another one.
        said = [*said, teller.tell("dated", 0), lie] if kind == "dated" else [*said, lie]
    dice.shuffle(said)
    parts = {name: "".join(dice.sample(half.other, dice.randint(2, 4))) for name in PARTS}
    parts["settlement"] = "".join(said) + parts["settlement"]
    if dice.random() < 0.3:
        parts["dispute_resolution"] += teller.tell("total")
    return Drawn(PlanText("退出方案", parts, ladder), lie, kind)


def _ladder(dice: random.Random) -> tuple[PayoutStep, ...]:
    count = dice.randint(2, 6)
    months = sorted(dice.sample(range(3, 61, 3), count))
    shares = [dice.choice((500, 750, 1000, 1200, 1500)) for _ in months]
    return tuple(PayoutStep(month, share) for month, share in zip(months, shares, strict=True))


class _Teller:
    """Says facts of one ladder, or one that is none."""

    def __init__(self, dice: random.Random, half: Half, ladder: tuple[PayoutStep, ...]) -> None:
        self._dice, self._half, self._ladder = dice, half, ladder
        self._approved = dice.randint(2026 * 12, 2028 * 12)

    def tell(self, kind: str, place: int | None = None) -> str:
        """A true sentence of that kind."""
        place = self._dice.randrange(len(self._ladder)) if place is None else place
        return self._say(kind, self._facts(place))

    def lie(self, kind: str) -> str:
        """A sentence of that kind that the ladder contradicts."""
        if kind == "conditions":
            return self._dice.choice(self._half.conditions)
        place = self._dice.randrange(1 if kind == "dated" else 0, len(self._ladder))
        facts = self._facts(place)
        other = self._dice.choice((100, 200, 300, 700, 1300))
        if kind in {"step", "money"}:
            facts["ratio"] += other
        elif kind in {"cumulative"}:
            facts["cumulative"] += other
        elif kind == "total":
            facts["total"] -= other if facts["total"] > other else -other
        elif kind == "count":
            facts["count"] += self._dice.choice((1, 2))
        elif kind == "last":
            facts["last"] -= self._dice.choice((1, 2)) if facts["last"] > 3 else -2
        elif kind == "dated":
            facts["date_months"] += self._dice.choice((1, 2, 4, 5))
        else:
            facts["months"] += self._dice.choice((1, 2))
        return self._say(kind, facts)

    def _facts(self, place: int) -> dict[str, int]:
        step = self._ladder[place]
        return {
            "place": place, "months": step.months, "ratio": step.ratio_bps, "date_months": step.months,
            "cumulative": sum(one.ratio_bps for one in self._ladder[: place + 1]), "total": sum(one.ratio_bps for one in self._ladder),
            "count": len(self._ladder), "last": self._ladder[-1].months,
        }  # fmt: skip

    def _say(self, kind: str, facts: dict[str, int]) -> str:
        templates: tuple[str, ...] = getattr(self._half, kind)
        return self._dice.choice(templates).format(
            k=self._payment(facts["place"]), k_en=self._payment_en(facts["place"]), r=self._share(facts["ratio"]),
            r_en=_percent(facts["ratio"]), m=self._months(facts["months"]), m_en=f"{facts['months']} months",
            c=self._share(facts["cumulative"]), t=self._share(facts["total"]), t_en=_percent(facts["total"]),
            n=self._number(facts["count"]), last=self._months(facts["last"]), d=self._date(facts["date_months"]),
            yuan=self._yuan(facts["ratio"]), ten_yuan=self._yuan(facts["ratio"] * 10),
        )  # fmt: skip

    def _payment(self, place: int) -> str:
        last = place == len(self._ladder) - 1
        names = [f"第{chinese(place + 1)}期", f"第{place + 1}期"] + ["首期"] * (place == 0) + ["最后一期"] * last
        return self._dice.choice(names)

    def _payment_en(self, place: int) -> str:
        return ORDINALS[place]

    def _share(self, bps: int) -> str:
        ways = [_percent(bps), _percent(bps).replace("%", "％")]
        if bps % 100 == 0:
            ways.append("百分之" + chinese(bps // 100))
        if bps % 1000 == 0:
            ways.append(chinese(bps // 1000) + "成")
        elif bps % 500 == 0 and bps > 1000:
            ways.append(chinese(bps // 1000) + "成五")
        return self._dice.choice(ways)

    def _months(self, months: int) -> str:
        ways = [f"{months}个月", f"{months} 个月", chinese(months) + "个月"]
        if months % 12 == 0:
            ways += [chinese(months // 12).replace("二", "两") + "年", f"{months // 12}年"]
        if months == 6:
            ways.append("半年")
        return self._dice.choice(ways)

    def _number(self, number: int) -> str:
        return self._dice.choice((str(number), chinese(number).replace("二", "两") if number == 2 else chinese(number)))

    def _yuan(self, yuan: int) -> str:
        return self._dice.choice((str(yuan), f"{yuan:,}", chinese(yuan) if yuan < 10_000 else f"{yuan}"))

    def _date(self, months: int) -> str:
        year, month = divmod(self._approved + months, 12)
        day = calendar.monthrange(year, month + 1)[1]
        written = "".join(DIGITS[int(digit)].replace("零", "〇") for digit in str(year))
        return self._dice.choice(
            (f"{year}年{month + 1}月{day}日", f"{written}年{chinese(month + 1)}月{chinese(day)}日", f"{year}-{month + 1:02}-{day}")
        )


def _percent(bps: int) -> str:
    return f"{bps / 100:g}%"
