"""What the room gives to others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.watch.outlook.book import Problem
from backend.watch.outlook.packing import Packed


@dataclass(frozen=True)
class BookReport:
    """What an import found; `id` is blank where nothing was stored."""

    id: str
    file_name: str
    rows: int
    loans: int
    unpaid_fen: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class BookView:
    """A stored book, for the forecast command."""

    id: str
    file_keccak: bytes
    as_of: int
    collapsed: int | None
    loans: Packed
    unpaid_fen: int


@dataclass(frozen=True)
class Score:
    """By a later book: how much of what was unpaid came back until then, beside the forecast for that month."""

    months: int
    came_bps: int
    share_bps: int
    low_bps: int
    high_bps: int


@dataclass(frozen=True)
class ForecastView:
    """A forecast as it was hashed; the number of its row in the log of official acts; its scores."""

    content: Mapping[str, Any]
    content_hash: bytes
    audit_number: int
    made_at: datetime
    scores: tuple[Score, ...]
