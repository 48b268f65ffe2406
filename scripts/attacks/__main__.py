"""`python -m scripts.attacks [--quick] [--only WORDS]`: every attack, first where its mend is off, then against the product.

Each has to work in a patched copy of the sources, so that it is an attack, and to fail against the product, so that the mend is one.
The last line is JSON; exit 0 only when all of them do both.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from scripts.attacks.catalogue import ATTACKS, LEFT
from scripts.attacks.kinds import Attack
from scripts.attacks.patched import ROOT, PatchRefused, patched_copy

AT_ONCE = 2
SECONDS = 300  # of one attack
FEWEST = 40
say = Console(stderr=True, highlight=False)


@dataclass(frozen=True)
class Ended:
    """What came of an attack in both trees; `broken` says what went wrong instead."""

    attack: Attack
    worked_unmended: bool
    worked: bool
    stopped: dict[str, str]
    seconds: float
    broken: str = ""

    @property
    def good(self) -> bool:
        return self.worked_unmended and not self.worked and bool(self.stopped) and not self.broken


def in_tree(attack: Attack, tree: Path) -> dict[str, Any]:
    """One attack in one tree, in a process of its own. Raises RuntimeError where it breaks."""
    with tempfile.TemporaryDirectory(prefix="lendervote-attack-") as folder:
        command = [sys.executable, "-m", "scripts.attacks.one", attack.name, folder]
        done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False, timeout=SECONDS)
    if done.returncode:
        raise RuntimeError(done.stderr.strip()[-3000:])
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def tried(attack: Attack) -> Ended:
    """An attack without its mend, then against the product."""
    began = time.monotonic()
    try:
        with patched_copy(attack.patches) as tree:
            unmended = in_tree(attack, tree)
        product = in_tree(attack, ROOT)
    except (RuntimeError, PatchRefused, subprocess.TimeoutExpired) as error:
        return Ended(attack, False, False, {}, time.monotonic() - began, str(error))
    why = "" if unmended["succeeded"] else f"unmended, it was stopped: {unmended['stopped']}"
    return Ended(attack, unmended["succeeded"], not product["failed"], product["stopped"], time.monotonic() - began, why)


def tell(ended: Ended) -> None:
    """One line for people."""
    by = "; ".join(f"{judge}: {name}" for judge, name in ended.stopped.items())
    word = "stopped" if ended.good else "SUCCEEDED" if ended.worked else "BROKEN"
    say.print(f"{word}: {ended.attack.who}: {ended.attack.name} [{by}] {ended.seconds:.0f} s {ended.broken}", markup=False)


def chosen(quick: bool, only: str) -> list[Attack]:
    """The attacks to run."""
    return [one for one in ATTACKS if (one.is_quick or not quick) and only in one.name]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all of it and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m scripts.attacks", description="Attacks the system with and without each mend.")
    parser.add_argument("--only", default="", help="attacks whose name or group has these words")
    parser.add_argument("--quick", action="store_true", help="a few that take seconds")
    given = parser.parse_args(arguments)
    attacks, ended = chosen(given.quick, given.only), list[Ended]()
    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for one in pool.map(tried, attacks):
                tell(one)
                ended.append(one)
    finally:
        print(json.dumps(figures(ended), ensure_ascii=False))
    whole = not given.quick and not given.only
    enough = len(ended) == len(attacks) > 0 and (len(ended) >= FEWEST or not whole)
    return 0 if enough and all(one.good for one in ended) else 1


def figures(ended: Sequence[Ended]) -> dict[str, Any]:
    """What was counted."""
    left = [{"attack": one.name, "reason": one.reason, "row": one.row} for one in LEFT]
    return {
        "attacks": len(ended),
        "succeeded_unmended": sum(one.worked_unmended for one in ended),
        "succeeded": sum(one.worked for one in ended),
        "named": sum(bool(one.stopped) and not one.worked for one in ended),
        "broken": sum(bool(one.broken) for one in ended),
        "left_to_threat_model": len(left),
        "left": left,
    }


if __name__ == "__main__":
    sys.exit(main())
