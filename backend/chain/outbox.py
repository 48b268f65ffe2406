"""The relay's outbox: a transaction is signed and stored before it is sent, and the same bytes are sent until a block holds them.

Whether a transaction went through is told by its receipt, never by a nonce. A call that the contract refuses is refused before it
takes a nonce. What the chain loses (a rewritten block, a state restored from before) is sent again.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from eth_account import Account
from sqlalchemy.exc import IntegrityError

from backend.chain import store
from backend.chain.calls import Block, ConfirmedTransaction, ContractCall
from backend.chain.errors import KeyUsedForAnotherCall, NodeNotAnswering, NotConfirmedInTime, TransactionReverted, TransactionUnknown
from backend.chain.events import read_events
from backend.chain.node import Json, Node, NodeRefused
from backend.chain.signatures import address_of
from backend.chain.store import ChainTransaction
from backend.common.clock import Clock, SystemClock
from backend.common.ids import new_id
from backend.db.sessions import Sessions

log = logging.getLogger(__name__)

RESEND_AFTER = timedelta(seconds=5)
#: Blocks for which a foreign transaction must hold our nonce before ours is signed again.
DROP_AFTER_BLOCKS = 6
#: Blocks behind the head within which a confirmed transaction is looked at again.
RECHECK_BLOCKS = 12
RESEND_AT_ONCE = 64
#: The most gas one transaction may have on a chain with EIP-7825.
TRANSACTION_GAS_CAP = 2**24
#: The base fee may rise eightfold, 17 full blocks in a row, before a signed transaction waits.
FEE_MARGIN = 8
_SENT_BEFORE = ("already known", "known transaction", "already imported", "nonce too low", "already exists", "underpriced")


@dataclass(frozen=True)
class OutboxEntry:
    """Where a transaction stands: queued, sent, confirmed (in a block), reverted or dropped (will be signed again)."""

    id: str
    key: str
    status: str
    tx_hash: str
    block: int | None
    rule: str | None


class Outbox:
    """The one sender of one key; several threads may use it, but only one process with the same key."""

    def __init__(self, node: Node, sessions: Sessions, key: bytes, clock: Clock | None = None) -> None:
        self.address = address_of(key)
        self._node = node
        self._sessions = sessions
        self._key = key
        self._clock = clock or SystemClock()
        self._chain_id = 0
        self._lock = threading.Lock()
        self._moved = threading.Condition()

    def send(self, call: ContractCall, key: str) -> str:
        """Sign, store, send; with a key used before, nothing is sent. Returns the transaction's id.

        Do not call inside a database transaction. Raises: TransactionReverted when the contract would refuse it (nothing is stored
        then, and the key stays free), KeyUsedForAnotherCall, NodeNotAnswering (nothing is stored then).
        """
        known = self._by_key(call, key)
        if known is None:
            gas_limit = self._gas_limit(call)
            with self._lock:
                known = self._by_key(call, key) or self._store_signed(call, key, gas_limit)
                if known.status == "queued":
                    self._hand_in(known)
        return known.id

    def wait(self, tx_id: str, timeout_seconds: float = 30) -> ConfirmedTransaction:
        """Return when a block holds the transaction.

        Raises: TransactionReverted with the contract's error; NotConfirmedInTime (it keeps being sent); TransactionUnknown.
        """
        deadline = time.monotonic() + timeout_seconds
        entry = self._get(tx_id)
        while True:
            confirmed = self._look(entry)
            if confirmed is not None:
                return confirmed
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
        return OutboxEntry(entry.id, entry.key, entry.status, entry.tx_hash, entry.block, rule)

    def pump(self) -> None:
        """One round: notice receipts, send again what is in no block, put back what the chain lost. Raises: NodeNotAnswering."""
        with self._lock:
            mined = self._node.nonce(self.address)
            head = self._node.block()
            with self._sessions.begin() as session:
                lost = store.reopen_from(session, self.address, mined)
                waiting = list(store.unfinished(session, self.address, RESEND_AT_ONCE))
                finished = list(store.finished_since(session, self.address, head.number - RECHECK_BLOCKS))
            if lost:
                log.warning("the chain lost %d transactions; they are sent again", lost)
            self._check_still_there(finished)
            for entry in waiting:
                self._move_on(entry, mined, head)
        with self._moved:
            self._moved.notify_all()

    # --- one transaction -----------------------------------------------------------------------------------------------------------

    def _by_key(self, call: ContractCall, key: str) -> ChainTransaction | None:
        with self._sessions.begin() as session:
            known = store.transaction_by_key(session, key)
        if known is None:
            return None
        if (known.to, known.data) != (call.to, call.data):
            raise KeyUsedForAnotherCall(key=key)
        return known

    def _get(self, tx_id: str) -> ChainTransaction:
        with self._sessions.begin() as session:
            entry = store.transaction(session, tx_id)
        if entry is None:
            raise TransactionUnknown(id=tx_id)
        return entry

    def _gas_limit(self, call: ContractCall) -> int:
        """The gas to give; asks the contract first, so that a refusal burns no nonce. Raises: TransactionReverted."""
        if call.gas_limit is not None:
            self._node.call(call, self.address)
            return call.gas_limit
        needed = self._node.estimate(call, self.address)
        # The state may differ when the transaction is executed; what is not used is not paid.
        return max(needed, min(needed * 5 // 4 + 20_000, TRANSACTION_GAS_CAP))

    def _store_signed(self, call: ContractCall, key: str, gas_limit: int) -> ChainTransaction:
        pending = self._node.nonce(self.address, "pending")
        fees = self._fees()
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

    def _sign(self, entry: ChainTransaction, nonce: int, fees: Json) -> None:
        fields: Json = {"nonce": nonce, "gas": entry.gas_limit, "value": 0, "data": entry.data, "chainId": self._known_chain_id(), **fees}
        if entry.to is not None:
            fields["to"] = bytes.fromhex(entry.to.removeprefix("0x"))
        signed = Account.sign_transaction(fields, self._key)
        entry.nonce = nonce
        entry.raw = bytes(signed.raw_transaction)
        entry.tx_hash = "0x" + bytes(signed.hash).hex()
        entry.status = "queued"
        entry.missing_since_block = None

    def _fees(self) -> Json:
        raw = self._node.known("eth_getBlockByNumber", "latest", False)
        if raw.get("baseFeePerGas") is None:
            return {"gasPrice": int(self._node.known("eth_gasPrice"), 16)}
        try:
            tip = int(self._node.ask("eth_maxPriorityFeePerGas"), 16)
        except NodeRefused:
            tip = 0
        return {"maxFeePerGas": FEE_MARGIN * int(raw["baseFeePerGas"], 16) + tip, "maxPriorityFeePerGas": tip}

    def _known_chain_id(self) -> int:
        self._chain_id = self._chain_id or self._node.chain_id()
        return self._chain_id

    def _hand_in(self, entry: ChainTransaction) -> None:
        """Send the stored bytes. A node that does not take them now gets them again from the pump."""
        try:
            self._node.send_raw(entry.raw)
        except NodeNotAnswering as error:
            log.warning("transaction %s is not handed in yet: %s", entry.id, error)
            return
        except NodeRefused as error:
            # "Already known" and "nonce too low" say that it, or something in its place, was sent: the receipt will tell.
            if not any(words in error.message.lower() for words in _SENT_BEFORE):
                log.warning("the node does not take transaction %s: %s", entry.id, error)
                return
        self._update(entry, status="sent", sent_at=self._clock.now())

    def _update(self, entry: ChainTransaction, **values: Any) -> None:
        with self._sessions.begin() as session:
            stored = store.transaction(session, entry.id)
            # Signed anew or finished by another thread meanwhile: what was seen is out of date.
            if stored is None or stored.tx_hash != entry.tx_hash:
                return
            if stored.status in store.FINISHED and values.get("status") == "sent":
                return
            for name, value in values.items():
                setattr(stored, name, value)

    # --- what became of it ---------------------------------------------------------------------------------------------------------

    def _look(self, entry: ChainTransaction) -> ConfirmedTransaction | None:
        if entry.status == "reverted" and entry.error is not None:
            raise TransactionReverted(entry.error["rule"], entry.error["facts"])
        try:
            receipt = self._node.receipt(entry.tx_hash)
            if receipt is None:
                return None
            error = self._settle(entry, receipt)
        except NodeNotAnswering as fault:
            log.warning("waiting for %s: %s", entry.id, fault)
            return None
        if error is not None:
            raise TransactionReverted(error["rule"], error["facts"])
        return _confirmed(entry, receipt)

    def _settle(self, entry: ChainTransaction, receipt: Json) -> Json | None:
        """Store what the receipt says; returns the error of a reverted transaction."""
        block, block_hash = int(receipt["blockNumber"], 16), receipt["blockHash"]
        if (entry.status in store.FINISHED) and entry.block_hash == block_hash:
            return entry.error
        error = None if int(receipt["status"], 16) == 1 else self._why_reverted(entry, receipt)
        status = "reverted" if error else "confirmed"
        self._update(entry, status=status, block=block, block_hash=block_hash, error=error, finished_at=self._clock.now())
        return error

    def _why_reverted(self, entry: ChainTransaction, receipt: Json) -> Json:
        if int(receipt["gasUsed"], 16) >= entry.gas_limit:
            return {"rule": "OutOfGas", "facts": {}}
        call = ContractCall(entry.to, entry.data, entry.gas_limit)
        # Asked again in its own block; a node that keeps no old states is asked as of now.
        for block in (int(receipt["blockNumber"], 16), "latest"):
            try:
                self._node.call(call, self.address, block=block)
            except TransactionReverted as error:
                return {"rule": error.rule, "facts": error.facts}
            except NodeNotAnswering:
                continue
        return {"rule": "Unknown", "facts": {}}

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
            self._update(entry, status="queued", block=None, block_hash=None, error=None, finished_at=None)

    def _move_on(self, entry: ChainTransaction, mined: int, head: Block) -> None:
        receipt = self._node.receipt(entry.tx_hash)
        if receipt is not None:
            self._settle(entry, receipt)
        elif entry.nonce < mined:
            self._replaced(entry, head)
        elif entry.sent_at is None or entry.status == "queued" or self._clock.now() - entry.sent_at >= RESEND_AFTER:
            self._hand_in(entry)

    def _replaced(self, entry: ChainTransaction, head: Block) -> None:
        """A transaction of the same key that we did not store holds the nonce: once that is settled, sign again."""
        since = entry.missing_since_block
        if since is None or head.number < since:
            self._update(entry, status="dropped", missing_since_block=head.number)
            return
        if head.number - since < DROP_AFTER_BLOCKS:
            return
        call = ContractCall(entry.to, entry.data, entry.gas_limit)
        try:
            self._node.call(call, self.address)
        except TransactionReverted as error:
            refused = {"rule": error.rule, "facts": error.facts}
            self._update(entry, status="reverted", error=refused, finished_at=self._clock.now())
            return
        pending, fees = self._node.nonce(self.address, "pending"), self._fees()
        with self._sessions.begin() as session:
            stored = session.merge(entry)
            self._sign(stored, max(store.next_nonce(session, self.address), pending), fees)
        log.warning("transaction %s was signed again: its nonce was taken", entry.id)
        self._hand_in(stored)


def _confirmed(entry: ChainTransaction, receipt: Json) -> ConfirmedTransaction:
    return ConfirmedTransaction(
        id=entry.id,
        key=entry.key,
        tx_hash=entry.tx_hash,
        block=int(receipt["blockNumber"], 16),
        block_hash=receipt["blockHash"],
        gas_used=int(receipt["gasUsed"], 16),
        created_address=str(receipt["contractAddress"]).lower() if receipt.get("contractAddress") else None,
        events=read_events(receipt["logs"]),
    )
