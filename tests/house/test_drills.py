"""What is marked as a drill is run by `make drills`, and left out by `make test`."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_drill_stands_where_make_drills_looks() -> None:
    makefile = (ROOT / "Makefile").read_text()
    [places] = re.findall(r"^DRILLED := (.+)$", makefile, re.MULTILINE)
    is_marked = re.compile(r"^(@|pytestmark = )pytest\.mark\.drill", re.MULTILINE)
    marked = {path for path in (ROOT / "tests").rglob("test_*.py") if is_marked.search(path.read_text())}
    assert len(marked) > 3
    reached = {path for place in places.split() for path in [ROOT / place, *(ROOT / place).rglob("test_*.py")]}
    assert marked <= reached
    assert '-m "not drill"' in makefile
    assert "-m drill $(DRILLED)" in makefile
