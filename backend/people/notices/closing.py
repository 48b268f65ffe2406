"""Closes mailings when each of their notices has its end, and puts their roots on the chain (protocol §28)."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.ground.chain.service import Chain
from backend.ground.common.clock import Clock
from backend.ground.common.hex_text import to_hex
from backend.ground.common.made_once import MadeOnce
from backend.ground.db.sessions import Sessions
from backend.people.notices import store
from backend.people.notices.rules.ledger import Ended, anchored, levels_of, proof_in, root_of

LEAVES_A_PAGE = 5000


@dataclass(frozen=True)
class Proved:
    """A closed mailing's notices by rising id, and the tree over their leaves."""

    ids: Sequence[str]
    levels: Sequence[bytes]

    def leaf(self, notice_id: str) -> bytes:
        """What stands for a notice."""
        place = bisect_left(self.ids, notice_id)
        return self.levels[0][32 * place : 32 * place + 32]

    def proof(self, notice_id: str) -> list[tuple[bool, bytes]]:
        """The way from its leaf to the root."""
        return proof_in(self.levels, bisect_left(self.ids, notice_id))


class Closing:
    """Without a chain, roots stand in the database alone."""

    def __init__(self, sessions: Sessions, chain: Chain | None, clock: Clock) -> None:
        self._sessions = sessions
        self._chain = chain
        self._clock = clock
        self._closing = threading.Lock()
        # Once a mailing is closed, none of its leaves changes.
        self._proved: MadeOnce[Proved] = MadeOnce(4)

    def close_ended(self) -> None:
        """Give every mailing whose time is over, or whose every notice ended, its root."""
        now = self._clock.now()
        with self._closing, self._sessions.alone("notices closing") as mine:
            if not mine:
                return
            with self._sessions.reading() as session:
                open_ones = store.open_mailings(session)
                left = {row.id: store.count_unended(session, row.id) for row in open_ones}
            for row in open_ones:
                if now >= row.ends_at and left[row.id]:
                    with self._sessions.begin() as session:
                        store.end_late(session, row.id, now)
                elif left[row.id]:
                    continue
                self._close(row, now)

    def _close(self, mailing: store.MailingRow, now: datetime) -> None:
        root = root_of([leaf for _, leaf in self._leaves(mailing)])
        with self._sessions.begin() as session:
            row = store.mailing(session, mailing.id)
            assert row is not None, "mailings are never deleted"
            if row.closed_at is None:
                row.closed_at, row.root = now, root

    def _leaves(self, mailing: store.MailingRow) -> Iterator[tuple[str, bytes]]:
        """(notice, leaf) of all in the order of their ids."""
        template = to_hex(mailing.template_hash)

        def page(after: str, limit: int) -> Any:
            with self._sessions.reading() as session:
                return store.ended_of(session, mailing.id, after, limit)

        for row in store.pages_of(page, LEAVES_A_PAGE):
            yield row.id, Ended(row.id, mailing.kind, template, row.channel, row.state, _moment(row.ended_at)).leaf()

    def anchor(self) -> None:
        """Put the roots of closed mailings on the chain. Raises: NodeNotAnswering."""
        if self._chain is None:
            return
        with self._sessions.reading() as session:
            waiting = store.unanchored(session)
        for row in waiting:
            assert row.root is not None, "closed ones have their root"
            tx_id = self._chain.note(anchored(row.number, row.root), f"notices:{row.number}:{row.root.hex()[:16]}")
            with self._sessions.begin() as session:
                kept = store.mailing(session, row.id)
                assert kept is not None, "mailings are never deleted"
                kept.tx_id = tx_id

    def proved(self, mailing: store.MailingRow) -> Proved:
        """A closed mailing's tree: hashed once, however many lenders ask for their proof."""

        def made() -> Proved:
            pairs = list(self._leaves(mailing))
            return Proved([notice_id for notice_id, _ in pairs], levels_of([leaf for _, leaf in pairs]))

        return self._proved.get(mailing.id, made)

    def transaction(self, row: store.MailingRow) -> str:
        """The hash of the transaction with the root; empty before there is one."""
        return self._chain.look_up(row.tx_id).tx_hash if self._chain is not None and row.tx_id else ""


def _moment(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment is not None else ""
