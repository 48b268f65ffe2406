"""`lendervote doctor --real`: everything that has to hold before a real poll opens, each looked at now."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from backend.ground.chain.errors import NodeNotAnswering
from backend.ground.chain.members import read_addresses
from backend.ground.chain.node import Node
from backend.ground.common.settings import Settings
from backend.shell.production import requirements

from .doctor import Finding, _node_answers, _relay, print_findings
from .installation import told_settings
from .trying import last_try

CLOCK_SECONDS = 5
#: A block is as old as the chain makes it; one that is further off says that a clock is wrong.
BLOCK_SECONDS = 120
TRIED_DAYS = 30


def examine() -> int:
    """Print the findings, and as the last line how many there were and failed; 0 when all is well."""
    settings = told_settings()
    checks: list[Callable[[Settings], Finding]] = [
        _production, _node_answers, _relay, _journal, _sms, _backend_ready, _clock_of_blocks, _clock_of_services, _backup, _issuer_apart,
    ]  # fmt: skip
    findings = [*_settings(settings), *(check(settings) for check in checks)]
    print_findings("LenderVote doctor --real", findings)
    failed = [finding.name for finding in findings if not finding.good]
    print(json.dumps({"checks": len(findings), "failed": len(failed), "names": failed}))
    return 1 if failed else 0


def _settings(settings: Settings) -> list[Finding]:
    return [Finding(one.name, one.met, one.found, f"{one.setting}: {one.mend}") for one in requirements(settings)]


def _production(settings: Settings) -> Finding:
    mend = "LENDERVOTE_PRODUCTION=true: the start then refuses what is for trying out"
    return Finding("production", settings.production, "on" if settings.production else "off", mend)


def _journal(settings: Settings) -> Finding:
    """Receipts are kept twice so that one disk can fail: the journal on the disk of the database would go with it."""
    journal, data = (_disk(path) for path in (settings.resolved_journal_dir, settings.data_dir))
    apart = journal != data
    return Finding(
        "journal elsewhere",
        apart,
        "another disk" if apart else "the disk of the data folder",
        "LENDERVOTE_JOURNAL_DIR: a folder on another disk",
    )


def _disk(path: Path) -> int:
    path = path.resolve()
    while not path.exists():
        path = path.parent
    return path.stat().st_dev


def _sms(settings: Settings) -> Finding:
    mend = "codes and notices are written to a file and reach no lender: name a file of gateways, and SMS_GATEWAY=gateways"
    fit = settings.sms_gateway != "console" and settings.gateways_file is not None
    return Finding("text messages", fit, settings.sms_gateway, mend)


def _backend_ready(settings: Settings) -> Finding:
    try:
        answer = httpx.get(f"http://{settings.host}:{settings.port}/readyz", timeout=5)
        said = answer.json()
        wrong = [*said["faults"], *said["notes"]]
    except (httpx.HTTPError, ValueError, KeyError):
        return Finding("backend is ready", False, "no answer", "start it: lendervote serve")
    return Finding("backend is ready", answer.status_code == 200 and not wrong, "; ".join(wrong) or "ready", "see the runbook, Alerts")


def _clock_of_blocks(settings: Settings) -> Finding:
    """This machine's clock beside the newest block of every node; a chain that makes no empty blocks may be behind, never ahead."""
    apart: list[float] = []
    for _, url in read_addresses(settings.rpc_url):
        try:
            apart.append(Node(url, timeout_seconds=5).block().timestamp - time.time())
        except NodeNotAnswering:
            continue  # said by the check on nodes
    good = bool(apart) and all(seconds < CLOCK_SECONDS and (seconds > -BLOCK_SECONDS or not settings.empty_blocks) for seconds in apart)
    found = ", ".join(f"{seconds:+.0f} s" for seconds in apart) or "no node asked"
    return Finding("clock beside blocks", good, found, "synchronise this machine's clock, or ask whose node is wrong")


def _clock_of_services(settings: Settings) -> Finding:
    """This machine's clock beside what its services and the outer proxies say in their Date headers."""
    far, silent = [], []
    for url in (settings.public_url, settings.verifier_url):
        try:
            said = parsedate_to_datetime(httpx.get(url, timeout=5).headers["date"])
        except (httpx.HTTPError, httpx.InvalidURL, KeyError, ValueError):
            silent.append(url or "no address")
            continue
        seconds = abs((datetime.now(UTC) - said).total_seconds())
        if seconds > CLOCK_SECONDS:
            far.append(f"{url} {seconds:.0f} s apart")
    found = "; ".join([*far, *(f"no answer from {url}" for url in silent)]) or "together"
    return Finding("clocks of services", not far and not silent, found, "synchronise the clocks; both addresses have to answer")


def _backup(settings: Settings) -> Finding:
    tried = last_try(settings)
    mend = "lendervote try-backup FOLDER, and restore a copy on another machine once"
    if not tried:
        return Finding("backup tried", False, "never", mend)
    age = datetime.now(UTC) - datetime.fromisoformat(tried["tried_at"])
    return Finding("backup tried", age < timedelta(days=TRIED_DAYS), f"{tried['tried_at']}, a copy of {tried['made_at']}", mend)


def _issuer_apart(settings: Settings) -> Finding:
    """Whoever runs backend and verifier together can stand for any lender: another machine, and another key than the relay's."""
    host = urlsplit(settings.verifier_url).hostname or ""
    mend = "LENDERVOTE_VERIFIER_URL: the identity verifier on a machine of another organisation"
    try:
        theirs = {str(each[4][0]) for each in socket.getaddrinfo(host, None)}
    except OSError:
        return Finding("verifier apart", False, f"{host or 'no name'} is not found", mend)
    apart = not any(_is_here(address) for address in theirs)
    return Finding("verifier apart", apart, f"{host} ({', '.join(sorted(theirs))})", mend)


def _is_here(address: str) -> bool:
    """Whether an address is one of this machine's own: only those can be bound."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True
