"""Which test noticed a mutant before. It is tried first, alone, and must notice it again: a hint saves time and decides nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

FILE = "tests/scripts/mutate_recount/noticed.json"


def hints(root: Path) -> dict[str, str]:
    """Tests by the mutants' names."""
    found: dict[str, str] = json.loads((root / FILE).read_text("utf-8"))
    return found


def keep(root: Path, noticed: Mapping[str, str]) -> None:
    """Adds what one run found. Scenes are quick without a hint: only single tests are kept."""
    found = hints(root) | {name: test for name, test in noticed.items() if "::" in test}
    (root / FILE).write_text(json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
