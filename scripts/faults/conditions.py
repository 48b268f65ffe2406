"""What the faults are made of: conditions that last for a while, and waits until the installation says something."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from backend.ground.chain.anvil import EmbeddedAnvil
from backend.ground.chain.fees import suggested_fees
from scripts.faults.between import BadLine
from scripts.faults.stage import Stage

CONFIRMATIONS = 3


@contextmanager
def no_blocks(stage: Stage) -> Iterator[None]:
    """The chain stands still."""
    stage.node.ask("evm_setIntervalMining", 0)
    try:
        yield
    finally:
        stage.node.ask("evm_setIntervalMining", 1)


@contextmanager
def dear_blocks(stage: Stage) -> Iterator[None]:
    """Blocks ask for far more than was offered by a transaction that waits already."""
    ending = threading.Event()
    with no_blocks(stage):
        await_pool(stage)
        price = hex(60 * suggested_fees(stage.node)["maxFeePerGas"])
        stage.node.ask("anvil_setNextBlockBaseFeePerGas", price)

    def ask() -> None:
        while not ending.wait(0.2):
            with contextlib.suppress(Exception):  # the chain goes down with the backend
                stage.node.ask("anvil_setNextBlockBaseFeePerGas", price)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield
    finally:
        ending.set()
        asking.join()
        with contextlib.suppress(Exception):
            stage.node.ask("anvil_setNextBlockBaseFeePerGas", hex(10**9))


@contextmanager
def outside_chain(stage: Stage, lines: int = 1) -> Iterator[list[BadLine]]:
    """The same chain, no longer run by the backend, behind so many lines; the backend is down and has to be started with them."""
    stack = stage.stack
    stack.end_backend(kill=False)
    anvil = EmbeddedAnvil(stack.data_dir / "chain" / "state.json", int(stack.rpc_url.rsplit(":", 1)[1]))
    anvil.start()
    made = [BadLine(stack.rpc_url) for _ in range(lines)]
    try:
        yield made
    finally:
        stack.end_backend(kill=False)
        stack.environment["LENDERVOTE_RPC_URL"] = ""
        for line in made:
            line.stop()
        anvil.stop()


def await_blocks(stage: Stage, count: int) -> None:
    """Wait for so many new blocks: the chain rewrites only blocks that it mined since it started."""
    wanted = stage.node.block().number + count
    while stage.node.block().number < wanted:
        time.sleep(0.1)  # a node tells nobody when a block comes


def await_read(stage: Stage, seconds: float = 30) -> None:
    """Wait until the backend has read every block there is, by its own figures."""
    wanted = stage.node.block().number - CONFIRMATIONS
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        figures = dict(line.rsplit(" ", 1) for line in stage.http.get("/metrics").text.splitlines() if not line.startswith("#"))
        if float(figures["lendervote_confirmed_block"]) >= wanted:
            return
        time.sleep(0.1)  # a figure has no event
    raise TimeoutError(f"block {wanted} is not confirmed")


def await_pool(stage: Stage, seconds: float = 15) -> None:
    """Wait until a transaction waits in the node's pool."""
    deadline = time.monotonic() + seconds
    while int(stage.node.ask("txpool_status")["pending"], 16) == 0:
        if time.monotonic() > deadline:
            raise TimeoutError("nothing was sent")
        time.sleep(0.05)  # a node tells nobody what comes in


def await_ready(stage: Stage, wanted: int, seconds: float = 20) -> None:
    """Wait until /readyz answers so."""
    deadline = time.monotonic() + seconds
    said = 0
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.HTTPError):
            said = stage.http.get("/api/readyz", timeout=10).status_code
            if said == wanted:
                return
        time.sleep(0.1)  # readiness has no event
    raise TimeoutError(f"/readyz says {said}, not {wanted}")
