"""Survivors that change nothing anybody could see, explained one by one."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

FILE = "tests/scripts/mutate_recount/explained.json"


def explanations(root: Path) -> dict[str, str]:
    """Why, by the mutants' names."""
    return {one["mutant"]: one["why"] for one in json.loads((root / FILE).read_text("utf-8"))}


def without_mutant(explained: Iterable[str], names: Iterable[str]) -> list[str]:
    """Explanations of mutants that there are no longer: they have to go, or be written for what is there now."""
    return sorted(set(explained) - set(names))
