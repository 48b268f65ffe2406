"""`python -m scripts.faults [--quick] [--seeds 3] [--only WORDS]`: each fault under light load on a real installation, then one check.

The check: every receipted ballot is on the chain once or listed, none twice, no receipt without its ballot, the contract's totals equal the
model's, and the service is ready again within 10 s. One JSON line at the end; exit 0 only if all were survived.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from collections import defaultdict
from contextlib import closing
from pathlib import Path
from typing import Any

from rich.console import Console

from scripts.faults.catalogue import FAULTS, QUICK, Fault
from scripts.faults.on_postgresql import KILLED, RESTARTED, faults_of
from scripts.faults.stage import Outcome, Stage
from scripts.private_postgresql import PostgreSQLMissing, PrivatePostgreSQL

DATA_DIR = Path("var/faults")
say = Console(stderr=True)


def suffer_all(stage: Stage, faults: dict[str, Fault], seeds: int) -> dict[str, list[Outcome]]:
    """Every fault with every seed, one after the other on one installation."""
    found: dict[str, list[Outcome]] = defaultdict(list)
    stage.open()
    for seed in range(1, seeds + 1):
        for name, fault in faults.items():
            began = time.monotonic()
            outcome = stage.suffer(fault, seed)
            outcome.plain_start_s = round(stage.start_s, 1)
            found[name].append(outcome)
            mark = "[green]ok[/green]  " if outcome.survived else "[red]FAIL[/red]"
            say.print(f"{mark} {name} (seed {seed}, {time.monotonic() - began:.0f} s): {outcome}", highlight=False)
    return found


def run(names: list[str], seeds: int, data_dir: Path = DATA_DIR) -> dict[str, Any]:
    """The named faults, or all; the figures."""
    shutil.rmtree(data_dir, ignore_errors=True)
    found: dict[str, list[Outcome]] = {}
    chosen = {name: fault for name, fault in FAULTS.items() if not names or any(words in name for words in names)}
    if chosen:
        with closing(Stage(data_dir / "sqlite")) as stage:
            found |= suffer_all(stage, chosen, seeds)
    wanted = [name for name in (KILLED, RESTARTED) if not names or any(words in name for words in names)]
    if wanted:
        found |= on_postgresql(data_dir / "postgresql", wanted, seeds)
    return figures(found)


def on_postgresql(data_dir: Path, wanted: list[str], seeds: int) -> dict[str, list[Outcome]]:
    """The database's faults; none where PostgreSQL is missing."""
    try:
        server = PrivatePostgreSQL()
    except PostgreSQLMissing as error:
        say.print(f"left out: {', '.join(wanted)}: {error}")
        return {}
    with server, closing(Stage(data_dir, server.url_for(data_dir))) as stage:
        faults = {name: fault for name, fault in faults_of(server).items() if name in wanted}
        return suffer_all(stage, faults, seeds)


def figures(found: dict[str, list[Outcome]]) -> dict[str, Any]:
    """One line for all."""
    every = [outcome for outcomes in found.values() for outcome in outcomes]
    return {
        "faults": len(found),
        "survived": sum(all(outcome.survived for outcome in outcomes) for outcomes in found.values()),
        "runs": len(every),
        "receipts": sum(outcome.receipts for outcome in every),
        "lost": max((outcome.lost for outcome in every), default=0),
        "doubled": max((outcome.doubled for outcome in every), default=0),
        "false_receipts": max((outcome.false_receipts for outcome in every), default=0),
        "plain_start_s": max((outcome.plain_start_s for outcome in every), default=0.0),
        "slowest_recovery_s": max((outcome.recovery_s for outcome in every), default=0.0),
    }


def main() -> int:
    """0 when every fault was survived."""
    parser = argparse.ArgumentParser(prog="python -m scripts.faults", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few of them, once")
    parser.add_argument("--all", action="store_true", help="every one (the default)")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", action="append", default=[], help="those whose name has these words; may be given several times")
    parser.add_argument("--list", action="store_true", help="print the names")
    arguments = parser.parse_args()
    if arguments.list:
        print(*FAULTS, KILLED, RESTARTED, sep="\n")
        return 0
    names, seeds = (list(QUICK), 1) if arguments.quick else (arguments.only, arguments.seeds)
    answer = run(names, seeds)
    print(f"{answer['survived']}/{answer['faults']}", file=sys.stderr)
    print(json.dumps(answer))
    return 0 if answer["faults"] and answer["survived"] == answer["faults"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
