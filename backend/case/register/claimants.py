"""Who is in a register with which amount, for whoever works out what totals tell; nothing of it leaves the service."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from backend.case.register import leaf_store, store
from backend.case.register.crypto import AMOUNT_LIMIT
from backend.case.register.drawing import classes_of
from backend.case.register.errors import RegisterNotFrozen
from backend.case.register.sealing import RegisterSeal
from backend.ground.db.sessions import Sessions


@dataclass(frozen=True)
class Claimant:
    """A lender of a register: place in it (in a draft the place in the file), number of the class, keyed hash of the identity, fen."""

    index: int
    voting_class: int
    identity: bytes = field(repr=False)
    amount_fen: int = field(repr=False)


@dataclass(frozen=True)
class ClaimantList:
    """All claimants of a register or draft, and its classes' names in the order of their numbers."""

    class_names: Sequence[str]
    claimants: Sequence[Claimant] = field(repr=False)


class ClaimantDesk:
    """Reads claimants of frozen registers, and of what would be frozen next."""

    def __init__(self, sessions: Sessions, seal: RegisterSeal) -> None:
        self._sessions = sessions
        self._seal = seal

    def frozen_numbers(self, case_id: str) -> Sequence[int]:
        """The numbers of the case's frozen registers, rising."""
        with self._sessions.reading() as session:
            return store.frozen_numbers(session, case_id)

    def of_register(self, case_id: str, register_number: int) -> ClaimantList:
        """Those of a frozen register; leaves that hold no claim (protocol §9.1) are left out. Raises: RegisterNotFrozen."""
        with self._sessions.reading() as session:
            register = store.frozen_register(session, case_id, register_number)
        if register is None:
            raise RegisterNotFrozen(register_number=register_number)
        claimants = [claimant for claimant in self._leaves(register) if claimant.amount_fen < AMOUNT_LIMIT]
        return ClaimantList([each.name for each in classes_of(register)], claimants)

    def of_draft(self, case_id: str) -> ClaimantList | None:
        """Those of the newest import, when its register is not frozen yet; None when there is nothing to freeze.

        Related parties are outside, unless the register that waits for signatures was drawn up with them.
        """
        with self._sessions.reading() as session:
            imported = store.newest_import(session, case_id)
            register = store.newest_register_of(session, imported.id) if imported is not None else None
        if imported is None or (register is not None and register.status == store.DrawnStatus.FROZEN):
            return None
        numbers: dict[str, int] = {}
        claimants = list(self._lenders(imported.id, numbers, with_related=register is not None and register.with_related))
        return ClaimantList(list(numbers), claimants)

    def _leaves(self, register: store.RegisterRow) -> Iterator[Claimant]:
        for first in range(0, register.leaf_count, store.PAGE_ROWS):
            with self._sessions.reading() as session:
                page = leaf_store.owners_between(session, register, first, first + store.PAGE_ROWS)
            for index, voting_class, sealed, identity in page:
                yield Claimant(index, voting_class, identity, self._seal.open_opening(register.id, index, sealed)[0])

    def _lenders(self, import_id: str, numbers: dict[str, int], *, with_related: bool) -> Iterator[Claimant]:
        first = 0
        while True:
            with self._sessions.reading() as session:
                page = store.lenders_between(session, import_id, first, first + store.PAGE_ROWS)
            if not page:
                return
            first += store.PAGE_ROWS
            for row in page:
                amount_fen = self._seal.open_lender(import_id, row.number, row.sealed).amount_fen
                if amount_fen and (with_related or not row.related):
                    number = numbers.setdefault(row.voting_class, len(numbers))
                    yield Claimant(row.number, number, row.identity_lookup, amount_fen)
