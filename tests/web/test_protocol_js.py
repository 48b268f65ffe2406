"""The page's cryptography gives the numbers of the vectors; Node runs the page's own modules."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node 20 (see README, Requirements)")
@pytest.mark.skipif(not (ROOT / "node_modules" / "@noble").exists(), reason="needs node_modules: run `make setup`")
@pytest.mark.parametrize("file", sorted(path.name for path in Path(__file__).parent.glob("*.test.mjs")))
def test_the_page_computes_what_the_vectors_say(file: str) -> None:
    done = subprocess.run(["node", "--test", f"tests/web/{file}"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
