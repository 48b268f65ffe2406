"""Acts of ours that somebody else's transaction carried: watched until their block is final, since the outbox has nothing to send again."""

from __future__ import annotations

import logging
from typing import Any

from backend.ground.chain.calls import ContractCall
from backend.ground.chain.errors import CopyNotFinal, TransactionReverted
from backend.ground.chain.intents import Intents
from backend.ground.chain.mirror import Mirror
from backend.ground.chain.node import Node
from backend.ground.chain.outbox import Outbox
from backend.ground.chain.record import ChainRecord

log = logging.getLogger(__name__)

KIND = "copied"


class Copies:
    """While the contract refuses our call, what it does stands there; when it would take it again, the chain has lost the copy."""

    def __init__(self, node: Node, outbox: Outbox, mirror: Mirror, record: ChainRecord, intents: Intents) -> None:
        self._node = node
        self._outbox = outbox
        self._mirror = mirror
        self._record = record
        self._intents = intents
        intents.on(KIND, self._look)

    def watch(self, call: ContractCall, key: str) -> None:
        """From now on; what our own transaction carried the outbox watches. Raises: NodeNotAnswering."""
        if call.to is not None and not self._record.may_come_of(key):
            payload = {"to": call.to, "data": call.data.hex(), "key": key, "block": self._node.block().number}
            self._intents.note(KIND, f"{KIND}/{key}", payload)

    def _look(self, payload: dict[str, Any]) -> None:
        """Returns when it is final, or ours was taken by a block. Raises: CopyNotFinal, NodeNotAnswering."""
        call, key = ContractCall(payload["to"], bytes.fromhex(payload["data"])), payload["key"]
        if not self._record.may_come_of(key):
            if self._is_refused(call):
                if self._mirror.confirmed_block() < payload["block"]:
                    raise CopyNotFinal
                return
            log.warning("the chain lost what somebody else had sent in place of %s; it is sent again", key)
        try:
            self._outbox.wait(self._outbox.send(call, self._record.open_key(key)))
        except TransactionReverted as error:  # copied again, most likely, and in another block
            log.warning("%s was not taken: %s", key, error.rule)
            self.watch(call, key)
            raise CopyNotFinal from error

    def _is_refused(self, call: ContractCall) -> bool:
        try:
            self._node.call(call, self._outbox.address)
        except TransactionReverted:
            return True
        return False
