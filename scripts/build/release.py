"""`python -m scripts.build.release` (make release): the files of a release in dist/, each part tried in a clean environment.

Built: wheel and sdist of the project, and the auditors' wheel. Then every part is installed by itself, with the hashes of its lock, and has
to do what it is for. Exit 1 when one does not; the last line is JSON.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import tempfile
import zipfile
from pathlib import Path

from rich.console import Console

from scripts.build import wheels
from scripts.build.environment import NotInstalled, install
from scripts.build.parts import DRAWN, ROOT, Part
from scripts.build.smokes import SMOKES, Unfit

screen = Console(stderr=True)
#: Of the tracked files, what a wheel does not bring: sources of the pages, and the second recount, which is in the auditors' wheel.
LEFT_OUT = ("backend/web/src/", "verifier/second/")


def tried(part: Part, folder: Path) -> str:
    """Empty when the part does what it is for; else what is wrong."""
    try:
        made = install(part, folder / part.name, wheels.DIST)
        empty = folder / f"{part.name}-work"
        empty.mkdir()
        SMOKES[part.name](made, empty)
    except (NotInstalled, Unfit, subprocess.TimeoutExpired) as error:
        return str(error)
    return ""


def missing_from(wheel: Path) -> list[str]:
    """Tracked files of the service and the verifier that the wheel lacks: a folder without `__init__.py`, a new kind of data."""
    listed = subprocess.run(["git", "ls-files", "backend", "verifier"], cwd=ROOT, capture_output=True, text=True, check=False)
    if not listed.stdout:
        return ["(nothing is tracked here: a release is made in a repository)"]
    there = set(zipfile.ZipFile(wheel).namelist())
    tracked = [name for name in listed.stdout.split() if not name.startswith(LEFT_OUT) and not Path(name).name.startswith(".")]
    return [name for name in tracked if name not in there]


def main() -> int:
    """Build, install, try."""
    argparse.ArgumentParser(prog="python -m scripts.build.release", description=__doc__).parse_args()
    with screen.status("building wheels and sdist"):
        made = wheels.build()
    wrong = {f"file:{name}": "not in the wheel" for name in missing_from(wheels.wheel_of("lendervote"))}
    with tempfile.TemporaryDirectory() as name:
        for part in DRAWN:
            with screen.status(f"{part.name}: installing and trying"):
                said = tried(part, Path(name))
            screen.print(f"[red]--[/red] {part.name}" if said else f"[green]ok[/green] {part.name}")
            if said:
                wrong[part.name] = said
    for key, said in wrong.items():
        screen.print(f"{key}: {said}", markup=False, highlight=False)
    for path in made:
        screen.print(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  dist/{path.name}", markup=False, highlight=False)
    print(json.dumps({"files": len(made), "parts": len(DRAWN), "failed": len(wrong)}))
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
