"""The working group's alarms as a process of their own, with keys, contacts and a gateway account that nobody else has."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from scripts.rig.processes import comes_up, end, free_port
from scripts.rig.providers import KEY_ID, KEY_SECRET

START_SECONDS = 30
MODULE = [sys.executable, "-m", "verifier.alarms"]


class AlarmProcess:
    """Made before the register is frozen, started once there is a poll."""

    def __init__(self, folder: Path, gateway_url: str) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self.site = f"http://127.0.0.1:{free_port()}"
        made = subprocess.run([*MODULE, "key", "--keys", str(folder / "keys.json")], check=True, capture_output=True, text=True)
        said = json.loads(made.stdout)
        self.address, self._contacts_key = str(said["address"]), str(said["contacts_key"])
        entry = {
            "provider": "aliyun", "url": gateway_url, "key_id": KEY_ID, "key_secret": KEY_SECRET, "sign_name": "专项工作组",
            "templates": {"alarm": "SMS_ALARM"},
        }  # fmt: skip
        (folder / "gateways.json").write_text(json.dumps([entry]), encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    def take_contacts(self, claims: bytes, openings: bytes, password: str) -> dict[str, Any]:
        """An official seals the contacts, from what officials have."""
        for name, content in (("claims", claims), ("openings.lvo", openings)):
            (self._folder / name).write_bytes(content)
        where = {"claims": "claims", "openings": "openings.lvo", "out": "contacts.lva"}
        options = [part for name, file in where.items() for part in (f"--{name}", str(self._folder / file))]
        environment = os.environ | {"LENDERVOTE_OPENINGS_PASSWORD": password}
        command = [*MODULE, "contacts", *options, "--to", self._contacts_key]
        made = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        answer: dict[str, Any] = json.loads(made.stdout)
        return answer

    def start(self, rpc_url: str, poll: dict[str, Any], backend_url: str) -> None:
        """Watch a poll. Raises: RuntimeError with the end of the log."""
        options = {
            "keys": self._folder / "keys.json", "contacts": self._folder / "contacts.lva", "gateways": self._folder / "gateways.json",
            "rpc": rpc_url, "poll": poll["address"], "title": "演练", "site": self.site, "listen": self.site.removeprefix("http://"),
            "book": self._folder / "book.sqlite3", "backend": f"{backend_url}/api/polls/{poll['id']}/contested", "every": 0.3,
        }  # fmt: skip
        command = [*MODULE, "run", "--any-hour", *(part for name, value in options.items() for part in (f"--{name}", str(value)))]
        with (self._folder / "alarms.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        if not comes_up(self._process, f"{self.site}/contested.json", START_SECONDS):
            raise RuntimeError((self._folder / "alarms.log").read_text(errors="replace")[-3000:])

    def kill(self) -> None:
        """As a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """End it in order."""
        if self._process is not None and self._process.poll() is None:
            end(self._process)
