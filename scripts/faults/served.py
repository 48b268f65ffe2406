"""The backend as `lendervote serve` runs it, except that it dies at a named place when told to, and that its clock can be set.

A file `crash_at` in the data folder names the place; it is removed just before the process kills itself, so that it dies once.
The file that FAULT_CLOCK_FILE names says by how many seconds the wall clock is wrong now; the chain's process has the true time.
"""

from __future__ import annotations

import functools
import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from backend.ground.chain import store as chain_store
from backend.ground.chain.node import Node
from backend.ground.chain.post import Post
from backend.ground.common import clock
from backend.ground.common.settings import Settings
from backend.vote.ballots import relay_store
from backend.vote.ballots import store as ballots_store
from backend.vote.ballots.receipts import ReceiptBook
from scripts.faults.sealed.places import Watched

#: place -> (who does it, what it is called there, whether the process dies before it or after it)
PLACES: dict[str, tuple[Any, str, bool]] = {
    "before commit": (ballots_store, "add_ballots", False),
    "after commit": (ReceiptBook, "_write_together", False),
    "after nonce": (Post, "_sign", True),
    "after sign": (Post, "_hand_in", True),
    "after send": (Node, "send_raw", False),
    "after mine": (relay_store, "note_outcomes", True),
    "mid-bump": (chain_store, "keep_version", False),
    "mid-mirror": (chain_store, "read_up_to", True),
}


def die_if_told(order: Path, place: str) -> None:
    """Here, when the order says so."""
    try:
        told = order.read_text() == place
    except FileNotFoundError:
        return
    if told:
        order.unlink()
        os.kill(os.getpid(), signal.SIGKILL)


def armed(order: Path, place: str, before: bool, act: Callable[..., Any]) -> Callable[..., Any]:
    """The same act, with death before or after it while the order says so."""

    @functools.wraps(act)
    def acted(*args: Any, **options: Any) -> Any:
        if before:
            die_if_told(order, place)
        result = act(*args, **options)
        if not before:
            die_if_told(order, place)
        return result

    return acted


def wrong_seconds() -> float:
    """By how much the wall clock is wrong now."""
    try:
        return float(Path(os.environ["FAULT_CLOCK_FILE"]).read_text() or 0)
    except (KeyError, FileNotFoundError):
        return 0.0


def now(_: object) -> datetime:
    """What the backend takes for the present moment."""
    return datetime.now(UTC) + timedelta(seconds=wrong_seconds())


def main() -> None:
    """Serve."""
    from scripts.cli.__main__ import serve

    order = Settings().data_dir / "crash_at"
    for place, (owner, name, before) in PLACES.items():
        setattr(owner, name, armed(order, place, before, getattr(owner, name)))
    Watched(functools.partial(die_if_told, order)).install()
    clock.SystemClock.now = now  # type: ignore[method-assign, assignment]
    serve()


if __name__ == "__main__":
    main()
