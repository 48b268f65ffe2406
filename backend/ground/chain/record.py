"""What stands on the chain beside the state of its contracts: who sent which ballots, the relay's notes, hashes of earlier blocks."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence

from backend.ground.chain import artifacts, store
from backend.ground.chain.calls import Block, ContractCall, ContractEvent
from backend.ground.chain.casts import CastBallot, NotACast, read_cast
from backend.ground.chain.errors import CreationNotFound, NodeNotAnswering, TransactionReverted
from backend.ground.chain.events import event_name
from backend.ground.chain.mirror import as_event
from backend.ground.chain.node import Node
from backend.ground.chain.notes import RECEIPTS
from backend.ground.chain.outbox import OutboxEntry
from backend.ground.chain.typed_data import address_bytes
from backend.ground.chain.values import TransactionStatus
from backend.ground.db.sessions import Sessions
from verifier.call_data import ArgumentsNotReadable, read_arguments

#: Where EIP-2935 keeps the hashes of earlier blocks, and how far back it reaches; a contract by itself reaches BLOCKHASH's 256.
BLOCK_HASHES = "0x0000f90827f1c53a10cb7a02335b175320002935"
REACH, REACH_BY_ITSELF = 8191, 256
_CHECKPOINT_BYTES = 40


class ChainRecord:
    """Reads what others are to find later; sends nothing."""

    def __init__(self, node: Node, sessions: Sessions, sender: str) -> None:
        self._node = node
        self._sessions = sessions
        self._sender = sender
        self._has_block_hashes = False

    # --- ballots -------------------------------------------------------------------------------------------------------------------

    def casts(self, tx_hash: str) -> list[CastBallot]:
        """The ballots that a transaction carried to a poll, with their keys. Raises: NodeNotAnswering, also when it carried none."""
        sent = self._node.transaction(tx_hash)
        try:
            return read_cast(bytes(sent["input"]))
        except NotACast as error:
            raise NodeNotAnswering(reason=f"{tx_hash} carries no ballots") from error

    def box_left_by(self, tx_hash: str) -> bytes:
        """The number of a box after the transaction that counted a piece of it; how many records that took its data alone does not say.

        Raises: NodeNotAnswering.
        """
        function = artifacts.load("SealedPoll").functions["count"]
        data = bytes(self._node.transaction(tx_hash)["input"])
        if data[:4] != function.hash[:4]:
            raise NodeNotAnswering(reason=f"{tx_hash} counts no ballots")
        try:
            before, _ = read_arguments(function.types, data[4:])
        except ArgumentsNotReadable as error:
            raise NodeNotAnswering(reason=f"{tx_hash} counts no ballots that can be read") from error
        return bytes(before)

    def has_passkey_code(self, address: bytes) -> bool:
        """Whether the contract there is the one that verifies passkeys today, to the byte. Raises: NodeNotAnswering."""
        return self._node.code("0x" + address.hex()) == artifacts.load("PasskeyVerifier").deployed

    # --- notes ---------------------------------------------------------------------------------------------------------------------

    def notes_mark(self, case: str, sender: str) -> tuple[int, int]:
        """What changes whenever a sender's notes on this case do, as far as they are mirrored."""
        with self._sessions.reading() as session:
            return store.newest_of(session, _plain(case), "Noted", _topic(sender))

    def notes(self, case: str, sender: str) -> list[ContractEvent]:
        """A sender's notes about receipts on a case, oldest first, those of the newest blocks too."""
        with self._sessions.reading() as session:
            rows = store.events_of_topic(session, _plain(case), "Noted", _topic(sender))
        return [event for event in map(as_event, rows) if event.args["subject"] == RECEIPTS]

    # --- what was sent, and how far the mirror has read ----------------------------------------------------------------------------

    def find(self, key: str) -> OutboxEntry | None:
        """The relay's transaction under an idempotency key, if there is one."""
        with self._sessions.reading() as session:
            known = store.transaction_by_key(session, key)
        if known is None:
            return None
        rule = str(known.error["rule"]) if known.error else None
        return OutboxEntry(known.id, known.key, TransactionStatus(known.status), known.tx_hash, known.block, rule)

    def may_come_of(self, key: str) -> bool:
        """Whether a transaction is stored under the key that was not refused: what it does has come about or will."""
        return self.find(self.open_key(key)) is not None

    def is_on_its_way(self, key: str) -> bool:
        """Whether a transaction is stored under the key and in no block yet."""
        known = self.find(self.open_key(key))
        return known is not None and known.status in store.UNFINISHED

    def open_key(self, key: str) -> str:
        """The key itself, or its next name after a block refused what was sent under it: the same call may be right later."""
        for attempt in itertools.count():
            name = f"{key}/{attempt}" if attempt else key
            known = self.find(name)
            if known is None or known.status != TransactionStatus.REVERTED:
                return name
        raise AssertionError("count has no end")

    def has_strange_transactions(self) -> bool:
        """Whether the node waits with transactions of the relay's key that this database does not know: it was restored from before.

        Raises: NodeNotAnswering.
        """
        mined, pending = self._node.nonce(self._sender), self._node.nonce(self._sender, "pending")
        with self._sessions.reading() as session:
            return pending > max(mined, store.next_nonce(session, self._sender))

    def unknown_transactions(self) -> int:
        """How many transactions of the relay's key blocks hold beyond the last that this database knows. Raises: NodeNotAnswering."""
        mined = self._node.nonce(self._sender)
        with self._sessions.reading() as session:
            return max(mined - store.next_nonce(session, self._sender), 0)

    def mirrored_to(self, address: str) -> int:
        """The first block whose events of this contract are not mirrored yet."""
        with self._sessions.reading() as session:
            return store.next_block(session, _plain(address))

    def creation_of(self, address: str) -> Block:
        """The block in which a case was created, by the node's own answer. Raises: CreationNotFound, NodeNotAnswering."""
        with self._sessions.reading() as session:
            number = store.first_block(session, _plain(address))
        if not any(event_name(log) == "CaseOpened" for log in self._node.logs([address], number, number)):
            raise CreationNotFound(address=address, block=number)
        return self._node.block(number)

    # --- checkpoints ---------------------------------------------------------------------------------------------------------------

    def reach(self) -> int:
        """How many blocks back a contract can tell a block's hash, counted from the block it runs in. Raises: NodeNotAnswering."""
        return REACH if self._tells_hashes() else REACH_BY_ITSELF

    def _tells_hashes(self) -> bool:
        if self._has_block_hashes:  # a chain does not lose it again
            return True
        head = self._node.block().number
        asked = ContractCall(BLOCK_HASHES, max(head - REACH_BY_ITSELF - 1, 0).to_bytes(32, "big"))
        try:
            answer = self._node.call(asked)
        except TransactionReverted:
            return False
        self._has_block_hashes = len(answer) == 32 and any(answer)
        return self._has_block_hashes

    def blocks_with_events(self, addresses: Collection[str], from_block: int) -> list[int]:
        """Numbers of the mirrored blocks from one on that hold events of these contracts, rising."""
        with self._sessions.reading() as session:
            return store.blocks_with_events(session, [_plain(address) for address in addresses], from_block)

    def newest_event_block(self, addresses: Collection[str]) -> int:
        """The newest mirrored block that holds an event of these contracts; -1 for none."""
        with self._sessions.reading() as session:
            return store.newest_event_block(session, [_plain(address) for address in addresses])

    def checkpointed(self, case: str, from_block: int) -> set[int]:
        """Numbers of the blocks that checkpoints of a case from a block on name."""
        with self._sessions.reading() as session:
            rows = store.events_from(session, _plain(case), "Checkpoint", from_block)
        return {number for row in rows for number in named_blocks(as_event(row).args["blocks"])}


def named_blocks(packed: bytes) -> Sequence[int]:
    """The block numbers in a Checkpoint event's data."""
    return [int.from_bytes(packed[at : at + 8], "big") for at in range(0, len(packed), _CHECKPOINT_BYTES)]


def _plain(address: str) -> str:
    return "0x" + address_bytes(address).hex()


def _topic(address: str) -> str:
    """An address as an indexed argument."""
    return "0x" + address_bytes(address).hex().rjust(64, "0")
