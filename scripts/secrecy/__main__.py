"""`python -m scripts.secrecy [--ballots 1000]`: what an installation keeps of sealed ballots before the close; one line of JSON.

(a) Casts ballots of known choices by known k in a real installation, then looks through every byte of its chain, database, journal, logs,
backup, keys and of its processes' memory for any k, shared point, trustee's share or plain choice. What is planted has to be found.
(b) Trains a classifier on all stored fields of those ballots, and tests it on the ballots of a fresh poll in a fresh installation: its 95 %
interval has to contain chance. A field that leaks has to be found. One interval in twenty misses chance by chance, so that a second fresh
poll decides where one does. Exit 0 only if nothing was found but what was planted, all of that, and no choice could be told.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from scripts.rig.processes import Stack, free_port
from scripts.rig.steps import say
from scripts.secrecy.casting import CHOICES, Held, hold
from scripts.secrecy.fields import matrix, stored
from scripts.secrecy.planting import Control
from scripts.secrecy.searching import Searcher
from scripts.secrecy.stores import Store, chain_of, files_of, memory_of, rows_of
from scripts.secrecy.stumps import train, wilson

DATA_DIR = Path("var/secrecy")
FRESH_POLLS = 2
LEAK, LEAK_NOISE = 10, 4
Ballots = list[tuple[dict[str, Any], int]]
"""All that is stored of a ballot, and its choice."""


def installation(name: str, folder: Path) -> Stack:
    """Over an empty folder, not started yet; SQLite, so that the database's files are the installation's own."""
    shutil.rmtree(folder / name, ignore_errors=True)
    return Stack(folder / name, port=free_port(), issuer_port=free_port(), anvil_port=free_port(), database_url="")


def stores_of(stack: Stack) -> dict[str, Store]:
    """Every store of a running installation."""
    backend, issuer = stack.pids
    chain = int(json.loads((stack.data_dir / "chain" / "state.pid").read_text())["pid"])
    memory = {"backend": backend, "verifier": issuer, "chain": chain}
    return {
        **files_of(stack.data_dir),
        "database rows": rows_of(f"sqlite:///{stack.data_dir / 'lendervote.sqlite3'}"),
        "chain over RPC": chain_of(stack.rpc_url),
        **{f"memory of the {name}": memory_of(pid) for name, pid in memory.items()},
    }


def search(stack: Stack, held: Held, control: Control) -> dict[str, Any]:
    """Plant, then look through everything once for what was planted and what should not be there."""
    control.plant(stack)
    searcher = Searcher([*held.needles(), *control.needles()])
    stores = stores_of(stack)
    found, searched = set(), 0
    for name, store in stores.items():
        seen = _Counting(store())
        found |= {(name, needle.label, needle.form) for needle in searcher.find_in(seen)}
        say.print(f"   {name}: {seen.bytes / 2**20:.1f} MB", highlight=False)
        searched += seen.bytes
    planted = {(store, label) for store, label, _ in found if label.startswith("planted")}
    others = sorted(one for one in found if not one[1].startswith("planted"))
    return {
        "ballots": len(held.cast),
        "stores_searched": len(stores),
        "mb_searched": round(searched / 2**20),
        "found": len(others),
        "where": ["; ".join(one) for one in others[:20]],
        "planted": len(control.expected),
        "planted_found": len(planted & control.expected),
        "planted_missed": sorted("; ".join(one) for one in control.expected - planted),
    }


class _Counting:
    """Pieces, and how many bytes they had."""

    def __init__(self, pieces: Any) -> None:
        self._pieces, self.bytes = pieces, 0

    def __iter__(self) -> Any:
        for piece in self._pieces:
            self.bytes += len(piece)
            yield piece


def ballots_of(stack: Stack, held: Held) -> Ballots:
    """What is stored of each ballot, with the choice that it holds."""
    database = f"sqlite:///{stack.data_dir / 'lendervote.sqlite3'}"
    rows = stored(database, stack.data_dir / "journal", stack.rpc_url, held.poll)
    return [(rows[one.index], one.choice) for one in held.cast]


def tell_choices(known: Ballots, fresh: Ballots) -> dict[str, Any]:
    """Learn from one poll, guess the choices of the other; the interval of the share that was right, and what guessing gives."""
    names, numbers = matrix([row for row, _ in (*known, *fresh)])
    labels = np.array([CHOICES.index(choice) for _, choice in (*known, *fresh)])
    learned, asked = slice(0, len(known)), slice(len(known), None)
    guessed = train(numbers[learned], labels[learned], len(CHOICES)).predict(numbers[asked])
    right, of = int((guessed == labels[asked]).sum()), len(fresh)
    low, high = wilson(right, of)
    chance = max(int((labels[asked] == one).sum()) for one in range(len(CHOICES))) / of
    figures = {"accuracy": right / of, "low": low, "high": high, "chance": chance}
    return {"fields": len(names), **{name: round(value, 4) for name, value in figures.items()}, "at_chance": low <= chance <= high}


def leaking(ballots: Ballots, seed: int) -> Ballots:
    """The same with one field more whose value leans to the choice, as the length of a text or a time could."""
    dice = random.Random(seed)
    return [(row | {"leak": round(LEAK * choice + dice.gauss(0, LEAK_NOISE))}, choice) for row, choice in ballots]


def control_of(known: Ballots, fresh: Ballots) -> dict[str, Any]:
    """Whether the same classifier finds a field that leaks."""
    told = tell_choices(leaking(known, 1), leaking(fresh, 2))
    return {"control_accuracy": told["accuracy"], "control_low": told["low"], "control_found": told["low"] > told["chance"]}


def measure(ballots: int, folder: Path, figures: dict[str, Any]) -> None:
    """Both parts; figures are put in one by one."""
    control, stack = Control(), installation("searched", folder)
    control.put_into_memory(stack)
    with stack:
        held = hold(stack, ballots, seed=1)
        known = ballots_of(stack, held)
        figures |= search(stack, held, control)
    for number in range(1, FRESH_POLLS + 1):
        with installation(f"fresh-{number}", folder) as stack:
            fresh = ballots_of(stack, hold(stack, ballots, seed=1 + number))
        figures |= tell_choices(known, fresh) | control_of(known, fresh) | {"fresh_polls": number}
        if figures["at_chance"]:
            break


def is_good(line: dict[str, Any]) -> bool:
    """Nothing found, everything planted found, choices not told, the leak told."""
    searched = line["ballots"] > 0 and line["found"] == 0 and line["planted_found"] == line["planted"] > 0
    return bool(searched and line["at_chance"] and line["control_found"] and "failed" not in line)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print one line."""
    parser = argparse.ArgumentParser(prog="python -m scripts.secrecy", description=__doc__)
    parser.add_argument("--ballots", type=int, default=1000)
    given = parser.parse_args(arguments)
    line: dict[str, Any] = {"ballots": 0, "stores_searched": 0, "found": 0, "planted": 0, "planted_found": 0, "fresh_polls": 0}
    line |= dict.fromkeys(("accuracy", "low", "high", "chance")) | {"at_chance": False, "control_found": False}
    try:
        measure(given.ballots, DATA_DIR, line)
    except Exception as failure:  # a line with the counts so far comes out all the same
        say.print_exception()
        line["failed"] = f"{type(failure).__name__}: {failure}"[:300]
    print(json.dumps(line))
    return 0 if is_good(line) else 1


if __name__ == "__main__":
    sys.exit(main())
