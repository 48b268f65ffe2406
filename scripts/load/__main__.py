"""`python -m scripts.load`: four phases on each database, one JSON line at the end; exit 0 only if nothing was lost.

1. ballots of an open poll at a fixed rate for a minute; 2. ten times the rate with a thousand senseless requests a second among them;
3. ballots one by one through web3.py; 4. in an installation of its own sealed ballots, sealed beforehand, at three times the rate of 1.
Sender, backend, issuer and chain share this machine, so figures are floors.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import shutil
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from scripts.load.disk import DiskWatch
from scripts.load.electorate import Electorate
from scripts.load.line import summary
from scripts.load.offer import Held, Offered, Phones, percentile_ms
from scripts.load.on_chain import Recorded
from scripts.load.plain_web3 import cast_one_by_one
from scripts.load.processor import ms_each, seconds_of
from scripts.rig.opened import open_vote
from scripts.rig.postgresql import PostgreSQLMissing, PrivatePostgreSQL
from scripts.rig.processes import Stack, free_port
from scripts.rig.steps import say

DATA_DIR = Path("var/load")
SETTLE_SECONDS = 300


def read_arguments() -> argparse.Namespace:
    """What the caller may choose."""
    parser = argparse.ArgumentParser(prog="python -m scripts.load", description=__doc__)
    parser.add_argument("--per-second", type=int, default=100)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--overload-seconds", type=int, default=6, help="each lender votes once a phase: at most `seconds` / 10")
    parser.add_argument("--nonsense-per-second", type=int, default=1000)
    parser.add_argument("--web3-ballots", type=int, default=200)
    parser.add_argument("--sealed-per-second", type=int, default=300)
    parser.add_argument("--sealed-seconds", type=int, default=60, help="each lender votes once; 0 for no sealed poll")
    parser.add_argument("--databases", default="sqlite,postgresql")
    return parser.parse_args()


def phase(electorate: Electorate, recorded: Recorded, count: int, per_second: int, bad: tuple[int, int]) -> tuple[Offered, dict[str, Any]]:
    """Offer `count` ballots and `bad` (how many, per second) requests without sense; wait until the chain has what was receipted."""
    lenders = electorate.lenders
    ballots = [electorate.ballot(lenders[at % len(lenders)]) for at in range(count)]
    nonsense = electorate.nonsense(bad[0])
    port = int(electorate.vote.stack.url.rsplit(":", 1)[1])
    before, spent = len(recorded.times), processor_seconds(electorate.vote.stack)
    gc.collect()
    gc.disable()  # a pause of the sender would be counted as the server's
    with DiskWatch(electorate.vote.stack.data_dir) as disk:
        offered = asyncio.run(Phones(port, electorate.vote.poll["id"]).offer(ballots, per_second, nonsense, bad[1]))
    gc.enable()
    settled = recorded.wait_for(offered.held, SETTLE_SECONDS)
    whole = time.perf_counter() - offered.began_at
    noise = {"machine_load": round(os.getloadavg()[0], 1), "disk_p99_ms": percentile_ms(disk.seconds, 0.99)}
    pace: dict[str, Any] = {"recorded_per_s": round((len(recorded.times) - before) / whole, 1)}
    pace["processor_ms_per_ballot"] = ms_each(spent, processor_seconds(electorate.vote.stack), offered.ballots)
    return offered, figures(offered, settled, whole, recorded) | pace | noise


def processor_seconds(stack: Stack) -> dict[str, float]:
    """What backend, chain, issuer and the phones have used so far."""
    backend, issuer = stack.pids
    chain = int(json.loads((stack.data_dir / "chain" / "state.pid").read_text())["pid"])
    return {name: seconds_of(pid) for name, pid in (("backend", backend), ("chain", chain), ("issuer", issuer), ("phones", os.getpid()))}


def figures(offered: Offered, settled: float, whole: float, recorded: Recorded) -> dict[str, Any]:
    """One phase in numbers."""
    at_first = [held for held in offered.held if held.attempts == 1]
    return {
        "offered": offered.ballots,
        "offered_per_s": round(offered.ballots / max(offered.offered_seconds, 0.001), 1),
        "receipts": len(offered.held),
        "p50_ms": percentile_ms([held.seconds for held in offered.held], 0.5),
        "p99_ms": percentile_ms([held.seconds for held in offered.held], 0.99),
        "p99_of_those_let_in_at_first_ms": percentile_ms([held.seconds for held in at_first], 0.99),
        "worst_with_retries_s": round(max((held.seconds for held in offered.held), default=0.0), 1),
        "sender_late_p99_ms": percentile_ms(offered.late, 0.99),
        "all_receipted_s": round(offered.receipted_seconds - offered.offered_seconds, 1),
        "all_recorded_s": round(whole - offered.offered_seconds, 1),
        "recorded_after_last_receipt_s": round(settled, 1),
        "answers": dict(offered.answers),
        "nonsense_answers": dict(offered.nonsense),
        "given_up": offered.given_up,
        "lost": recorded.missing(offered.held),
        "doubled": recorded.doubled(),
    }


def web3_rate(electorate: Electorate, count: int, stack: Stack) -> float:
    """Ballots a second one by one; leaves and proofs are fetched before the clock starts."""
    lenders = electorate.lenders[:count]
    poll = electorate.vote.poll
    leaves = [proof_of(electorate, stack, lender.index) for lender in lenders]
    ballots = [electorate.ballot(lender) for lender in lenders]
    return cast_one_by_one(stack.rpc_url, poll["address"], ballots, leaves)


def proof_of(electorate: Electorate, stack: Stack, index: int) -> tuple[tuple[int, int, int], list[bytes]]:
    """A lender's leaf and proof, as the register room has them."""
    leaf = register_of(stack).leaf(electorate.vote.case["id"], 0, index)
    return (leaf.voting_class, leaf.x, leaf.y), list(leaf.proof)


def register_of(stack: Stack) -> Any:
    """The register room over this stack's database; opened once."""
    from backend.app import open_rooms
    from backend.ground.common.settings import Settings

    if stack.url not in _REGISTERS:
        database_url = stack.environment["LENDERVOTE_DATABASE_URL"]
        settings = Settings(data_dir=stack.data_dir, database_url=database_url, rpc_url=stack.rpc_url)
        _REGISTERS[stack.url] = open_rooms(settings).register
    return _REGISTERS[stack.url]


_REGISTERS: dict[str, Any] = {}


def measure(database: str, arguments: argparse.Namespace, found: dict[str, Any]) -> None:
    """All phases on one kind of database, put into `found` one by one. Raises: PostgreSQLMissing; RuntimeError where one does not."""
    say.rule(database)
    with ExitStack() as ending:
        server = ending.enter_context(PrivatePostgreSQL()) if database == "postgresql" else None
        with installation(DATA_DIR / database, server) as stack:
            run_phases(stack, arguments, found)
        if arguments.sealed_seconds:
            with installation(DATA_DIR / f"{database}-sealed", server) as stack:
                found["sealed"] = run_sealed(stack, arguments)


def installation(data_dir: Path, server: PrivatePostgreSQL | None) -> Stack:
    """Backend, issuer and chain over an empty folder, not started yet."""
    shutil.rmtree(data_dir, ignore_errors=True)
    data_dir.mkdir(parents=True)
    url = server.url_for(data_dir) if server is not None else ""
    return Stack(data_dir, port=free_port(), issuer_port=free_port(), anvil_port=free_port(), database_url=url)


def run_sealed(stack: Stack, arguments: argparse.Namespace) -> dict[str, Any]:
    """A sealed poll: every ballot is sealed and signed before the first is offered."""
    count = arguments.sealed_per_second * arguments.sealed_seconds
    electorate, recorded = prepared(stack, count, sealed=True)
    offered, found = phase(electorate, recorded, count, arguments.sealed_per_second, (0, 1))
    found["on_chain_without_receipt"] = recorded.never_receipted(offered.held)
    say.print("sealed", found)
    return found


def prepared(stack: Stack, count: int, *, sealed: bool) -> tuple[Electorate, Recorded]:
    """A poll that is open, so many lenders with credentials, and what its chain records."""
    vote = open_vote(stack, count * 11 // 10 + 2, sealed=sealed)
    electorate = Electorate(vote, stack.data_dir)
    electorate.prepare(count)
    return electorate, Recorded(stack.rpc_url, vote.poll["address"])


def run_phases(stack: Stack, arguments: argparse.Namespace, found: dict[str, Any]) -> None:
    """An open poll: load, overload, web3.py."""
    count = arguments.per_second * arguments.seconds
    electorate, recorded = prepared(stack, count, sealed=False)
    held: list[Held] = []
    many = min(10 * arguments.per_second * arguments.overload_seconds, len(electorate.lenders))
    nonsense = (arguments.nonsense_per_second * arguments.overload_seconds, arguments.nonsense_per_second)
    for name, ballots, rate, bad in (
        ("load", count, arguments.per_second, (0, 1)),
        ("overload", many, 10 * arguments.per_second, nonsense),
    ):
        offered, found[name] = phase(electorate, recorded, ballots, rate, bad)
        held += offered.held
        say.print(name, found[name])
    found["on_chain_without_receipt"] = recorded.never_receipted(held)
    found["web3py_per_s"] = round(web3_rate(electorate, min(arguments.web3_ballots, count), stack), 1)
    say.print("web3.py", found["web3py_per_s"])


def main() -> int:
    """0 when every phase ran and every receipted ballot is on the chain, once."""
    arguments = read_arguments()
    found: dict[str, dict[str, Any]] = {}
    for database in arguments.databases.split(","):
        found[database] = {}
        try:
            measure(database, arguments, found[database])
        except PostgreSQLMissing as missing:
            say.print(f"without PostgreSQL: {missing}")
            del found[database]
        except Exception as failure:  # the figures that there are must come out all the same
            say.print_exception()
            found[database]["failed"] = f"{type(failure).__name__}: {failure}"[:300]
    line = summary(found)
    print(json.dumps(line))
    return 0 if not line["failed"] and line["lost"] == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
