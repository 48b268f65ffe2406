"""Build a validator's program from its Go modules: `python -m scripts.build.engine`, which `make engine` calls.

Cold, with all downloads, it takes minutes on two cores; when everything is there already, seconds. What is stale is counted first, so
that the bar tells the truth.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

ROOT = Path(__file__).resolve().parents[2]
SOURCES, PROGRAM = ROOT / "engines" / "kaia", ROOT / "build" / "engines" / "validator"
LEAST_GO = (1, 24)
#: The engine reaches into the runtime by names, which newer linkers refuse unless told.
FLAGS = ("-trimpath", "-ldflags=-checklinkname=0")
STALE = "{{if and .Stale (not .Standard)}}{{.ImportPath}}{{end}}"
say = Console(stderr=True)


def go_version() -> tuple[int, ...]:
    """Of the Go that is on the path; empty when there is none."""
    if shutil.which("go") is None:
        return ()
    told = subprocess.run(["go", "env", "GOVERSION"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    numbers = told.removeprefix("go").split("-")[0].split(".")
    return tuple(int(one) for one in numbers if one.isdigit())


def what_is_missing() -> str:
    """Why the engine cannot be built here, in a sentence; empty when it can."""
    version = go_version()
    if version[:2] >= LEAST_GO:
        return ""
    found = ".".join(map(str, version)) or "没有 / none"
    return f"需要 Go 1.24 或更新版本（现有 {found}）：https://go.dev/dl / Go 1.24 or later is needed (found: {found}): https://go.dev/dl"


def build() -> float:
    """Build it; the seconds that it took. Raises: CalledProcessError."""
    began = time.monotonic()
    PROGRAM.parent.mkdir(parents=True, exist_ok=True)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=say, disable=not say.is_terminal
    ) as progress:
        loading = progress.add_task("下载 Go 模块，约 1 至 3 分钟 / downloading Go modules, 1 to 3 minutes", total=None)
        _run(["go", "mod", "download"])
        stale = subprocess.run(
            ["go", "list", "-deps", *FLAGS, "-f", STALE, "./cmd/validator"], cwd=SOURCES, capture_output=True, text=True, check=True
        ).stdout.split()
        progress.update(loading, total=1, completed=1)
        compiling = progress.add_task("编译，首次约 2 至 8 分钟 / compiling, 2 to 8 minutes the first time", total=len(stale) or 1)
        _compile(lambda: progress.advance(compiling))
        progress.update(compiling, completed=len(stale) or 1)
    return time.monotonic() - began


def _compile(ticked: Callable[[], None]) -> None:
    command = ["go", "build", "-v", *FLAGS, "-o", str(PROGRAM), "./cmd/validator"]
    with subprocess.Popen(command, cwd=SOURCES, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = []
        for line in process.stderr:
            said.append(line)
            ticked()
    if process.returncode != 0:
        say.print("".join(said[-20:]), highlight=False)
        raise subprocess.CalledProcessError(process.returncode, command)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, cwd=SOURCES, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        say.print(done.stderr[-2000:], highlight=False)
        raise subprocess.CalledProcessError(done.returncode, command)


def main() -> int:
    """Build, and print one line of JSON; 2 where Go is missing, 1 where the build failed."""
    if missing := what_is_missing():
        say.print(missing, highlight=False)
        return 2
    say.print("构建验证节点程序（Kaia v1.0.3）/ building the validator's program (Kaia v1.0.3)", highlight=False)
    try:
        seconds = build()
    except subprocess.CalledProcessError as error:
        say.print(f"构建失败 / the build failed: {' '.join(error.cmd)}", highlight=False)
        return 1
    print(json.dumps({"engine": str(PROGRAM.relative_to(ROOT)), "bytes": PROGRAM.stat().st_size, "seconds": round(seconds, 1)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
