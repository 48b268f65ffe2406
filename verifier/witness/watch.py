"""One look after the other at the chain: compares what was signed, signs what is new, says what is wrong."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from verifier.tally.chain.finality import Named
from verifier.tally.chain.live import log_of
from verifier.tally.chain.node import Node, Refused, record
from verifier.tally.chain.rules import ChainRule
from verifier.tally.chain.things import Block
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.witness_file import HALTED, HEAD, MISSING, REWRITTEN, SILENT
from verifier.witness.alarms import Alarms
from verifier.witness.ballots import Poll
from verifier.witness.book import Book


@dataclass(frozen=True)
class Limits:
    """In seconds: between signed heads, without a block, for a ballot, for a node that lags; and blocks until one counts as final."""

    every: float = 60
    halt: float = 30
    ballot: int = 120
    lag: float = 20
    confirmations: int = 2
    empty_blocks: bool = True


@dataclass
class Watch:
    """One case, followed by some nodes."""

    book: Book
    nodes: dict[str, Node]
    rule: ChainRule
    case: bytes
    alarms: Alarms
    limits: Limits = field(default_factory=Limits)
    validators: Named | None = None
    polls: Sequence[Poll] = ()
    receipts: Path | None = None
    monotonic: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self._moved_at = self._heard_at = self.monotonic()
        self._signed_at = float("-inf")
        self._newest: Block | None = None
        self._said: set[object] = set()
        self._behind: dict[str, float] = {}
        self._missing = self.book.missing()
        self._base = self.book.last_head()  # what nodes are held against; none after the whole chain became another one
        self._scanned = self._base.block if self._base else -1  # up to where blocks with events were signed
        self._read_to = self._from_block() - 1  # up to where ballots were read

    def _from_block(self) -> int:
        return min((poll.from_block for poll in self.polls), default=0)

    def look(self) -> None:
        """One round; whatever a node cannot tell waits for the next one."""
        heads = self._heads()
        if not heads:
            return self._silent()
        self._heard_at = self.monotonic()
        self._said.discard(SILENT)
        agreeing = {name: self._agrees(name, head) for name, head in heads.items()}
        good = {name: heads[name] for name, agrees in agreeing.items() if agrees}
        if not good and False in agreeing.values():
            self._follow_anew()
            good = heads
        if not good:
            return self._move(max(heads.values(), key=lambda one: one.number))
        name, head = max(good.items(), key=lambda one: one[1].number)
        self._move(head)
        try:
            self._sign(self.nodes[name], head)
            self._look_for_ballots(self.nodes[name], head)
        except (Wrong, Refused) as fault:
            print(f"witness: {name}: {fault}", file=sys.stderr)
        return None

    # --- nodes ---------------------------------------------------------------------------------------------------------------------

    def _heads(self) -> dict[str, Block]:
        found = {}
        for name, node in self.nodes.items():
            try:
                found[name] = self.rule.shown_head(node, "latest", f"{name}: newest block")
            except (Wrong, Refused) as fault:
                print(f"witness: {name}: {fault}", file=sys.stderr)
        return found

    def _agrees(self, name: str, head: Block) -> bool | None:
        """Whether a node still has the head that was signed last (None: it does not tell); an alarm where it has another, or none."""
        base = self._base
        if base is None:
            return True
        if head.number < base.block:
            since = self._behind.setdefault(name, self.monotonic())
            if self.monotonic() - since < self.limits.lag:
                return None
            self._alarm(REWRITTEN, base.block, bytes(32), name, (REWRITTEN, name))
            return False
        self._behind.pop(name, None)
        try:
            block = self.rule.shown_head(self.nodes[name], hex(base.block), f"{name}: block {base.block}")
        except (Wrong, Refused) as fault:
            print(f"witness: {name}: {fault}", file=sys.stderr)
            return None
        if block.hash == base.hash:
            self._said.discard((REWRITTEN, name))
            return True
        self._alarm(REWRITTEN, base.block, block.hash, name, (REWRITTEN, name))
        return False

    def _follow_anew(self) -> None:
        """No node has what was signed, which was said: the new chain is followed, from its beginning."""
        self._base, self._newest = None, None
        self._scanned, self._read_to = -1, self._from_block() - 1
        self._behind.clear()
        self._said -= {(REWRITTEN, name) for name in self.nodes}
        for poll in self.polls:
            poll.forget()

    def _alarm(self, kind: int, block: int, hashed: bytes, by: str, once: object) -> None:
        """Signed first, then told; not twice about the same."""
        if once in self._said:
            return
        self._said.add(once)
        self.alarms.tell(self.book.add(kind, block, hashed), by)

    def _silent(self) -> None:
        if self.monotonic() - self._heard_at >= self.limits.halt:
            last = self.book.last_head()
            self._alarm(SILENT, last.block if last else 0, last.hash if last else bytes(32), "", SILENT)

    # --- heads ---------------------------------------------------------------------------------------------------------------------

    def _move(self, head: Block) -> None:
        """Whether the chain goes on."""
        if self._newest is None or head.number > self._newest.number:
            self._newest, self._moved_at = head, self.monotonic()
            self._said.discard(HALTED)
        elif self.limits.empty_blocks and self.monotonic() - self._moved_at >= self.limits.halt:
            self._alarm(HALTED, head.number, head.hash, "", HALTED)

    def _sign(self, node: Node, head: Block) -> None:
        """The newest final block when it is time, and each with an event of the case or its polls."""
        final = head.number - self.limits.confirmations
        if final <= (self._base.block if self._base else -1):
            return
        blocks = self._with_events(node, self._scanned + 1, final)
        if self._base is None or self.monotonic() - self._signed_at >= self.limits.every:
            blocks.add(final)
        for number in sorted(blocks):
            block = self.rule.shown_head(node, hex(number), f"block {number}")
            if block.number != number or not self._is_certified(block):
                return
            self._base = self.book.add(HEAD, number, block.hash)
            self._signed_at = self.monotonic()
        self._scanned = final

    def _is_certified(self, block: Block) -> bool:
        return self.validators is None or block.number == 0 or self.validators.check(block, "node.finality", StepLog(1, "Node"))

    def _with_events(self, node: Node, first: int, last: int) -> set[int]:
        addresses = ["0x" + one.hex() for one in (self.case, *(poll.address for poll in self.polls))]
        found: set[int] = set()
        for _, rows in node.log_rows({"address": addresses}, first, last):
            found.update(log_of(record(row, "logs"), "logs").block_number for row in rows)
        return found

    # --- ballots -------------------------------------------------------------------------------------------------------------------

    def _look_for_ballots(self, node: Node, head: Block) -> None:
        if not self.polls or self.receipts is None:
            return
        if head.number > self._read_to:
            addresses = ["0x" + poll.address.hex() for poll in self.polls]
            # The last blocks once more: they may have been others.
            first = max(self._read_to - self.limits.confirmations, self._from_block())
            for _, rows in node.log_rows({"address": addresses}, first, head.number):
                for poll in self.polls:
                    poll.take_logs(rows)
            self._read_to = head.number
        for poll in self.polls:
            for fault in poll.take_receipts(self.receipts):
                print(f"witness: {fault}", file=sys.stderr)
            for digest in poll.overdue(head.timestamp, self.limits.ballot):
                if digest not in self._missing:
                    self._missing.add(digest)
                    self._alarm(MISSING, head.number, digest, "", digest)
