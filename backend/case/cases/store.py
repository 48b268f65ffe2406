"""Tables and SQL of cases and acts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from backend.case.cases.status import ActStatus
from backend.ground.db.base import Base, UtcTime


class CaseRow(Base):
    """A wind-down case."""

    __tablename__ = "cases"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    institution_name: Mapped[str] = mapped_column(String(100))
    credit_code: Mapped[str] = mapped_column(String(100))
    institution_signer: Mapped[bytes] = mapped_column(LargeBinary)
    institution_account_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    threshold: Mapped[int]
    address: Mapped[str] = mapped_column(String(42), unique=True)
    opened_at: Mapped[datetime] = mapped_column(UtcTime)
    protocol: Mapped[int] = mapped_column(server_default="1")
    """By which protocol the contract was built; what was opened before there was a second one is of the first."""
    rehearsal: Mapped[bool] = mapped_column(default=False, server_default=false())
    """As the contract has it; what was opened before protocol 3 is none."""
    measure: Mapped[str] = mapped_column(String(20), default="", server_default="")
    exit_on: Mapped[date | None]
    responsible: Mapped[str] = mapped_column(String(100), default="", server_default="")
    generation: Mapped[int] = mapped_column(default=0, server_default="0")
    """Number of the generation in office; people, threshold and institution of this row are those of the first one for ever."""
    officials: Mapped[list[CaseOfficialRow]] = relationship(order_by="CaseOfficialRow.place", lazy="selectin")
    later: Mapped[list[GenerationRow]] = relationship(order_by="GenerationRow.number", lazy="selectin")


class GenerationRow(Base):
    """Who a succession names (protocol §24); those who opened the case stand in its own row."""

    __tablename__ = "case_generations"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(12))
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    threshold: Mapped[int]
    institution_name: Mapped[str] = mapped_column(String(100))
    credit_code: Mapped[str] = mapped_column(String(100))
    institution_signer: Mapped[bytes] = mapped_column(LargeBinary)
    institution_account_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    officials: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """By place: name, signer as hex, account_id or null."""
    reason: Mapped[str] = mapped_column(Text)
    """Empty where it was announced by another way than this service: the chain has its hash alone."""
    announced_at: Mapped[datetime] = mapped_column(UtcTime)
    holds_from: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    """When it came into office or was withdrawn, by the block."""


class CaseOfficialRow(Base):
    """One official of the generation that opened a case."""

    __tablename__ = "case_officials"
    __table_args__ = (
        UniqueConstraint("case_id", "signer", name="uq_case_officials_signer"),
        UniqueConstraint("case_id", "account_id", name="uq_case_officials_account"),
    )

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    signer: Mapped[bytes] = mapped_column(LargeBinary)
    account_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"), index=True)


WAITING = (ActStatus.OPEN, ActStatus.SENT)
_WAITING = text("status IN ('open', 'sent')")


class ActRow(Base):
    """Something that k officials decide."""

    __tablename__ = "acts"
    __table_args__ = (
        # At most one act of a kind and number waits: two answers to one question must not be signed side by side.
        Index("uq_acts_waiting", "case_id", "kind", "number", unique=True, sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]
    typed_data: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    summary: Mapped[dict[str, Any]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(12))
    generation: Mapped[int] = mapped_column(default=0, server_default="0")
    """Whose officials sign it."""
    attempt: Mapped[int] = mapped_column(default=0)
    failure: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    proposed_at: Mapped[datetime] = mapped_column(UtcTime)
    signatures: Mapped[list[ActSignatureRow]] = relationship(order_by="ActSignatureRow.signed_at", lazy="selectin")


class ActSignatureRow(Base):
    """One official's signature; one per signer and act."""

    __tablename__ = "act_signatures"

    act_id: Mapped[str] = mapped_column(ForeignKey("acts.id"), primary_key=True)
    signer: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    signed_at: Mapped[datetime] = mapped_column(UtcTime)
    checked: Mapped[str] = mapped_column(String(10), default="", server_default="")
    """How the official checked what was signed, see `views.Checked`; empty where nothing was asked."""
    unchecked_reason: Mapped[str] = mapped_column(Text, default="", server_default="")


def add(session: Session, row: CaseRow | GenerationRow | ActRow | ActSignatureRow) -> None:
    """Store a new row. Raises: IntegrityError at once when it is there already."""
    session.add(row)
    session.flush()


def case_by_id(session: Session, case_id: str) -> CaseRow | None:
    """The case of that id."""
    return session.get(CaseRow, case_id)


def all_cases(session: Session) -> list[CaseRow]:
    """Every case, oldest first."""
    return list(session.scalars(select(CaseRow).order_by(CaseRow.opened_at, CaseRow.id)))


def set_listing(session: Session, case_id: str, measure: str, exit_on: date | None, responsible: str) -> None:
    """Enter the case's lines in the four lists."""
    row = session.get_one(CaseRow, case_id, with_for_update=True)
    row.measure, row.exit_on, row.responsible = measure, exit_on, responsible


def act_by_id(session: Session, act_id: str, *, hold: bool = False) -> ActRow | None:
    """The act of that id; held until the transaction ends when asked."""
    return session.get(ActRow, act_id, with_for_update=True if hold else None)


def acts_of_case(session: Session, case_id: str) -> list[ActRow]:
    """Every act of a case, newest first."""
    return list(session.scalars(select(ActRow).where(ActRow.case_id == case_id).order_by(ActRow.proposed_at.desc(), ActRow.id)))


def waiting_act(session: Session, case_id: str, kind: str, number: int) -> ActRow | None:
    """The act of that kind and number that is open or sent."""
    found = select(ActRow).where(ActRow.case_id == case_id, ActRow.kind == kind, ActRow.number == number, ActRow.status.in_(WAITING))
    return session.scalar(found)


def acts_in(session: Session, statuses: list[ActStatus]) -> list[ActRow]:
    """Acts of these statuses, oldest first."""
    return list(session.scalars(select(ActRow).where(ActRow.status.in_(statuses)).order_by(ActRow.proposed_at)))


def key_of(row: ActRow) -> str:
    """The idempotency key for the chain: another one after the contract refused."""
    return f"act/{row.id}/{row.attempt}"


def hold_case(session: Session, case_id: str) -> CaseRow:
    """The case, which nobody else changes until the transaction ends."""
    return session.get_one(CaseRow, case_id, with_for_update=True)
