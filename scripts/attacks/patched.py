"""A copy of the sources with some of their text replaced: the system as it would be without one mend. The product has no switch for it."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from scripts.attacks.kinds import Patch

ROOT = Path(__file__).resolve().parents[2]
#: Whole folders that no patch changes: they are linked.
LINKED = (".venv", "node_modules")
COPIED = ("backend", "build", "contracts", "deploy", "docs", "scripts", "tests", "verifier")
BUILD_SECONDS = 600
KEPT_BUILDS = ROOT / "build" / "attacks"
#: Without a check its function often could be declared more narrowly, of which the compiler warns.
WARNINGS_PASS = Patch("scripts/build/contracts.py", "    if ours:\n", "    if False:\n")
_LOCK = threading.Lock()


class PatchRefused(Exception):
    """A patch's text does not stand exactly once in its file, or its file is none of the sources."""


@contextmanager
def patched_copy(patches: Sequence[Patch]) -> Iterator[Path]:
    """A folder with the patched sources; gone afterwards. Raises PatchRefused."""
    with tempfile.TemporaryDirectory(prefix="lendervote-attack-") as name:
        folder = Path(name)
        copy_sources(folder)
        for patch in patches:
            apply(patch, folder)
        if any(patch.path.startswith("contracts/") for patch in patches):
            _compile(folder)
        yield folder


def copy_sources(folder: Path) -> None:
    """Everything that a patch may change, and links to what it may not."""
    for one in ROOT.iterdir():
        if one.name in LINKED:
            (folder / one.name).symlink_to(one.resolve())
        elif one.name in COPIED:
            # What is called tmp… is somebody's build that is not done.
            left_out = shutil.ignore_patterns("__pycache__", "tmp*", KEPT_BUILDS.name if one.name == "build" else "")
            shutil.copytree(one, folder / one.name, ignore=left_out)
        elif one.is_file() and one.name != ".git":
            shutil.copy2(one, folder / one.name)


def apply(patch: Patch, folder: Path) -> None:
    """Replace the text. Raises PatchRefused."""
    path = folder / patch.path
    if Path(patch.path).parts[0] not in COPIED or not path.is_file():
        raise PatchRefused(f"{patch.path} is none of the sources")
    text = path.read_text("utf-8")
    count = text.count(patch.old)
    if count != 1 or patch.old == patch.new:
        raise PatchRefused(f"{patch.path}: stands {count} times and not once, or is not changed: {patch.old}")
    path.write_text(text.replace(patch.old, patch.new), "utf-8")


def _compile(folder: Path) -> None:
    """Changed contracts get their own build; it takes a minute, so that it is kept for the next time that the same is changed."""
    apply(WARNINGS_PASS, folder)
    sources = b"".join(path.read_bytes() for path in sorted((folder / "contracts").rglob("*.sol")))
    kept = KEPT_BUILDS / hashlib.sha256(sources).hexdigest()[:32]
    with _LOCK:
        if kept.is_dir():
            shutil.copytree(kept, folder / "build" / "contracts", dirs_exist_ok=True)
        command = [sys.executable, "-m", "scripts.build.contracts"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=BUILD_SECONDS)
        if done.returncode:
            raise PatchRefused(f"the patched contracts do not compile: {(done.stdout + done.stderr)[-2000:]}")
        if not kept.is_dir():
            shutil.copytree(folder / "build" / "contracts", kept)
