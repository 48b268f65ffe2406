"""A mirror of the events of followed contracts, true to the chain also when the chain is rewritten.

Each round compares the hashes of blocks that were read with the node's. Where they differ, everything above the last common block is
forgotten and read again, in one database transaction. The last blocks are read twice in any case: a node may have logs later than blocks.

A block that counted as final must not change: then the mirror stands still, loudly, until somebody has looked and accepted the new chain.
Only the embedded chain may lose final blocks, after it was killed and started again.
"""

from __future__ import annotations

import logging
import threading
from collections import defaultdict

from backend.ground.chain import store
from backend.ground.chain.calls import Block, ContractEvent
from backend.ground.chain.certificates import QUESTION, Validators
from backend.ground.chain.errors import NodeNotAnswering, NoHalt, RewrittenBelowFinality, TooFewOrganisations
from backend.ground.chain.events import event_name, read_event
from backend.ground.chain.node import Json, Node, NodeRefused
from backend.ground.chain.nodes import LAG_BLOCKS
from backend.ground.chain.store import MirroredEvent
from backend.ground.chain.typed_data import address_bytes
from backend.ground.common.clock import Clock, SystemClock
from backend.ground.db.sessions import Sessions

log = logging.getLogger(__name__)

#: More than a node may lag behind (`nodes.LAG_BLOCKS`): what one that was asked in another's place did not show yet is read again.
REREAD_BLOCKS = LAG_BLOCKS + 3
BLOCKS_AT_ONCE = 5_000
KEPT_HASHES = 256


class Mirror:
    """Events of followed contracts; `confirmations` is how many blocks must stand on one before it counts as final."""

    def __init__(
        self, node: Node, sessions: Sessions, confirmations: int, clock: Clock | None = None, validators: Validators | None = None
    ) -> None:
        self._node = node
        self._sessions = sessions
        self._confirmations = confirmations
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._loss_expected = False
        self._alone = 0
        self._validators = validators
        self._certified = (-1, "")

    def follow(self, address: str, from_block: int | None = None) -> None:
        """Mirror a contract's events from a block on; the next round reads them.

        Without a block they are mirrored from where they are already: to read all of a long chain once more would take hours.
        """
        with self._sessions.begin() as session:
            store.follow(session, "0x" + address_bytes(address).hex(), from_block)

    def expect_loss(self) -> None:
        """The embedded chain was started again and may have lost blocks: the next round takes what it finds."""
        self._loss_expected = True

    def halted_at(self) -> int | None:
        """The final block that changed, while nobody has accepted that; None when all is well."""
        with self._sessions.reading() as session:
            halt = store.open_halt(session)
            return halt.block if halt is not None else None

    def final_blocks(self) -> list[tuple[int, str]]:
        """Number and hash of blocks that were read and count as final, newest first: what an honest node must know."""
        with self._sessions.reading() as session:
            seen = store.seen_blocks(session)
        return [(number, block_hash) for number, block_hash in seen if number <= seen[0][0] - self._confirmations]

    def awaits_blocks(self, head: int) -> bool:
        """Whether an event was read that the chain has to grow on before it is final."""
        with self._sessions.reading() as session:
            newest = store.newest_mirrored_block(session)
        return newest > head - self._confirmations

    def accept_rewrite(self) -> int:
        """Somebody has looked: the next round follows the new chain. Returns the block. Raises: NoHalt."""
        with self._sessions.begin() as session:
            halt = store.open_halt(session)
            if halt is None:
                raise NoHalt
            halt.accepted_at = self._clock.now()
            return halt.block

    def confirmed_block(self) -> int:
        """The newest block that counts as final among those read; -1 when there is none."""
        with self._sessions.reading() as session:
            seen = store.seen_blocks(session)
        return max(seen[0][0] - self._confirmations, -1) if seen else -1

    def events(
        self, address: str, name: str | None, after_id: int = 0, *, confirmed: bool = True, limit: int = 1000
    ) -> list[ContractEvent]:
        """Events of one name (or of every name) after an id, oldest first.

        With `confirmed` only those in final blocks: a reader who goes on from the last id then misses none and takes none back.
        """
        up_to = self.confirmed_block() if confirmed else 2**62
        with self._sessions.reading() as session:
            rows = store.events(session, "0x" + address_bytes(address).hex(), name, after_id, up_to, limit)
        return [as_event(row) for row in rows]

    def pump(self) -> None:
        """One round. What was mirrored is not changed when it raises.

        Raises: NodeNotAnswering; RewrittenBelowFinality; FinalityNotProved; TooFewOrganisations when one organisation alone, of
        several, told what was read.
        """
        with self._lock, self._sessions.alone("mirror") as mine:
            if not mine:
                return  # another backend on the same database reads
            self._alone = self._node.answers_alone
            head = self._node.block()
            with self._sessions.reading() as session:
                seen = store.seen_blocks(session)
                followed = [(one.address, one.from_block, one.next_block) for one in store.followed(session)]
            self._check_final(seen, head)
            common = self._last_common_block(seen)
            deep = max(head.number - self._confirmations, 0)
            final = (deep, self._node.hash_of(deep))
            starts = _starts(followed, common)
            found = {start: self._read(addresses, start, head) for start, addresses in starts.items()}
            if self._node.hash_of(head.number) != head.hash:
                return  # rewritten while it was read; the next round reads one and the same chain
            self._check_company()
            self._check_certified(*final)
            self._write(seen, common, (final, (head.number, head.hash)), starts, found)
            if self._loss_expected or common < final[0]:
                self._end_halt()
            self._loss_expected = False

    def _check_company(self) -> None:
        """Raises: TooFewOrganisations when anything since this round began was told by one organisation alone, of several."""
        if self._node.answers_alone != self._alone:
            raise TooFewOrganisations(reason=f"1/{len(self._node.organisations)}")

    def _check_certified(self, number: int, block_hash: str) -> None:
        """Raises: FinalityNotProved where validators are named and too few of them sealed what would count as final."""
        if self._validators is None or number == 0 or (number, block_hash) == self._certified:
            return  # the first block is sealed by nobody: all parties made it themselves
        self._validators.check(number, block_hash, self._node.told_by_each(QUESTION, hex(number), False))
        self._certified = number, block_hash

    def _check_final(self, seen: list[tuple[int, str]], head: Block) -> None:
        """Raises: RewrittenBelowFinality when a final block has another hash now; NodeNotAnswering when the node lacks it."""
        final = next(((number, known) for number, known in seen if number <= seen[0][0] - self._confirmations), None)
        if final is None or self._loss_expected:
            return
        number, known = final
        now = self._node.hash_of(number)
        self._check_company()
        if not now:
            raise NodeNotAnswering(reason=f"the node is at block {head.number} and lacks block {number}, which counts as final")
        with self._sessions.reading() as session:
            halt = store.open_halt(session)
        if now != known and (halt is None or halt.accepted_at is None):
            if halt is None:
                self._halt(number, known, now)
            raise RewrittenBelowFinality(block=number)
        if now == known and halt is not None:
            self._end_halt()

    def _halt(self, number: int, known: str, now: str) -> None:
        with self._sessions.begin() as session:
            session.add(store.Halt(block=number, was=known, now=now, noted_at=self._clock.now()))
        log.critical("final block %d was %s and is %s now: nothing is confirmed until somebody accepts it", number, known, now)

    def _end_halt(self) -> None:
        with self._sessions.begin() as session:
            halt = store.open_halt(session)
            if halt is not None:
                halt.ended_at = self._clock.now()
                log.error("the halt at final block %d is over", halt.block)

    def _last_common_block(self, seen: list[tuple[int, str]]) -> int:
        """The newest block read that the node still has; -1 when it has none of them."""
        return next((number for number, block_hash in seen if self._node.hash_of(number) == block_hash), -1)

    def _read(self, addresses: list[str], start: int, head: Block) -> list[Json]:
        end = min(head.number, start + BLOCKS_AT_ONCE - 1)
        if end < start:
            return []
        found = sorted(self._logs(addresses, start, end), key=lambda one: (int(one["blockNumber"], 16), int(one["logIndex"], 16)))
        try:
            for one in found:
                if event_name(one):
                    read_event(one)
        except (KeyError, ValueError) as error:
            raise NodeNotAnswering(reason=f"an event in blocks {start} to {end} that no contract of ours wrote") from error
        return found

    def _logs(self, addresses: list[str], start: int, end: int) -> list[Json]:
        try:
            return self._node.logs(addresses, start, end)
        except NodeRefused as error:
            if start == end:  # not a matter of size: it lacks the block, or wants nobody's questions now
                raise NodeNotAnswering(reason=f"logs of block {start}: {error.message[:200]}") from error
            log.info("the node refuses blocks %d to %d (%s); half of them are asked for", start, end, error.message)
            middle = (start + end) // 2
            return self._logs(addresses, start, middle) + self._logs(addresses, middle + 1, end)

    def _write(
        self,
        seen: list[tuple[int, str]],
        common: int,
        blocks: tuple[tuple[int, str], tuple[int, str]],
        starts: dict[int, list[str]],
        found: dict[int, list[Json]],
    ) -> None:
        head_number = blocks[-1][0]
        with self._sessions.begin() as session:
            if seen and common < seen[0][0]:
                forgotten = store.rewind(session, common)
                log.warning("rewritten above block %d: %d events forgotten", common, forgotten)
            for start, addresses in starts.items():
                rows = [_row(one) for one in found[start] if event_name(one)]
                known = store.event_places(session, addresses, start)
                new = [row for row in rows if (row.block_hash, row.log_index) not in known]
                # Ids must rise with blocks: when anything but the end has changed, all of it is written again.
                if len(rows) - len(new) != len(known) or rows[len(rows) - len(new) :] != new:
                    store.forget_events(session, addresses, start)
                    new = rows
                store.add_events(session, new)
                store.read_up_to(session, addresses, min(head_number, start + BLOCKS_AT_ONCE - 1) + 1)
            for number, block_hash in blocks:
                if block_hash:
                    store.note_block(session, number, block_hash, KEPT_HASHES)


def _starts(followed: list[tuple[str, int, int]], common: int) -> dict[int, list[str]]:
    """Where to read from, and for which contracts: a few blocks before what was not read yet or is no longer true."""
    starts: dict[int, list[str]] = defaultdict(list)
    for address, from_block, next_block in followed:
        begin = min(next_block, common + 1) if common >= 0 else from_block
        starts[max(from_block, begin - REREAD_BLOCKS)].append(address)
    return dict(starts)


def _row(raw: Json) -> MirroredEvent:
    return MirroredEvent(
        address=str(raw["address"]).lower(),
        name=event_name(raw),
        topics=list(raw["topics"]),
        data=bytes.fromhex(raw["data"].removeprefix("0x")),
        block=int(raw["blockNumber"], 16),
        block_hash=raw["blockHash"],
        tx_hash=raw["transactionHash"],
        log_index=int(raw["logIndex"], 16),
    )


def as_event(row: MirroredEvent) -> ContractEvent:
    """A stored event as readers get it."""
    raw = {
        "address": row.address,
        "topics": row.topics,
        "data": row.data.hex(),
        "blockNumber": hex(row.block),
        "blockHash": row.block_hash,
        "transactionHash": row.tx_hash,
        "logIndex": hex(row.log_index),
    }
    return read_event(raw, row.id)
