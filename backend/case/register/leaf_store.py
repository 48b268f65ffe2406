"""What the register room reads of its leaves; the tables are in `store`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.case.register.store import INDEXES_A_QUERY, ClaimRow, LeafRow, LenderRow, PhoneRow, RegisterRow


def sealed_leaves_between(session: Session, register_id: str, first: int, end: int) -> Sequence[LeafRow]:
    """Leaves first .. end-1 in index order, with whose they are."""
    query = select(LeafRow).where(LeafRow.register_id == register_id, LeafRow.leaf_index >= first, LeafRow.leaf_index < end)
    return session.scalars(query.order_by(LeafRow.leaf_index)).all()


def points_between(session: Session, register_id: str, first: int, end: int) -> Sequence[tuple[int, int, bytes]]:
    """(index, class, point) of leaves first .. end-1 in index order."""
    query = select(LeafRow.leaf_index, LeafRow.voting_class, LeafRow.point).where(
        LeafRow.register_id == register_id, LeafRow.leaf_index >= first, LeafRow.leaf_index < end
    )
    return [(index, voting_class, point) for index, voting_class, point in session.execute(query.order_by(LeafRow.leaf_index))]


def openings_between(session: Session, register_id: str, first: int, end: int) -> Sequence[tuple[int, int, bytes]]:
    """(index, class, sealed opening) of leaves first .. end-1."""
    query = select(LeafRow.leaf_index, LeafRow.voting_class, LeafRow.opening_sealed).where(
        LeafRow.register_id == register_id, LeafRow.leaf_index >= first, LeafRow.leaf_index < end
    )
    return [(index, voting_class, sealed) for index, voting_class, sealed in session.execute(query)]


def leaves_at(session: Session, register_id: str, indexes: Sequence[int]) -> dict[int, LeafRow]:
    """The leaves at the indexes that exist."""
    found: dict[int, LeafRow] = {}
    for start in range(0, len(indexes), INDEXES_A_QUERY):
        some = indexes[start : start + INDEXES_A_QUERY]
        query = select(LeafRow).where(LeafRow.register_id == register_id, LeafRow.leaf_index.in_(some))
        found |= {row.leaf_index: row for row in session.scalars(query)}
    return found


def leaves_by_phone(session: Session, register: RegisterRow, phone_lookup: bytes) -> Sequence[LeafRow]:
    """The leaves of lenders with this phone, by index."""
    query = (
        select(LeafRow)
        .join(PhoneRow, (PhoneRow.lender_number == LeafRow.lender_number) & (PhoneRow.import_id == register.import_id))
        .where(PhoneRow.phone_lookup == phone_lookup, LeafRow.register_id == register.id)
    )
    return session.scalars(query.order_by(LeafRow.leaf_index)).all()


def owners_between(session: Session, register: RegisterRow, first: int, end: int) -> Sequence[tuple[int, int, bytes, bytes]]:
    """(index, class, sealed opening, the owner's identity lookup) of leaves first .. end-1."""
    query = (
        select(LeafRow.leaf_index, LeafRow.voting_class, LeafRow.opening_sealed, LenderRow.identity_lookup)
        .join(LenderRow, (LenderRow.import_id == register.import_id) & (LenderRow.number == LeafRow.lender_number))
        .where(LeafRow.register_id == register.id, LeafRow.leaf_index >= first, LeafRow.leaf_index < end)
    )
    return [(index, voting_class, sealed, lookup) for index, voting_class, sealed, lookup in session.execute(query)]


def claim_numbers(session: Session, register: RegisterRow) -> Sequence[tuple[str, int]]:
    """(claim number, index) of every claim whose lender has a leaf."""
    query = (
        select(ClaimRow.claim_no, LeafRow.leaf_index)
        .join(LeafRow, LeafRow.lender_number == ClaimRow.lender_number)
        .where(ClaimRow.import_id == register.import_id, LeafRow.register_id == register.id)
    )
    return [(claim_no, index) for claim_no, index in session.execute(query)]


def numbers_by_index(session: Session, register_id: str) -> dict[int, int]:
    """The lender's number in the import of every leaf, by index."""
    query = select(LeafRow.leaf_index, LeafRow.lender_number).where(LeafRow.register_id == register_id)
    return {row.leaf_index: row.lender_number for row in session.execute(query)}


def lenders_between(session: Session, register: RegisterRow, first: int, end: int) -> Sequence[tuple[int, int, bytes, bytes]]:
    """(index, number, identity lookup, sealed particulars) of the lenders of leaves first .. end-1."""
    query = (
        select(LeafRow.leaf_index, LenderRow.number, LenderRow.identity_lookup, LenderRow.sealed)
        .join(LenderRow, (LenderRow.import_id == register.import_id) & (LenderRow.number == LeafRow.lender_number))
        .where(LeafRow.register_id == register.id, LeafRow.leaf_index >= first, LeafRow.leaf_index < end)
    )
    rows = session.execute(query.order_by(LeafRow.leaf_index))
    return [(index, number, identity, sealed) for index, number, identity, sealed in rows]


def lenders_at(session: Session, register: RegisterRow, indexes: Sequence[int]) -> Sequence[tuple[int, int, bytes, bytes]]:
    """The same of the lenders at some indexes, as many as a query takes."""
    query = (
        select(LeafRow.leaf_index, LenderRow.number, LenderRow.identity_lookup, LenderRow.sealed)
        .join(LenderRow, (LenderRow.import_id == register.import_id) & (LenderRow.number == LeafRow.lender_number))
        .where(LeafRow.register_id == register.id, LeafRow.leaf_index.in_(indexes))
    )
    rows = session.execute(query.order_by(LeafRow.leaf_index))
    return [(index, number, identity, sealed) for index, number, identity, sealed in rows]


def indexes_of_identities(session: Session, register: RegisterRow, identities: Sequence[bytes]) -> list[int]:
    """The indexes of people by the keyed hash of their identity, rising; as many as a query takes."""
    query = (
        select(LeafRow.leaf_index)
        .join(LenderRow, (LenderRow.import_id == register.import_id) & (LenderRow.number == LeafRow.lender_number))
        .where(LeafRow.register_id == register.id, LenderRow.identity_lookup.in_(identities))
    )
    return list(session.scalars(query.order_by(LeafRow.leaf_index)))
