"""The embedded chain: ended and started again, killed, left behind, half its state file lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from backend.ground.chain.anvil import ROOT, EmbeddedAnvil, free_port, port_taken
from backend.ground.chain.errors import AnvilNotStarted, NotEmbedded
from backend.ground.chain.node import Node
from backend.ground.chain.service import Chain
from backend.ground.chain.values import Stage
from tests.backend.ground.chain.world import RELAY_KEY, World, case_creation, open_database, open_test_chain, until


def pid_of(anvil: EmbeddedAnvil) -> int:
    assert anvil._process is not None
    return anvil._process.pid


def test_it_goes_on_where_it_ended_with_its_clock_ahead(tmp_path: Path) -> None:
    chain = open_test_chain(tmp_path)
    try:
        world = World(chain)
        poll = world.to_open()
        world.transact(world.cast(0, 1), "cast")
        chain.move_time(world.terms.closes_at)
        assert poll.stage() is Stage.CLOSED
        port = Node(chain.rpc_url).url
        chain.stop()
        chain.start()
        assert chain.rpc_url == port
        number = chain.block().number
        until(lambda: chain.block().number > number + 1)
        # A clock that fell back to today would open the vote again.
        assert poll.stage() is Stage.CLOSED
        assert chain.chain_time() >= world.terms.closes_at
        assert poll.ballot_of(0).sequence == 1
        assert chain.transact(poll.open_sums(world.openings({0: 1})), "open").event("PollTallied")
    finally:
        chain.stop()


def test_no_block_is_made_before_its_clock_is_carried_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine more than a block's time passes between its start and the setting of its clock."""
    anvil = EmbeddedAnvil(tmp_path / "state.json")
    anvil.start()
    anvil.node.ask("evm_increaseTime", hex(7 * 86_400))
    until(lambda: anvil.node.block().timestamp > time.time() + 86_400)
    before = anvil.node.block()
    anvil.note_time(before.timestamp)
    anvil.stop()
    carry_on = EmbeddedAnvil._carry_time_on

    def late(self: EmbeddedAnvil) -> None:
        time.sleep(2.5)
        carry_on(self)

    monkeypatch.setattr(EmbeddedAnvil, "_carry_time_on", late)
    anvil.start()
    try:
        until(lambda: anvil.node.block().number > before.number + 2)
        times = [anvil.node.block(number).timestamp for number in range(before.number, anvil.node.block().number + 1)]
        assert times == sorted(times)
    finally:
        anvil.stop()


def test_killed_it_is_started_again_and_loses_nothing_of_ours(tmp_path: Path) -> None:
    anvil = EmbeddedAnvil(tmp_path / "state.json", at_once=True)
    chain = Chain(anvil.url, open_database(tmp_path / "db.sqlite3"), RELAY_KEY, embedded=anvil)
    chain.start()
    try:
        world = World(chain)
        poll = world.to_open()
        chain.follow(poll.address)
        opened = chain.block().number
        until(lambda: _written(tmp_path / "state.json") >= opened)
        ids = [chain.send(world.cast(index, 1), f"cast {index}") for index in range(7)]
        for tx_id in ids:
            chain.wait(tx_id)
        os.kill(pid_of(anvil), signal.SIGKILL)  # within a second of the last ballots: Anvil has not written them
        until(lambda: all(chain.look_up(tx_id).status == "confirmed" for tx_id in ids) and _recorded(chain, world) == 7, seconds=30)
        until(lambda: len(chain.events(poll.address, "BallotsRecorded")) == 7)
        assert chain.case(world.case.address).poll(0) == poll.address
    finally:
        chain.stop()


def _written(state_file: Path) -> int:
    """The number of the newest block that Anvil has written down."""
    try:
        return int(json.loads(state_file.read_bytes())["best_block_number"])
    except (FileNotFoundError, ValueError):
        return -1


def _recorded(chain: Chain, world: World) -> int:
    try:
        return sum(chain.poll(world.poll.address).ballot_of(index).sequence for index in range(7))
    except Exception:
        return 0


APP = """
import sys, pathlib
from backend.ground.chain.anvil import EmbeddedAnvil
anvil = EmbeddedAnvil(pathlib.Path(sys.argv[1]), int(sys.argv[2]))
anvil.start()
print(anvil._process.pid, flush=True)
sys.stdin.read()
"""


def test_a_killed_app_takes_its_chain_along(tmp_path: Path) -> None:
    port = free_port()
    app = subprocess.Popen(
        [sys.executable, "-c", APP, str(tmp_path / "state.json"), str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    )
    assert app.stdout is not None
    assert app.stdin is not None
    pid = int(app.stdout.readline())
    with pytest.raises(AnvilNotStarted, match=f"process {app.pid} runs this chain"):
        EmbeddedAnvil(tmp_path / "state.json").start()
    app.kill()
    app.wait()
    app.stdin.close()
    app.stdout.close()
    after = EmbeddedAnvil(tmp_path / "state.json", port)
    after.start()
    try:
        assert after.node.chain_id() == 31337
        assert pid_of(after) != pid
        assert not os.path.exists(f"/proc/{pid}/exe"), "its chain outlived it"
    finally:
        after.stop()
    assert not port_taken(port)


def test_one_left_behind_is_ended_first(tmp_path: Path) -> None:
    first = EmbeddedAnvil(tmp_path / "state.json")
    first.start()
    left = first._process
    assert left is not None
    # The end of a child is seen when somebody collects it; for one left behind the system does.
    collector = threading.Thread(target=left.wait)
    collector.start()
    second = EmbeddedAnvil(tmp_path / "state.json")
    second.start()
    try:
        collector.join(10)
        assert left.returncode == 0
        assert second.node.chain_id() == 31337
    finally:
        second.stop()


def test_half_a_state_file_is_replaced_by_the_last_good_copy(tmp_path: Path) -> None:
    chain = open_test_chain(tmp_path, pump=False)
    try:
        world = World(chain)
        world.open_case()
        chain.stop()
        chain.start(pump=False)
        chain.pump()  # keeps the good copy
        assert (tmp_path / "state.good.json").exists()
        later = chain.transact(case_creation(), "later")
        chain.stop()
        state = tmp_path / "state.json"
        state.write_bytes(state.read_bytes()[: state.stat().st_size // 2])
        chain.start(pump=False)
        assert world.case.threshold() == 2
        assert (tmp_path / "state.broken.json").exists()
        until(lambda: Node(chain.rpc_url).code(str(later.created_address)) != b"", chain.pump)
    finally:
        chain.stop()


def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    first = EmbeddedAnvil(tmp_path / "a" / "state.json")
    first.start()
    try:
        with pytest.raises(AnvilNotStarted, match="is taken"):
            EmbeddedAnvil(tmp_path / "b" / "state.json", first.port).start()
    finally:
        first.stop()


def test_time_is_moved_on_our_own_chain_only(chain: Chain, tmp_path: Path) -> None:
    to = chain.chain_time() + 86_400
    chain.move_time(to)
    assert to <= chain.chain_time() < to + 5
    chain.move_time(to - 100)
    assert chain.chain_time() >= to
    foreign = Chain(chain.rpc_url, open_database(tmp_path / "db.sqlite3"), RELAY_KEY)
    with pytest.raises(NotEmbedded):
        foreign.move_time(to + 1000)


def test_a_block_comes_every_second_without_transactions(chain: Chain) -> None:
    begun, number = time.monotonic(), chain.block().number
    until(lambda: chain.block().number >= number + 2, seconds=10)
    assert time.monotonic() - begun > 0.5


def test_with_a_block_a_second_a_transaction_waits_for_its_block(tmp_path: Path) -> None:
    chain = open_test_chain(tmp_path, at_once=False)
    try:
        ids = [chain.send(case_creation(), f"case {number}") for number in range(2)]
        assert {chain.look_up(tx_id).status for tx_id in ids} <= {"sent", "confirmed"}
        confirmed = [chain.wait(tx_id) for tx_id in ids]
        assert confirmed[0].created_address != confirmed[1].created_address
        until(lambda: chain.confirmed_block() >= confirmed[1].block)
    finally:
        chain.stop()
