"""`python -m scripts.fuzz.schemathesis`: the same services under schemathesis, a fuzzer that others wrote and keep.

It reads the published documents itself and judges by its own rules: no server error, nothing over five seconds, nothing taken that the
document forbids. It is installed into an environment of its own (`.venv-fuzz`) from `requirements-fuzz.lock`. The last line is JSON; what
it said about each role is in `var/schemathesis`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from rich.console import Console

from scripts.build.openapi import SNAPSHOT
from scripts.fuzz import roles
from scripts.fuzz.world import Session, World, installation
from scripts.rig.postgresql import PostgreSQLMissing
from scripts.rig.processes import Stack

ROOT = Path(__file__).parents[2]
VENV = ROOT / ".venv-fuzz"
DATA_DIR = Path("var/schemathesis")
ROUND_SECONDS = 400
ROUNDS = (
    ("backend", roles.ANONYMOUS),
    ("backend", roles.OFFICIAL),
    ("backend", roles.INSTITUTION),
    ("backend", roles.LENDER),
    ("issuer", roles.OPERATOR),
)
#: Named as the report of schemathesis names them.
SLOW, TAKEN = "ResponseTimeExceeded", "AcceptedNegativeData"
say = Console(stderr=True)


def prepare() -> None:
    """Install it into an environment of its own, once."""
    if (VENV / "bin" / "schemathesis").exists():
        return
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
    subprocess.run([str(VENV / "bin" / "python"), *install, "-r", str(ROOT / "requirements-fuzz.lock")], check=True)


def settings_of(world: World, role: str, folder: Path) -> Path:
    """A settings file that names what there is, so that calls get past "unknown"; nobody gets guesses only."""
    known = {} if role == roles.ANONYMOUS else {key: values for key, values in world.known.items() if key.endswith(("_id", "number"))}
    lines = ["[parameters]", *(f'"path.{key}" = {json.dumps(values)}' for key, values in known.items())]
    path = folder / "schemathesis.toml"
    path.write_text("\n".join(lines) + "\n")
    return path


def command_of(document: str, url: str, session: Session, config: Path, report: Path, asked: argparse.Namespace) -> list[str]:
    """One round's command."""
    shown = [*session.headers, *([("X-CSRF-Token", session.csrf)] if session.csrf else [])]
    return [
        str(VENV / "bin" / "schemathesis"), "--config-file", str(config), "run", document, "--url", url,
        *(word for name, value in shown for word in ("-H", f"{name}:{value}")),
        "--checks", "not_a_server_error,negative_data_rejection", "--max-response-time", "5",
        "--phases", "coverage,fuzzing", "--max-examples", str(asked.examples), "--seed", str(asked.seed),
        "--no-shrink", "--continue-on-failure", "--generation-database", "none", "--suppress-health-check", "all",
        "--warnings", "off", "--workers", "2", "--report", "json", "--report-json-path", str(report),
        "--exclude-path", "/api/session",  # signing out would end the role
    ]  # fmt: skip


def one_round(stack: Stack, world: World, service: str, role: str, folder: Path, asked: argparse.Namespace) -> Counter[str]:
    """Counts of one role at one service."""
    url = stack.url if service == "backend" else stack.issuer_url
    document = str(SNAPSHOT.resolve()) if service == "backend" else f"{url}/openapi.json"
    folder = folder.resolve()
    report, said = folder / f"{service}-{role}.json", folder / f"{service}-{role}.txt"
    command = command_of(document, url, world.sessions[role], settings_of(world, role, folder), report, asked)
    with said.open("w") as out:
        environment = os.environ | {"NO_COLOR": "1"}
        subprocess.run(command, cwd=folder, stdout=out, stderr=subprocess.STDOUT, env=environment, check=False, timeout=ROUND_SECONDS)
    counted = counts_of(json.loads(report.read_text()))
    say.print(f"{service} {role}: {dict(counted)}; {said}", highlight=False)
    return counted


def counts_of(report: dict[str, Any]) -> Counter[str]:
    """What a report of schemathesis says, in our words."""
    counted = Counter({"requests": report["test_cases"]["generated"], "operations": report["operations"]["tested"]})
    for failure in report["failures"]:
        kind = {SLOW: "over_5_s", TAKEN: "wrongly_accepted"}.get(failure["type"], "server_errors")
        counted[kind] += failure["count"]
    counted["not_done"] += sum(error["count"] for error in report["errors"]) + (not report["complete"])
    return counted


def on(database: str, asked: argparse.Namespace) -> Counter[str]:
    """Every round on one database."""
    folder = DATA_DIR / database
    with installation(database, folder) as (stack, world):
        counted: Counter[str] = Counter()
        for service, role in ROUNDS:
            counted += one_round(stack, world, service, role, folder, asked)
        return counted


def main() -> int:
    """0 when nothing was found and every round came to its end."""
    parser = argparse.ArgumentParser(prog="python -m scripts.fuzz.schemathesis", description=__doc__)
    parser.add_argument("--examples", type=int, default=20, help="made up for each call, beside those that cover its document")
    parser.add_argument("--seed", type=int, default=12)
    parser.add_argument("--databases", default="sqlite,postgresql")
    asked = parser.parse_args()
    shutil.rmtree(DATA_DIR, ignore_errors=True)
    began = time.monotonic()
    counted: Counter[str] = Counter()
    for database in asked.databases.split(","):
        try:
            prepare()
            counted += on(database, asked)
        except (PostgreSQLMissing, RuntimeError, OSError, ValueError, subprocess.SubprocessError) as error:
            say.print(f"{database}: {error}", highlight=False)
            counted["not_done"] += 1
    names = ("requests", "server_errors", "over_5_s", "wrongly_accepted", "not_done")
    summary = {name: counted[name] for name in names} | {"seconds": round(time.monotonic() - began)}
    print(json.dumps(summary))
    return 0 if counted["requests"] and not any(counted[name] for name in names[1:]) else 1


if __name__ == "__main__":
    sys.exit(main())
