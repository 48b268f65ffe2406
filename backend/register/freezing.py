"""Has a register drawn up, signed by k officials and frozen on chain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Lock
from typing import Any

from backend.cases.service import CaseService
from backend.cases.views import ActView, CaseView, SignedAct
from backend.chain.case import CaseContract
from backend.chain.errors import TransactionReverted
from backend.chain.service import Chain
from backend.chain.typed_data import register_freeze
from backend.chain.values import classes_hash
from backend.common.clock import Clock
from backend.common.ids import new_id
from backend.db.sessions import Sessions
from backend.register import store
from backend.register.errors import RegisterEmpty, RegisterFrozenAlready, RegisterReplaced
from backend.register.freeze import Draft, Voter, draw_up
from backend.register.sealing import RegisterSeal
from backend.register.trees import TreeShelf
from backend.register.views import FrozenClass

KIND = "register_freeze"


class FreezeDesk:
    """From the newest import to the frozen register."""

    def __init__(self, sessions: Sessions, seal: RegisterSeal, trees: TreeShelf, chain: Chain, cases: CaseService, clock: Clock) -> None:
        self._sessions = sessions
        self._seal = seal
        self._trees = trees
        self._chain = chain
        self._cases = cases
        self._clock = clock
        self._lock = Lock()

    def propose(self, case: CaseView, *, with_related: bool) -> ActView:
        """Draw up (or take what was drawn up before from the same import) and propose the act.

        Raises: RegisterEmpty, RegisterFrozenAlready, AnotherActOpen.
        """
        register_number = self._chain.case(case.address).register_count()
        with self._lock:  # two officials at once: the second finds what the first had drawn up
            register = self.prepare(case.id, register_number, with_related=with_related)
        totals = [each.totals for each in classes_of(register)]
        typed = register_freeze(
            self._chain.chain_id, case.address, register_number, register.root, register.leaf_count, classes_hash(totals)
        )
        act = self._cases.propose_act(case.id, KIND, typed, {"register_id": register.id}, self._summary(register))
        with self._sessions.begin() as session:
            store.set_act(session, register.id, act.id)
        return act

    def prepare(self, case_id: str, register_number: int, *, with_related: bool) -> store.RegisterRow:
        """Draw up and store the register of the newest import, or give the one that is stored.

        Raises: RegisterEmpty, RegisterFrozenAlready.
        """
        with self._sessions.begin() as session:
            imported = store.newest_import(session, case_id)
            if imported is None:
                raise RegisterEmpty
            stored = store.newest_register_of(session, imported.id)
        if stored is not None and stored.status == store.FROZEN:
            raise RegisterFrozenAlready(register_number=stored.register_number)
        if stored is not None and (stored.register_number, stored.with_related) == (register_number, with_related):
            return stored
        voters, class_names = self._voters(imported.id, with_related=with_related)
        if not voters:
            raise RegisterEmpty
        draft = draw_up(voters, class_names)
        register = self._register_row(imported, register_number, draft, with_related=with_related)
        self._store(register, draft)
        return register

    def complete(self, act: SignedAct) -> None:
        """Send the freeze and record it; may be called again after an interruption. Raises: RegisterReplaced, TransactionReverted."""
        register = self._mark_sending(str(act.payload["register_id"]))
        if register.status == store.FROZEN:
            return
        contract = self._chain.case(act.case_address)
        if not _is_on_chain(contract, register):
            totals = [each.totals for each in classes_of(register)]
            call = contract.freeze_register(register.root, register.leaf_count, totals, act.signers, act.signatures)
            try:
                self._chain.transact(call, act.key)
            except TransactionReverted:
                self._set_status(register.id, store.FREEZING)
                raise
        self._set_status(register.id, store.FROZEN)

    def _mark_sending(self, register_id: str) -> store.RegisterRow:
        """From here on a newer import no longer stops this freeze: its transaction may be on the way."""
        with self._sessions.begin() as session:
            register = store.register_by_id(session, register_id, hold=True)
            if register is None:
                raise RegisterReplaced
            if register.status == store.FREEZING:
                newest = store.newest_import(session, register.case_id)
                if newest is None or newest.id != register.import_id:
                    raise RegisterReplaced
                register.status = store.SENDING
        return register

    def _set_status(self, register_id: str, status: str) -> None:
        with self._sessions.begin() as session:
            register = store.register_by_id(session, register_id, hold=True)
            assert register is not None, "registers are never deleted"
            register.status = status
            if status == store.FROZEN:
                register.frozen_at = self._clock.now()

    def _voters(self, import_id: str, *, with_related: bool) -> tuple[list[Voter], list[str]]:
        voters: list[Voter] = []
        class_numbers: dict[str, int] = {}
        first = 0
        while True:
            with self._sessions.begin() as session:
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
            status=store.FREEZING,
            with_related=with_related,
            root=draft.tree.root,
            depth=draft.tree.depth,
            leaf_count=draft.tree.leaf_count,
            classes=[_class_values(each) for each in draft.classes],
            drawn_up_at=self._clock.now(),
        )

    def _store(self, register: store.RegisterRow, draft: Draft) -> None:
        values = list(self._leaf_values(register.id, draft))
        with self._sessions.begin() as session:
            session.add(register)
            session.flush()
            store.insert_all(session, store.LeafRow, values)
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

    def _summary(self, register: store.RegisterRow) -> dict[str, Any]:
        with self._sessions.begin() as session:
            imported = store.import_by_id(session, register.case_id, register.import_id)
            assert imported is not None, "registers refer to their import"
        classes = classes_of(register)
        return {
            "register_number": register.register_number,
            "file_name": imported.file_name,
            "file_sha256": "0x" + imported.file_sha256.hex(),
            "lenders": register.leaf_count,
            "total_fen": sum(each.amount_fen for each in classes),
            "classes": [{"name": each.name, "lenders": each.heads, "total_fen": each.amount_fen} for each in classes],
            "with_related": register.with_related,
            "related_lenders": imported.report["related_lenders"],
            "related_fen": int(imported.report["related_fen"]),
            "root": "0x" + register.root.hex(),
        }


def classes_of(register: store.RegisterRow) -> Sequence[FrozenClass]:
    """A register's classes in the order of their numbers."""
    return [FrozenClass(c["name"], c["heads"], int(c["amount_fen"]), int(c["blind"], 16)) for c in register.classes]


def _class_values(frozen: FrozenClass) -> dict[str, Any]:
    return {"name": frozen.name, "heads": frozen.heads, "amount_fen": str(frozen.amount_fen), "blind": f"0x{frozen.blind:064x}"}


def _is_on_chain(contract: CaseContract, register: store.RegisterRow) -> bool:
    """Whether an earlier sending, whose answer was lost, froze exactly this register."""
    return contract.register_count() > register.register_number and contract.register(register.register_number).root == register.root
