"""Vectors by their names; those of the import rules may not be there yet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / "vectors"


def load(name: str) -> Any:
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"{name} is not there: run python -m tests.vectors.make", allow_module_level=True)
    return json.loads(path.read_text(encoding="utf-8"))
