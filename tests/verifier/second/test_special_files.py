"""Files that a system makes up, and pipes, under the names of papers: both recounts refuse them in seconds and in bounded memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.verifier.second.second import FOLDER, ROOT, needs_node

pytestmark = needs_node

#: Memory that a process of a recount may take, and seconds for all of it beside everything else that this machine does.
MOST_KIB, MOST_SECONDS = 2**18, 120
COMMANDS = {
    "first": [sys.executable, "-m", "verifier.tally", "--json"],
    "second": ["node", str(FOLDER / "recount.mjs")],
}


def pagemap(path: Path) -> None:
    """It says that it is a file and has no bytes, and is as long as the memory that a process could have."""
    path.symlink_to("/proc/self/pagemap")


def zeros(path: Path) -> None:
    path.symlink_to("/dev/zero")


def pipe(path: Path) -> None:
    """Whoever opens it waits for somebody who writes."""
    os.mkfifo(path)


def sparse(path: Path) -> None:
    """A tebibyte that takes no room on the disk."""
    with path.open("xb") as file:
        file.truncate(2**40)


def one_line(path: Path) -> None:
    """What was there, and then lines that are too long for any memory, not for the disk."""
    with path.open("ab") as file:
        file.truncate(file.tell() + 2**31 - 2**20)


Made = Callable[[Path], None]
SPECIAL = (pagemap, zeros, pipe, sparse)


def exit_status(command: Sequence[str]) -> int:
    """Of a whole recount that came to its end in that time and memory."""
    bounded = ["sh", "-c", f'ulimit -d {MOST_KIB}; exec "$@"', "sh", *command]
    done = subprocess.run(bounded, cwd=ROOT, capture_output=True, check=False, timeout=MOST_SECONDS)
    found: int = json.loads(done.stdout.splitlines()[-1])["exit_status"]
    return found


@pytest.mark.parametrize("recount", COMMANDS)
@pytest.mark.parametrize("made", SPECIAL, ids=lambda one: one.__name__)
@pytest.mark.parametrize("names", [("poll.json",), ("leaves.csv", "receipts.jsonl", "plan.pdf")], ids=" ".join)
def test_published_file__is_refused(recount: str, made: Made, names: tuple[str, ...], published: Path, node_address: str) -> None:
    for name in names:
        (published / name).unlink()
        made(published / name)
    assert exit_status([*COMMANDS[recount], "--rpc", node_address, "--published", str(published)]) != 0


@pytest.mark.parametrize("recount", COMMANDS)
@pytest.mark.parametrize("name", ["leaves.csv", "receipts.jsonl"])
def test_lines__without_end_are_refused(recount: str, name: str, published: Path, node_address: str) -> None:
    one_line(published / name)
    assert exit_status([*COMMANDS[recount], "--rpc", node_address, "--published", str(published)]) != 0


@pytest.mark.parametrize("recount", COMMANDS)
@pytest.mark.parametrize("made", SPECIAL, ids=lambda one: one.__name__)
def test_paper__that_a_person_brings_is_void(recount: str, made: Made, published: Path, node_address: str, tmp_path: Path) -> None:
    """It says nothing against the poll."""
    made(tmp_path / "paper")
    brought = ["--receipt", str(tmp_path / "paper"), "--issuer-log", str(tmp_path / "paper")]
    assert exit_status([*COMMANDS[recount], "--rpc", node_address, "--published", str(published), *brought]) == 3
