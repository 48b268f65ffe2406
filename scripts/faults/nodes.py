"""Nodes that make no block, lag, lie or refuse, and chains that ask for no fee or make no empty block."""

from __future__ import annotations

import time

from scripts.faults.between import LYING, NARROW, STALE
from scripts.faults.closing import CUTOFF_SECONDS, ClosingStage
from scripts.faults.conditions import await_pool, await_ready, no_blocks, outside_chain
from scripts.faults.stage import Fault, Stage

ORGANISATIONS = ("first", "court", "bank")


def halted(stage: Stage) -> float:
    """The node answers and makes no block: within seconds the service says so, and gives no receipt."""
    with no_blocks(stage):
        await_ready(stage, wanted=503, seconds=20)
        refuse_receipts(stage)
    return time.monotonic()


def halted_over_the_close(stage: Stage) -> float:
    """The same from the last seconds of intake until after the close: what was receipted and cannot be recorded is listed as missed."""
    assert isinstance(stage, ClosingStage)
    stage.may_miss = True
    time.sleep(max(0.0, stage.intake_seconds_left() - 1 - 2 * stage.dice.random()))
    with no_blocks(stage):
        await_ready(stage, wanted=503, seconds=20)
        time.sleep(max(0.0, stage.intake_seconds_left() + CUTOFF_SECONDS + 2))  # the real close is past, though the chain's time stands
        refuse_receipts(stage)
    stage.await_close()
    return time.monotonic()


def refuse_receipts(stage: Stage) -> None:
    """Nobody gets a receipt now, and everybody learns why."""
    time.sleep(1)  # what was being answered just now
    before, (ballot,) = len(stage.receipts), stage.next_ballots(1)
    answer = stage.http.post(f"/api/polls/{stage.poll['id']}/ballots", json=ballot)
    code = answer.json().get("error", {}).get("code")
    allowed = {"ChainHalted", "PollClosed", "IntakeOver"} if isinstance(stage, ClosingStage) else {"ChainHalted"}
    if code not in allowed:
        raise AssertionError(f"a ballot on a chain that stands still was answered {answer.status_code} {code}")
    time.sleep(2)
    if len(stage.receipts) != before:
        raise AssertionError("receipts were given on a chain that stands still")
    if not isinstance(stage, ClosingStage):
        stage.owed.append(ballot)


def asked_first(mode: str, seconds: float) -> Fault:
    """Three organisations have nodes; the one asked first goes bad. It alone is left out, and nothing stops."""

    def happen(stage: Stage) -> float:
        stack = stage.stack
        with outside_chain(stage, lines=3) as lines:
            stack.environment["LENDERVOTE_RPC_URL"] = ",".join(
                f"{name}={line.url}" for name, line in zip(ORGANISATIONS, lines, strict=True)
            )
            stack.start_backend()
            await_ready(stage, wanted=200)
            time.sleep(1)  # all is well at first
            lines[0].mode = mode
            began = time.monotonic()
            time.sleep(seconds)  # the fault's own length
            await_ready(stage, wanted=200, seconds=5)
            out = left_out(stage)
            if out != {ORGANISATIONS[0]}:
                raise AssertionError(f"left out: {sorted(out)}")
            recovered = max(0.0, time.monotonic() - began - seconds)
        stack.start_backend()
        return time.monotonic() - recovered

    return happen


def left_out(stage: Stage) -> set[str]:
    """The organisations whose nodes are left out, by the service's own figures."""
    lines = [line for line in stage.http.get("/metrics").text.splitlines() if line.startswith("lendervote_node_left_out{")]
    return {line.split('"')[1].split()[0] for line in lines if line.endswith(" 1.0")}


def refusing_ranges(stage: Stage) -> float:
    """The only node answers for a few blocks at a time, for none beyond its head, and keeps no old states."""
    stack = stage.stack
    with outside_chain(stage) as (line,):
        line.mode = NARROW
        stack.environment["LENDERVOTE_RPC_URL"] = line.url
        time.sleep(6)  # more blocks than it tells at once
        stack.start_backend()
        began = time.monotonic()
        await_ready(stage, wanted=200)
        recovered = time.monotonic() - began
        time.sleep(6)  # ballots go over this line
        if not line.refused:
            raise AssertionError("no range was refused")
    stack.start_backend()
    return time.monotonic() - recovered


def without_fees(stage: Stage) -> float:
    """Places cost nothing and the relay has no money: what blocks pass by is sent again for nothing."""
    stage.node.ask("evm_setAutomine", False)
    try:
        await_pool(stage)
        for _ in range(12):
            stage.node.ask("anvil_dropAllTransactions")
            stage.node.ask("evm_mine")
            time.sleep(0.5)  # blocks pass by, and a round looks at each
    finally:
        stage.node.ask("evm_setAutomine", True)
        stage.node.ask("evm_mine")
    relay = str(stage.poll["receipt_signer"])
    if int(stage.node.ask("eth_getBalance", relay, "latest"), 16):
        raise AssertionError("the relay has money after all")
    return time.monotonic()


def without_empty_blocks(stage: Stage) -> float:
    """Nobody votes any more, so nobody has a block made, until the poll has to close."""
    assert isinstance(stage, ClosingStage)
    time.sleep(max(0.0, stage.intake_seconds_left()))
    before = stage.node.block().timestamp
    stage.await_close()
    if before >= stage.closes_at:
        raise AssertionError("the chain's time did not stand before the close")
    return time.monotonic()


NODES: dict[str, Fault] = {
    "halted node": halted,
    "stale node asked first, of three organisations": asked_first(STALE, 10),
    "lying node asked first, of three organisations": asked_first(LYING, 10),
    "node refusing ranges": refusing_ranges,
}
NODES_AT_THE_CLOSE: dict[str, Fault] = {"chain halted over the close": halted_over_the_close}
QUIET_CHAIN: dict[str, Fault] = {"zero-fee chain": without_fees}
QUIET_CHAIN_AT_THE_CLOSE: dict[str, Fault] = {"no empty blocks": without_empty_blocks}
