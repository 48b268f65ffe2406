"""The relay's outbox: a transaction is signed and stored before it is sent, and the same bytes are sent until a block holds them.

Whether a transaction went through is told by its receipt, never by a nonce. A call that the contract refuses is refused before it
takes a nonce. What the chain loses (a rewritten block, a state restored from before) is sent again. What no block takes for long, or no
node, is signed again under the same nonce with another fee or gas, so that one of the versions can be taken, and only one.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from backend.ground.chain import store
from backend.ground.chain.calls import Block, ConfirmedTransaction, ContractCall
from backend.ground.chain.errors import KeyUsedForAnotherCall, NodeNotAnswering, NotConfirmedInTime, TransactionReverted, TransactionUnknown
from backend.ground.chain.fees import fees_anew, fees_of, raised_fees, suggested_fees
from backend.ground.chain.gas import fits, gas_anew, gas_for
from backend.ground.chain.node import Json, Node
from backend.ground.chain.post import Post, confirmed
from backend.ground.chain.store import ChainTransaction
from backend.ground.chain.values import TransactionStatus
from backend.ground.common.clock import Ages, Clock
from backend.ground.common.ids import new_id
from backend.ground.db.sessions import Sessions

log = logging.getLogger(__name__)

RESEND_SECONDS = 5.0
#: Blocks for which a foreign transaction must hold our nonce before ours is signed again.
DROP_AFTER_BLOCKS = 6
#: Blocks behind the head within which a confirmed transaction is looked at again.
RECHECK_BLOCKS = 12
RESEND_AT_ONCE = 64
#: Blocks that may pass a transaction by before it is signed again.
STUCK_BLOCKS = 4
#: Missing nonces that are filled in one round.
GAP_AT_ONCE = 16


@dataclass(frozen=True)
class OutboxEntry:
    """Where a transaction stands."""

    id: str
    key: str
    status: TransactionStatus
    tx_hash: str
    block: int | None
    rule: str | None


class Outbox(Post):
    """The one sender of one key; several threads may use it, but only one process with the same key."""

    def __init__(self, node: Node, sessions: Sessions, key: bytes, clock: Clock | None = None) -> None:
        super().__init__(node, sessions, key, clock)
        self._lock = threading.Lock()
        self._moved = threading.Condition()
        self._waits = Ages(self._clock)
        self.waited_seconds = 0.0
        """How long this process has seen the oldest waiting transaction wait, at its last round."""

    def send(self, call: ContractCall, key: str) -> str:
        """Sign, store, send; with a key used before, nothing is sent. Returns the transaction's id.

        Do not call inside a database transaction. Raises: TransactionReverted when the contract would refuse it (nothing is stored
        then, and the key stays free), KeyUsedForAnotherCall, NodeNotAnswering (nothing is stored then).
        """
        known = self._by_key(call, key)
        if known is None:
            gas_limit = gas_for(self._node, call, self.address)
            with self._lock:
                known = self._by_key(call, key) or self._store_signed(call, key, gas_limit)
                if known.status == TransactionStatus.QUEUED:
                    self._hand_in(known)
        return known.id

    def wait(self, tx_id: str, timeout_seconds: float = 30) -> ConfirmedTransaction:
        """Return when a block holds the transaction.

        Raises: TransactionReverted with the contract's error; NotConfirmedInTime (it keeps being sent); TransactionUnknown.
        """
        deadline = time.monotonic() + timeout_seconds
        entry = self._get(tx_id)
        while True:
            taken = self._look(entry)
            if taken is not None:
                return taken
            left = deadline - time.monotonic()
            if left <= 0:
                raise NotConfirmedInTime(seconds=int(timeout_seconds))
            with self._moved:
                moved = self._moved.wait(min(0.1, left))
            # Without word from the pump the node is asked again, since a node tells nobody when a block comes.
            if moved:
                entry = self._get(tx_id)

    def look_up(self, tx_id: str) -> OutboxEntry:
        """Where the transaction stands, as last seen. Raises: TransactionUnknown."""
        entry = self._get(tx_id)
        rule = str(entry.error["rule"]) if entry.error else None
        return OutboxEntry(entry.id, entry.key, TransactionStatus(entry.status), entry.tx_hash, entry.block, rule)

    def pump(self) -> None:
        """One round: notice receipts, send again what is in no block, put back what the chain lost. Raises: NodeNotAnswering."""
        with self._lock, self._sessions.alone(f"outbox {self.address}") as mine:
            if mine:
                self._pump()
        with self._moved:
            self._moved.notify_all()

    def _pump(self) -> None:
        alone = self._node.answers_alone
        mined = self._node.nonce(self.address)
        head = self._node.block()
        company = self._node.answers_alone == alone
        with self._sessions.begin() as session:
            # On one organisation's word, of several, nothing counts as lost, replaced or stuck: it is only sent on.
            lost = store.reopen_from(session, self.address, mined) if company else 0
            waiting = list(store.unfinished(session, self.address, RESEND_AT_ONCE))
            finished = list(store.finished_since(session, self.address, head.number - RECHECK_BLOCKS))
        if lost:
            log.warning("the chain lost %d transactions; they are sent again", lost)
        self._waits.keep({entry.id for entry in waiting})
        self.waited_seconds = max((self._waits.of(entry.id) for entry in waiting), default=0.0)
        self._handed_in.keep({entry.tx_hash for entry in waiting})
        if not company:
            for entry in waiting:
                self._hand_in_again(entry)
            return
        self._check_still_there(finished)
        for entry in waiting:
            self._move_on(entry, mined, head)
        self._fill_gap(waiting, mined)

    # --- one transaction -----------------------------------------------------------------------------------------------------------

    def _by_key(self, call: ContractCall, key: str) -> ChainTransaction | None:
        with self._sessions.reading() as session:
            known = store.transaction_by_key(session, key)
        if known is None:
            return None
        if (known.to, known.data) != (call.to, call.data):
            raise KeyUsedForAnotherCall(key=key)
        return known

    def _get(self, tx_id: str) -> ChainTransaction:
        with self._sessions.reading() as session:
            entry = store.transaction(session, tx_id)
        if entry is None:
            raise TransactionUnknown(id=tx_id)
        return entry

    def _store_signed(self, call: ContractCall, key: str, gas_limit: int) -> ChainTransaction:
        pending = self._node.nonce(self.address, "pending")
        head = self._node.block()
        if not fits(gas_limit, head):
            raise NodeNotAnswering(reason=f"{gas_limit} gas is more than a block takes")
        fees = suggested_fees(self._node, head)
        try:
            with self._sessions.begin() as session:
                nonce = max(store.next_nonce(session, self.address), pending)
                entry = ChainTransaction(
                    id=new_id(), key=key, sender=self.address, to=call.to, data=call.data, gas_limit=gas_limit, created_at=self._clock.now()
                )
                self._sign(entry, nonce, fees)
                session.add(entry)
        except IntegrityError as error:
            # Another process took the key or the nonce in the same moment.
            known = self._by_key(call, key)
            if known is None:
                raise NodeNotAnswering(reason="nonce taken by another process") from error
            return known
        return entry

    # --- what became of it ---------------------------------------------------------------------------------------------------------

    def _look(self, entry: ChainTransaction) -> ConfirmedTransaction | None:
        if entry.status == TransactionStatus.REVERTED and entry.error is not None:
            raise TransactionReverted(entry.error["rule"], entry.error["facts"])
        try:
            receipt = self._node.receipt(entry.tx_hash)
            if receipt is None:
                return None
            error = self._settle(entry, receipt)
            if error is None:
                return confirmed(entry, receipt)
        except NodeNotAnswering as fault:
            log.warning("waiting for %s: %s", entry.id, fault)
            return None
        raise TransactionReverted(error["rule"], error["facts"])

    def _check_still_there(self, entries: list[ChainTransaction]) -> None:
        said = {(entry.block, entry.block_hash) for entry in entries if entry.block is not None}
        gone = {number for number, block_hash in said if self._node.hash_of(number) != block_hash}
        for entry in entries:
            if entry.block not in gone:
                continue
            receipt = self._node.receipt(entry.tx_hash)
            if receipt is not None:
                self._settle(entry, receipt)
                continue
            log.warning("transaction %s was in block %s and is in none now; it is sent again", entry.id, entry.block)
            self._update(entry, status=TransactionStatus.QUEUED, block=None, block_hash=None, error=None, finished_at=None)

    def _move_on(self, entry: ChainTransaction, mined: int, head: Block) -> None:
        receipt = self._node.receipt(entry.tx_hash) or self._receipt_of_former(entry)
        if receipt is not None:
            self._settle(entry, receipt)
        elif entry.nonce < mined:
            self._replaced(entry, head)
        elif entry.nonce == mined and self._is_stuck(entry, head):
            self._make_anew(entry, head)
        else:
            self._hand_in_again(entry)

    def _hand_in_again(self, entry: ChainTransaction) -> None:
        """By the monotonic clock; what another process sent, or this one before its restart, is sent at once."""
        if entry.status == TransactionStatus.QUEUED or self._handed_in.of(entry.tx_hash, RESEND_SECONDS) >= RESEND_SECONDS:
            self._hand_in(entry)

    def _receipt_of_former(self, entry: ChainTransaction) -> Json | None:
        """The receipt of an earlier version with a lower fee, if a block took that; it is in the entry's place then."""
        with self._sessions.reading() as session:
            former = list(store.former_versions(session, entry.id))
        for version in former:
            receipt = self._node.receipt(version.tx_hash)
            if receipt is None or version.tx_hash == entry.tx_hash:
                continue
            with self._sessions.begin() as session:
                stored = session.merge(entry)
                store.keep_version(session, stored)
                stored.tx_hash, stored.raw = version.tx_hash, version.raw
            entry.tx_hash, entry.raw = version.tx_hash, version.raw
            return receipt
        return None

    def _is_stuck(self, entry: ChainTransaction, head: Block) -> bool:
        """Whether blocks pass by the transaction that is next in turn, or nodes refuse it; the first look notes the block."""
        since = entry.missing_since_block
        if since is None or head.number < since:
            self._update(entry, missing_since_block=head.number)
            return False
        return head.number - since >= STUCK_BLOCKS

    def _make_anew(self, entry: ChainTransaction, head: Block) -> None:
        """Sign the same call again under the same nonce; the earlier bytes are kept, a block may still take them.

        What nodes hold they give up for a fee at least a tenth higher only; what they all refuse gets a fee and gas that they can take.
        """
        before, suggested = fees_of(entry.raw), suggested_fees(self._node, head)
        gas_limit = gas_anew(self._node, ContractCall(entry.to, entry.data, entry.gas_limit), self.address, head)
        raised = raised_fees(before, suggested) if entry.status == TransactionStatus.SENT else fees_anew(before, suggested)
        fees = before if raised is None else raised
        if (fees, gas_limit) == (before, entry.gas_limit):
            self._hand_in_again(entry)  # neither fee nor gas is what holds it up
            return
        with self._sessions.begin() as session:
            stored = session.merge(entry)
            store.keep_version(session, stored)
            stored.gas_limit = gas_limit
            self._sign(stored, stored.nonce, fees)
            stored.missing_since_block = head.number
        log.warning("transaction %s has waited %d blocks; sent again with %d gas and fees %s", entry.id, STUCK_BLOCKS, gas_limit, fees)
        self._hand_in(stored)

    def _fill_gap(self, waiting: Sequence[ChainTransaction], mined: int) -> None:
        """Send nothing under nonces that nobody holds, so that those behind them can go.

        A gap comes from a database restored from before: what the lost rows had signed is in no pool any more.
        """
        lowest = min((entry.nonce for entry in waiting), default=0)
        if lowest <= mined:
            return
        free = range(max(mined, self._node.nonce(self.address, "pending")), lowest)
        for nonce in free[:GAP_AT_ONCE]:
            with self._sessions.begin() as session:
                if store.has_nonce(session, self.address, nonce):
                    continue
                entry = ChainTransaction(
                    id=new_id(), key=f"nothing:{nonce}:{new_id()}", sender=self.address, to=self.address, data=b"", gas_limit=21_000,
                    created_at=self._clock.now(),
                )  # fmt: skip
                self._sign(entry, nonce, suggested_fees(self._node))
                session.add(entry)
            log.warning("nobody holds nonce %d; an empty transaction fills it", nonce)
            self._hand_in(entry)

    def waiting(self) -> tuple[int, datetime | None]:
        """How many transactions are in no block yet, and when the oldest was signed."""
        with self._sessions.reading() as session:
            return store.count_unfinished(session, self.address)

    def _replaced(self, entry: ChainTransaction, head: Block) -> None:
        """A transaction of the same key that we did not store holds the nonce: once that is settled, sign again."""
        since = entry.missing_since_block
        if since is None or head.number < since:
            self._update(entry, status=TransactionStatus.DROPPED, missing_since_block=head.number)
            return
        if head.number - since < DROP_AFTER_BLOCKS:
            return
        call = ContractCall(entry.to, entry.data, entry.gas_limit)
        try:
            self._node.call(call, self.address)
        except TransactionReverted as error:
            refused = {"rule": error.rule, "facts": error.facts}
            self._update(entry, status=TransactionStatus.REVERTED, error=refused, finished_at=self._clock.now())
            return
        pending, fees = self._node.nonce(self.address, "pending"), suggested_fees(self._node)
        with self._sessions.begin() as session:
            stored = session.merge(entry)
            self._sign(stored, max(store.next_nonce(session, self.address), pending), fees)
        log.warning("transaction %s was signed again: its nonce was taken", entry.id)
        self._hand_in(stored)
