"""Which faults there are, in which lane, with how many seeds, and on what kind of installation each happens."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from scripts.faults.catalogue import FAULTS
from scripts.faults.clocks import CLOCKS, CLOCKS_AT_THE_CLOSE
from scripts.faults.nodes import NODES, NODES_AT_THE_CLOSE, QUIET_CHAIN, QUIET_CHAIN_AT_THE_CLOSE
from scripts.faults.on_postgresql import KILLED, RESTARTED
from scripts.faults.sealed.after import CLOSED
from scripts.faults.sealed.before import CLOSING, OPEN
from scripts.faults.stage import Fault

#: Lanes run beside each other; the names are in the closing line.
LANES = ("processes", "clocks", "nodes", "sealed")
SEEDS = {"processes": 3, "clocks": 5, "nodes": 3, "sealed": 3}


class Ground(StrEnum):
    """The installation that a fault happens to."""

    STANDING = "standing"
    """One whose poll stays open, for all such faults one after the other."""
    POSTGRESQL = "postgresql"
    """The same on PostgreSQL; left out where that is missing."""
    CLOSING = "closing"
    """One of its own for each run, whose poll closes."""
    QUIET = "quiet"
    """One on a chain without fees and without empty blocks, whose poll stays open."""
    QUIET_CLOSING = "quiet closing"
    """The same, one for each run, whose poll closes."""
    SEALED = "sealed"
    """One for each seed with a sealed poll: open, closing, and then as it stood at the close for one fault after the other."""


@dataclass(frozen=True)
class Planned:
    """One fault; what happens on PostgreSQL is made by its server, so `act` is None there."""

    name: str
    lane: str
    ground: Ground
    act: Fault | None

    @property
    def seeds(self) -> int:
        """With how many it happens."""
        return SEEDS[self.lane]

    @property
    def may_be_left_out(self) -> bool:
        """Whether a machine may lack what it needs."""
        return self.ground is Ground.POSTGRESQL


PLAN = [
    *(Planned(name, "processes", Ground.STANDING, act) for name, act in FAULTS.items()),
    *(Planned(name, "nodes", Ground.POSTGRESQL, None) for name in (KILLED, RESTARTED)),
    *(Planned(name, "clocks", Ground.STANDING, act) for name, act in CLOCKS.items()),
    *(Planned(name, "clocks", Ground.CLOSING, act) for name, act in CLOCKS_AT_THE_CLOSE.items()),
    *(Planned(name, "nodes", Ground.STANDING, act) for name, act in NODES.items()),
    *(Planned(name, "nodes", Ground.CLOSING, act) for name, act in NODES_AT_THE_CLOSE.items()),
    *(Planned(name, "nodes", Ground.QUIET, act) for name, act in QUIET_CHAIN.items()),
    *(Planned(name, "nodes", Ground.QUIET_CLOSING, act) for name, act in QUIET_CHAIN_AT_THE_CLOSE.items()),
    *(Planned(name, "sealed", Ground.SEALED, act) for name, act in (OPEN | CLOSING | CLOSED).items()),
]


def chosen(names: list[str]) -> list[Planned]:
    """Those whose name has one of these words; all when there are none."""
    return [one for one in PLAN if not names or any(words in one.name for words in names)]
