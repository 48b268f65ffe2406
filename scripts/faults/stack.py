"""Backend and issuer as processes that can be killed, started again with other settings, and given a wrong clock."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

from backend.ground.common.settings import Settings
from scripts.rig.processes import Stack, free_port


class FaultyStack(Stack):
    """Backend and issuer, where the backend can be killed and started again with other settings."""

    def __init__(self, data_dir: Path, database_url: str = "") -> None:
        super().__init__(data_dir, port=free_port(), issuer_port=free_port(), anvil_port=free_port())
        self.environment |= {"LENDERVOTE_RELAY_HOLD_SECONDS": "1", "LENDERVOTE_CONFIRMATIONS": "3", "LENDERVOTE_DATABASE_URL": database_url}
        self.environment["FAULT_CLOCK_FILE"] = str((data_dir / "clock_seconds").resolve())

    def start_backend(self) -> subprocess.Popen[bytes]:
        """Start the backend that can be told to die."""
        self._processes = [one for one in self._processes if one.poll() is None]
        self.backend = self._start("backend", ["-m", "scripts.faults.served"], f"{self.url}/api/healthz")
        return self.backend

    def start_issuer(self) -> subprocess.Popen[bytes]:
        """Start the issuer whose clock can be set."""
        self._issuer = self._start("issuer", ["-m", "scripts.faults.issuing"], f"{self.issuer_url}/healthz")
        return self._issuer

    def set_clock(self, seconds: int) -> None:
        """Backend and issuer believe from now on that it is so much later (or, below 0, earlier); 0: the true time."""
        path = Path(self.environment["FAULT_CLOCK_FILE"])
        partial = path.with_suffix(".new")
        partial.write_text(str(seconds))
        partial.rename(path)

    def end_backend(self, *, kill: bool = True) -> None:
        """SIGKILL, or an orderly end."""
        self.backend.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
        self.backend.wait(40)

    def settings(self) -> Settings:
        """The backend's own settings."""
        return Settings(
            data_dir=self.data_dir, database_url=self.environment["LENDERVOTE_DATABASE_URL"], rpc_url=self.environment["LENDERVOTE_RPC_URL"]
        )
