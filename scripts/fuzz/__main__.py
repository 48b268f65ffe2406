"""`python -m scripts.fuzz`: requests that no client of ours sends, by every role, at backend and issuer on each database.

The last line is JSON; exit 0 only if nothing was answered with a server's error, nothing took over five seconds, and nothing was taken that
the document, the rules of text or the roles forbid. Every finding is a line of `var/fuzz/findings.jsonl`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

from scripts.build.openapi import SNAPSHOT
from scripts.fuzz import roles
from scripts.fuzz.calls import calls_of
from scripts.fuzz.findings import Findings
from scripts.fuzz.issuer_calls import with_forms
from scripts.fuzz.makers import Maker, Throw
from scripts.fuzz.wire import ask
from scripts.fuzz.world import World, installation
from scripts.rig.postgresql import PostgreSQLMissing
from scripts.rig.processes import Stack

DATA_DIR = Path("var/fuzz")
EXAMPLES = Path(__file__).parents[2] / "backend" / "shell" / "api_examples.json"
AT_ONCE = 4
ADDRESSES = 200
ISSUER_SHARE = 0.25
BACKEND_ROLES = (roles.ANONYMOUS, roles.ADMIN, roles.OFFICIAL, roles.INSTITUTION, roles.LENDER)
ISSUER_ROLES = (roles.ANONYMOUS, roles.OPERATOR)
NOTHING = {"requests": 0, "tracebacks": 0, "alive": 0, "seconds": 0}
TRACEBACK = re.compile(r"^Traceback \(most recent call last\)", re.MULTILINE)

say = Console(stderr=True)


def read_arguments() -> argparse.Namespace:
    """What the caller may choose."""
    parser = argparse.ArgumentParser(prog="python -m scripts.fuzz", description=__doc__)
    parser.add_argument("--requests", type=int, default=22_000, help="in all, over all databases")
    parser.add_argument("--seed", type=int, default=12)
    parser.add_argument("--seconds", type=int, default=840, help="nothing is sent after so long")
    parser.add_argument("--databases", default="sqlite,postgresql")
    return parser.parse_args()


class Round:
    """All requests on one database."""

    def __init__(self, stack: Stack, world: World, findings: Findings, dice: random.Random) -> None:
        self._stack, self._findings, self._dice = stack, findings, dice
        self._maker = Maker(world, dice)
        examples = {name: call["request"] for name, call in json.loads(EXAMPLES.read_text()).items()}
        self._backend = calls_of(json.loads(SNAPSHOT.read_text()), examples)
        self._issuer = with_forms(calls_of(httpx.get(f"{stack.issuer_url}/openapi.json").json(), {}))

    def throws(self, count: int) -> Iterator[tuple[str, Throw]]:
        """So many requests: every call by every role in turn, in an order of the die's."""
        backend = [(call, role) for call in self._backend for role in BACKEND_ROLES]
        issuer = [(call, role) for call in self._issuer for role in ISSUER_ROLES]
        for number in range(count):
            service, pairs = ("issuer", issuer) if self._dice.random() < ISSUER_SHARE else ("backend", backend)
            call, role = pairs[self._dice.randrange(len(pairs))] if number >= len(backend) else backend[number]
            yield ("backend" if number < len(backend) else service), self._maker.throw(call, role)

    async def run(self, count: int, deadline: float) -> None:
        """Send them, a few at once."""
        waiting = self.throws(count)

        async def sender() -> None:
            for service, throw in waiting:
                if time.monotonic() > deadline:
                    return
                url = self._stack.url if service == "backend" else self._stack.issuer_url
                address = f"127.9.{self._dice.randrange(ADDRESSES)}.1"
                self._findings.note(service, throw, await ask(int(url.rpartition(":")[2]), throw.sent, address))

        await asyncio.gather(*(sender() for _ in range(AT_ONCE)))


def tracebacks(folder: Path) -> int:
    """How many the logs of both services hold."""
    return sum(len(TRACEBACK.findall((folder / f"{name}.log").read_text(errors="replace"))) for name in ("backend", "issuer"))


def fuzz(database: str, asked: argparse.Namespace, count: int, deadline: float, findings: Findings) -> dict[str, int]:
    """One database; what else was seen on it."""
    folder = DATA_DIR / database
    with installation(database, folder) as (stack, world):
        before, began = findings.requests, time.monotonic()
        asyncio.run(Round(stack, world, findings, random.Random(f"{asked.seed} {database}")).run(count, deadline))
        alive = all(httpx.get(f"{each}/healthz", timeout=20).status_code == 200 for each in (stack.url, stack.issuer_url))
        return {
            "requests": findings.requests - before,
            "tracebacks": tracebacks(folder),
            "alive": int(alive),
            "seconds": round(time.monotonic() - began),
        }


def main() -> int:
    """0 when nothing was found and enough was asked."""
    asked = read_arguments()
    shutil.rmtree(DATA_DIR, ignore_errors=True)
    DATA_DIR.mkdir(parents=True)
    findings = Findings(DATA_DIR / "findings.jsonl")
    databases = asked.databases.split(",")
    began = time.monotonic()
    seen: dict[str, dict[str, int]] = {}
    for number, database in enumerate(databases):
        left = began + asked.seconds - time.monotonic()
        deadline = time.monotonic() + left / (len(databases) - number)
        try:
            seen[database] = fuzz(database, asked, asked.requests // len(databases), deadline, findings)
        except PostgreSQLMissing as missing:
            say.print(str(missing))
            seen[database] = NOTHING
        except Exception:  # the line of figures comes whatever happens
            say.print_exception()
            seen[database] = NOTHING
    for what, times in findings.seen.most_common(40):
        say.print(f"{times:6}  {what}", highlight=False)
    for status, times in sorted(findings.statuses.items()):
        say.print(f"{times:6}  {status}", highlight=False)
    summary = summary_of(findings, seen) | {"seconds": round(time.monotonic() - began), "databases": seen}
    print(json.dumps(summary))
    whole = findings.requests >= asked.requests // len(databases) * len(databases) and all(each["alive"] for each in seen.values())
    return 0 if whole and not any(summary[name] for name in ("server_errors", "over_5_s", "wrongly_accepted")) else 1


def summary_of(findings: Findings, seen: dict[str, dict[str, int]]) -> dict[str, Any]:
    """The counts; a traceback in a log is a server's error that no answer told."""
    return {
        "requests": findings.requests,
        "server_errors": findings.server_errors + sum(each["tracebacks"] for each in seen.values()),
        "over_5_s": findings.over_5_s,
        "wrongly_accepted": findings.wrongly_accepted,
        "told_to_wait": findings.told_to_wait,
    }


if __name__ == "__main__":
    sys.exit(main())
