"""Writes down what officials, institutions and administrators do, before it is done; checks that nothing was changed since."""

from __future__ import annotations

import json
from dataclasses import dataclass

from backend.ground.audit import store
from backend.ground.chain.errors import NodeNotAnswering
from backend.ground.chain.service import Chain
from backend.ground.common.clock import Clock, SystemClock
from backend.ground.common.hashing import canonical_json, keccak
from backend.ground.common.rounds import Rounds
from backend.ground.db.sessions import Sessions

ANCHOR_EVERY_SECONDS = 3600
FIRST_ANCHOR_SECONDS = 60
FIRST = "0x" + "00" * 32
#: What an anchor's transaction carries: these letters, the row's number in 8 bytes, its hash in 32. Nothing personal.
MARK = b"LVAUDIT1"


@dataclass(frozen=True)
class AuditHead:
    """The newest row's number, from 1 (0: none yet), and its hash, which stands for all rows before it."""

    number: int
    hash: str


class AuditService:
    """The log of official acts."""

    def __init__(self, sessions: Sessions, chain: Chain, clock: Clock | None = None) -> None:
        self._sessions = sessions
        self._chain = chain
        self._clock = clock or SystemClock()

    def record(self, account_id: str | None, role: str, act: str) -> AuditHead:
        """Write one row; `act` is method and path. Called before the act: what cannot be written down is not done."""
        with self._sessions.begin() as session:
            last = store.head(session)
            number, before = (last.number + 1, last.hash) if last is not None else (1, FIRST)
            said = {"account": account_id or "", "act": act, "at": self._clock.now().isoformat(), "number": number, "role": role}
            entry = canonical_json(said).decode()
            row = store.AuditRow(number=number, entry=entry, hash=_chained(before, entry))
            store.add(session, row)
            return AuditHead(row.number, row.hash)

    def head(self) -> AuditHead:
        """The newest row."""
        with self._sessions.reading() as session:
            last = store.head(session)
            return AuditHead(last.number, last.hash) if last is not None else AuditHead(0, FIRST)

    def anchor(self) -> bool:
        """Put the head on the chain, unless it is there already; whether it was put. Raises: NodeNotAnswering."""
        with self._sessions.reading() as session:
            last, anchored = store.head(session), store.anchors(session)
        if last is None or (anchored and anchored[-1].number >= last.number):
            return False
        tx_id = self._chain.note(_anchored(last.number, last.hash), f"audit:{last.number}:{last.hash[2:18]}")
        with self._sessions.begin() as session:
            store.add(session, store.AnchorRow(number=last.number, hash=last.hash, tx_id=tx_id))
        return True

    def rounds(self) -> Rounds:
        """Anchoring, a minute after the start and then every hour."""
        return Rounds(name="audit", work=self.anchor, every_seconds=ANCHOR_EVERY_SECONDS, first_seconds=FIRST_ANCHOR_SECONDS)

    def anchors(self) -> list[tuple[int, str, str]]:
        """Number, hash and transaction of every head put on the chain, oldest first; to be published, so that others keep them too."""
        with self._sessions.reading() as session:
            rows = store.anchors(session)
        return [(row.number, row.hash, self._chain.look_up(row.tx_id).tx_hash) for row in rows]

    def faults(self, elsewhere: list[str] | None = None) -> list[str]:
        """What is wrong, each with its row: changed, missing, moved rows, and a tail cut below an anchor.

        `elsewhere`: anchoring transactions that somebody else kept, for when the database's own list was cut with the log.
        """
        found: list[str] = []
        hashes, before = {0: FIRST}, FIRST
        with self._sessions.reading() as session:
            for expected, row in enumerate(store.rows(session), start=1):
                if row.number != expected:
                    return [*found, f"row {expected} is missing"]
                if _chained(before, row.entry) != row.hash or json.loads(row.entry).get("number") != expected:
                    return [*found, f"row {row.number} was changed"]
                before = hashes[row.number] = row.hash
        for number, block_hash, tx_hash in self._kept(elsewhere or [], found):
            if number not in hashes:
                found.append(f"rows after {len(hashes) - 1} were cut: {number} stood there when transaction {tx_hash} was made")
            elif hashes[number] != block_hash:
                found.append(f"row {number} is another than transaction {tx_hash} says")
        return found

    def _kept(self, elsewhere: list[str], found: list[str]) -> list[tuple[int, str, str]]:
        kept = []
        for number, hashed, tx_hash in [*self.anchors(), *((0, "", tx_hash) for tx_hash in elsewhere)]:
            try:
                data = self._chain.noted(tx_hash)
            except NodeNotAnswering:
                found.append(f"the chain does not show the anchor {tx_hash}")
                continue
            if len(data) != 48 or data[:8] != MARK or (number and data != _anchored(number, hashed)):
                found.append(f"transaction {tx_hash} is not the anchor it is said to be")
                continue
            kept.append((int.from_bytes(data[8:16], "big"), "0x" + data[16:].hex(), tx_hash))
        return kept


def _chained(before: str, entry: str) -> str:
    return "0x" + keccak(bytes.fromhex(before[2:]) + entry.encode()).hex()


def _anchored(number: int, hashed: str) -> bytes:
    return MARK + number.to_bytes(8, "big") + bytes.fromhex(hashed[2:])
