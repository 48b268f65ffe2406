"""How sending, mirroring and the nodes go, for those who watch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ChainStanding:
    """A moment's picture; made without asking a node."""

    waiting: int
    """Transactions in no block yet."""
    oldest_at: datetime | None
    """When the oldest of them was signed."""
    confirmed_block: int
    """The newest final block read; -1: none yet."""
    halted_at: int | None
    """The final block that changed; None: all is well."""
    round_age_seconds: float
    """Since the last whole round of sending and mirroring."""
    nodes: list[tuple[str, str]]
    """Each node's name and what is held against it; empty where there is one node only."""
    still_seconds: float
    """How long the newest block is known to be the newest."""
    stands_still: bool
    """Whether the chain counts as halted."""
    organisations: tuple[str, ...]
    """Who has nodes here; empty where the chain is this app's own."""
    finality_waits: str
    """What keeps final blocks from being read while sending goes on; "": nothing."""
    disagreement: str
    """What the organisations' nodes tell differently; "": nothing."""
