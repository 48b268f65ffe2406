"""Attacks on the backend's nodes, clocks and answers, on its own parts: nodes by themselves, a clock that steps, a stranger's question."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from fastapi import Response

from backend.ground.chain.errors import NodeNotAnswering
from backend.ground.chain.node import NodeRefused
from backend.ground.common.clock import Ages, MovableClock
from backend.vote.ballots.receipts import Receipt
from backend.vote.ballots.routes import show_receipt
from backend.vote.ballots.schemas import ReceiptOut
from backend.vote.ballots.service import BallotService
from scripts.attacks.kinds import Attack, Patch, Run, Told, judged, passed, stopped
from tests.backend.ground.chain.test_agreement import HEAD, TX, Honest, Liar, nodes_of
from tests.backend.ground.chain.test_pulse import watched

NODES, CLOCK = "backend/ground/chain/nodes.py", "backend/ground/common/clock.py"

#: Whoever is asked first is believed.
FIRST_BELIEVED = (
    Patch(
        NODES, "        return majority(len({one.organisation for one in self._members if not one.fault}) or heard)\n", "        return 1\n"
    ),
    Patch(NODES, "        return needed == 1\n", "        return False\n"),
)
FIRST_FEE = (Patch(NODES, "        return hex(lower_median(found))\n", "        return hex(found[0])\n"),)
ONE_CARRIER = (
    Patch(
        NODES,
        "                taken[member.organisation] = self._ask_member(member, method, params)\n",
        "                return self._ask_member(member, method, params)\n",
    ),
)
HALTS_UNSEEN = (
    Patch("backend/ground/chain/pulse.py", "        return self.is_proved and not self.stands_still\n", "        return self.is_proved\n"),
)
WALL_CLOCK = (
    Patch(CLOCK, "        now = self._clock.monotonic()\n", "        now = self._clock.now().timestamp()\n"),
    Patch(CLOCK, "        self._began[thing] = self._clock.monotonic()\n", "        self._began[thing] = self._clock.now().timestamp()\n"),
)
RECEIPTS_TELL = (
    Patch(
        "backend/vote/ballots/routes.py",
        "if is_own(receipt, visitor) else StandingOut.of(receipt)",
        "if True else StandingOut.of(receipt)",
    ),
)
MADE_UP = {"blockNumber": hex(HEAD), "blockHash": "0x" + "ab" * 32, "status": "0x1", "gasUsed": "0x1", "logs": []}


def _lies(about: str, with_: Any) -> Liar:
    return Liar(9, lambda method, _: with_ if method == about else ...)


def _of_nodes(ask: Callable[[Any, Liar, list[Honest]], bool], about: str, with_: Any) -> Run:
    """A liar stands first among three organisations; `ask` says whether it had its way."""

    def run(folder: Path) -> Told:
        del folder
        liar, honest = _lies(about, with_), [Honest(1), Honest(2)]
        nodes, _ = nodes_of(liar, *honest)
        try:
            had_its_way = ask(nodes, liar, honest)
        except (NodeNotAnswering, NodeRefused) as refused:
            return stopped("backend", type(refused).__name__)
        return passed("backend") if had_its_way else stopped("backend", "most organisations tell otherwise")

    return run


def _final(nodes: Any, liar: Liar, honest: list[Honest]) -> bool:
    """A transaction that nobody else knows counts as carried out."""
    del liar
    for one in honest:
        one.eth_getTransactionReceipt = lambda _: None  # type: ignore[method-assign]
    found = nodes.receipt(TX)
    return found is not None


def _dear(nodes: Any, *_: Any) -> bool:
    return int(nodes._ask_once("eth_gasPrice"), 16) > 10**12


def _kept(nodes: Any, _: Liar, honest: list[Honest]) -> bool:
    """The liar says that it has sent the relay's transaction, and nobody else gets it."""
    nodes._ask_once("eth_sendRawTransaction", "0x02")
    return not any(one.sent for one in honest)


def _halted(folder: Path) -> Told:
    """No block comes for over a minute, and receipts are given on."""
    del folder
    world = watched()
    world.passes(20, blocks=True, look_every=1)
    world.passes(75, blocks=False, look_every=1)
    return passed("backend") if world.pulse.is_alive else stopped("backend", "the chain stands still")


def _steps_back(folder: Path) -> Told:
    """The service's clock was ten minutes ahead and is right again: does a ballot wait those ten minutes?"""
    del folder
    clock = MovableClock(datetime(2026, 3, 1, tzinfo=UTC))
    ages = Ages(clock)
    clock.step(minutes=10)
    ages.of("ballot")
    clock.step(minutes=-10)
    clock.move(seconds=60)
    return passed("relay") if ages.of("ballot") < 30 else stopped("relay", "waits go by the monotonic clock")


class _OneReceipt:
    """A service that has one receipt."""

    def receipt(self, number: str) -> Receipt:
        at = datetime(2026, 3, 1, tzinfo=UTC)
        return Receipt(number, "poll", b"\x01" * 32, "0x" + "22" * 20, 7, 1, at, None, "0x" + "33" * 65, "recorded", 0, "0x" + "44" * 32, 5)

    def own_receipt(self, receipt: Receipt) -> Receipt:
        return receipt


def _stranger_reads(folder: Path) -> Told:
    """From a receipt's number to index and transaction, and so to the choice."""
    del folder
    shown = show_receipt("R1", None, Response(), cast(BallotService, _OneReceipt()))
    return judged("backend", "" if isinstance(shown, ReceiptOut) else "whether it stands, and nothing more")


ATTACKS = (
    Attack(
        "a lying node that is asked first makes a transaction final",
        "a node that lies",
        _of_nodes(_final, "eth_getTransactionReceipt", MADE_UP),
        FIRST_BELIEVED,
        True,
    ),
    Attack("a node makes fees up until the relay cannot pay", "a node that lies", _of_nodes(_dear, "eth_gasPrice", hex(10**15)), FIRST_FEE),
    Attack(
        "a node keeps the relay's transactions to itself", "a node that lies", _of_nodes(_kept, "eth_sendRawTransaction", TX), ONE_CARRIER
    ),
    Attack("a halted chain passes for a living one", "whoever stops the chain", _halted, HALTS_UNSEEN),
    Attack("a clock that was ahead holds ballots up", "whoever sets the clock", _steps_back, WALL_CLOCK),
    Attack("a receipt's number leads to the choice", "stranger", _stranger_reads, RECEIPTS_TELL),
)
