"""Turnout over time as a line and as a table of the same figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backend.ground.common.clock import say_beijing
from backend.ground.common.money import say_yuan
from backend.vote.tally.schemas import TurnoutOut, TurnoutPointOut
from backend.web.catalogue import Say
from backend.web.result_view import say_count, say_share

WIDTH, HEIGHT = 1000, 300


@dataclass(frozen=True)
class TurnoutLine:
    """One line of the table."""

    moment: str
    heads: str
    heads_share: str
    fen: str
    fen_share: str


@dataclass(frozen=True)
class TurnoutView:
    """Two lines in thousandths of what was admitted (`fen_line` empty before the count), a sentence, and the table."""

    heads_line: str
    fen_line: str
    words: str
    lines: tuple[TurnoutLine, ...]
    amounts_told: bool


def turnout_view(turnout: TurnoutOut, opens_at: int, closes_at: int, t: Say, language: str) -> TurnoutView:
    """The view of a turnout; `opens_at` and `closes_at` in seconds since 1970 are the ends of the drawing."""
    ends = (opens_at, closes_at)
    heads = [(int(point.until.timestamp()), point.heads) for point in turnout.points]
    fen = [(int(point.until.timestamp()), point.fen) for point in turnout.points if point.fen is not None]
    lines = tuple(
        TurnoutLine(
            say_beijing(point.until, language),
            say_count(point.heads),
            say_share(point.heads, turnout.admitted_heads),
            "" if point.fen is None else say_yuan(point.fen),
            "" if point.fen is None else say_share(point.fen, turnout.admitted_fen),
        )
        for point in _telling(turnout.points)
    )
    last = turnout.points[-1]
    words = t("office.turnout_words", heads=say_count(last.heads), share=say_share(last.heads, turnout.admitted_heads))
    fen_line = _line(fen, turnout.admitted_fen, ends) if turnout.amounts_told else ""
    return TurnoutView(_line(heads, turnout.admitted_heads, ends), fen_line, words, lines, turnout.amounts_told)


def _telling(points: Sequence[TurnoutPointOut]) -> list[TurnoutPointOut]:
    """The points that say something new, and the last one."""
    before = [None, *points]
    return [
        point
        for place, point in enumerate(points)
        if place == len(points) - 1 or (former := before[place]) is None or (former.heads, former.fen) != (point.heads, point.fen)
    ]


def _line(points: Sequence[tuple[int, int]], whole: int, ends: tuple[int, int]) -> str:
    """Points of an SVG polyline from the opening on, in whole numbers."""
    span, whole = max(1, ends[1] - ends[0]), max(1, whole)
    placed = [(WIDTH * (at - ends[0]) // span, HEIGHT - HEIGHT * value // whole) for at, value in points]
    return " ".join(f"{x},{y}" for x, y in [(0, HEIGHT), *placed])
