"""A chain for tests: it mines at once, and its clock is moved by hand."""

from __future__ import annotations

import subprocess
import threading
from dataclasses import dataclass, field

import httpx

from backend.ground.chain import anvil
from backend.ground.chain.node import Node
from scripts.rig.processes import free_port


def answers(url: str, process: subprocess.Popen[bytes], seconds: float = 40) -> None:
    """Wait until a server that is starting answers."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.1)):
        if process.poll() is not None:
            break
        try:
            httpx.get(url, timeout=2)
            return
        except httpx.HTTPError:
            pause.wait(0.1)
    raise RuntimeError(f"{url} did not answer")


@dataclass
class AutomineAnvil:
    """An Anvil that mines every transaction at once."""

    port: int = field(default_factory=free_port)
    options: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        command = [str(anvil.binary()), "--port", str(self.port), "--chain-id", "31337", "--quiet", *self.options]
        command += ["--prune-history", "1000", "--enable-tx-gas-limit"]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.url = f"http://127.0.0.1:{self.port}"
        answers(self.url, self.process)
        self.node = Node(self.url)

    def mine(self, blocks: int = 1) -> None:
        self.node.ask("anvil_mine", hex(blocks))

    def move_to(self, timestamp: int) -> None:
        """The next block, mined now, has this timestamp; the clock goes on from there."""
        self.node.ask("evm_setNextBlockTimestamp", hex(timestamp))
        self.mine()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)
