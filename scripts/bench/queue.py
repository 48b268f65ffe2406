"""`make bench-queue`: does ballot intake slow down when faces queue? One JSON line at the end; exit 0 only if nothing was lost.

The same rate of ballots in three states, in turn, several rounds, so that other work on the machine meets all three alike: the issuer has
nothing to do; its face queue is kept full with pictures that it has to decode and search; as many plain programs as there are face workers
want the processors, and no face does. The third says how much of the second is the queue's doing and how much only that phones, backend,
chain and issuer share one machine.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.load.electorate import Electorate
from scripts.load.face_crowd import Crowded, FaceCrowd, picture_to_search, post_reference
from scripts.load.offer import Offered, Phones, percentile_ms
from scripts.load.on_chain import Recorded
from scripts.load.processor import seconds_of
from scripts.rig.binding import bind, identity_file
from scripts.rig.opened import open_vote
from scripts.rig.processes import Stack, end, free_port

DATA_DIR = Path("var/bench-queue")
SETTLE_SECONDS = 120
PHASES = ("idle", "faces_queue", "plain_programs")
RATIOS = ("p50_ms", "p99_ms", "accepted_per_s")


def read_arguments() -> argparse.Namespace:
    """What the caller may choose."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench.queue", description=__doc__)
    parser.add_argument("--per-second", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=5, help="for each state in each round")
    parser.add_argument("--rounds", type=int, default=4)
    return parser.parse_args()


@dataclass
class Part:
    """What was seen in one state, all rounds together."""

    rounds: list[Offered] = field(default_factory=list)
    faces: list[Crowded] = field(default_factory=list)
    settled_seconds: float = 0.0
    backend_seconds: float = 0.0


def offer(part: Part, electorate: Electorate, recorded: Recorded, asked: argparse.Namespace, crowd: bytes | None) -> None:
    """One round: ballots at a fixed rate, with the picture `crowd` handed in all the while where one is given."""
    ballots = [electorate.ballot(lender) for lender in electorate.lenders[: asked.per_second * asked.seconds]]
    stack, poll = electorate.vote.stack, electorate.vote.poll["id"]

    async def run() -> Offered:
        phones = Phones(_port(stack.url), poll)
        if crowd is None:
            return await phones.offer(ballots, asked.per_second, [], 1)
        faces = FaceCrowd(_port(stack.issuer_url), crowd)
        people = await faces.gather()
        offered = await phones.offer(ballots, asked.per_second, [], 1)
        await faces.leave(people)
        part.faces.append(faces.found)
        return offered

    before = seconds_of(stack.pids[0])
    gc.collect()
    gc.disable()  # a pause of the sender would be counted as the server's
    offered = asyncio.run(run())
    gc.enable()
    part.rounds.append(offered)
    part.settled_seconds = max(part.settled_seconds, recorded.wait_for(offered.held, SETTLE_SECONDS))
    part.backend_seconds += seconds_of(stack.pids[0]) - before


def figures(part: Part, recorded: Recorded) -> dict[str, Any]:
    """One state in numbers."""
    held = [held for offered in part.rounds for held in offered.held]
    seconds = [one.seconds for one in held]
    offered = sum(one.ballots for one in part.rounds)
    return {
        "offered": offered,
        "receipts": len(held),
        "accepted_per_s": round(len(held) / sum(one.receipted_seconds for one in part.rounds), 1),
        "p50_ms": percentile_ms(seconds, 0.5),
        "p99_ms": percentile_ms(seconds, 0.99),
        "p99_ms_of_each_round": [percentile_ms([one.seconds for one in each.held], 0.99) for each in part.rounds],
        "backend_processor_ms_per_ballot": round(1000 * part.backend_seconds / max(1, offered), 2),
        "asked_to_come_again": sum(one.attempts - 1 for one in held),
        "given_up": sum(one.given_up for one in part.rounds),
        "sender_late_p99_ms": percentile_ms([late for one in part.rounds for late in one.late], 0.99),
        "recorded_after_last_receipt_s": round(part.settled_seconds, 1),
        "lost": recorded.missing(held),
    }


def pictures(crowds: list[Crowded]) -> dict[str, Any]:
    """What the face queue answered, all rounds together."""
    others: Counter[str] = Counter()
    for each in crowds:
        others.update(each.others)
    without = sum(each.busy_without_retry_after for each in crowds)
    return {
        "served": sum(each.served for each in crowds),
        "busy_with_retry_after": sum(each.busy for each in crowds) - without,
        "busy_without_retry_after": without,
        "others": dict(others),
        "places": crowds[0].places,
        "queue_full_share": min(each.full_share for each in crowds),
    }


def _port(url: str) -> int:
    return int(url.rsplit(":", 1)[1])


@contextlib.contextmanager
def plain_programs(count: int, seconds: float) -> Iterator[None]:
    """So many programs that do nothing but use a processor each; they end with the block, and by themselves after `seconds`."""
    program = "import sys, time\nend = time.monotonic() + float(sys.argv[1])\nwhile time.monotonic() < end: pass"
    running = [subprocess.Popen([sys.executable, "-c", program, str(seconds)]) for _ in range(count)]
    try:
        yield
    finally:
        for process in running:
            end(process)


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """All parts on one fresh installation, SQLite."""
    shutil.rmtree(DATA_DIR, ignore_errors=True)
    DATA_DIR.mkdir(parents=True)
    count = arguments.per_second * arguments.seconds
    with Stack(DATA_DIR, port=free_port(), issuer_port=free_port(), anvil_port=free_port(), database_url="") as stack:
        electorate = Electorate(open_vote(stack, count * 11 // 10), stack.data_dir)
        electorate.prepare(count)
        recorded = Recorded(stack.rpc_url, electorate.vote.poll["address"])
        token = (stack.data_dir / "issuer" / "operator_token").read_text().strip()
        searched = picture_to_search()
        bind(electorate.vote, identity_file({0: [searched]}))  # the issuer looks at no picture that officials did not bind
        picture = post_reference(token, electorate.vote.poll["address"], 0, searched)
        parts = {name: Part() for name in PHASES}
        offer(Part(), electorate, recorded, arguments, None)  # the first use of everything
        for _ in range(arguments.rounds):
            offer(parts["idle"], electorate, recorded, arguments, None)
            offer(parts["faces_queue"], electorate, recorded, arguments, picture)
            with plain_programs(max(1, (os.cpu_count() or 1) - 1), arguments.seconds + SETTLE_SECONDS):
                offer(parts["plain_programs"], electorate, recorded, arguments, None)
        found = {name: figures(part, recorded) for name, part in parts.items()}
        return found | {"pictures": pictures(parts["faces_queue"].faces), "doubled": recorded.doubled()}


def summary(found: dict[str, Any]) -> dict[str, Any]:
    """The line of the whole run: the other states over the idle one first."""
    line: dict[str, Any] = {}
    for key in RATIOS:
        for name in PHASES[1:]:
            line[f"{key}_{name}_over_idle"] = round(found[name][key] / max(found["idle"][key], 0.1), 2)
    line["lost"] = found["doubled"] + sum(found[name]["lost"] + found[name]["given_up"] for name in PHASES)
    return line | found


def show(line: dict[str, Any]) -> None:
    """The figures for a person: ratios first."""
    for name in PHASES[1:]:
        ratios = ", ".join(f"{key} x {line[f'{key}_{name}_over_idle']}" for key in RATIOS)
        print(f"{name} over idle: {ratios}")
    for name in PHASES:
        part = line[name]
        print(f"{name}: p50 {part['p50_ms']} ms, p99 {part['p99_ms']} ms, {part['accepted_per_s']} accepted a second, {part['lost']} lost")
    print(f"pictures: {line['pictures']}")


def main() -> int:
    """0 when every receipted ballot is on the chain once and every picture was served or told when to come again."""
    began = time.monotonic()
    line = summary(measure(read_arguments()))
    show(line)
    line["machine_load"] = round(os.getloadavg()[0], 1)
    line["seconds"] = round(time.monotonic() - began, 1)
    print(json.dumps(line))
    answered = not line["pictures"]["busy_without_retry_after"] and not line["pictures"]["others"]
    return 0 if line["lost"] == 0 and answered else 1


if __name__ == "__main__":
    sys.exit(main())
