"""The faults. Each does its harm in the middle of a light load and repairs what a person would repair; it returns when recovery began."""

from __future__ import annotations

import resource
import shutil
import signal
import time
from concurrent.futures import ThreadPoolExecutor

from eth_account import Account

from backend.ground.chain.fees import suggested_fees
from backend.ground.common.key_files import load_key
from scripts.cli.backup import back_up, restore
from scripts.faults.between import CUT, GOOD, SLOW, STALE
from scripts.faults.conditions import (
    CONFIRMATIONS,
    await_blocks,
    await_pool,
    await_read,
    await_ready,
    dear_blocks,
    no_blocks,
    outside_chain,
)
from scripts.faults.stage import Fault, Stage


def killed_at(place: str) -> Fault:
    """The backend dies at a place and is started again, as its service manager would."""

    def happen(stage: Stage) -> float:
        stage.arm(place)
        return stage.await_death()

    return happen


def killed_mid_bump(stage: Stage) -> float:
    """Blocks become too dear, the fee is raised, and the backend dies while it does so."""
    stage.arm("mid-bump")
    with dear_blocks(stage):
        return stage.await_death(60)


def anvil_killed(stage: Stage) -> None:
    """The chain's process dies and forgets its newest blocks."""
    stage.signal_anvil(signal.SIGKILL)


def anvil_restarted(stage: Stage) -> None:
    """The chain's process ends in order."""
    stage.signal_anvil(signal.SIGTERM)


def rewritten(depth: int) -> Fault:
    """The newest blocks are replaced by empty ones."""

    def happen(stage: Stage) -> None:
        await_blocks(stage, depth + 3)
        stage.node.ask("anvil_reorg", depth, [])

    return happen


def rewritten_below_finality(stage: Stage) -> float:
    """A final block changes: the mirror must halt until a person accepts the new chain."""
    await_blocks(stage, CONFIRMATIONS + 4)
    with no_blocks(stage):
        await_read(stage)
        stage.node.ask("anvil_reorg", CONFIRMATIONS + 1, [])
        await_ready(stage, wanted=503)
    await_ready(stage, wanted=503)
    time.sleep(2)  # it must stay halted while blocks come
    await_ready(stage, wanted=503)
    stage.command("accept-chain")
    return time.monotonic()


def rolled_back(stage: Stage) -> None:
    """The newest two blocks vanish."""
    await_blocks(stage, 6)
    stage.node.ask("anvil_rollback", 2)


def dropped(stage: Stage) -> None:
    """The node forgets what waits in its pool."""
    with no_blocks(stage):
        await_pool(stage)
        stage.node.ask("anvil_dropAllTransactions")


def underpriced(stage: Stage) -> None:
    """The price of a place in a block rises far above what was offered, for a while."""
    with dear_blocks(stage):
        time.sleep(8)  # longer than the blocks after which a fee is raised


def replaced(stage: Stage) -> None:
    """Somebody who has the relay's key too sends another transaction under the same nonce, and the node takes that one."""
    key = load_key("", stage.stack.data_dir / "secrets", "relay.key")
    account = Account.from_key(key)
    with no_blocks(stage):
        await_pool(stage)
        fees = {name: 3 * value for name, value in suggested_fees(stage.node).items()}
        fields = {"nonce": stage.node.nonce(account.address), "gas": 21_000, "value": 0, "to": account.address, **fees}
        fields["chainId"] = stage.node.chain_id()
        stage.node.send_raw(bytes(account.sign_transaction(fields).raw_transaction))


def disk_full(stage: Stage) -> float:
    """No file of the backend can grow for three seconds: what cannot be written down gets no receipt."""
    pid = stage.stack.backend.pid
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, before[1]))
    time.sleep(3)  # the fault's own length
    resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
    return time.monotonic()


def bad_line(mode: str, seconds: float, *, second_node: bool = False) -> Fault:
    """The chain is another machine's, and the line to it goes bad; with a second node the backend has to help itself."""

    def happen(stage: Stage) -> float:
        stack = stage.stack
        with outside_chain(stage) as (line,):
            stack.environment["LENDERVOTE_RPC_URL"] = f"{line.url},{stack.rpc_url}" if second_node else line.url
            stack.start_backend()
            time.sleep(2)  # all is well at first
            line.mode = mode
            time.sleep(seconds)  # the fault's own length
            if not second_node:
                line.mode = GOOD
            ended = time.monotonic()
            await_ready(stage, wanted=200)
            recovered = time.monotonic() - ended
            time.sleep(3)  # ballots go over this line before the old one is back
        stack.start_backend()
        return time.monotonic() - recovered

    return happen


def fifty_times(stage: Stage) -> None:
    """One ballot is handed in fifty times at once: one receipt, one place on the chain."""
    (ballot,) = stage.next_ballots(1)
    with ThreadPoolExecutor(50) as pool:
        done = list(pool.map(stage.hand_in, [ballot] * 50))
    numbers = {number for number, one in stage.receipts.items() if (one["index"], one["sequence"]) == (ballot["index"], ballot["sequence"])}
    if not all(done) or len(numbers) != 1:
        raise AssertionError(f"{done.count(True)} of 50 answered, {len(numbers)} receipts")


def restored_from_before(stage: Stage) -> float:
    """The database is lost, and the copy that is put back is older than the newest receipts."""
    settings, folder = stage.stack.settings(), stage.stack.data_dir / "copies" / str(time.monotonic_ns())
    folder.parent.mkdir(exist_ok=True)
    back_up(settings, folder)
    for ballot in stage.next_ballots(8):
        stage.hand_in(ballot)
    time.sleep(stage.dice.random() * 3)  # some of them are on the chain, some are not
    stage.stack.end_backend()
    died = time.monotonic()
    restore(settings, folder)
    shutil.rmtree(folder)
    stage.stack.start_backend()
    return died


FAULTS: dict[str, Fault] = {
    "backend killed before commit": killed_at("before commit"),
    "backend killed after commit": killed_at("after commit"),
    "backend killed after the nonce": killed_at("after nonce"),
    "backend killed after signing": killed_at("after sign"),
    "backend killed after sending": killed_at("after send"),
    "backend killed after the block, before noting it": killed_at("after mine"),
    "backend killed while raising a fee": killed_mid_bump,
    "backend killed while mirroring": killed_at("mid-mirror"),
    "chain killed, newest blocks lost": anvil_killed,
    "chain restarted": anvil_restarted,
    "1 block rewritten": rewritten(1),
    "2 blocks rewritten": rewritten(2),
    "K blocks rewritten": rewritten(CONFIRMATIONS),
    "K+1 blocks rewritten: halts": rewritten_below_finality,
    "chain rolled back": rolled_back,
    "transactions dropped": dropped,
    "transactions underpriced": underpriced,
    "transaction replaced": replaced,
    "disk full": disk_full,
    "node 3 s slow": bad_line(SLOW, 8),
    "stale node": bad_line(STALE, 8, second_node=True),
    "network cut": bad_line(CUT, 5),
    "50 duplicate requests": fifty_times,
    "database restored from an older copy": restored_from_before,
}
QUICK = (
    "backend killed after commit",
    "backend killed after sending",
    "chain killed, newest blocks lost",
    "50 duplicate requests",
)
