"""Small changes of JavaScript sources, as changes.mjs finds them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from scripts.mutate_recount.mutant import Mutant

CHANGES = Path(__file__).with_name("changes.mjs")


def mutants_of(root: Path, paths: Sequence[str]) -> Iterator[Mutant]:
    """All of some files, in the order of their texts."""
    found = subprocess.run(["node", str(CHANGES), *paths], cwd=root, check=True, capture_output=True, text=True).stdout
    for change in map(json.loads, found.splitlines()):
        yield Mutant(change["path"], change["name"], change["is_check"], partial(_changed, root, change))


def _changed(root: Path, change: dict[str, Any]) -> str:
    """The file with this one change; places count UTF-16 units, as JavaScript does."""
    text = (root / str(change["path"])).read_text("utf-8").encode("utf-16-le")
    start, end, instead = 2 * int(change["start"]), 2 * int(change["end"]), str(change["text"]).encode("utf-16-le")
    return (text[:start] + instead + text[end:]).decode("utf-16-le")
