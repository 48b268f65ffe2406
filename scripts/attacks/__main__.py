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
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from scripts.attacks.catalogue import ATTACKS, GROUP_OF, LEFT
from scripts.attacks.kinds import Attack, Patch
from scripts.attacks.patched import ROOT, PatchRefused, patched_copy

AT_ONCE = 2
TOGETHER = 8  # attacks in one process
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
    broken: str = ""

    @property
    def good(self) -> bool:
        return self.worked_unmended and not self.worked and bool(self.stopped) and not self.broken


Lines = dict[str, dict[str, Any]]
Key = tuple[str, tuple[Patch, ...]]


def in_tree(attacks: Sequence[Attack], tree: Path) -> Lines:
    """What came of these attacks of one group in one tree, in a process of their own. Raises RuntimeError where it breaks as a whole."""
    with tempfile.TemporaryDirectory(prefix="lendervote-attack-") as folder:
        command = [sys.executable, "-m", "scripts.attacks.one", folder, GROUP_OF[attacks[0].name], *(one.name for one in attacks)]
        limit = SECONDS * len(attacks)
        done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False, timeout=limit)
    if done.returncode:
        raise RuntimeError(done.stderr.strip()[-3000:])
    told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return {line["attack"]: line for line in told}


def against_product(attacks: Sequence[Attack]) -> Lines:
    """The attacks on the sources as they are."""
    return guarded(attacks, lambda: in_tree(attacks, ROOT))


def without_mend(attacks: Sequence[Attack]) -> Lines:
    """Attacks with one mend, in a copy where it is taken out."""

    def work() -> Lines:
        with patched_copy(attacks[0].patches) as tree:
            return in_tree(attacks, tree)

    return guarded(attacks, work)


def guarded(attacks: Sequence[Attack], work: Callable[[], Lines]) -> Lines:
    """What the work finds; where it breaks, a line for each attack that says why."""
    try:
        return work()
    except (RuntimeError, PatchRefused, subprocess.TimeoutExpired) as error:
        return {one.name: {"succeeded": False, "failed": False, "stopped": {}, "broken": str(error)} for one in attacks}


def grouped(attacks: Sequence[Attack], key: Callable[[Attack], Any], together: int) -> list[list[Attack]]:
    """Attacks that are alike in something, a few together."""
    alike: dict[Any, list[Attack]] = {}
    for one in attacks:
        alike.setdefault(key(one), []).append(one)
    return [group[at : at + together] for group in alike.values() for at in range(0, len(group), together)]


def tried(attacks: Sequence[Attack]) -> Iterator[Ended]:
    """Each attack without its mend and against the product, told as it ends."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        product: dict[str, Future[Lines]] = {}
        for group in grouped(attacks, lambda one: GROUP_OF[one.name], TOGETHER):
            product |= dict.fromkeys((one.name for one in group), pool.submit(against_product, group))
        trials = [(group, pool.submit(without_mend, group)) for group in grouped(attacks, mend_of, TOGETHER)]
        for group, trial in trials:
            for one in group:
                yield ended(one, trial.result()[one.name], product[one.name].result()[one.name])


def mend_of(attack: Attack) -> Key:
    """What attacks have to have in common to be tried in one copy by one process."""
    return GROUP_OF[attack.name], attack.patches


def ended(attack: Attack, unmended: dict[str, Any], product: dict[str, Any]) -> Ended:
    """Both lines of one attack."""
    broken = unmended["broken"] or product["broken"]
    if not broken and not unmended["succeeded"]:
        broken = f"it fails also where its mend is off: {unmended['stopped']}"
    worked = not product["failed"] and not product["broken"]
    return Ended(attack, unmended["succeeded"], worked, product["stopped"], broken)


def tell(one: Ended) -> None:
    """One line for people."""
    by = "; ".join(f"{judge}: {name}" for judge, name in one.stopped.items())
    word = "stopped" if one.good else "SUCCEEDED" if one.worked else "BROKEN"
    say.print(f"{word}: {one.attack.who}: {one.attack.name} [{by}] {one.broken}", markup=False, soft_wrap=True)


def chosen(quick: bool, only: str) -> list[Attack]:
    """The attacks to run."""
    return [one for one in ATTACKS if (one.is_quick or not quick) and only in f"{GROUP_OF[one.name]}: {one.name}"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all of it and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m scripts.attacks", description="Attacks the system with and without each mend.")
    parser.add_argument("--only", default="", help="attacks whose name or group has these words")
    parser.add_argument("--quick", action="store_true", help="a few that take seconds")
    given = parser.parse_args(arguments)
    attacks, all_of_it = chosen(given.quick, given.only), list[Ended]()
    try:
        for one in tried(attacks):
            tell(one)
            all_of_it.append(one)
    finally:
        print(json.dumps(figures(all_of_it), ensure_ascii=False))
    whole = not given.quick and not given.only
    enough = len(all_of_it) == len(attacks) > 0 and (len(all_of_it) >= FEWEST or not whole)
    return 0 if enough and all(one.good for one in all_of_it) else 1


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
