"""Several nodes as one: whoever answers is asked; who lags behind or tells another history is left out, aloud."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.chain.errors import NodeNotAnswering
from backend.chain.node import Node

log = logging.getLogger(__name__)

#: Blocks a node may be behind the best one.
LAG_BLOCKS = 5
EXAMINE_EVERY_SECONDS = 2.0
#: How long one node may take when others are there.
PATIENCE_SECONDS = 4.0


@dataclass
class Standing:
    """One node and what is held against it; an empty fault is a good node."""

    node: Node
    fault: str = ""
    head: int = -1

    def blame(self, fault: str) -> None:
        """Note what is wrong, or that nothing is any more; a change is logged."""
        if fault.split(" (", maxsplit=1)[0] != self.fault.split(" (")[0]:
            if fault:
                log.error("node %s is left out: %s", self.node.name, fault)
            else:
                log.warning("node %s is good again", self.node.name)
        self.fault = fault


class Nodes(Node):
    """A node made of several, first come first asked; `examine` finds those that lag or lie."""

    def __init__(self, urls: Sequence[str], timeout_seconds: float = PATIENCE_SECONDS) -> None:
        super().__init__(urls[0], timeout_seconds)
        self._standings = [Standing(Node(url, timeout_seconds)) for url in urls]
        self._now = self._standings[0]
        self._examined_at = float("-inf")
        self._lock = threading.Lock()

    def standings(self) -> list[tuple[str, str]]:
        """Each node's name and what is held against it, "" when nothing."""
        return [(one.node.name, one.fault) for one in self._standings]

    def examine(self, final: Sequence[tuple[int, str]]) -> None:
        """Leave out who is silent, far behind, on another chain, or tells a final block otherwise than it was read before."""
        with self._lock:
            if time.monotonic() - self._examined_at < EXAMINE_EVERY_SECONDS:
                return
            self._examined_at = time.monotonic()
        looks = [self._look_at(one, final[:1]) for one in self._standings]
        best = max((standing.head for standing, fault, _ in looks if not fault), default=-1)
        honest = any(agrees for _, fault, agrees in looks if not fault)
        for standing, fault, agrees in looks:
            if not fault and standing.head < best - LAG_BLOCKS:
                fault = f"lags behind ({best - standing.head} blocks)"  # noqa: PLW2901
            # When no node agrees with what was read, the chain itself was rewritten: the mirror says so, nobody is left out.
            if not fault and honest and not agrees:
                fault = f"tells block {final[0][0]} otherwise than it was"  # noqa: PLW2901
            standing.blame(fault)

    def _look_at(self, standing: Standing, final: Sequence[tuple[int, str]]) -> tuple[Standing, str, bool]:
        """The node, what is wrong with it by itself, and whether it tells the final block as it was read."""
        try:
            chain_id, standing.head = standing.node.chain_id(), standing.node.block().number
            expected = self._expected_chain_id = getattr(self, "_expected_chain_id", 0) or chain_id
            if chain_id != expected:
                return standing, f"is of chain {chain_id}, not {expected}", False
            # A block that the node has not got yet is no lie.
            told = [standing.node.hash_of(number) for number, _ in final]
            return standing, "", all(not said or said == known for said, (_, known) in zip(told, final, strict=True))
        except NodeNotAnswering as error:
            return standing, f"does not answer ({error.facts.get('reason')})", False

    def _ask_once(self, method: str, *params: object) -> Any:
        first = self._now
        others = [one for one in self._standings if one is not first]
        # Good ones first, in the order of the settings; those left out only when nobody else answers.
        order = sorted([first, *others], key=lambda one: bool(one.fault))
        fault: NodeNotAnswering | None = None
        for standing in order:
            try:
                answer = standing.node._ask_once(method, *params)
            except NodeNotAnswering as error:
                standing.blame(f"does not answer ({error.facts.get('reason')})")
                fault = error
                continue
            if standing is not self._now:
                log.warning("node %s is asked from now on", standing.node.name)
                self._now = standing
            return answer
        raise fault or NodeNotAnswering(reason="no node")


def open_node(rpc_url: str) -> Node:
    """The node at an address, or all of them when several are given with commas between."""
    urls = [url.strip() for url in rpc_url.split(",") if url.strip()]
    return Nodes(urls) if len(urls) > 1 else Node(rpc_url)
