"""The payout ladder's drawing and its table say the same; the style sheet keeps to its size."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backend.web.catalogue import speaker
from backend.web.ladder_view import HEIGHT, WIDTH, ladder_view
from backend.web.pages import STATIC

STYLE_LIMIT = 15_000


@st.composite
def ladders(draw: st.DrawFn) -> list[dict[str, int]]:
    """Months rising, ratios of at least one basis point that pay at most the whole."""
    months = sorted(draw(st.sets(st.integers(1, 600), min_size=1, max_size=60)))
    rest, steps = 10_000 - len(months), []
    for month in months:
        more = draw(st.integers(0, rest))
        rest -= more
        steps.append({"months": month, "ratio_bps": 1 + more})
    return steps


@given(ladders())
def test_bars_and_lines_say_the_same(ladder: list[dict[str, int]]) -> None:
    view = ladder_view(ladder, speaker("zh"))
    assert [(line.months, line.ratio_bps) for line in view.lines] == [(step["months"], step["ratio_bps"]) for step in ladder]
    assert sum(line.ratio_bps for line in view.lines) == sum(step["ratio_bps"] for step in ladder)
    assert len(view.bars) == len(view.lines)
    paid = 0
    for bar, line in zip(view.bars, view.lines, strict=True):
        assert bar.before == HEIGHT * paid // 10_000
        paid += line.ratio_bps
        assert bar.before + bar.added == HEIGHT * paid // 10_000, "a bar is as high as all that was paid so far"
        assert 0 <= bar.x < bar.x + bar.width <= WIDTH
        assert bar.total in {"", line.total}
    assert view.bars[-1].total == view.lines[-1].total, "the sum is always written at its bar"
    assert all(line.ratio in view.words for line in view.lines), "who does not see the drawing hears every payment"


def test_the_style_sheet_is_small() -> None:
    assert (STATIC / "site.css").stat().st_size < STYLE_LIMIT
