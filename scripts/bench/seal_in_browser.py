"""How long the ballot page's own code takes for a seal, in headless Chromium: `python -m scripts.bench.seal_in_browser [--seals 200]`."""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
from pathlib import Path
from secrets import randbelow, token_hex
from typing import Any

from coincurve import PrivateKey

from backend.ground.common.seals import ORDER
from scripts.build.web import BROWSERS, BUNDLER
from scripts.rig.chromium import headless

SOURCE = Path(__file__).with_suffix(".mjs")


def seal_times(seals: int) -> dict[str, float]:
    """Milliseconds of one seal: the median, the first, and the median with the page's own opening. Raises: ChromiumMissing."""
    with headless() as browser:
        page = browser.new_page()
        page.add_script_tag(content=bundled())
        x, y = PrivateKey((1 + randbelow(ORDER - 1)).to_bytes(32, "big")).public_key.point()
        given = [seals, {"x": hex(x), "y": hex(y)}, "0x" + token_hex(32), "0x" + token_hex(32)]
        found: dict[str, Any] = page.evaluate("given => sealTimes(...given)", given)
    return {
        "seal_ms_browser": round(statistics.median(found["sealing"]), 2),
        "first_seal_ms_browser": round(found["sealing"][0], 2),
        "checked_seal_ms_browser": round(statistics.median(found["checked"]), 2),
    }


def bundled() -> str:
    """The script, by the same bundler and for the same browsers as the pages."""
    command = [str(BUNDLER), str(SOURCE), "--bundle", "--minify", "--format=iife", f"--target={BROWSERS}", "--log-level=warning"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main() -> int:
    """Print one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench.seal_in_browser", description=__doc__)
    parser.add_argument("--seals", type=int, default=200)
    given = parser.parse_args()
    print(json.dumps({"seals": given.seals} | seal_times(given.seals)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
