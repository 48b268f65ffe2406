"""The order of storeys and rooms is declared in pyproject.toml; the documents show the same."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import backend

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
#: By package, its levels from the highest to the lowest; those in parentheses are still empty.
LAYERS = {each["containers"][0]: each["layers"] for each in CONTRACTS if each["type"] == "layers" and each.get("exhaustive")}
#: From the lowest, as documents tell them.
STOREYS = [storey for storey in reversed(LAYERS["backend"]) if not storey.startswith("(")]


def _levels(storey: str) -> list[list[str]]:
    """Rooms of a storey from the lowest level; none for a storey without rooms."""
    return [sorted(level.split(" | ")) for level in reversed(LAYERS.get(f"backend.{storey}", []))]


def test_every_storey_with_rooms_has_its_levels_declared() -> None:
    packages = {room.parent.parent.name for room in (ROOT / "backend").glob("*/*/__init__.py")}
    assert packages <= {name.removeprefix("backend.") for name in LAYERS}
    assert {name.removeprefix("backend.") for name in LAYERS} - {"backend"} <= set(STOREYS)


def test_architecture_shows_the_declared_order() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| (?:`(.+)` )?\|$", text, re.MULTILINE)
    shown = [(storey, [sorted(level.split(r" \| ")) for level in rooms.split(" < ")] if rooms else []) for storey, rooms in rows]
    assert shown == [(storey, _levels(storey)) for storey in reversed(STOREYS)]


def test_the_decision_and_the_package_name_the_storeys() -> None:
    decision = next((ROOT / "docs" / "adr").glob("0001-*.md")).read_text("utf-8")
    assert f"`{' < '.join(STOREYS)}`" in decision
    assert f"from the lowest: {', '.join(STOREYS[:-1])}." in (backend.__doc__ or "")


def test_tests_mirror_the_rooms() -> None:
    tests = ROOT / "tests"
    folders = {path.relative_to(tests) for path in (tests / "backend").glob("*/*") if path.is_dir() and path.name[0] != "_"}
    assert [str(folder) for folder in sorted(folders) if not (ROOT / folder).is_dir()] == []


def test_tests_are_set_up_by_the_rig() -> None:
    its_own = ROOT / "tests" / "scripts" / "demo"
    files = [path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__).resolve() and its_own not in path.parents]
    assert [path.name for path in files if "scripts.demo" in path.read_text("utf-8")] == []
