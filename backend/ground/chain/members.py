"""The nodes that the settings name: whose each is, and what is held against it."""

from __future__ import annotations

import logging
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from backend.ground.chain.errors import NodeNotAnswering
from backend.ground.chain.node import Node

log = logging.getLogger(__name__)

#: A good node that contradicted the others, or did not answer, so often within so many seconds is left out for as long.
LAPSES, LAPSES_SECONDS = 3, 60.0
#: Seconds for one answer above which a node is asked after the quicker ones.
SLOW_SECONDS = 1.0
_SILENT = "does not answer"
_NAMED = re.compile(r"([\w.-]+)=(https?://.*)")


@dataclass(eq=False)
class Member:
    """One node; an empty fault is a good node."""

    node: Node
    organisation: str
    fault: str = ""
    head: int = -1
    seconds: float = 0.0
    """What an answer takes, a moving mean."""
    lapses: deque[float] = field(default_factory=lambda: deque(maxlen=LAPSES))

    @property
    def is_slow(self) -> bool:
        """Whether others should be asked first."""
        return self.seconds > SLOW_SECONDS

    def blame(self, fault: str) -> None:
        """Note what is wrong, or that nothing is any more; a change is logged."""
        if fault.split(" (", maxsplit=1)[0] != self.fault.split(" (", maxsplit=1)[0]:
            if fault:
                log.error("node %s of %s is left out: %s", self.node.name, self.organisation, fault)
            else:
                log.warning("node %s of %s is good again", self.node.name, self.organisation)
        self.fault = fault

    def silent(self, error: NodeNotAnswering, now: float) -> None:
        """It did not answer; whoever answers looks and nothing else would hold up a question after each of them."""
        if not self.fault:
            self.lapses.append(now)
        self.blame(f"{_SILENT} ({error.facts.get('reason')})")

    @property
    def is_silent(self) -> bool:
        """Whether it is left out for not answering."""
        return self.fault.startswith(_SILENT)

    def contradicted(self, method: str, now: float) -> None:
        """The others told something else; often enough, it is left out."""
        self.lapses.append(now)
        if self.lapses_often(now):
            self.blame(f"contradicts the others ({method})")

    def lapses_often(self, now: float) -> bool:
        """Whether it contradicted the others, or was silent when it was thought good, often and lately."""
        return len(self.lapses) == LAPSES and now - self.lapses[0] <= LAPSES_SECONDS

    def took(self, seconds: float) -> None:
        """One more answer took so long."""
        self.seconds += (seconds - self.seconds) / 4


def read_addresses(rpc_url: str) -> list[tuple[str, str]]:
    """Organisation and address of each node: `court=https://a.example, https://b.example`, the host's name where none is given."""
    found = []
    for one in (part.strip() for part in rpc_url.split(",")):
        named = _NAMED.fullmatch(one)
        if named:
            found.append((named[1], named[2]))
        elif one:
            found.append((urlsplit(one).hostname or one, one))
    return found


def organisations_of(members: Sequence[Member]) -> tuple[str, ...]:
    """Each organisation once, in the order of the settings."""
    return tuple(dict.fromkeys(member.organisation for member in members))
