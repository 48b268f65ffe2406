"""`make bench-plan-text`: planted and honest plans of one half, and how many of each the check finds; the last line is JSON."""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter

from rich.console import Console

from backend.case.plans.contradictions import contradictions
from scripts.bench.plan_text.plans import draw
from scripts.bench.plan_text.sentences import HALVES

say = Console(stderr=True, width=400)
RECALL, FALSE = 0.95, 0.02


def measure(half: str, plans: int, *, show: bool = False) -> dict[str, object]:
    """Share of planted plans whose sentence is found, and of honest ones in which anything is."""
    found, missed, wrong = 0, Counter[str](), 0
    for seed in range(plans):
        drawn = draw(HALVES[half], seed, planted=True)
        sentences = {one.sentence for one in contradictions(drawn.plan.parts, drawn.plan.ladder)}
        if any(drawn.planted.strip() == sentence for sentence in sentences):
            found += 1
        else:
            missed[drawn.kind] += 1
            if show:
                say.print("missed", drawn.kind, drawn.planted, [(s.months, s.ratio_bps) for s in drawn.plan.ladder], highlight=False)
        honest = draw(HALVES[half], plans + seed, planted=False)
        alarms = contradictions(honest.plan.parts, honest.plan.ladder)
        wrong += bool(alarms)
        if show:
            for alarm in alarms:
                say.print("false", alarm, [(s.months, s.ratio_bps) for s in honest.plan.ladder], highlight=False)
    return {"half": half, "plans": 2 * plans, "recall": round(found / plans, 4), "false": round(wrong / plans, 4), "missed": dict(missed)}


def main() -> int:
    """0 where the second half's figures keep the promise."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench.plan_text", description=__doc__)
    parser.add_argument("--plans", type=int, default=300, help="of each kind")
    parser.add_argument("--tune", action="store_true", help="the first half, with what was missed")
    options = parser.parse_args()
    began = time.monotonic()
    figures = measure("first" if options.tune else "second", options.plans, show=options.tune)
    print(json.dumps(figures | {"seconds": round(time.monotonic() - began, 1)}))
    return 0 if float(str(figures["recall"])) >= RECALL and float(str(figures["false"])) <= FALSE else 1


if __name__ == "__main__":
    raise SystemExit(main())
