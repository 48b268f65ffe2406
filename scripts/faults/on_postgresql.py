"""The faults of the database's own process, on PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Callable
from subprocess import CalledProcessError

from scripts.faults.stage import Stage
from scripts.rig.postgresql import PrivatePostgreSQL

KILLED, RESTARTED = "PostgreSQL killed in the middle of transactions", "PostgreSQL restarted"


def faults_of(server: PrivatePostgreSQL) -> dict[str, Callable[[Stage], float | None]]:
    """Both, by name."""

    def killed(_: Stage) -> float:
        """As in a power cut, in the middle of whatever transactions are open."""
        server.kill()
        died = time.monotonic()
        deadline = died + 20
        while True:
            try:
                server.start()
            except CalledProcessError:
                # The killed server's children hold its memory for a moment longer.
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
            else:
                return died

    def restarted(_: Stage) -> float:
        """An administrator restarts it."""
        began = time.monotonic()
        server.restart()
        return began

    return {KILLED: killed, RESTARTED: restarted}
