"""Starts the backend and the issuer as processes of their own, and stops exactly those."""

from __future__ import annotations

import contextlib
import itertools
import os
import secrets
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from backend.ground.chain.anvil import ending_with_us
from scripts.rig.started import Started

START_SECONDS = 90
ISSUER = ["-m", "verifier.issuer"]


#: Below what systems hand out to whoever asks for any port (32768 and up), so that no connection takes one before its server has it.
PORTS = range(15_000, 32_000)
_following = itertools.count(secrets.randbelow(len(PORTS)))


def free_port() -> int:
    """A port nobody listens on, and that this process has not given before; processes side by side begin at places drawn by lot."""
    for number in itertools.islice(_following, len(PORTS)):
        port = PORTS[number % len(PORTS)]
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no port is free")


def end(process: subprocess.Popen[Any], seconds: float = 20) -> None:
    """End a process in order, or by force when it takes too long: none is left behind."""
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def comes_up(process: subprocess.Popen[Any], healthy: str, seconds: float) -> bool:
    """Whether a program that was started answers at an address before it ends, and within so many seconds."""
    deadline = time.monotonic() + seconds
    with httpx.Client(timeout=3, trust_env=False) as client:
        while time.monotonic() < deadline and process.poll() is None:
            with contextlib.suppress(httpx.HTTPError):
                if client.get(healthy).status_code == 200:
                    return True
            time.sleep(0.1)  # a process that is starting has no event to wait for but its port
    return False


class Stack(Started):
    """Backend, issuer and chain for one data folder; a context manager that ends what it started. With `issuer_waits` the issuer is
    first started when it gets a case to serve, and comes up beside what follows, until `await_issuer`."""

    def __init__(
        self, data_dir: Path, *, port: int, issuer_port: int, anvil_port: int, database_url: str | None = None, issuer_waits: bool = False
    ) -> None:
        self.data_dir = data_dir
        self._issuer_waits = issuer_waits
        self.url = f"http://127.0.0.1:{port}"
        self.issuer_url = f"http://127.0.0.1:{issuer_port}"
        self.rpc_url = f"http://127.0.0.1:{anvil_port}"
        self.environment = os.environ | {
            "LENDERVOTE_DATA_DIR": str(data_dir),
            "LENDERVOTE_PORT": str(port),
            "LENDERVOTE_ANVIL_PORT": str(anvil_port),
            "LENDERVOTE_RPC_URL": "",
            "LENDERVOTE_DATABASE_URL": os.environ.get("LENDERVOTE_DATABASE_URL", "") if database_url is None else database_url,
            "LENDERVOTE_VERIFIER_URL": self.issuer_url,
            "LENDERVOTE_RELAY_HOLD_SECONDS": "2",
            "LENDERVOTE_ISSUER_HOST": "127.0.0.1",
            "LENDERVOTE_ISSUER_PORT": str(issuer_port),
            "LENDERVOTE_ISSUER_RPC_URLS": f"DEMO={self.rpc_url}",
            "LENDERVOTE_ISSUER_ONE_NODE": "yes",  # there is one; the log says so, and every recount
            "LENDERVOTE_ISSUER_CASES": "",
            "LENDERVOTE_ISSUER_DATA_DIR": str(data_dir / "issuer"),
            "LENDERVOTE_ISSUER_ALLOWED_ORIGINS": f'["{self.url}", "{self.url.replace("127.0.0.1", "localhost")}"]',
        }
        self.roots: list[Path] = []
        """Of authorities that stamp its votes, where there are any."""
        self._processes: list[subprocess.Popen[bytes]] = []
        self._issuer: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start both and wait until they answer. Raises: RuntimeError with the end of the log."""
        self.start_backend()
        if not self._issuer_waits:
            self.start_issuer()

    def start_backend(self) -> subprocess.Popen[bytes]:
        """Start the backend (and with it the chain) and wait until it answers."""
        return self._start("backend", ["-m", "scripts.cli", "serve"], f"{self.url}/api/healthz")

    def start_issuer(self) -> subprocess.Popen[bytes]:
        """Start the issuer and wait until it answers."""
        self._issuer = self._start("issuer", ISSUER, f"{self.issuer_url}/healthz")
        return self._issuer

    def pin_case(self, fingerprint: str) -> None:
        """Let the issuer serve one case more; one that runs is started again, one that waited is started."""
        before = self.environment["LENDERVOTE_ISSUER_CASES"]
        self.environment["LENDERVOTE_ISSUER_CASES"] = f"{before}, {fingerprint}" if before else fingerprint
        if self._issuer in self._processes:
            self._processes.remove(self._issuer)
            end(self._issuer)
            self.start_issuer()
        elif self._issuer_waits:
            self._issuer = self._launch("issuer", ISSUER)

    def await_issuer(self) -> None:
        """Return when the issuer answers. Raises: RuntimeError with the end of its log."""
        if self._issuer is not None:
            self._await("issuer", self._issuer, f"{self.issuer_url}/healthz")

    def kill_backend(self) -> None:
        """End the backend as a power cut would, without a word; `start_backend` brings it back."""
        backend = self._processes.pop(0)
        backend.kill()
        backend.wait()

    @property
    def pids(self) -> list[int]:
        """Of what was started here: backend, issuer."""
        return [process.pid for process in self._processes]

    def wait_for_end(self) -> None:
        """Block until the backend ends or somebody presses Ctrl-C."""
        with contextlib.suppress(KeyboardInterrupt):
            self._processes[0].wait()

    def stop(self) -> None:
        """End what was started here, last first."""
        for process in reversed(self._processes):
            process.terminate()
        for process in reversed(self._processes):
            end(process)
        self._processes.clear()

    def _start(self, name: str, arguments: list[str], health: str) -> subprocess.Popen[bytes]:
        process = self._launch(name, arguments)
        self._await(name, process, health)
        return process

    def _launch(self, name: str, arguments: list[str]) -> subprocess.Popen[bytes]:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with self._log_of(name).open("ab") as log:
            process = subprocess.Popen(
                [*ending_with_us(), sys.executable, *arguments],
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )
        self._processes.append(process)
        return process

    def _await(self, name: str, process: subprocess.Popen[bytes], health: str) -> None:
        if not comes_up(process, health, START_SECONDS):
            log = self._log_of(name)
            raise RuntimeError(f"{name} did not start; the end of {log}:\n" + log.read_text(errors="replace")[-3000:])

    def _log_of(self, name: str) -> Path:
        return self.data_dir / f"{name}.log"
