"""Imports row by row for whoever compares them: phones, accounts and identities as keyed hashes, no name and no number of a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from backend.case.register import leaf_store, row_store, store
from backend.case.register.errors import LeafUnknown, RegisterNotFrozen
from backend.case.register.rules.identity import RESIDENT_FAMILY
from backend.case.register.rules.names import mask_name
from backend.case.register.sealing import RegisterSeal
from backend.ground.common.text import same_key
from backend.ground.db.sessions import Sessions


@dataclass(frozen=True, slots=True)
class LenderLook:
    """A lender of an import: number there, fen, age in years and province of the resident number (0 and "" for other documents)."""

    number: int
    amount_fen: int = field(repr=False)
    age: int
    region: str
    phones: tuple[str, ...] = field(repr=False)
    identity: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ClaimLook:
    """A row of an import; `claim_no` as `same_key` writes it, `account` and `identity` keyed hashes as hex."""

    row: int
    claim_no: str
    number: int
    amount_fen: int = field(repr=False)
    account: str = field(repr=False)
    identity: str = field(repr=False)


@dataclass(frozen=True)
class ImportLook:
    """An accepted import."""

    id: str
    file_sha256: bytes
    imported_at: datetime


class RowDesk:
    """Reads imports page by page."""

    def __init__(self, sessions: Sessions, seal: RegisterSeal) -> None:
        self._sessions = sessions
        self._seal = seal

    def newest(self, case_id: str) -> list[ImportLook]:
        """The newest accepted import and the one before it, as far as there are."""
        with self._sessions.reading() as session:
            rows = row_store.accepted_imports(session, case_id, 2)
            return [ImportLook(row.id, row.file_sha256, row.imported_at) for row in rows]

    def of_register(self, case_id: str, register_number: int) -> ImportLook:
        """The import from which a frozen register was drawn up. Raises: RegisterNotFrozen."""
        with self._sessions.reading() as session:
            register = store.frozen_register(session, case_id, register_number)
            row = session.get(store.ImportRow, register.import_id) if register is not None else None
            if row is None:
                raise RegisterNotFrozen(register_number=register_number)
            return ImportLook(row.id, row.file_sha256, row.imported_at)

    def lenders(self, imported: ImportLook) -> Iterator[LenderLook]:
        """The lenders of an import in the file's order."""
        first = 0
        while True:
            with self._sessions.reading() as session:
                page = store.lenders_between(session, imported.id, first, first + store.PAGE_ROWS)
            if not page:
                return
            first += store.PAGE_ROWS
            for row in page:
                opened = self._seal.open_lender(imported.id, row.number, row.sealed)
                phones = tuple(self._seal.phone_lookup(phone).hex() for phone in opened.mobiles)
                age, region = _age_and_region(opened.identity_key, imported.imported_at.year)
                yield LenderLook(row.number, opened.amount_fen, age, region, phones, row.identity_lookup)

    def claims(self, imported: ImportLook) -> Iterator[ClaimLook]:
        """The rows of an import, rising."""
        after = 0
        while True:
            with self._sessions.reading() as session:
                page = row_store.claims_after(session, imported.id, after, store.PAGE_ROWS)
            if not page:
                return
            after = page[-1].row
            for row in page:
                amount_fen, account, identity = self._seal.claim_look(imported.id, row.row, row.sealed)
                yield ClaimLook(row.row, same_key(row.claim_no), row.lender_number, amount_fen, account, identity)

    def numbers_of(self, case_id: str, register_number: int) -> dict[int, int]:
        """The lender's number in the import by the index in a frozen register. Raises: RegisterNotFrozen."""
        with self._sessions.reading() as session:
            register = store.frozen_register(session, case_id, register_number)
            if register is None:
                raise RegisterNotFrozen(register_number=register_number)
            return leaf_store.numbers_by_index(session, register.id)

    def masked_names(self, import_id: str, numbers: Sequence[int]) -> list[str]:
        """Names of lenders of an import as officials see them in lists; those who are gone are left out."""
        with self._sessions.reading() as session:
            rows = [store.lender(session, import_id, number) for number in numbers]
        return [mask_name(self._seal.open_lender(import_id, row.number, row.sealed).name) for row in rows if row is not None]

    def identity(self, case_id: str, register_number: int, index: int) -> bytes:
        """The keyed hash of the identity of one lender of a frozen register. Raises: RegisterNotFrozen, LeafUnknown."""
        with self._sessions.reading() as session:
            register = store.frozen_register(session, case_id, register_number)
            if register is None:
                raise RegisterNotFrozen(register_number=register_number)
            leaf = leaf_store.leaves_at(session, register.id, [index]).get(index)
            lender = store.lender(session, register.import_id, leaf.lender_number) if leaf is not None else None
            if lender is None:
                raise LeafUnknown(index=index)
            return lender.identity_lookup


def _age_and_region(identity_key: str, year: int) -> tuple[int, str]:
    family, _, number = identity_key.rpartition(":")
    if family != RESIDENT_FAMILY or len(number) != 18:
        return 0, ""
    return max(0, year - int(number[6:10])), number[:2]
