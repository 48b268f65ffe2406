"""A chain of its own kind: no block without a transaction, and no fee for a place in one. The relay has no money."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from backend.ground.chain import anvil
from backend.ground.chain.errors import NodeNotAnswering
from backend.ground.chain.node import Node
from scripts.faults.stack import FaultyStack
from scripts.rig.processes import end

START_SECONDS = 20
OPTIONS = ("--block-base-fee-per-gas", "0", "--gas-price", "0", "--disable-min-priority-fee", "--enable-tx-gas-limit")


class QuietStack(FaultyStack):
    """Backend and issuer on such a chain, which is started and ended with them."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(data_dir)
        data_dir.mkdir(parents=True, exist_ok=True)
        port = self.rpc_url.rsplit(":", 1)[1]
        command = [*anvil.ending_with_us(), str(anvil.binary()), "--port", port, "--chain-id", "31337", "--quiet", *OPTIONS]
        with (data_dir / "chain.log").open("wb") as log:
            self._chain = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.environment |= {"LENDERVOTE_RPC_URL": f"quiet={self.rpc_url}", "LENDERVOTE_EMPTY_BLOCKS": "false"}
        self._await_chain()

    def _await_chain(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                Node(self.rpc_url).chain_id()
            except NodeNotAnswering:
                time.sleep(0.1)  # a process that is starting has no event
            else:
                return
        raise RuntimeError("the chain did not start")

    def stop(self) -> None:
        """End backend, issuer and chain."""
        super().stop()
        end(self._chain)
