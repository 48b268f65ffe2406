"""What other wound-down platforms and comparable cases paid: public outcomes, entered as facts, each with source, date and quality.

They are few, mixed, and were chosen by what was published. A share is given only with its numerator and denominator or as reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Quality(StrEnum):
    """Where a figure comes from."""

    COURT = "court"
    PRESS = "press"
    DERIVED = "derived"
    """Worked out by us from published figures."""


@dataclass(frozen=True)
class Comparable:
    """One outcome: `paid_yuan` of `base_yuan` where both are known, `paid_bps` as reported or worked out; `as_of` blank where not told."""

    name: str
    kind: str
    """Key of a sentence: wind_down, criminal, criminal_other."""
    as_of: str
    source: str
    quality: Quality
    paid_bps: int
    paid_yuan: int | None = None
    base_yuan: int | None = None
    promised_bps: int | None = None
    note: str = ""
    """Key of a sentence about this figure; blank for none."""


_HONGLING, _THREE = "cn.apdnews.com/article/c9d552c", "finance.sina.com.cn/money/roll/20160219/110424311853.shtml"
COMPARABLES = (
    Comparable(
        "红岭创投", "wind_down", "2019-12-31", _HONGLING, Quality.PRESS, 920, None, 18_426_000_000, 2000, "due_2019",
    ),
    Comparable(
        "红岭创投", "wind_down", "2020-03-23", _HONGLING, Quality.DERIVED, 1028, 1_895_000_000, 18_426_000_000, None,
        "wrong_denominator",
    ),
    Comparable(
        "红岭创投", "wind_down", "2021-07-23", "ashea.com.cn/caijing/2021/0727/357666.html", Quality.DERIVED, 1405, None,
        18_426_000_000, 5500, "base_unchanged",
    ),
    Comparable(
        "帅歌家居", "criminal_other", "", "济南市中级人民法院公告", Quality.COURT, 1843, 117_384_476, 636_950_019, None, "not_lending",
    ),
    Comparable(
        "龙炎", "criminal", "2021-07-19", "bozhua.cn/?p=84449", Quality.DERIVED, 2982, 1_700_000_000, 5_700_000_000, None, "rounded",
    ),
    Comparable("东方创投", "criminal", "2016-02-19", _THREE, Quality.PRESS, 4870),
    Comparable("中宝投资", "criminal", "2016-02-19", _THREE, Quality.PRESS, 4700),
    Comparable("铜都贷", "criminal", "2016-02-19", _THREE, Quality.PRESS, 1230),
)  # fmt: skip
