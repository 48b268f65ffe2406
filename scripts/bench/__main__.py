"""`make bench`: every measurement in turn, and one JSON line with all figures at the end."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import time
from typing import Any

from rich.console import Console

MEASUREMENTS = {
    "register": "scripts.bench.register",
    "gas": "scripts.bench.gas",
    "recount": "scripts.bench.recount",
    "intake": "scripts.bench.intake",
}
say = Console(stderr=True)


def measure(module: str) -> dict[str, Any]:
    """Run one measurement as a process of its own; its last line is its figures. Raises: RuntimeError."""
    done = subprocess.run([sys.executable, "-m", module], stdout=subprocess.PIPE, text=True, check=False)
    lines = done.stdout.strip().splitlines()
    if done.returncode != 0 or not lines:
        raise RuntimeError(f"{module} ended with status {done.returncode}")
    say.print("\n".join(lines[:-1]), highlight=False)
    figures: dict[str, Any] = json.loads(lines[-1])
    return figures


def main() -> int:
    """All measurements; 0 when all ended well."""
    began = time.monotonic()
    figures: dict[str, Any] = {"machine": f"{platform.machine()}, Python {platform.python_version()}"}
    for name, module in MEASUREMENTS.items():
        say.rule(name)
        figures[name] = measure(module)
    figures["seconds"] = round(time.monotonic() - began, 1)
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
