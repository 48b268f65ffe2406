"""A command on a terminal of its own, at which somebody answers its questions; what it prints is kept apart from what it asks."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SECONDS = 300


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
        ["setsid", "--ctty", *command], env=dict(environment), cwd=folder, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, text=True
    )
    os.close(theirs)
    printed: list[str] = []
    assert process.stdout is not None
    reader = threading.Thread(target=lambda out=process.stdout: printed.append(out.read()), daemon=True)
    reader.start()
    try:
        asked = _answer(ours, process, list(answers))
        reader.join(10)
        return Ended(process.wait(10), "".join(printed), asked)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        os.close(ours)
        process.stdout.close()


def _answer(terminal: int, process: subprocess.Popen[str], answers: list[tuple[str, str]]) -> str:
    text, looked = "", 0
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        ready, _, _ = select.select([terminal], [], [], 0.2)
        if ready:
            with contextlib.suppress(OSError):  # the last writer has gone
                text += os.read(terminal, 65536).decode("utf-8", "replace")
        if answers and answers[0][0] in text[looked:]:
            looked = len(text)
            os.write(terminal, (answers.pop(0)[1] + "\n").encode())
        if not ready and process.poll() is not None:
            return text
        if ready and process.poll() is not None and not select.select([terminal], [], [], 0)[0]:
            return text
    raise CommandFailed(f"{process.args!r} did not end within {SECONDS} s; it said: {text[-500:]}")
