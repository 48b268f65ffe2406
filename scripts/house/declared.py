"""Whether what is declared is imported and what is imported is declared, by deptry."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

UNUSED = "DEP002"


def disagreements(root: Path) -> list[dict[str, Any]]:
    """What deptry found: over the product by all its rules, over the tests what is imported and not declared anywhere."""
    product = _asked(root, "backend", "verifier", "scripts")
    return product + _asked(root, "tests", "--ignore", f"{UNUSED},DEP004")


def is_unused(found: dict[str, Any]) -> bool:
    """Declared and not imported; the others are imported and not declared."""
    return bool(found["error"]["code"] == UNUSED)


def say(found: dict[str, Any]) -> str:
    """One line about it."""
    place = found["location"]
    return f"{place['file']}:{place['line'] or ''} {found['error']['code']} {found['error']['message']}"


def _asked(root: Path, *words: str) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "found.json"
        command = [sys.executable, "-m", "deptry", *words, "--json-output", str(out), "--no-ansi"]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        if not out.is_file():
            raise RuntimeError(f"deptry did not answer: {(done.stderr or done.stdout)[-500:]}")
        answer: list[dict[str, Any]] = json.loads(out.read_text())
        return answer
