"""How long the ballot page's own code takes to check a lender's amount, leaf and path, in headless Chromium.

`python -m scripts.bench.proofs_on_the_phone [--leaves 1000000] [--checks 50]` prints one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
from pathlib import Path
from secrets import randbelow, token_hex
from typing import TYPE_CHECKING

from backend.ground.common.seals import ORDER
from scripts.build.web import BROWSERS, BUNDLER
from scripts.rig.chromium import headless

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SOURCE = Path(__file__).with_suffix(".mjs")
LEAST_DEPTH = 8


def phone_times(leaves: int, checks: int) -> dict[str, float]:
    """Milliseconds of a check on a page that was just opened, and of one more. Raises: ChromiumMissing."""
    with headless() as browser:
        proof = ["0x" + token_hex(32) for _ in range(max(LEAST_DEPTH, (leaves - 1).bit_length()))]
        blinds = [hex(1 + randbelow(ORDER - 1)) for _ in range(checks)]
        claims = _fresh(browser).evaluate("given => claimsOf(...given)", [checks, leaves, blinds, proof])
        found: list[float] = _fresh(browser).evaluate("claims => claimTimes(claims)", claims)
    return {"phone_ms": round(found[0], 1), "next_phone_ms": round(statistics.median(found[1:]), 1)}


def _fresh(browser: Browser) -> Page:
    """A page with the script and without anything that an earlier one worked out."""
    page = browser.new_page()
    page.add_script_tag(content=bundled())
    return page


def bundled() -> str:
    """The script, by the same bundler and for the same browsers as the pages."""
    command = [str(BUNDLER), str(SOURCE), "--bundle", "--minify", "--format=iife", f"--target={BROWSERS}", "--log-level=warning"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main() -> int:
    """Print one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench.proofs_on_the_phone", description=__doc__)
    parser.add_argument("--leaves", type=int, default=1_000_000, help="lenders in the register")
    parser.add_argument("--checks", type=int, default=50)
    given = parser.parse_args()
    print(json.dumps({"leaves": given.leaves} | phone_times(given.leaves, given.checks)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
