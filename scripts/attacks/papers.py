"""Attacks by a file that has no end, or no beginning, handed in as a lender's receipt: a recount that does not end says nothing."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from scripts.attacks.bundles import RECOUNTS
from scripts.attacks.kinds import Attack, Patch, Run, Told
from scripts.build.contracts import ROOT
from scripts.tampers.forge.bundle import write
from scripts.tampers.forge.vote import ForgedVote
from scripts.tampers.lies.states import honest

WHO = "whoever hands in a receipt"
#: For a recount that takes seconds; and memory beyond which it is ended, so that the attack ends nothing else.
MOST_SECONDS, MOST_KIB = 90, 2**21
FIRST, SECOND = "verifier/tally/published.py", "verifier/second/files/published.mjs"

PIPES_READ = (
    Patch(FIRST, "    if not S_ISREG(found.st_mode):\n", "    if False:\n"),
    Patch("verifier/second/files/receipts.mjs", "    if (!found.isFile() || found.size > MOST)\n", "    if (found.size > MOST)\n"),
)
READ_TO_THE_END = (
    Patch(FIRST, "        found = file.read(size + 1)\n", "        found = b''.join(iter(lambda: file.read(2**20), b''))\n"),
    Patch(SECOND, "createReadStream(file, { end: size })", "createReadStream(file)"),
    Patch(SECOND, "    if (length > size) throw", "    if (length < 0) throw"),
)


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _endless(path: Path) -> None:
    """The system says that it is a file without bytes."""
    path.symlink_to("/proc/self/pagemap")


def _recounts(tool: Sequence[str], arguments: Sequence[str]) -> str:
    """By what it ended; nothing where it did not, in that time and memory."""
    bounded = ["sh", "-c", f'ulimit -d {MOST_KIB}; exec "$@"', "sh", *tool, *arguments]
    try:
        done = subprocess.run(bounded, cwd=ROOT, capture_output=True, check=False, timeout=MOST_SECONDS)
    except subprocess.TimeoutExpired:
        return ""
    return "void.receipt" if done.returncode == 3 else ""


def _handed_in(made: Callable[[Path], None]) -> Run:
    """An honest bundle and this receipt; the poll is right, and the paper void."""

    def run(folder: Path) -> Told:
        vote = ForgedVote().build()
        honest(vote)
        vote.chain.seal()
        bundle = write(vote, folder / "bundle.zip")
        made(folder / "receipt.json")
        arguments = ["--evidence", str(bundle), "--receipt", str(folder / "receipt.json")]
        said = {judge: _recounts(tool, arguments) for judge, tool in RECOUNTS.items()}
        return Told(tuple(judge for judge, by in said.items() if not by), {judge: by for judge, by in said.items() if by})

    return run


ATTACKS = (
    Attack("a pipe for a lender's receipt", WHO, _handed_in(_pipe), PIPES_READ),
    Attack("a lender's receipt without end", WHO, _handed_in(_endless), READ_TO_THE_END),
)
