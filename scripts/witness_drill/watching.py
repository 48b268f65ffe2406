"""A witness's process beside the drill: its alarms with the time at which each came, killed and started again."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from scripts.build.contracts import ROOT
from verifier.witness.__main__ import new_key


class WitnessProcess:
    """One witness; a context manager."""

    def __init__(self, folder: Path, rpc_url: str, published: Path, *, halt_seconds: float, lag_seconds: float) -> None:
        self.file, self.receipts = folder / "witness.jsonl", folder / "receipts"
        self.receipts.mkdir()
        new_key(folder / "witness.key")
        limits = ["--look", "0.5", "--every", "1", "--confirmations", "1", "--ballot-seconds", "1"]
        limits += ["--halt-seconds", str(halt_seconds), "--lag-seconds", str(lag_seconds)]
        files = ["--published", str(published), "--key", str(folder / "witness.key"), "--out", str(self.file)]
        self._command = [sys.executable, "-m", "verifier.witness", "--rpc", rpc_url, *files, "--receipts", str(self.receipts), *limits]
        self.alarms: list[tuple[float, dict[str, Any]]] = []
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it, and listen."""
        self._process = subprocess.Popen(self._command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.alarms.append((time.monotonic(), json.loads(line)))

    def kill(self) -> None:
        """SIGKILL, wherever it is."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def entries(self) -> int:
        """How many whole lines its file has."""
        return self.file.read_bytes().count(b"\n") if self.file.is_file() else 0

    def signed(self, block: int, seconds: float = 60) -> bool:
        """Whether it signs a head of that number or a later one within so many seconds."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.file.is_file():
                lines = [json.loads(line) for line in self.file.read_bytes().split(b"\n")[1:-1]]
                heads = [one for one in lines if one["kind"] == 1]
                if heads and heads[-1]["block"] >= block:
                    return True
            time.sleep(0.2)
        return False

    def alarm_after(self, began: float, kind: str, seconds: float = 60) -> float | None:
        """Seconds from then to the first alarm of that kind; None when none comes."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = next((at for at, said in list(self.alarms) if said["alarm"] == kind and at >= began), None)
            if found is not None:
                return found - began
            time.sleep(0.1)
        return None

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(20)
