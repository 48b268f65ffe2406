"""A clean virtual environment with one part in it, as whoever needs only that part installs it."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from scripts.build.parts import Part
from scripts.build.wheels import wheel_of

#: Larger than a slow registry needs for the largest part.
INSTALL_SECONDS = 900


class NotInstalled(Exception):
    """A part could not be installed; the message ends with what pip said."""


@dataclass(frozen=True)
class Environment:
    """An installed part."""

    folder: Path
    seconds: float

    @property
    def megabytes(self) -> int:
        """What all files in it take, pip included, in millions of bytes, rounded up."""
        found = sum(path.lstat().st_size for path in self.folder.rglob("*") if path.is_file() and not path.is_symlink())
        return -(-found // 10**6)

    def command(self, name: str) -> str:
        """The path of a program in it."""
        return str(self.folder / "bin" / name)


def install(part: Part, folder: Path, wheels: Path) -> Environment:
    """Make the environment: the part's lock with its hashes, then our wheel. Raises: NotInstalled."""
    began = time.monotonic()
    _run(sys.executable, "-m", "venv", str(folder))
    pip = (str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps")
    _run(*pip, "--require-hashes", "-r", str(part.lock))
    _run(*pip, str(wheel_of(part.wheel, wheels)))
    return Environment(folder, time.monotonic() - began)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS)
    if done.returncode != 0:
        raise NotInstalled(f"{' '.join(command[:4])} …: {(done.stderr or done.stdout)[-2000:]}")
