"""The model card of a forecast, written from the run that made it."""

from __future__ import annotations

from collections.abc import Sequence

from backend.ground.common.hex_text import to_hex
from backend.watch.outlook.errors import ForecastUnknown
from backend.watch.outlook.views import ForecastView

LIMITS = (
    "数据不足、只有一个等级或停止回款不满 12 个月时不给出数字。",
    "方法在美国借款（LendingClub 2007 至 2011）上检验，停止回款是模拟的；中国的借款可能不同。",
    "不给任何借款人打分，不向任何出借人提出建议。",
    "No number with too few loans, one grade only, or less than twelve months after a collapse.",
    "Tested on US loans (LendingClub, 2007 to 2011) with simulated collapses; Chinese loans may differ.",
    "No borrower is scored, no lender is advised.",
)


def model_card(forecasts: Sequence[ForecastView]) -> str:
    """Of the newest forecast, with the scores of all. Raises: ForecastUnknown."""
    if not forecasts:
        raise ForecastUnknown
    newest = forecasts[0]
    content, result = newest.content, newest.content["result"] or {}
    rows = [
        ("made at", newest.made_at.isoformat()),
        ("book as of", f"{content['as_of'] // 12}-{content['as_of'] % 12 + 1:02}"),
        ("loans", content["loans"]),
        ("unpaid, fen", content["unpaid_fen"]),
        ("book keccak", content["book_keccak"]),
        ("model keccak", content["model"]["keccak"]),
        ("forecast hash", to_hex(newest.content_hash)),
        ("row in the log of official acts", newest.audit_number),
        ("method", result.get("method", "none")),
        ("reason for silence", content["reason"] or "none"),
        *((f"error a year ago, {name}, basis points", value) for name, value in result.get("errors_bps", {}).items()),
        *(
            (f"came back after {score.months} months, forecast", f"{score.came_bps}, {score.share_bps}")
            for one in forecasts
            for score in one.scores
        ),
    ]
    table = ["| what | value |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)]
    return "\n".join(["# 回收展望模型卡 / Model card of the outlook", "", *table, "", *(f"- {limit}" for limit in LIMITS)])
