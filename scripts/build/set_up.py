"""Set up a checkout: `python3 -m scripts.build.set_up`, which `make setup` calls, by the standard library alone.

Python parts and npm parts are installed side by side, then contracts and pages are built; what is there already is left as it is.
Every step is named when it begins and when it ends, with its seconds, and what the machine lacks is said before anything is fetched.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV, NPM = ROOT / ".venv", ROOT / "node_modules"
PYTHON = str(VENV / "bin" / "python")
LEAST_PYTHON, LEAST_NODE = (3, 11), 20
LEAST_FREE_BYTES = 3 * 2**30
"""What both folders take, with what is unpacked on the way."""
TOLD_EVERY_SECONDS = 15.0
_PIP = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps")


@dataclass(frozen=True)
class Step:
    """Commands one after the other; done when `stamp` is newer than all that it is made from (without a stamp: always looked at)."""

    name: str
    commands: Sequence[Sequence[str]]
    stamp: Path | None = None
    made_from: Sequence[Path] = ()

    def is_done(self) -> bool:
        """Whether nothing has to be installed."""
        if self.stamp is None or not self.stamp.exists():
            return False
        return all(path.stat().st_mtime <= self.stamp.stat().st_mtime for path in self.made_from)


INSTALLED = (
    Step(
        "Python 部件 / Python parts",
        # Bytecode is made of what is imported, when it is: making all of it takes as long as unpacking.
        (
            (sys.executable, "-m", "venv", str(VENV)),
            (*_PIP, "--no-compile", "--require-hashes", "-r", str(ROOT / "requirements.lock")),
            (*_PIP, "--no-build-isolation", "-e", str(ROOT)),
        ),
        VENV / ".ready",
        (ROOT / "requirements.lock", ROOT / "pyproject.toml", ROOT / "setup.py"),
    ),
    Step(
        "npm 部件 / npm parts",
        # Not npm ci: it refuses a lock that lacks the binaries of other platforms. This keeps to the lock and checks its hashes, too.
        (("npm", "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"),),
        NPM / ".ready",
        (ROOT / "package-lock.json",),
    ),
)
BUILT = (
    Step("合约 / contracts", ((PYTHON, "-m", "scripts.build.contracts"),)),
    Step("页面 / pages", ((PYTHON, "-m", "scripts.build.web"),)),
)


class StepFailed(Exception):
    """A command of a step ended with an error; the message is what it said last."""


class Board:
    """What goes on, a line for each beginning and end, and now and then one for what takes long."""

    def __init__(self) -> None:
        self._began: dict[str, float] = {}
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._teller = threading.Thread(target=self._tell, daemon=True)

    def __enter__(self) -> Board:
        self._teller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._teller.join()

    def begin(self, name: str) -> None:
        """A step begins."""
        with self._lock:
            self._began[name] = time.monotonic()
        say(f"  …  {name}")

    def end(self, name: str, mark: str) -> None:
        """A step has ended, well (ok) or not (!!)."""
        with self._lock:
            seconds = time.monotonic() - self._began.pop(name)
        say(f"  {mark} {name}  {seconds:.0f} s")

    def _tell(self) -> None:
        while not self._over.wait(TOLD_EVERY_SECONDS):
            with self._lock:
                now = time.monotonic()
                under_way = [f"{name} {now - began:.0f} s" for name, began in self._began.items()]
            if under_way:
                say("     " + ", ".join(under_way))


def say(line: str) -> None:
    """To people; standard output is for figures."""
    print(line, file=sys.stderr, flush=True)


def lacks() -> list[str]:
    """What keeps this machine from being set up, a sentence each."""
    found = []
    least = ".".join(map(str, LEAST_PYTHON))
    if sys.version_info[:2] < LEAST_PYTHON:
        found.append(f"需要 Python {least} 或更新版本 / Python {least} or newer is needed")
    if not _answers(sys.executable, "-c", "import ensurepip"):
        found.append("缺少 Python 的 venv（Debian：python3-venv）/ Python's venv is missing (Debian: python3-venv)")
    version = _answers("node", "--version").strip().lstrip("v") or "0"
    if int(version.split(".")[0]) < LEAST_NODE:
        found.append(f"需要 Node {LEAST_NODE} 或更新版本 / Node {LEAST_NODE} or newer is needed")
    if not _answers("npm", "--version"):
        found.append("缺少 npm / npm is missing")
    free, least_free = (size >> 20 for size in (shutil.disk_usage(ROOT).free, LEAST_FREE_BYTES))
    if free < least_free:
        found.append(f"磁盘剩余 {free} MB，至少需要 {least_free} MB / {free} MB of disk are free, {least_free} MB are needed")
    return found


def _answers(program: str, *arguments: str) -> str:
    """What a program prints, a blank where that is nothing; empty where it is not there or fails."""
    path = shutil.which(program)
    done = subprocess.run((path, *arguments), check=False, capture_output=True, text=True) if path else None
    return (done.stdout.strip() or " ") if done and done.returncode == 0 else ""


def run(step: Step, board: Board) -> None:
    """Raises: StepFailed."""
    board.begin(step.name)
    mark = "!!"
    try:
        for command in step.commands:
            done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, errors="replace")
            if done.returncode != 0:
                raise StepFailed(f"{step.name}: {' '.join(command)}\n{(done.stdout + done.stderr)[-4000:]}")
        if step.stamp is not None:
            step.stamp.touch()
        mark = "ok"
    finally:
        board.end(step.name, mark)


def run_beside_each_other(steps: Sequence[Step], board: Board) -> None:
    """All of them, to their ends. Raises: StepFailed of the first one that failed."""
    with ThreadPoolExecutor(max_workers=len(steps) or 1) as pool:
        for started in [pool.submit(run, step, board) for step in steps]:
            started.result()


def set_up() -> int:
    """0 when all is there, else 1 with the reason on standard error."""
    missing = [step for step in INSTALLED if not step.is_done()]
    if missing and (reasons := lacks()):
        for reason in reasons:
            say(f"  !! {reason}")
        return 1
    try:
        if missing:
            with Board() as board:
                run_beside_each_other(missing, board)
                run_beside_each_other(BUILT, board)
        else:
            for step in BUILT:
                _run_quietly(step)
    except StepFailed as error:
        say(str(error))
        return 1
    return 0


def _run_quietly(step: Step) -> None:
    """A step that finds nothing to do on most days, with its own output. Raises: StepFailed."""
    for command in step.commands:
        if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
            raise StepFailed(step.name)


if __name__ == "__main__":
    raise SystemExit(set_up())
