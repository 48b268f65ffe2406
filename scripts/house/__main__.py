"""`python -m scripts.house` (make house): the figures of the house, storey by storey; exit 1 where one misses. The last line is JSON."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from scripts.house import declared, measures
from scripts.house.circles import circles
from scripts.house.imports import python_arrows, script_arrows

ROOT = Path(__file__).resolve().parents[2]
MOST_MEDIAN, MOST_P90 = 90, 20
screen = Console(stderr=True)


@dataclass(frozen=True)
class Figures:
    """All of them; `misses` says in words which are not as they should be."""

    counts: dict[str, int]
    misses: list[str]


def measure() -> Figures:
    """Look at the whole house."""
    files = measures.tracked(ROOT)
    code = measures.code(ROOT, files)
    scripts = [path for path in code if path.suffix in (".js", ".mjs")]
    in_python, in_scripts = circles(python_arrows()), circles(script_arrows(ROOT, scripts))
    long = measures.too_long(files)
    apart = declared.disagreements(ROOT)
    unused = [found for found in apart if declared.is_unused(found)]
    storeys = rooms_by_storey()
    counts = {
        "cycles_py": len(in_python),
        "cycles_js": len(in_scripts),
        "files": len(code),
        "median_file": measures.rank(map(measures.lines, code), 50),
        "over_400": len(long),
        "function_p90": measures.rank(measures.function_lines(code), 90),
        "rooms": sum(len(rooms) for rooms in storeys.values()),
        "storeys": len(storeys),
        "undeclared": len(apart) - len(unused),
        "unused": len(unused),
    }
    misses = [f"circle: {' -> '.join(circle)}" for circle in in_python + in_scripts]
    misses += [f"{path.relative_to(ROOT)}: {count} lines" for path, count in long]
    misses += [declared.say(found) for found in apart]
    if counts["median_file"] > MOST_MEDIAN or counts["function_p90"] > MOST_P90:
        misses.append(f"median of files above {MOST_MEDIAN} lines, or 90 % of functions not within {MOST_P90}")
    return Figures(counts, misses)


def rooms_by_storey() -> dict[str, list[str]]:
    """Rooms by storey: packages two levels down in the backend, and storeys that are one room."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "backend").glob("*/__init__.py")):
        found[path.parent.name] = sorted(room.parent.name for room in path.parent.glob("*/__init__.py")) or [path.parent.name]
    return found


def show() -> None:
    """A line for each storey and each other part."""
    table = Table("part", "rooms", "files", "median", "longest", "function p90")
    storeys = [(f"backend/{name}", len(rooms)) for name, rooms in rooms_by_storey().items()]
    parts = [*storeys, *((folder, 0) for folder in other_parts())]
    code = measures.code(ROOT, measures.tracked(ROOT))
    for folder, rooms in parts:
        inside = [path for path in code if path.is_relative_to(ROOT / folder)]
        if inside:
            sizes = [measures.lines(path) for path in inside]
            p90 = str(measures.rank(measures.function_lines(inside), 90) or "")
            table.add_row(folder, str(rooms or ""), str(len(inside)), str(measures.rank(sizes, 50)), str(max(sizes)), p90)
    screen.print(table)


def other_parts() -> list[str]:
    """Folders beside the backend's storeys."""
    inside = [
        path for name in ("verifier", "scripts") for path in sorted((ROOT / name).iterdir()) if path.is_dir() and path.name[0] not in "._"
    ]
    return ["contracts", *(path.relative_to(ROOT).as_posix() for path in inside)]


def main() -> int:
    """Print, and say by the exit status whether all is as it should be."""
    argparse.ArgumentParser(prog="python -m scripts.house", description=__doc__).parse_args()
    show()
    found = measure()
    for miss in found.misses:
        screen.print(miss, style="red", markup=False, highlight=False)
    print(json.dumps(found.counts))
    return 1 if found.misses else 0


if __name__ == "__main__":
    raise SystemExit(main())
