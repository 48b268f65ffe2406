"""Draws up and stores the register of an import."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Lock
from typing import Any

from backend.case.register import store
from backend.case.register.crypto import AMOUNT_LIMIT
from backend.case.register.errors import RegisterEmpty, RegisterFrozenAlready, TotalTooLarge
from backend.case.register.freeze import Draft, Voter, draw_up
from backend.case.register.sealing import RegisterSeal
from backend.case.register.trees import TreeShelf
from backend.case.register.views import FrozenClass
from backend.ground.common.clock import Clock
from backend.ground.common.ids import new_id
from backend.ground.db.sessions import Sessions


class RegisterDrawer:
    """Draws up the register of the newest import and stores it; asks nothing of the chain."""

    def __init__(self, sessions: Sessions, seal: RegisterSeal, trees: TreeShelf, clock: Clock) -> None:
        self._sessions = sessions
        self._seal = seal
        self._trees = trees
        self._clock = clock
        self._lock = Lock()

    def prepare(self, case_id: str, register_number: int, *, with_related: bool) -> store.RegisterRow:
        """Draw up and store the register of the newest import, or give the one that is stored.

        Raises: RegisterEmpty, RegisterFrozenAlready, TotalTooLarge.
        """
        with self._lock:  # two officials at once: the second finds what the first had drawn up
            return self._prepare(case_id, register_number, with_related=with_related)

    def _prepare(self, case_id: str, register_number: int, *, with_related: bool) -> store.RegisterRow:
        with self._sessions.reading() as session:
            imported = store.newest_import(session, case_id)
            if imported is None:
                raise RegisterEmpty
            stored = store.newest_register_of(session, imported.id)
        if stored is not None and stored.status == store.DrawnStatus.FROZEN:
            raise RegisterFrozenAlready(register_number=stored.register_number)
        if stored is not None and (stored.register_number, stored.with_related) == (register_number, with_related):
            return stored
        voters, class_names = self._voters(imported.id, with_related=with_related)
        if not voters:
            raise RegisterEmpty
        totals = [0] * len(class_names)
        for voter in voters:
            totals[voter.voting_class] += voter.amount_fen
        if max(totals) >= AMOUNT_LIMIT:  # range proofs say that nothing wraps only below this (protocol §4.2)
            raise TotalTooLarge
        draft = draw_up(voters, class_names)
        register = self._register_row(imported, register_number, draft, with_related=with_related)
        self._store(register, draft)
        return register

    def _voters(self, import_id: str, *, with_related: bool) -> tuple[list[Voter], list[str]]:
        voters: list[Voter] = []
        class_numbers: dict[str, int] = {}
        first = 0
        while True:
            with self._sessions.reading() as session:
                page = store.lenders_between(session, import_id, first, first + store.PAGE_ROWS)
            if not page:
                return voters, list(class_numbers)
            first += store.PAGE_ROWS
            for row in page:
                if row.related and not with_related:
                    continue
                amount_fen = self._seal.open_lender(import_id, row.number, row.sealed).amount_fen
                if amount_fen:
                    voters.append(Voter(row.number, class_numbers.setdefault(row.voting_class, len(class_numbers)), amount_fen))

    def _register_row(self, imported: store.ImportRow, register_number: int, draft: Draft, *, with_related: bool) -> store.RegisterRow:
        return store.RegisterRow(
            id=new_id(),
            case_id=imported.case_id,
            import_id=imported.id,
            register_number=register_number,
            status=store.DrawnStatus.DRAWING,
            with_related=with_related,
            root=draft.tree.root,
            depth=draft.tree.depth,
            leaf_count=draft.tree.leaf_count,
            classes=[_class_values(each) for each in draft.classes],
            drawn_up_at=self._clock.now(),
        )

    def _store(self, register: store.RegisterRow, draft: Draft) -> None:
        with self._sessions.begin() as session:
            session.add(register)
        try:
            for _ in store.insert_in_pages(self._sessions, store.LeafRow, self._leaf_values(register.id, draft)):
                pass
            with self._sessions.begin() as session:
                store.set_drawn(session, register.id)
        except BaseException:
            store.delete_register(self._sessions, register.id)
            raise
        register.status = store.DrawnStatus.FREEZING
        self._trees.put(register.id, draft.tree)

    def _leaf_values(self, register_id: str, draft: Draft) -> Iterator[dict[str, Any]]:
        for leaf in draft.leaves():
            opening = leaf.opening
            yield {
                "register_id": register_id,
                "leaf_index": opening.index,
                "voting_class": opening.voting_class,
                "lender_number": leaf.lender_number,
                "point": leaf.point,
                "opening_sealed": self._seal.seal_opening(register_id, opening.index, opening.amount_fen, opening.blind),
            }


def classes_of(register: store.RegisterRow) -> Sequence[FrozenClass]:
    """A register's classes in the order of their numbers."""
    return [FrozenClass(c["name"], c["heads"], int(c["amount_fen"]), int(c["blind"], 16)) for c in register.classes]


def _class_values(frozen: FrozenClass) -> dict[str, Any]:
    return {"name": frozen.name, "heads": frozen.heads, "amount_fen": str(frozen.amount_fen), "blind": f"0x{frozen.blind:064x}"}
