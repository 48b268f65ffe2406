"""Tables and SQL of the register room. Names, numbers, phones and openings are sealed; what is looked up is a keyed hash."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.case.register.original_store import OriginalRow, delete_originals
from backend.case.register.proof_store import RangeProofRow
from backend.case.register.views import ImportStatus
from backend.ground.db.base import Base, UtcTime
from backend.ground.db.sessions import Sessions

PAGE_ROWS = 5_000
INDEXES_A_QUERY = 500


class DrawnStatus(StrEnum):
    """Where a register that is drawn up from an import stands."""

    DRAWING = "drawing"
    """Until its last leaf is stored."""
    FREEZING = "freezing"
    SENDING = "sending"
    FROZEN = "frozen"


class ImportRow(Base):
    """One import of a case, accepted or refused; `number` counts a case's imports."""

    __tablename__ = "register_imports"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    case_id: Mapped[str] = mapped_column(String(20))
    number: Mapped[int] = mapped_column()
    status: Mapped[str] = mapped_column(String(10))
    file_name: Mapped[str] = mapped_column(String(200))
    file_sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    imported_at: Mapped[datetime] = mapped_column(UtcTime)
    report: Mapped[dict[str, Any]] = mapped_column(JSON)
    rejects_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class LenderRow(Base):
    """One merged lender of an import."""

    __tablename__ = "register_lenders"
    __table_args__ = (UniqueConstraint("import_id", "identity_lookup"),)

    import_id: Mapped[str] = mapped_column(ForeignKey("register_imports.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    identity_lookup: Mapped[bytes] = mapped_column(LargeBinary(32))
    voting_class: Mapped[str] = mapped_column(String(30))
    related: Mapped[bool] = mapped_column()
    marks: Mapped[str] = mapped_column(String(120), default="", server_default="")
    """Why a person has to look after the lender, with commas between."""
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class ClaimRow(Base):
    """One claim as it was in the file's row."""

    __tablename__ = "register_claims"
    __table_args__ = (
        UniqueConstraint("import_id", "claim_no"),
        Index("ix_register_claims_lender", "import_id", "lender_number"),
    )

    import_id: Mapped[str] = mapped_column(ForeignKey("register_imports.id"), primary_key=True)
    row: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    claim_no: Mapped[str] = mapped_column(String(64))
    lender_number: Mapped[int] = mapped_column(Integer)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class PhoneRow(Base):
    """A phone by which a lender may begin; several lenders may share one, one lender may have several."""

    __tablename__ = "register_phones"

    import_id: Mapped[str] = mapped_column(ForeignKey("register_imports.id"), primary_key=True)
    phone_lookup: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    lender_number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)


class RegisterRow(Base):
    """A register drawn up from an import; `register_number` counts only once it is frozen."""

    __tablename__ = "register_registers"
    __table_args__ = (
        Index(
            "uq_register_registers_frozen",
            "case_id",
            "register_number",
            unique=True,
            sqlite_where=text("status = 'frozen'"),
            postgresql_where=text("status = 'frozen'"),
        ),
    )

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    case_id: Mapped[str] = mapped_column(String(20), index=True)
    import_id: Mapped[str] = mapped_column(ForeignKey("register_imports.id"), index=True)
    register_number: Mapped[int] = mapped_column()
    status: Mapped[str] = mapped_column(String(10))
    with_related: Mapped[bool] = mapped_column()
    root: Mapped[bytes] = mapped_column(LargeBinary(32))
    depth: Mapped[int] = mapped_column(SmallInteger)
    leaf_count: Mapped[int] = mapped_column()
    classes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """name, heads; amount_fen as text and blind as hex, because JSON readers round big numbers."""
    act_id: Mapped[str | None] = mapped_column(String(20))
    range_proofs_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    """None until every chunk is proved, and for ever in registers of before proofs were made."""
    drawn_up_at: Mapped[datetime] = mapped_column(UtcTime)
    frozen_at: Mapped[datetime | None] = mapped_column(UtcTime)


class LeafRow(Base):
    """One leaf; `point` is x ‖ y, the opening (amount and blind) is sealed."""

    __tablename__ = "register_leaves"
    __table_args__ = (UniqueConstraint("register_id", "lender_number"),)

    register_id: Mapped[str] = mapped_column(ForeignKey("register_registers.id"), primary_key=True)
    leaf_index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    voting_class: Mapped[int] = mapped_column(SmallInteger)
    lender_number: Mapped[int] = mapped_column(Integer)
    point: Mapped[bytes] = mapped_column(LargeBinary(64))
    opening_sealed: Mapped[bytes] = mapped_column(LargeBinary)


def insert_in_pages(sessions: Sessions, row: type[Base], values: Iterable[dict[str, Any]]) -> Iterator[int]:
    """Insert page by page, each in a transaction of its own, so that nobody waits long for the database; gives the rows done so far."""
    table = row.__table__
    assert isinstance(table, Table)
    statement, done, iterator = insert(table), 0, iter(values)
    while page := list(islice(iterator, PAGE_ROWS)):
        with sessions.begin() as session:
            session.execute(statement, page)
        done += len(page)
        yield done


def delete_import(sessions: Sessions, import_id: str) -> None:
    """Take away an import that never became whole."""
    for row in (OriginalRow, PhoneRow, LenderRow, ClaimRow):
        with sessions.begin() as session:
            session.execute(delete(row).where(row.import_id == import_id))
    with sessions.begin() as session:
        session.execute(delete(ImportRow).where(ImportRow.id == import_id, ImportRow.status == ImportStatus.LOADING))


def delete_register(sessions: Sessions, register_id: str) -> None:
    """Take away a register that never became whole."""
    with sessions.begin() as session:
        session.execute(delete(RangeProofRow).where(RangeProofRow.register_id == register_id))
        session.execute(delete(LeafRow).where(LeafRow.register_id == register_id))
        session.execute(delete(RegisterRow).where(RegisterRow.id == register_id, RegisterRow.status == DrawnStatus.DRAWING))


def left_behind(session: Session, case_id: str, before: datetime) -> tuple[Sequence[str], Sequence[str]]:
    """Imports and registers of a case that an ended process left unfinished."""
    imports = select(ImportRow.id).where(
        ImportRow.case_id == case_id, ImportRow.status == ImportStatus.LOADING, ImportRow.imported_at < before
    )
    registers = select(RegisterRow.id).where(
        RegisterRow.case_id == case_id, RegisterRow.status == DrawnStatus.DRAWING, RegisterRow.drawn_up_at < before
    )
    return session.scalars(imports).all(), session.scalars(registers).all()


def accept_import(session: Session, import_id: str) -> None:
    """From now on the import counts, and nobody needs the files of earlier ones."""
    session.execute(update(ImportRow).where(ImportRow.id == import_id).values(status=ImportStatus.ACCEPTED))
    case_id = select(ImportRow.case_id).where(ImportRow.id == import_id).scalar_subquery()
    earlier = select(ImportRow.id).where(ImportRow.case_id == case_id, ImportRow.id != import_id, ImportRow.status == ImportStatus.ACCEPTED)
    delete_originals(session, earlier)


def forget_original(session: Session, import_id: str) -> None:
    """The register of an import is frozen: its claims file has served."""
    delete_originals(session, select(ImportRow.id).where(ImportRow.id == import_id))


def set_drawn(session: Session, register_id: str) -> None:
    """From now on the register can be signed."""
    session.execute(update(RegisterRow).where(RegisterRow.id == register_id).values(status=DrawnStatus.FREEZING))


def set_range_proofs(session: Session, register_id: str, file_hash: bytes) -> None:
    """Every chunk of the register is proved."""
    session.execute(update(RegisterRow).where(RegisterRow.id == register_id).values(range_proofs_hash=file_hash))


def next_import_number(session: Session, case_id: str) -> int:
    """The number for a case's next import, from 1."""
    return (session.scalar(select(func.max(ImportRow.number)).where(ImportRow.case_id == case_id)) or 0) + 1


def import_by_id(session: Session, case_id: str, import_id: str) -> ImportRow | None:
    """An import of the case, accepted or refused."""
    row = session.get(ImportRow, import_id)
    return row if row is not None and row.case_id == case_id and row.status != ImportStatus.LOADING else None


def newest_import(session: Session, case_id: str) -> ImportRow | None:
    """The newest accepted import."""
    query = select(ImportRow).where(ImportRow.case_id == case_id, ImportRow.status == ImportStatus.ACCEPTED)
    return session.scalar(query.order_by(ImportRow.number.desc()).limit(1))


def lenders_between(session: Session, import_id: str, first: int, end: int) -> Sequence[LenderRow]:
    """Lenders first .. end-1 of an import in the order of the file."""
    query = select(LenderRow).where(LenderRow.import_id == import_id, LenderRow.number >= first, LenderRow.number < end)
    return session.scalars(query.order_by(LenderRow.number)).all()


def marked_lenders(session: Session, import_id: str, after: int, limit: int) -> Sequence[LenderRow]:
    """Lenders whom a person has to look after, in the order of the file, above a number."""
    query = select(LenderRow).where(LenderRow.import_id == import_id, LenderRow.marks != "", LenderRow.number > after)
    return session.scalars(query.order_by(LenderRow.number).limit(limit)).all()


def claims_of_lenders(session: Session, import_id: str, numbers: Sequence[int]) -> dict[int, list[str]]:
    """The claim numbers of some lenders, in the file's order."""
    found: dict[int, list[str]] = {}
    for start in range(0, len(numbers), INDEXES_A_QUERY):
        some = numbers[start : start + INDEXES_A_QUERY]
        query = select(ClaimRow.lender_number, ClaimRow.claim_no).where(ClaimRow.import_id == import_id, ClaimRow.lender_number.in_(some))
        for number, claim_no in session.execute(query.order_by(ClaimRow.row)):
            found.setdefault(number, []).append(claim_no)
    return found


def indexes_of_lenders(session: Session, register_id: str, numbers: Sequence[int]) -> dict[int, int]:
    """The indexes of some lenders in a register, by number; those without a leaf are left out."""
    found: dict[int, int] = {}
    for start in range(0, len(numbers), INDEXES_A_QUERY):
        some = numbers[start : start + INDEXES_A_QUERY]
        query = select(LeafRow.lender_number, LeafRow.leaf_index).where(LeafRow.register_id == register_id, LeafRow.lender_number.in_(some))
        found |= {row.lender_number: row.leaf_index for row in session.execute(query)}
    return found


def lender(session: Session, import_id: str, number: int) -> LenderRow | None:
    """One lender."""
    return session.get(LenderRow, (import_id, number))


def claims_of(session: Session, import_id: str, lender_number: int) -> Sequence[ClaimRow]:
    """The claims that were merged into one lender, in the file's order."""
    wanted = select(ClaimRow).where(ClaimRow.import_id == import_id, ClaimRow.lender_number == lender_number)
    return session.scalars(wanted.order_by(ClaimRow.row)).all()


def newest_register_of(session: Session, import_id: str) -> RegisterRow | None:
    """What was drawn up last from an import: frozen before anything else."""
    query = select(RegisterRow).where(RegisterRow.import_id == import_id, RegisterRow.status != DrawnStatus.DRAWING)
    rows = session.scalars(query.order_by(RegisterRow.drawn_up_at.desc(), RegisterRow.id)).all()
    return next((row for row in rows if row.status != DrawnStatus.FREEZING), rows[0] if rows else None)


def register_by_id(session: Session, register_id: str, *, hold: bool = False) -> RegisterRow | None:
    """A register; `hold` keeps others from changing it until the transaction ends."""
    return session.get(RegisterRow, register_id, with_for_update=hold)


def frozen_register(session: Session, case_id: str, register_number: int) -> RegisterRow | None:
    """The frozen register of a number."""
    return session.scalar(
        select(RegisterRow).where(
            RegisterRow.case_id == case_id, RegisterRow.register_number == register_number, RegisterRow.status == DrawnStatus.FROZEN
        )
    )


def set_act(session: Session, register_id: str, act_id: str) -> None:
    """Note which act asks for a register's freeze."""
    session.execute(update(RegisterRow).where(RegisterRow.id == register_id).values(act_id=act_id))


def register_of_act(session: Session, act_id: str) -> RegisterRow | None:
    """The register whose freeze an act asks for."""
    return session.scalar(select(RegisterRow).where(RegisterRow.act_id == act_id))


def rows_of_lenders(session: Session, import_id: str, lender_numbers: Sequence[int]) -> dict[int, list[int]]:
    """The rows of the claims file that make up each lender, rising."""
    found: dict[int, list[int]] = {number: [] for number in lender_numbers}
    for start in range(0, len(lender_numbers), INDEXES_A_QUERY):
        some = lender_numbers[start : start + INDEXES_A_QUERY]
        query = select(ClaimRow.lender_number, ClaimRow.row).where(ClaimRow.import_id == import_id, ClaimRow.lender_number.in_(some))
        for number, row in session.execute(query.order_by(ClaimRow.row)):
            found[number].append(row)
    return found


def frozen_numbers(session: Session, case_id: str) -> Sequence[int]:
    """The numbers of a case's frozen registers, rising."""
    query = select(RegisterRow.register_number).where(RegisterRow.case_id == case_id, RegisterRow.status == DrawnStatus.FROZEN)
    return session.scalars(query.order_by(RegisterRow.register_number)).all()
