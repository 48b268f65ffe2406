"""Runs a mutant of the second recount on the stage, as a copy of its folder in which one file is another."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from scripts.mutate_recount.mutant import Changed
from scripts.mutate_recount.python_killing import ROOT
from scripts.mutate_recount.trial import NOTHING, SECONDS, Trial

KILLING = Path(__file__).with_name("script_killing.mjs")
SECOND = "verifier/second"


def copied(to: Path) -> Path:
    """A copy of what the second recount needs; its own folder in it."""
    shutil.copytree(ROOT / "verifier" / "second", to / "verifier" / "second")
    shutil.copytree(ROOT / "verifier" / "releases", to / "verifier" / "releases")
    (to / "node_modules").symlink_to(ROOT / "node_modules")
    return to / SECOND


@contextmanager
def put_into(copy: Path, changed: Changed) -> Iterator[None]:
    """The copy with this file changed, as long as it is needed."""
    file = copy / Path(changed.path).relative_to(SECOND)
    before = file.read_bytes()
    file.write_bytes(changed.text.encode())
    try:
        yield
    finally:
        file.write_bytes(before)


def first_that_notices(copy: Path, folder: Path, trials: Sequence[Trial], order: Sequence[int]) -> int:
    """The number of the scene that is judged wrongly, NOTHING when none is."""
    asked = json.dumps({"trials": [asdict(one) for one in trials], "order": list(order)}).encode()
    command = ["node", str(KILLING), str(copy), str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(asked)
        process.stdin.close()
        said = _heard(process.stdout.fileno())
        process.kill()
    if not said:
        raise RuntimeError("a mutant was never begun")
    return int(said[-1])


def _heard(stream: int) -> list[bytes]:
    """The numbers that came until the stream ended, told NOTHING, or was silent for too long."""
    heard = b""
    while heard.split()[-1:] != [str(NOTHING).encode()] and select.select([stream], [], [], SECONDS)[0]:
        part = os.read(stream, 1 << 16)
        if not part:
            break
        heard += part
    return heard.split()
