"""The real issuer beside a test's rooms."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from backend.case.cases.views import CaseView
from backend.ground.chain import anvil
from scripts.rig.processes import end, free_port
from tests.backend.vote.ballots.automine import answers
from verifier.issuer.roots.fingerprints import fingerprint


class IssuerProcess:
    """The real issuer as a process of its own."""

    def __init__(self, folder: Path, rpc_url: str, key: bytes) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = os.environ | {
            "LENDERVOTE_ISSUER_PORT": str(self.port),
            "LENDERVOTE_ISSUER_RPC_URLS": f"Test={rpc_url}",
            "LENDERVOTE_ISSUER_ONE_NODE": "yes",
            "LENDERVOTE_ISSUER_DATA_DIR": str(folder),
            "LENDERVOTE_ISSUER_KEY": key.hex(),
        }
        self._log = folder.with_suffix(".log")
        self.process: subprocess.Popen[bytes] | None = None

    def pin(self, case: CaseView, chain_id: int) -> None:
        """The case whose fingerprint the operator typed; to be called before the start."""
        officials = [official.signer for official in case.officials]
        people = officials, case.threshold, case.institution.signer
        found = fingerprint(case.address, chain_id, *people, rehearsal=case.rehearsal)
        self._environment["LENDERVOTE_ISSUER_CASES"] = found

    def start(self) -> None:
        """Unless it runs."""
        if self.process is not None:
            return
        with self._log.open("ab") as log:
            command = [*anvil.ending_with_us(), sys.executable, "-m", "verifier.issuer"]
            self.process = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log)
        answers(f"{self.url}/healthz", self.process)

    def stop(self) -> None:
        if self.process is not None:
            end(self.process)
            self.process = None
