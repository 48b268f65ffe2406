"""`python -m scripts.bench.notices` (make bench-notices): notices to their end through providers that misbehave; the last line is JSON.

The sender is a process of its own that is killed five times: while people are put in, while it sends and while reports come. Its clock is
moved into the night, when nothing may go, into the next morning, and past the days in which reports are awaited.
"""

from __future__ import annotations

import argparse
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from backend.ground.common.clock import BEIJING
from backend.ground.common.sealed import FieldCipher
from backend.people.notices.addresses import AddressSeal
from scripts.bench.notices_sender import FIELD_KEY
from scripts.rig.memory import peak_mb_of
from scripts.rig.processes import free_port
from scripts.rig.providers import Manners, Providers

MANNERS = Manners(
    throttled=0.02, lost_before=0.01, lost_after=0.01, failed=0.01, silent=0.003, doubled=0.05, late_seconds=2.0, forged=0.05
)  # fmt: skip
KILL_AT = (0.1, 0.3, 0.6)
"""Shares of the messages taken, at which the sender is killed; once more while people are put in, and once while reports come."""
NIGHT_SECONDS = 2.0
STATES_UNENDED = ("waiting", "sending", "sent", "to_post")


@dataclass
class Figures:
    """`doubled`: sent twice by us on one channel; `at_night`: messages that the providers got in quiet hours."""

    notices: int = 0
    seconds: float = 0.0
    peak_mb: int = 0
    unended: int = -1
    doubled: int = -1
    forged_accepted: int = -1
    kills: int = 0
    at_night: int = -1
    told: int = 0
    unreached: int = 0
    unconfirmed: int = 0
    forged: int = 0
    sender_processor_seconds: float = 0.0
    providers_processor_seconds: float = 0.0


class Bench:
    """One run."""

    def __init__(self, folder: Path, notices: int, limit_seconds: float) -> None:
        self.folder, self.notices = folder, notices
        self.figures = Figures(notices=notices)
        self.providers = Providers(MANNERS)
        self.port = free_port()
        self._deadline = time.monotonic() + limit_seconds
        self._process: subprocess.Popen[bytes] | None = None
        seal = AddressSeal(FieldCipher(FIELD_KEY))
        for provider in ("aliyun", "tencent", "aliyun_voice"):
            self.providers.report_to(provider, f"http://127.0.0.1:{self.port}/{provider}/{seal.report_token(provider)}")
        self.moved = 0.0
        self.set_hour(20, 30)
        self.providers.now = lambda: datetime.now(UTC) + timedelta(seconds=self.moved)

    def set_hour(self, hour: int, minute: int = 0, *, day: int = 0) -> None:
        """Move the clock forward to the next such time in Beijing."""
        now = (datetime.now(UTC) + timedelta(seconds=self.moved)).astimezone(BEIJING)
        wanted = now.replace(hour=hour, minute=minute, second=0, microsecond=0) + timedelta(days=day)
        self.move((wanted - now).total_seconds() + (86_400 if wanted <= now else 0))

    def move(self, seconds: float) -> None:
        """Let the clock run ahead."""
        self.moved += seconds
        part = self.folder / "clock.new"
        part.write_text(str(self.moved))
        part.replace(self.folder / "clock")

    def start(self) -> None:
        """A sender that knows nothing but its database."""
        command = [sys.executable, "-m", "scripts.bench.notices_sender", "--folder", str(self.folder), "--providers", self.providers.url]
        with (self.folder / "sender.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--port", str(self.port), "--notices", str(self.notices)], stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )

    def look_at_memory(self) -> None:
        """The highest that the present sender took."""
        assert self._process is not None
        self.figures.peak_mb = max(self.figures.peak_mb, peak_mb_of(self._process.pid))

    def kill(self) -> None:
        """As a power cut would, and start again."""
        assert self._process is not None
        self.look_at_memory()
        self._process.kill()
        self._process.wait()
        self.figures.kills += 1
        self.start()

    def until(self, holds: Callable[[], bool]) -> None:
        """Raises: TimeoutError, RuntimeError where the sender ended."""
        while not holds():
            if time.monotonic() > self._deadline:
                raise TimeoutError(self.states())
            if self._process is not None and self._process.poll() not in (None, 0):
                raise RuntimeError((self.folder / "sender.log").read_text(errors="replace")[-2000:])
            self.look_at_memory()
            time.sleep(0.1)  # a process of its own tells nobody

    def ask(self, query: str) -> list[tuple[object, ...]]:
        """Rows of the ledger's database; none while it is not there."""
        try:
            with sqlite3.connect(f"file:{self.folder / 'ledger.sqlite3'}?mode=ro", uri=True, timeout=20) as connection:
                return connection.execute(query).fetchall()
        except sqlite3.OperationalError:
            return []

    def states(self) -> dict[str, int]:
        """How many notices stand where."""
        return {str(state): int(str(count)) for state, count in self.ask("SELECT state, count(*) FROM notices_notices GROUP BY state")}

    def is_closed(self) -> bool:
        """Whether the mailing has its root."""
        return bool(self.ask("SELECT 1 FROM notices_mailings WHERE closed_at IS NOT NULL"))

    def run(self) -> None:
        """Raises: TimeoutError, RuntimeError."""
        self.providers.start()
        threading.Thread(target=self.providers.run_reports, daemon=True).start()
        self.start()
        self.until(lambda: sum(self.states().values()) >= self.notices * 0.3)
        self.kill()  # people are being put in
        for share in KILL_AT:
            self.until(lambda share=share: self.providers.books.taken >= self.notices * share)  # type: ignore[misc]
            if share == KILL_AT[1]:
                self._night()
            self.kill()
        self.until(lambda: self.states().get("waiting", 1) + self.states().get("sending", 1) < max(self.notices // 20, 10))
        self.kill()
        # Lost answers are looked up, then reports come, then those of which none came go another way or end.
        for _ in range(40):
            self.until(lambda: not self.providers.waiting_reports())
            time.sleep(1)
            if self.is_closed():
                break
            self.set_hour(10, day=1)
        self.until(self.is_closed)
        self._count()

    def _night(self) -> None:
        self.set_hour(22)
        time.sleep(NIGHT_SECONDS)  # what was under way comes to its end
        before = self.providers.books.taken
        time.sleep(NIGHT_SECONDS)
        self.figures.at_night = self.providers.books.taken - before
        self.set_hour(8, 1)

    def _count(self) -> None:
        states = self.states()
        self.figures.unended = sum(states.get(state, 0) for state in STATES_UNENDED) + self.notices - sum(states.values())
        self.figures.doubled = self.providers.books.doubled()
        ((forged,),) = self.ask("SELECT count(*) FROM notices_attempts WHERE provider_id LIKE 'F%'")
        self.figures.forged_accepted = int(str(forged))
        self.figures.told, self.figures.unreached = states.get("told", 0), states.get("unreached", 0)
        self.figures.unconfirmed = states.get("unconfirmed", 0)
        self.figures.forged = self.providers.books.posted["forged"]

    def stop(self) -> None:
        """End what was started."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self.providers.stop()
        for name, whose in (("sender", resource.RUSAGE_CHILDREN), ("providers", resource.RUSAGE_SELF)):
            used = resource.getrusage(whose)
            setattr(self.figures, f"{name}_processor_seconds", round(used.ru_utime + used.ru_stime, 1))


def main() -> int:
    """0 when everybody's notice ended, none went twice, none at night, and no forged report counted."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--notices", type=int, default=8000)
    parser.add_argument("--limit", type=float, default=0.0, help="seconds; 0: 240 and 900 for every 400,000")
    given = parser.parse_args()
    began, error = time.monotonic(), ""
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name), given.notices, given.limit or 240 + 900 * given.notices / 400_000)
        try:
            bench.run()
        except (TimeoutError, RuntimeError, OSError) as failure:
            error = f"{type(failure).__name__}: {failure}"
        finally:
            bench.stop()
    figures = bench.figures
    figures.seconds = round(time.monotonic() - began, 1)
    print(json.dumps(asdict(figures) | ({"error": error[:1500]} if error else {}), ensure_ascii=False))
    right = (figures.unended, figures.doubled, figures.forged_accepted, figures.at_night) == (0, 0, 0, 0) and figures.kills == 5
    return 0 if right and not error else 1


if __name__ == "__main__":
    sys.exit(main())
