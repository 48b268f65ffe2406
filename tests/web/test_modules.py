"""Modules import one way: entries, then booth, administrator and trustee, then office, then page and crypto; and nowhere in a circle."""

from __future__ import annotations

import graphlib
import re
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[2] / "backend" / "web" / "src"
#: Which folders a folder's modules may import from, besides their own.
BELOW: dict[str, set[str]] = {
    "entries": {"booth", "administrator", "office", "trustee", "page", "crypto"},
    "booth": {"page", "crypto"},
    "administrator": {"office", "page", "crypto"},
    "office": {"page", "crypto"},
    "trustee": {"page", "crypto"},
    "page": set(),
    "crypto": set(),
}
IMPORTS = {
    path: {found for name in re.findall(r'from "(\.[^"]+\.js)"', path.read_text("utf-8")) if (found := (path.parent / name).resolve())}
    for path in sorted(SOURCES.rglob("*.js"))
}


def test_modules_import_from_folders_below() -> None:
    climbs = [
        f"{path.relative_to(SOURCES)} -> {target.relative_to(SOURCES)}"
        for path, targets in IMPORTS.items()
        for target in targets
        if target.parent != path.parent and target.parent.name not in BELOW[path.parent.name]
    ]
    assert climbs == []
    assert {target for targets in IMPORTS.values() for target in targets} <= set(IMPORTS)


def test_no_module_imports_itself_by_others() -> None:
    assert len(list(graphlib.TopologicalSorter(IMPORTS).static_order())) == len(IMPORTS) > 50
