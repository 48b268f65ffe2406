"""A machine on which the guide is followed: its commands are run word for word, its units started as systemd would, its files written."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from backend.ground.chain.anvil import ending_with_us
from scripts.first_case.documents import ROOT
from scripts.first_case.places import Places
from scripts.first_case.record import Record
from scripts.first_case.terminal import CommandFailed, Ended, run
from scripts.rig.processes import comes_up, end

START_SECONDS = 120
UNITS = ROOT / "deploy" / "systemd"
#: Programs of the environment that `make setup` makes, and of the machine.
PROGRAMS = Path(sys.executable).parent


class Machine:
    """One machine; `environment` is what its shells have."""

    def __init__(self, record: Record, places: Places, environment: Mapping[str, str], folder: Path) -> None:
        self._record = record
        self._places = places
        self.environment = dict(environment)
        self.folder = folder
        """Where its shells are."""
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def type(
        self,
        command: str,
        answers: Sequence[tuple[str, str]] = (),
        *,
        put: Mapping[str, str] | None = None,
        document: str = "",
        status: int = 0,
    ) -> Ended:
        """Run a command that a document has. `put` has what stands here for a name or a placeholder of it. Raises: CommandFailed."""
        self.follow(command, document)
        return self.run(self.here(command, put or {}), answers, status=status)

    def follow(self, command: str, document: str = "") -> None:
        """A command is done as a document has it, by other means than typing it."""
        self._record.now.follow_command(command, document)

    def here(self, command: str, put: Mapping[str, str]) -> list[str]:
        """A command's words on this machine."""
        words = [put.get(word, word) for word in shlex.split(command)]
        unused = [word for word in put if word not in shlex.split(command)]
        if unused:
            raise CommandFailed(f"{command!r} has no {unused}")
        return [self._places.here(word) for word in words]

    def run(self, words: Sequence[str], answers: Sequence[tuple[str, str]] = (), *, status: int = 0) -> Ended:
        """Run words, their output into a file where they say so. Raises: CommandFailed."""
        words, _, file = [list(part) for part in _split(words)]
        done = run([_program(words[0]), *words[1:]], self.environment, self.folder, answers)
        if done.status != status:
            raise CommandFailed(f"`{shlex.join(words)}` ended with {done.status}: {(done.printed + done.asked).strip()[-1500:]}")
        if file:
            (self.folder / file[0]).write_text(done.printed, "utf-8")
        return done

    def load(self, block: str, file: str) -> None:
        """The settings of a file become this machine's shells', by the guide's own line, as bash reads them."""
        self._record.now.follow_command(block)
        script = f"{self._places.here(block)}; env -0"
        done = subprocess.run(["bash", "-ec", script], env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode or done.stderr:
            raise CommandFailed(f"bash does not read {file}: {done.stderr.strip()}")
        self.environment |= dict(line.split("=", 1) for line in done.stdout.split("\0") if "=" in line)

    def write(self, file: str, content: str, mode: int = 0o640) -> None:
        """A file by its name in the guide."""
        path = self._places.path(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self._places.here(content), "utf-8")
        path.chmod(mode)

    def start(self, unit: str, healthy: str) -> None:
        """Start a unit's program with its file of settings, and wait until it answers. Raises: CommandFailed."""
        lines = dict(line.split("=", 1) for line in (UNITS / unit).read_text().splitlines() if "=" in line)
        settings = settings_of(self._places.path(lines["EnvironmentFile"]).read_text())
        words = shlex.split(lines["ExecStart"].replace("/opt/lendervote/.venv/bin", str(PROGRAMS)))
        log, environment = self.folder / f"{unit}.log", {**self.environment, **settings}
        with log.open("ab") as out:
            self._running[unit] = subprocess.Popen(
                [*ending_with_us(), *words], env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out
            )
        if not comes_up(self._running[unit], healthy, START_SECONDS):
            raise CommandFailed(f"{unit} did not start: {log.read_text(errors='replace')[-1500:]}")

    def stop(self) -> None:
        """End what was started here, last first."""
        for process in reversed(self._running.values()):
            end(process)
        self._running.clear()


def _program(name: str) -> str:
    """`lendervote` and `python` of the environment, whatever else is on the path."""
    return str(PROGRAMS / name) if (PROGRAMS / name).exists() else name


def _split(words: Sequence[str]) -> tuple[Sequence[str], Sequence[str], Sequence[str]]:
    """Before and after `>`."""
    at = words.index(">") if ">" in words else len(words)
    return words[:at], words[at : at + 1], words[at + 1 :]


def settings_of(text: str) -> dict[str, str]:
    """A file of settings as systemd reads it: a line each, quotes around a value taken away, no variables."""
    lines = (line.strip() for line in text.splitlines())
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith(("#", ";")))
    return {name: "".join(shlex.split(value)) if value[:1] in "\"'" else value for name, value in pairs}
