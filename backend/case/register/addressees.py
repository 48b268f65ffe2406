"""How the lenders of a frozen register can be reached; for notices alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from backend.case.register import leaf_store, store
from backend.case.register.errors import RegisterNotFrozen
from backend.case.register.sealing import RegisterSeal
from backend.ground.db.sessions import Sessions


@dataclass(frozen=True)
class Addressee:
    """A lender of a register: the keyed hash of the identity, the name and every number that the claims file has."""

    index: int
    identity: bytes = field(repr=False)
    name: str = field(repr=False)
    numbers: Sequence[str] = field(repr=False)
    """Mobiles first, as the register spells them: 11 digits, 0 and digits, or + and digits."""


class AddresseeDesk:
    """Reads addressees page by page."""

    def __init__(self, sessions: Sessions, seal: RegisterSeal) -> None:
        self._sessions = sessions
        self._seal = seal

    def of_register(self, case_id: str, register_number: int) -> Iterator[Addressee]:
        """All of a frozen register, by index. Raises: RegisterNotFrozen."""
        register = self._frozen(case_id, register_number)
        for first in range(0, register.leaf_count, store.PAGE_ROWS):
            with self._sessions.reading() as session:
                page = leaf_store.lenders_between(session, register, first, first + store.PAGE_ROWS)
            yield from (self._addressee(register, row) for row in page)

    def at(self, case_id: str, register_number: int, indexes: Sequence[int]) -> Iterator[Addressee]:
        """Those at some indexes. Raises: RegisterNotFrozen."""
        register = self._frozen(case_id, register_number)
        for start in range(0, len(indexes), store.INDEXES_A_QUERY):
            with self._sessions.reading() as session:
                page = leaf_store.lenders_at(session, register, indexes[start : start + store.INDEXES_A_QUERY])
            yield from (self._addressee(register, row) for row in page)

    def indexes_of(self, case_id: str, register_number: int, identities: Sequence[bytes]) -> list[int]:
        """The indexes of people known by the keyed hash of their identity, rising. Raises: RegisterNotFrozen."""
        register = self._frozen(case_id, register_number)
        with self._sessions.reading() as session:
            return leaf_store.indexes_of_identities(session, register, identities)

    def _frozen(self, case_id: str, register_number: int) -> store.RegisterRow:
        with self._sessions.reading() as session:
            register = store.frozen_register(session, case_id, register_number)
        if register is None:
            raise RegisterNotFrozen(register_number=register_number)
        return register

    def _addressee(self, register: store.RegisterRow, row: tuple[int, int, bytes, bytes]) -> Addressee:
        index, number, identity, sealed = row
        lender = self._seal.open_lender(register.import_id, number, sealed)
        return Addressee(index, identity, lender.name, (*lender.mobiles, *lender.contacts))
