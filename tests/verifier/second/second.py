"""The second recount as a process: what it says, and with which exit status."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scripts.tampers.lies.kinds import Lie

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "verifier" / "second"
EXIT = {"agrees": 0, "differs": 1, "agrees, papers void": 3, "not proved": 4}

needs_node = pytest.mark.skipif(
    shutil.which("node") is None or not (ROOT / "node_modules" / "@noble").is_dir(),
    reason="needs Node 20 and the packages of `make setup`",
)


def told_of(lies: Sequence[Lie], folder: Path) -> dict[str, dict[str, Any]]:
    """What the second recount says of each lie, by its name."""
    for number, lie in enumerate(lies):
        lie.write(folder / f"{number}.zip")
    arguments = [["--evidence", f"{number}.zip"] for number in range(len(lies))]
    return dict(zip([lie.name for lie in lies], recount_all(folder, arguments), strict=True))


def run(script: str, *arguments: str, seconds: int = 120) -> subprocess.CompletedProcess[str]:
    """A script of the second recount, run to its end."""
    command = ["node", str(FOLDER / script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds)


def evaluate(source: str, seconds: int = 60) -> Any:
    """What a piece of JavaScript prints as JSON; `second` is the folder's address."""
    source = f"const second = {json.dumps(FOLDER.as_uri())};\n{source}"
    command = ["node", "--input-type=module", "--eval", source]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@dataclass(frozen=True)
class Said:
    """The last line of a recount, and the lines before it."""

    last: dict[str, Any]
    lines: list[str]

    @property
    def names(self) -> set[str]:
        """Of findings and of void papers."""
        return {*self.last["names"], *(one["name"] for one in self.last["void"])}


def recount(*arguments: object) -> Said:
    """A recount; exit status, verdict and the absence of a traceback have to fit each other."""
    done = run("recount.mjs", *map(str, arguments))
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    last = json.loads(lines[-1])
    assert (done.returncode, done.returncode) == (last["exit_status"], EXIT[last["recount"]])
    assert "step.failed" not in last["names"], [line for line in lines if "failed" in line]
    return Said(last, lines[:-1])


def recount_all(folder: Path, arguments: Sequence[Sequence[str]], seconds: int = 600) -> list[dict[str, Any]]:
    """The last lines of many recounts in one process; their arguments are relative to the folder."""
    (folder / "index.json").write_text(json.dumps([{"arguments": list(one)} for one in arguments]))
    found = recount_listed(folder, seconds)
    assert len(found) == len(arguments)
    return found


def recount_listed(folder: Path, seconds: int = 600) -> list[dict[str, Any]]:
    """The last lines of the recounts that the folder's index.json lists."""
    done = run("scenes.mjs", str(folder), seconds=seconds)
    assert (done.returncode, done.stderr) == (0, "")
    *found, end = map(json.loads, done.stdout.splitlines())
    assert end == {"scenes": len(found)}
    return found
