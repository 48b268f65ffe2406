"""Finding out whether the chain lives, and having it make a block where it makes none by itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable

from backend.ground.chain.calls import Block, ContractCall
from backend.ground.chain.mirror import Mirror
from backend.ground.chain.node import Node
from backend.ground.chain.outbox import Outbox
from backend.ground.chain.pulse import Pulse
from backend.ground.common.clock import Clock

#: Seconds that a chain without empty blocks may stand before it is moved on, where that is needed.
BEAT_AFTER_SECONDS = 2.0
#: Of a chain that was not seen alive yet: seconds until a transaction is sent to see whether a block takes it, and until nobody waits on.
PROBE_AFTER_SECONDS, PROBE_SECONDS = 1.0, 4.0


class Heartbeat:
    """Looks at the head, and sends the relay's transactions to itself that only exist to be taken by a block."""

    def __init__(self, node: Node, outbox: Outbox, mirror: Mirror, pulse: Pulse, clock: Clock, *, empty_blocks: bool) -> None:
        self._node = node
        self._outbox = outbox
        self._mirror = mirror
        self._clock = clock
        self._empty_blocks = empty_blocks
        self._probing = threading.Lock()
        self._probed_in_vain = ""
        self._boundaries: list[Callable[[], Iterable[int]]] = []
        self._pause = threading.Event()  # never set: a wait that ends at its timeout
        self.pulse = pulse

    def look(self) -> Block:
        """The newest block, noted with the time of this look. Raises: NodeNotAnswering."""
        asked_at = self._clock.monotonic()
        block = self._node.block()
        self.pulse.note(block, asked_at)
        return block

    def beat(self) -> None:
        """Have a block made; one transaction for each head. Raises: NodeNotAnswering."""
        head = self.pulse.head
        if head is not None:
            self._outbox.send(ContractCall(self._outbox.address, b""), f"beat:{head.number}:{head.hash[2:18]}")

    def prove_alive(self) -> None:
        """Return when a block has come, after sending a transaction for one to take if need be, or when none came in some seconds.

        Of one standing head this is tried once: a crowd must not wait for every one of its ballots. Raises: NodeNotAnswering.
        """
        with self._probing:
            head = self.look()
            if self.pulse.is_alive or head.hash == self._probed_in_vain:
                return
            began, sent = time.monotonic(), False
            while not self.pulse.is_alive and time.monotonic() - began < PROBE_SECONDS:
                if not sent and time.monotonic() - began >= PROBE_AFTER_SECONDS:
                    self.beat()
                    sent = True
                self._pause.wait(0.1)  # a node tells nobody when a block comes
                self.look()
            self._probed_in_vain = "" if self.pulse.is_alive else head.hash

    def add_boundaries(self, times: Callable[[], Iterable[int]]) -> None:
        """Times, in seconds since 1970, that the chain's clock has to pass; a chain without empty blocks is moved on to pass them."""
        self._boundaries.append(times)

    def move_on(self) -> None:
        """Where blocks are made for transactions only: have one made when it is needed. Raises: NodeNotAnswering."""
        head = self.pulse.head
        if self._empty_blocks or head is None or self.pulse.still_seconds < BEAT_AFTER_SECONDS:
            return
        now = self.pulse.latest_time()
        if self._mirror.awaits_blocks(head.number) or any(head.timestamp < at <= now for times in self._boundaries for at in times()):
            self.beat()

    def stands_still(self) -> bool:
        """Whether the chain counts as halted: where blocks are made for transactions only, one of ours has to wait to tell."""
        waits = self._empty_blocks or self._outbox.waited_seconds > self.pulse.patience_seconds
        return self.pulse.stands_still and waits
