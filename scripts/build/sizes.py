"""`python -m scripts.build.sizes` (make sizes): what each part takes when it is installed by itself.

A clean environment each, by pip, with the hashes of the part's lock. Megabytes are millions of bytes of all its files, pip included;
seconds hang on the registry and on what pip has kept from before. Exit 1 when a part cannot be installed or the auditor's is too large.
The last line is JSON; a part that was not installed counts 0.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from scripts.build import wheels
from scripts.build.environment import Environment, NotInstalled, install
from scripts.build.parts import PARTS, Part

MOST_AUDITOR_MB = 60
screen = Console(stderr=True)


def measure(parts: list[Part]) -> tuple[dict[str, int], list[str]]:
    """Figures by name, and what went wrong."""
    figures = {f"{part.name}_{unit}": 0 for part in parts for unit in ("mb", "seconds")}
    wrong: list[str] = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with tempfile.TemporaryDirectory() as name, Progress(*columns, console=screen) as progress:
        folder = Path(name)
        task = progress.add_task("wheels", total=len(parts) + 1)
        wheels.build(folder / "dist")
        progress.advance(task)
        for part in parts:
            progress.update(task, description=part.name)
            try:
                made = install(part, folder / part.name, folder / "dist")
            except (NotInstalled, subprocess.TimeoutExpired) as error:
                wrong.append(f"{part.name}: {error}")
            else:
                figures |= _figures(part, made)
            progress.advance(task)
    return figures, wrong


def _figures(part: Part, made: Environment) -> dict[str, int]:
    return {f"{part.name}_mb": made.megabytes, f"{part.name}_seconds": round(made.seconds)}


def show(parts: list[Part], figures: dict[str, int]) -> None:
    """The table, for people."""
    table = Table("part", "what", "MB", "seconds")
    for part in parts:
        table.add_row(part.name, part.what, str(figures[f"{part.name}_mb"]), str(figures[f"{part.name}_seconds"]))
    screen.print(table)


def main() -> int:
    """Measure, print, and say whether the auditor's part is small enough."""
    parser = argparse.ArgumentParser(prog="python -m scripts.build.sizes", description=__doc__)
    parser.add_argument("--part", action="append", choices=[part.name for part in PARTS], help="only this one; may be given again")
    chosen = parser.parse_args().part
    parts = [part for part in PARTS if not chosen or part.name in chosen]
    figures, wrong = measure(parts)
    if figures.get("auditor_mb", 0) > MOST_AUDITOR_MB:
        wrong.append(f"auditor: more than {MOST_AUDITOR_MB} MB")
    show(parts, figures)
    for one in wrong:
        screen.print(one, style="red", markup=False)
    print(json.dumps(figures | {"failed": len(wrong)}))
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
