"""`make bench-flags`: faults planted in made registers and polls, and honest ones; the last line is JSON."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from rich.console import Console

from backend.watch.flags.rules.bounds import rules_hash
from scripts.bench.flags.card import card
from scripts.bench.flags.halves import HALVES
from scripts.bench.flags.measure import honest_polls, recall_in_polls, registers

say = Console(stderr=True, width=200)
PROMISED = ("pair_3x", "burst_20", "device", "altered")
POLL_FAULTS = ("pair_3x", "burst_20", "device", "drift", "drift_refusals", "night")
RECALL, HONEST = 0.95, 0.10
ENOUGH = 100
"""So many honest polls are held to the promise itself; of fewer, chance flags more than a tenth now and then."""


def measure(half: str, polls: int, books: int) -> dict[str, Any]:
    """Recall by fault, honest polls flagged, families flagged, precision at a hundred."""
    world = HALVES[half]
    found = {}
    for fault in POLL_FAULTS:
        found[fault] = recall_in_polls(world, half, fault, polls)
        say.print(fault, found[fault], highlight=False)
    honest, innocent, rules = honest_polls(world, half, polls)
    say.print("honest polls flagged:", honest, dict(rules), highlight=False)
    of_registers, innocent_there, precision = registers(world, half, books)
    everything = {fault: round(value, 4) for fault, value in (found | of_registers).items()}
    return {
        "recall": {fault: everything[fault] for fault in PROMISED},
        "also": {fault: value for fault, value in everything.items() if fault not in PROMISED},
        "honest_polls_flagged": round(honest, 4),
        "families_flagged": innocent + innocent_there,
        "precision_at_100": round(precision, 4),
        "half": half,
        "polls": polls,
        "registers": books,
        "rules": "0x" + rules_hash().hex(),
    }


def kept(figures: dict[str, Any]) -> bool:
    """Whether the promises hold."""
    recall = all(value >= RECALL for value in figures["recall"].values())
    polls = figures["polls"]
    spare = 0 if polls >= ENOUGH else 2 * (HONEST * (1 - HONEST) / polls) ** 0.5  # two standard errors
    return recall and figures["honest_polls_flagged"] <= HONEST + spare and figures["families_flagged"] == 0


def main() -> int:
    """0 where the second half's figures keep the promises."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench.flags", description=__doc__)
    parser.add_argument("--polls", type=int, default=200, help="of each kind")
    parser.add_argument("--registers", type=int, default=20)
    parser.add_argument("--tune", action="store_true", help="the first half")
    parser.add_argument("--short", action="store_true", help="so few that it takes seconds; chance may flag some more honest polls")
    parser.add_argument("--card", type=Path, help="write the model card there, docs/flags.md")
    options = parser.parse_args()
    if options.short:
        options.polls, options.registers = 40, 1
    began, figures = time.monotonic(), {}
    try:
        figures = measure("first" if options.tune else "second", options.polls, options.registers)
        if options.card:
            options.card.write_text(card(figures), "utf-8")
    finally:
        print(json.dumps(figures | {"seconds": round(time.monotonic() - began, 1)}))
    return 0 if kept(figures) else 1


if __name__ == "__main__":
    raise SystemExit(main())
