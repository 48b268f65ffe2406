"""The service's own counter on a sealed poll that was held beside it: the embedded chain, its mirror and its outbox, over a database of
its own. A register that holds leaves alone stands in for the room's."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, cast

from backend.ground.chain.node import Node
from backend.ground.chain.service import open_chain
from backend.ground.chain.values import Leaf
from backend.ground.common.settings import Settings
from backend.ground.db.schema import upgrade
from backend.ground.db.sessions import open_engine, open_sessions
from backend.vote.tally.box import BoxReader
from backend.vote.tally.counter import Counter
from scripts.rig.processes import free_port
from tests.contracts.ballot_box import Register
from tests.contracts.sealed_world import SealedPoll


@dataclass(frozen=True)
class Leaves:
    """A register that gives leaves."""

    register: Register

    def leaves(self, case_id: str, register_number: int, indexes: Sequence[int]) -> list[Leaf]:
        """As `RegisterService.leaves`."""
        lenders = self.register.lenders
        return [Leaf(lenders[index].voting_class, *lenders[index].point) for index in indexes]


@dataclass(frozen=True)
class Counted:
    """What the counter goes by in a poll."""

    address: str
    motions: int
    id: str = "bench"
    case_id: str = "bench"
    register_number: int = 0


class CountingHouse(AbstractContextManager["CountingHouse"]):
    """An embedded chain of a block a second that also mines at once, until it is counted on."""

    def __init__(self, folder: Path) -> None:
        settings = Settings(data_dir=folder, database_url="", rpc_url="", anvil_port=free_port())
        engine = open_engine(settings.resolved_database_url)
        upgrade(engine)
        self._sessions = open_sessions(engine)
        self._chain = open_chain(settings, self._sessions, at_once=True)
        self.address = self._chain.rpc_url
        self._node = Node(self.address)

    def __enter__(self) -> CountingHouse:
        """Start the chain and what looks after it."""
        self._chain.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End them."""
        self._chain.stop()

    def follow(self, poll: SealedPoll) -> None:
        """Mirror it from now on, as the service does from the announcement."""
        self._chain.follow(poll.contract.address.lower())

    def count(self, poll: SealedPoll) -> float:
        """Seconds from the first look at an unsealed poll until its box is empty. Raises: RuntimeError when it is not."""
        known = Counted(poll.contract.address.lower(), poll.motions)
        reader = BoxReader(self._chain, cast(Any, Leaves(poll.register)))
        counter = Counter(self._sessions, self._chain, cast(Any, None), reader, cast(Any, None))
        self._mine(at_once=False)  # one block a second, as where it serves
        began = time.perf_counter()
        empty = counter.count(cast(Any, known))
        seconds = time.perf_counter() - began
        self._mine(at_once=True)
        if not empty:
            raise RuntimeError("the box is not empty")
        poll.records.clear()  # the test's own book of what is left
        return seconds

    def _mine(self, *, at_once: bool) -> None:
        for method, value in (("evm_setAutomine", at_once), ("evm_setIntervalMining", 1)):
            self._node.ask(method, value)
