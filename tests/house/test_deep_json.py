"""Deeply nested JSON is refused, and does not end the process by overflowing its stack."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARSE = """
import json, threading
import {package}
import eth_account
def parse():
    try:
        json.loads("[" * 500_000)
    except RecursionError:
        print("refused", flush=True)
for target in (parse, lambda: (lambda t: (t.start(), t.join()))(threading.Thread(target=parse))):
    target()
"""


@pytest.mark.parametrize("package", ["backend", "verifier"])
def test_deep_json_is_refused_whatever_libraries_are_loaded(package: str) -> None:
    done = subprocess.run([sys.executable, "-c", PARSE.format(package=package)], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stdout.split()) == (0, ["refused", "refused"]), done.stderr
