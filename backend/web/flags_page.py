"""What the pages about flags are drawn from: figures in words, beside the sentences of each rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from backend.ground.common.clock import say_beijing
from backend.ground.common.money import say_yuan
from backend.watch.flags.schemas import GroupRateOut
from backend.web.catalogue import Say
from backend.web.result_view import say_basis_points, say_count

_FIRST_DAY = datetime(1970, 1, 1, tzinfo=UTC)
#: Places in a list of officials; their names are shown instead.
_NOT_SHOWN = frozenset({"first", "second"})


def rows_of(facts: Mapping[str, int | str], t: Say, language: str) -> list[tuple[str, str]]:
    """Label and value of each figure, each in its own unit."""
    return [(t("flags.fact_" + name), _said(name, value, t, language)) for name, value in facts.items() if name not in _NOT_SHOWN]


def group_name(rate: GroupRateOut, t: Say) -> str:
    """A group as people read it."""
    kind, _, value = rate.group.partition(":")
    numbers = value.replace("_", "").isdigit()
    return t("flags.group_" + kind, value=value.replace("_", "–") if numbers else t("flags.value_" + value))


def _said(name: str, value: int | str, t: Say, language: str) -> str:
    if isinstance(value, str):
        return t("flags.source_" + value) if name == "source" else value
    units: dict[str, Callable[[int], str]] = {
        "fen": say_yuan,
        "bps": say_basis_points,
        "milli": lambda milli: f"{milli // 1_000}.{milli % 1_000 // 100}",
        "from": lambda at: say_beijing(datetime.fromtimestamp(at, UTC), language),
        "day": lambda day: (_FIRST_DAY + timedelta(days=day)).date().isoformat(),
        "lender": lambda yes: t("flags.yes") if yes else t("flags.no"),
    }
    return units.get(name.rpartition("_")[2], say_count)(value)
