"""Signing, storing and handing in one transaction of the relay, and writing down what its receipt says."""

from __future__ import annotations

import logging
from typing import Any

from backend.ground.chain import store
from backend.ground.chain.addresses import created_address
from backend.ground.chain.calls import ConfirmedTransaction, ContractCall
from backend.ground.chain.errors import NodeNotAnswering, TransactionReverted
from backend.ground.chain.events import EventNotReadable, read_events
from backend.ground.chain.node import Json, Node, NodeRefused
from backend.ground.chain.signatures import address_of
from backend.ground.chain.store import ChainTransaction
from backend.ground.chain.values import TransactionStatus
from backend.ground.common.clock import Ages, Clock, SystemClock
from backend.ground.db.sessions import Sessions

log = logging.getLogger(__name__)


class Post:
    """The key, the node it is handed in at, and the table where it is kept."""

    def __init__(self, node: Node, sessions: Sessions, key: bytes, clock: Clock | None = None) -> None:
        self.address = address_of(key)
        self._node = node
        self._sessions = sessions
        self._key = key
        self._clock = clock or SystemClock()
        self._handed_in = Ages(self._clock)
        self._chain_id = 0

    def _sign(self, entry: ChainTransaction, nonce: int, fees: Json) -> None:
        from eth_account import Account  # its curves take as long to load as all of FastAPI; a start must not wait for them

        fields: Json = {"nonce": nonce, "gas": entry.gas_limit, "value": 0, "data": entry.data, "chainId": self._known_chain_id(), **fees}
        if entry.to is not None:
            fields["to"] = bytes.fromhex(entry.to.removeprefix("0x"))
        signed = Account.sign_transaction(fields, self._key)
        entry.nonce = nonce
        entry.raw = bytes(signed.raw_transaction)
        entry.tx_hash = "0x" + bytes(signed.hash).hex()
        entry.status = TransactionStatus.QUEUED
        entry.missing_since_block = None

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
            # That it, or something in its place, was sent: the receipt will tell.
            if not error.was_sent:
                log.warning("the node does not take transaction %s: %s", entry.id, error)
                return
        self._handed_in.begin(entry.tx_hash)
        self._update(entry, status=TransactionStatus.SENT, sent_at=self._clock.now())

    def _update(self, entry: ChainTransaction, **values: Any) -> None:
        with self._sessions.begin() as session:
            stored = store.transaction(session, entry.id)
            # Signed again or finished by another thread meanwhile: what was seen is out of date.
            if stored is None or stored.tx_hash != entry.tx_hash:
                return
            if stored.status in store.FINISHED and values.get("status") == TransactionStatus.SENT:
                return
            for name, value in values.items():
                setattr(stored, name, value)

    def _settle(self, entry: ChainTransaction, receipt: Json) -> Json | None:
        """Store what the receipt says; returns the error of a reverted transaction."""
        block, block_hash = int(receipt["blockNumber"], 16), receipt["blockHash"]
        if (entry.status in store.FINISHED) and entry.block_hash == block_hash:
            return entry.error
        error = None if int(receipt["status"], 16) == 1 else self._why_reverted(entry, receipt)
        status = TransactionStatus.REVERTED if error else TransactionStatus.CONFIRMED
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


def confirmed(entry: ChainTransaction, receipt: Json) -> ConfirmedTransaction:
    """What a receipt says of a transaction that a block holds and that was not reverted. Raises: NodeNotAnswering."""
    try:
        events = read_events(receipt["logs"])
    except EventNotReadable as error:
        raise NodeNotAnswering(reason=f"an event of {entry.tx_hash} that no contract of ours wrote") from error
    return ConfirmedTransaction(
        id=entry.id,
        key=entry.key,
        tx_hash=entry.tx_hash,
        block=int(receipt["blockNumber"], 16),
        block_hash=receipt["blockHash"],
        gas_used=int(receipt["gasUsed"], 16),
        # Sender and nonce settle where a contract comes to stand: nobody is asked.
        created_address=created_address(entry.sender, entry.nonce) if entry.to is None else None,
        events=events,
    )
