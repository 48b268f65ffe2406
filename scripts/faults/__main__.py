"""`python -m scripts.faults [--quick] [--seeds 3] [--only WORDS]`: each fault under light load on a real installation, then one check.

The check: every receipted ballot is on the chain once or listed, none twice, no receipt without its ballot, the contract's totals equal the
model's, and the service is ready again within 10 s (within two ordinary starts, where the machine is busy with other things).
Faults of clocks happen with five seeds, all others with three, in lanes beside each other, each with installations of its own. Those of
sealed polls are followed by a count, whose result has to be the model's, and by both recounts.
One JSON line at the end, also when something breaks; exit 0 only if all were survived.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from scripts.faults.catalogue import QUICK
from scripts.faults.plan import LANES, Planned, chosen
from scripts.faults.run import DATA_DIR, run_lane
from scripts.faults.sealed.after import QUICK as QUICK_SEALED
from scripts.faults.stage import Outcome


def run(names: list[str], seeds: int | None, data_dir: Path = DATA_DIR) -> dict[str, Any]:
    """The named faults, or all, in this process, lane after lane; the figures. `seeds` None: as many as each fault wants."""
    shutil.rmtree(data_dir, ignore_errors=True)
    planned = chosen(names)
    found: dict[str, list[Outcome]] = {}
    for lane in LANES:
        found |= run_lane([one for one in planned if one.lane == lane], seeds, data_dir / lane)
    return figures(planned, found)


def run_beside_each_other(names: list[str], seeds: int | None, data_dir: Path = DATA_DIR) -> dict[str, Any]:
    """The same with a process for each lane: nearly all of a fault's time is waiting."""
    shutil.rmtree(data_dir, ignore_errors=True)
    data_dir.mkdir(parents=True)
    planned = chosen(names)
    options = [option for name in names for option in ("--only", name)] + (["--seeds", str(seeds)] if seeds is not None else [])
    lanes = {
        lane: subprocess.Popen([sys.executable, "-m", "scripts.faults", "--lane", lane, *options], stdin=subprocess.DEVNULL)
        for lane in LANES
        if any(one.lane == lane for one in planned)
    }
    try:
        for process in lanes.values():
            process.wait()
    finally:
        for process in lanes.values():
            process.terminate()
    found: dict[str, list[Outcome]] = {}
    for lane in lanes:
        found |= read_outcomes(outcomes_file(data_dir, lane))
    return figures(planned, found)


def outcomes_file(data_dir: Path, lane: str) -> Path:
    """Where a lane writes what it found."""
    return data_dir / f"{lane}.json"


def read_outcomes(path: Path) -> dict[str, list[Outcome]]:
    """What a lane found; nothing when it did not come to its end."""
    if not path.exists():
        return {}
    return {name: [Outcome(**one) for one in outcomes] for name, outcomes in json.loads(path.read_text()).items()}


def figures(planned: list[Planned], found: dict[str, list[Outcome]]) -> dict[str, Any]:
    """One line for all; a fault that was planned and did not happen is not survived."""
    every = [outcome for outcomes in found.values() for outcome in outcomes]
    survived = {name for name, outcomes in found.items() if outcomes and all(outcome.survived for outcome in outcomes)}
    wanted = [one for one in planned if one.name in found or not one.may_be_left_out]
    return {
        "faults": len(wanted),
        "survived": len(survived),
        "runs": len(every),
        **{lane: sum(one.lane == lane and one.name in survived for one in wanted) for lane in LANES},
        "receipts": sum(outcome.receipts for outcome in every),
        "lost": sum(outcome.lost for outcome in every),
        "doubled": sum(outcome.doubled for outcome in every),
        "false_receipts": sum(outcome.false_receipts for outcome in every),
        "missed_and_listed": sum(outcome.missed for outcome in every),
        "counts_killed": sum(outcome.kills for outcome in every),
        "plain_start_ms": max((round(outcome.plain_start_s * 1000) for outcome in every), default=0),
        "slowest_recovery_ms": max((round(outcome.recovery_s * 1000) for outcome in every), default=0),
        "not_survived": [one.name for one in wanted if one.name not in survived],
    }


def read_arguments() -> argparse.Namespace:
    """What the caller may choose."""
    parser = argparse.ArgumentParser(prog="python -m scripts.faults", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few of them, once")
    parser.add_argument("--all", action="store_true", help="every one (the default)")
    parser.add_argument("--seeds", type=int, help="instead of five for clocks and three for the rest")
    parser.add_argument("--only", action="append", default=[], help="those whose name has these words; may be given several times")
    parser.add_argument("--lane", choices=LANES, help="only the faults of one lane, in this process; what was found goes to a file")
    parser.add_argument("--list", action="store_true", help="print the names")
    return parser.parse_args()


def main() -> int:
    """0 when every fault was survived."""
    arguments = read_arguments()
    if arguments.list:
        print(*(f"{one.lane}: {one.name}" for one in chosen([])), sep="\n")
        return 0
    if arguments.lane:
        planned = [one for one in chosen(arguments.only) if one.lane == arguments.lane]
        found = run_lane(planned, arguments.seeds, DATA_DIR / arguments.lane)
        path = outcomes_file(DATA_DIR, arguments.lane)
        path.write_text(json.dumps({name: [asdict(one) for one in outcomes] for name, outcomes in found.items()}))
        return 0
    answer = run([*QUICK, *QUICK_SEALED], 1) if arguments.quick else run_beside_each_other(arguments.only, arguments.seeds)
    print(f"{answer['survived']}/{answer['faults']}", file=sys.stderr)
    print(json.dumps(answer))
    return 0 if answer["faults"] and answer["survived"] == answer["faults"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
