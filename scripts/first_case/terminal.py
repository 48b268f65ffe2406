"""A command on a terminal of its own, at which somebody answers its questions; what it prints is kept apart from what it asks."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SECONDS = 300
#: Parts of questions whose answers are not shown, in whichever case a program writes them.
PASSWORD, AGAIN = "assword", "epeat"
HIDDEN = (PASSWORD, AGAIN)


class CommandFailed(Exception):
    """A command ended with another status than the documents lead one to expect."""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    printed: str
    """Standard output."""
    asked: str
    """What stood on the terminal: questions, and standard error."""

    @property
    def last_line(self) -> str:
        """The last line of standard output."""
        return (self.printed.strip().splitlines() or [""])[-1]


def run(command: Sequence[str], environment: Mapping[str, str], folder: Path, answers: Sequence[tuple[str, str]] = ()) -> Ended:
    """Run to the end. `answers` are, in order, a part of each question and what is typed. Raises: CommandFailed when it never ends."""
    ours, theirs = pty.openpty()
    # Passwords are asked at the controlling terminal: this one.
    process = subprocess.Popen(
        ["setsid", "--ctty", *command], env=dict(environment), cwd=folder, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs
    )
    os.close(theirs)
    assert process.stdout is not None
    try:
        printed, asked = _answer(process, process.stdout.fileno(), ours, list(answers))
        return Ended(process.wait(10), printed, asked)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        os.close(ours)
        process.stdout.close()


def _answer(process: subprocess.Popen[bytes], output: int, terminal: int, answers: list[tuple[str, str]]) -> tuple[str, str]:
    """What was printed and what stood on the terminal; questions may come on either."""
    read = {output: b"", terminal: b""}
    looked = dict.fromkeys(read, 0)
    waiting, deadline = {output, terminal}, time.monotonic() + SECONDS
    while waiting and time.monotonic() < deadline:
        for file in select.select(list(waiting), [], [], 0.2)[0]:
            part = _read(file)
            read[file] += part
            if not part:
                waiting.discard(file)
        for file, content in read.items():
            if answers and answers[0][0].encode() in content[looked[file] :] and _listens(terminal, answers[0][0]):
                looked[file] = len(content)
                os.write(terminal, (answers.pop(0)[1] + "\n").encode())
    if waiting:
        raise CommandFailed(f"{process.args!r} did not end within {SECONDS} s; it said: {read[output][-500:]!r} {read[terminal][-500:]!r}")
    return read[output].decode("utf-8", "replace"), read[terminal].decode("utf-8", "replace")


def _listens(terminal: int, question: str) -> bool:
    """What is typed at a hidden question before the terminal has stopped to echo is thrown away."""
    return question not in HIDDEN or not termios.tcgetattr(terminal)[3] & termios.ECHO


def _read(file: int) -> bytes:
    try:
        return os.read(file, 65536)
    except OSError:  # the terminal's last writer has gone
        return b""
