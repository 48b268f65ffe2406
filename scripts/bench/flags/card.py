"""`docs/flags.md`: what flags are, and the model card of the run that wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from backend.watch.flags.rules.bounds import BOUNDS
from scripts.build.prose import wrapped

TEXT = Path(__file__).parent / "flags.md"


def card(figures: Mapping[str, Any]) -> str:
    """The page as Markdown, wrapped as all prose here."""
    told = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "rules": figures.get("rules", "none"),
        "half": figures.get("half", "none"),
        "polls": figures.get("polls", 0),
        "registers": figures.get("registers", 0),
        "recall": _table(("fault", "found"), {**figures.get("recall", {}), **figures.get("also", {})}),
        "rest": _table(
            ("what", "value"), {name: figures.get(name, 0) for name in ("honest_polls_flagged", "families_flagged", "precision_at_100")}
        ),
        "bounds": _table(("bound", "value"), asdict(BOUNDS)),
    }
    text = TEXT.read_text("utf-8")
    for name, value in told.items():
        text = text.replace("{" + name + "}", str(value))
    return wrapped(text)


def _table(head: tuple[str, str], rows: Mapping[str, Any]) -> str:
    lines = [f"| {head[0]} | {head[1]} |", "|---|---|", *(f"| `{name}` | {value} |" for name, value in rows.items())]
    return "\n".join(lines)
