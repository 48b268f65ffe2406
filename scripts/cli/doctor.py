"""Looks at what the service needs on this machine and says, line by line, what is there and what to do about the rest."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
from rich.console import Console
from rich.table import Table

from backend.ground.chain import artifacts
from backend.ground.chain.anvil import binary
from backend.ground.chain.errors import AnvilNotStarted, NodeNotAnswering
from backend.ground.chain.members import read_addresses
from backend.ground.chain.node import Node
from backend.ground.common.errors import LenderVoteError
from backend.ground.common.settings import Settings
from backend.web.pages import DIST

from .installation import checkout, told_settings
from .keys import relay_purse


@dataclass(frozen=True)
class Finding:
    """One thing looked at; `mend` says what to do when it is not there. Optional things do not fail the examination."""

    name: str
    good: bool
    found: str
    mend: str = ""
    optional: bool = False


def examine() -> int:
    """Print the findings; 0 when nothing that is needed is missing."""
    settings = told_settings()
    checks: list[Callable[[Settings], Finding]] = [
        _python, _node, _contracts, _pages, _anvil, _data_dir, _database, _face, _node_answers, _organisations,
        _relay,
        _backend, _verifier, _fonts, _chromium,
    ]  # fmt: skip
    findings = [check(settings) for check in checks]
    print_findings("LenderVote doctor", findings)
    return 0 if all(f.good or f.optional for f in findings) else 1


def print_findings(title: str, findings: list[Finding]) -> None:
    """A line each, with what to do about what is missing."""
    table = Table(title=title)
    for column in ("", "what", "found", "what to do"):
        table.add_column(column, overflow="fold")  # an address or a setting's name cut off helps nobody
    for finding in findings:
        mark = "[green]ok[/green]" if finding.good else "[yellow]--[/yellow]" if finding.optional else "[red]missing[/red]"
        table.add_row(mark, finding.name, finding.found, "" if finding.good else finding.mend)
    Console().print(table)


def _python(_: Settings) -> Finding:
    return Finding("Python", sys.version_info >= (3, 11), sys.version.split()[0], "install Python 3.11 or later")


def _node(_: Settings) -> Finding:
    node = shutil.which("node")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip() if node else "none"
    good = version.startswith("v") and int(version[1:].split(".")[0]) >= 20
    mend = "install Node 20 or later; it is needed to build, not to serve"
    return Finding("Node", good, version, mend, optional=checkout() is None)


def _contracts(_: Settings) -> Finding:
    built = (artifacts.FOLDER / "Poll.json").exists()
    return Finding("contracts", built, "built" if built else "not built", "make setup")


def _pages(_: Settings) -> Finding:
    built = any(DIST.glob("*.js"))
    return Finding("pages", built, "built" if built else "not built", "make setup")


def _anvil(settings: Settings) -> Finding:
    if settings.rpc_url:
        return Finding("local chain", True, "not needed: an RPC address is set")
    try:
        found = binary().name
    except AnvilNotStarted:
        return Finding("local chain", False, "none", "make setup, or set LENDERVOTE_RPC_URL")
    return Finding("local chain", True, found)


def _data_dir(settings: Settings) -> Finding:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.data_dir).free // 2**30
    return Finding("data folder", free >= 1, f"{settings.data_dir}, {free} GiB free", "free at least 1 GiB")


def _database(settings: Settings) -> Finding:
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    from backend.ground.db.sessions import open_engine

    try:
        engine = open_engine(settings.resolved_database_url)
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        engine.dispose()
    except SQLAlchemyError as error:
        return Finding("database", False, str(error).splitlines()[0][:60], "look at LENDERVOTE_DATABASE_URL")
    return Finding("database", True, engine.dialect.name)


def _face(_: Settings) -> Finding:
    there = all(importlib.util.find_spec(name) for name in ("_dlib_pybind11", "face_recognition_models", "pkg_resources"))
    return Finding("face library", there, "dlib" if there else "incomplete", "make setup (setuptools must be below 81)", optional=True)


def _node_answers(settings: Settings) -> Finding:
    """Every node that the settings name: one that is silent would be missed only when the others fail."""
    named = [url for _, url in read_addresses(settings.rpc_url)]
    found, silent = set(), []
    for url in named or [f"http://127.0.0.1:{settings.anvil_port}"]:
        try:
            found.add(Node(url, timeout_seconds=3).chain_id())
        except NodeNotAnswering:
            silent.append(Node(url).name)
    said = ", ".join([*(f"chain {number}" for number in sorted(found)), *(f"no answer from {name}" for name in silent)])
    mend = "name nodes of one chain that answer in LENDERVOTE_RPC_URL" if named else "runs while the app runs"
    return Finding("chain node", not silent and len(found) == 1, said, mend, optional=not named)


def _organisations(settings: Settings) -> Finding:
    """One organisation's nodes can tell a lie that nobody contradicts."""
    named = sorted({organisation for organisation, _ in read_addresses(settings.rpc_url)})
    if not named:
        return Finding("node organisations", True, "not needed: the local chain")
    mend = "name a second organisation's node in LENDERVOTE_RPC_URL, better a third's too: name=https://..."
    return Finding("node organisations", len(named) > 1, ", ".join(named), mend, optional=True)


def _relay(settings: Settings) -> Finding:
    """The account that pays for every transaction; the embedded chain's costs nothing."""
    if not settings.rpc_url:
        return Finding("relay account", True, "not needed: the local chain")
    try:
        purse = relay_purse(settings)
    except LenderVoteError as error:
        return Finding("relay account", False, error.say("en")[:80], "look at LENDERVOTE_RPC_URL and LENDERVOTE_RELAY_KEY")
    found = f"{purse.address}, {purse.balance_wei} wei, nonce {purse.nonce}"
    return Finding("relay account", not purse.is_short, found, f"send funds to {purse.address}: it pays for what is sent")


def _backend(settings: Settings) -> Finding:
    try:
        response = httpx.get(f"http://{settings.host}:{settings.port}/api/healthz", timeout=3)
    except httpx.HTTPError:
        return Finding("backend", False, "no answer", "lendervote serve", optional=True)
    ahead = abs((datetime.now(UTC) - parsedate_to_datetime(response.headers["date"])).total_seconds())
    return Finding("backend", response.status_code == 200 and ahead < 5, f"answers, clock {ahead:.0f} s apart", "look at its log")


def _verifier(settings: Settings) -> Finding:
    try:
        address = httpx.get(f"{settings.verifier_url}/v1/identity", timeout=3).json()["address"]
        return Finding("verifier", True, address)
    except (httpx.HTTPError, KeyError, ValueError):
        return Finding("verifier", False, "no answer", "python -m verifier.issuer", optional=True)


def _fonts(_: Settings) -> Finding:
    from backend.ground.common.typesetting import FONT, has_fonts

    there = has_fonts()
    return Finding("fonts", there, FONT if there else "no Noto Sans CJK SC", "apt-get install fonts-noto-cjk; certificates are set in it")


def _chromium(_: Settings) -> Finding:
    found = shutil.which("chromium")
    return Finding("Chromium", found is not None, found or "none", "only for the browser tests: apt-get install chromium", optional=True)
