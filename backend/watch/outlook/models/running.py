"""A stored book through the model: what the command `lendervote outlook forecast` keeps. Shares are basis points; no float is hashed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from backend.ground.common.hashing import keccak
from backend.watch.outlook.book import CLOSED, STOPPED
from backend.watch.outlook.models.forecast import BookFacts, Number, forecast
from backend.watch.outlook.models.loans import Loans
from backend.watch.outlook.views import BookView


def run(book: BookView) -> dict[str, Any]:
    """The forecast as it is hashed, apart from what the service knows of the book."""
    found = forecast(loans_of(book), BookFacts(book.as_of, len(book.loans.grades), book.collapsed))
    return {
        "facts": dict(found.facts), "model": {"keccak": model_hash()}, "reason": found.reason,
        "result": None if found.number is None else _told(found.number),
    }  # fmt: skip


def loans_of(book: BookView) -> Loans:
    """Columns of numbers; of a stopped loan, what was unpaid when it stopped is its balance and what was recovered since."""
    issued, term, grade, amount, rate, state, balance, last, recovered = (np.array(column) for column in book.loans.columns)
    paid = np.where(state == CLOSED, amount, amount - balance - np.where(state == STOPPED, recovered, 0))
    return Loans(
        issued.astype(np.int64), term.astype(np.int64), grade.astype(np.int64), amount / 100, rate / 120_000, last.astype(np.int64),
        state.astype(np.int64), paid / 100, recovered / 100,
    )  # fmt: skip


def model_hash() -> str:
    """Keccak of the model's own files, one after the other by name."""
    folder = Path(__file__).parent
    return "0x" + keccak(b"".join(path.name.encode() + b"\0" + path.read_bytes() for path in sorted(folder.glob("*.py")))).hex()


def _told(number: Number) -> dict[str, Any]:
    tested = number.tested
    return {
        "by_month": [[month, *map(_bps, point)] for month, point in enumerate(number.by_month, start=1)],
        "errors_bps": {name: round(100 * error) for name, error in sorted(tested.mae_pp.items())} if tested else {},
        "high_bps": _bps(number.high), "low_bps": _bps(number.low), "method": number.method,
        "recovery_bps": _bps(number.recovery_share), "share_bps": _bps(number.share),
        "stop_factor_percent": round(100 * number.stop_factor),
    }  # fmt: skip


def _bps(share: float) -> int:
    return round(10_000 * min(1.0, max(0.0, share)))
