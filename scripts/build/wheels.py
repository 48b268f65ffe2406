"""`python -m scripts.build.wheels` (make wheels): the project's wheel and sdist, and the auditors' wheel, into dist/.

They are built in a copy of the sources, so that no folder of a checkout is touched, with the time of the last commit: the same sources
give the same wheels, byte for byte. What is compiled and bundled goes along; `make setup` makes it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from scripts.build import contracts, web
from scripts.build.parts import RECOUNT, ROOT

DIST = ROOT / "dist"
#: Of the tree, what an sdist holds.
TREE = ("backend", "verifier", "scripts", "contracts", "docs", "deploy", "tests")
FILES = (
    "pyproject.toml",
    "setup.py",
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "package.json",
    "package-lock.json",
)
RECOUNTS = ("tally", "register", "ranges", "sampling", "second", "releases", "witness")
#: The packages that the second recount imports; they are licensed by MIT.
NOBLE = ("curves", "hashes")
HOOK = "import sys; from setuptools import build_meta; print(getattr(build_meta, sys.argv[1])(sys.argv[2]), file=sys.stderr)"
LEAVE = shutil.ignore_patterns("__pycache__", "*.pyc", "*.egg-info", ".*cache", "var")


def build(folder: Path = DIST) -> list[Path]:
    """Compile, bundle, and make the three files; `folder` holds nothing else afterwards."""
    contracts.build()
    web.build()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as name:
        stage = Path(name)
        _project(stage / "project")
        _make("build_sdist", stage / "project", folder)
        _make("build_wheel", stage / "project", folder)
        _recount(stage / "recount")
        _make("build_wheel", stage / "recount", folder)
    return sorted(folder.iterdir())


def wheel_of(name: str, folder: Path = DIST) -> Path:
    """The wheel of a distribution that `build` made."""
    found = sorted(folder.glob(f"{name.replace('-', '_')}-*.whl"))
    assert len(found) == 1, found
    return found[0]


def _project(stage: Path) -> None:
    stage.mkdir()
    for name in TREE:
        shutil.copytree(ROOT / name, stage / name, ignore=LEAVE)
    shutil.copytree(contracts.OUTPUT, stage / "build" / "contracts")
    for path in [*(ROOT / name for name in FILES), *ROOT.glob("requirements*.lock")]:
        shutil.copy(path, stage / path.name)
    grafts = "".join(f"graft {name}\n" for name in (*TREE, "build/contracts"))
    (stage / "MANIFEST.in").write_text(f"{grafts}include *.lock *.json CHANGELOG.md Makefile\n")


def _recount(stage: Path) -> None:
    """The recounts and the register tool, with the two packages that JavaScript's needs where it looks for them."""
    target = stage / "verifier"
    target.mkdir(parents=True)
    shutil.copy(ROOT / "verifier" / "__init__.py", target)
    for name in RECOUNTS:
        shutil.copytree(ROOT / "verifier" / name, target / name, ignore=LEAVE)
    for name in NOBLE:
        source = ROOT / "node_modules" / "@noble" / name
        leave = shutil.ignore_patterns("src", "*.d.ts", "*.map", "README.md")
        shutil.copytree(source, target / "second" / "node_modules" / "@noble" / name, ignore=leave)
    for path in (RECOUNT, RECOUNT.with_name("README.md"), ROOT / "LICENSE"):
        shutil.copy(path, stage)


def _make(hook: str, stage: Path, folder: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-c", HOOK, hook, str(folder)]
    made = subprocess.run(command, cwd=stage, env=os.environ | _epoch(), capture_output=True, text=True, check=False)
    if made.returncode != 0:
        raise SystemExit(f"{hook} failed:\n{made.stderr[-4000:]}")


def _epoch() -> dict[str, str]:
    """The time of the last commit for every file in an archive; outside a repository the present."""
    if shutil.which("git") is None:
        return {}
    words = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    found = subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()
    return {"SOURCE_DATE_EPOCH": found} if found else {}


def main(arguments: Sequence[str] | None = None) -> None:
    """Build; the last line is JSON with the bytes of each file."""
    parser = argparse.ArgumentParser(prog="python -m scripts.build.wheels", description=__doc__)
    parser.add_argument("--out", type=Path, default=DIST, help="folder to fill; it is emptied first")
    made = build(parser.parse_args(arguments).out)
    print(json.dumps({path.name: path.stat().st_size for path in made}))


if __name__ == "__main__":
    main()
