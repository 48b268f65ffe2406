"""The papers are true: commands exist, links lead somewhere, the lock names no address."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_make_command_in_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z][a-z-]+)", (ROOT / "README.md").read_text()))
    assert named
    assert named <= targets


def test_links_in_the_papers_lead_to_files() -> None:
    papers = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{paper.relative_to(ROOT)} -> {target}"
        for paper in papers
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", paper.read_text())
        if "://" not in target and not (paper.parent / target).exists()
    ]
    assert broken == []


def test_lock_files_carry_hashes_and_no_addresses() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    assert "--index-url" not in lock
    pinned = re.findall(r"^[a-z0-9][^ ]*==", lock, re.MULTILINE)
    assert len(pinned) > 50
    assert lock.count("--hash=sha256:") >= len(pinned)
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


def test_every_setting_is_in_the_example_file() -> None:
    from backend.ground.common.settings import Settings
    from verifier.issuer.settings import IssuerSettings

    named = set(re.findall(r"^# (LENDERVOTE_\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    backend = {f"LENDERVOTE_{name.upper()}" for name in Settings.model_fields}
    issuer = {f"LENDERVOTE_ISSUER_{name.upper()}" for name in IssuerSettings.model_fields}
    assert named == backend | issuer


def test_solidity_has_one_exact_pragma() -> None:
    pragmas = {
        line for path in (ROOT / "contracts").rglob("*.sol") for line in re.findall(r"^pragma solidity .*$", path.read_text(), re.MULTILINE)
    }
    assert pragmas == {"pragma solidity 0.8.37;"}


def test_the_table_of_the_api_is_made_from_the_document() -> None:
    from scripts.build.api_table import TABLE, table

    document = json.loads((ROOT / "docs" / "openapi.json").read_text("utf-8"))
    assert TABLE.read_text("utf-8") == table(document), "run `make openapi`"
    assert TABLE.read_text("utf-8").count("\n| `") == sum(len(calls) for calls in document["paths"].values())


def test_the_architecture_is_one_screen_with_a_drawing() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    assert text.count("\n") <= 70
    assert "```mermaid" in text
