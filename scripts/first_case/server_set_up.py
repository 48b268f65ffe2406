"""Sections 2 and 4 of the guide: the backend's machine, from nothing to a service that answers."""

from __future__ import annotations

import json
import shlex

from scripts.first_case.case_run import CaseRun
from scripts.first_case.documents import GUIDE, blocks
from scripts.first_case.machine import Machine
from scripts.first_case.terminal import CommandFailed

FOLDERS = "install -d "
OWNER = ("-o", "-g")


def set_up_server(run: CaseRun) -> None:
    """Folders, settings, database and keys, funds, the service."""
    record, machine = run.record, run.backend
    with record.step("parts installed and compiled", GUIDE, "so nothing built elsewhere is trusted"):
        machine.type("make -C /opt/lendervote setup")
    with record.step("folders of both machines", GUIDE, "As root, with umask 022"):
        make_folders(machine)
    with record.step("settings of the backend", GUIDE, "Every command and every service reads this file"):
        _, backend = blocks(GUIDE, "ini")
        machine.write("/etc/lendervote/backend.env", f"{backend}LENDERVOTE_PORT={run.world.backend_port}\n")
    with record.step("database and keys", GUIDE, "`init` makes the database and `secrets/field.key` and `secrets/relay.key`"):
        machine.type("lendervote init")
    with record.step("funds for the relay", GUIDE, "have it funded, and run it again to see the balance"):
        fund_relay(run)
    with record.step("the backend's service", GUIDE, "With `LENDERVOTE_PRODUCTION` the service does not start with settings"):
        record.now.follow_command("systemctl enable --now lendervote.service lendervote-backup.timer")
        machine.start("lendervote.service", f"http://127.0.0.1:{run.world.backend_port}/api/healthz")
    with record.step("what is missing on this machine", GUIDE, "Each says first which settings and which database it works on"):
        done = machine.type("lendervote doctor")
        for told in (machine.here("/etc/lendervote/backend.env", {})[0], machine.here("/var/lib/lendervote/lendervote.sqlite3", {})[0]):
            if told not in done.asked.replace("\r\n", ""):
                raise CommandFailed(f"doctor did not say that it works on {told}: {done.asked}")


def make_folders(machine: Machine) -> None:
    """The guide's own lines, without the owners, whom only root can give."""
    for block in blocks(GUIDE):
        for line in block.splitlines():
            if line.startswith(FOLDERS):
                machine.type(line) if not any(word in OWNER for word in shlex.split(line)) else _without_owner(machine, line)


def _without_owner(machine: Machine, line: str) -> None:
    words = machine.here(line, {})
    kept = [word for place, word in enumerate(words) if word not in OWNER and words[place - 1] not in OWNER]
    machine.follow(line)
    machine.run(kept)


def fund_relay(run: CaseRun) -> None:
    """The printed address gets funds, and the same command shows them. Raises: CommandFailed."""
    empty = json.loads(run.backend.type("lendervote key relay").last_line)
    run.world.pay(empty["address"])
    run.world.await_block()
    funded = json.loads(run.backend.type("lendervote key relay").last_line)
    if empty["balance_wei"] or not funded["balance_wei"]:
        raise CommandFailed(f"the balance was {empty['balance_wei']} and is {funded['balance_wei']}")
