"""Tables of the ledger. Addresses are sealed; what is looked up is a keyed hash."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Integer, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.ground.db.base import Base, UtcTime


class MailingRow(Base):
    """One notice to many: a kind, its fields without anything personal, and in the end its root."""

    __tablename__ = "notices_mailings"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), unique=True)
    """Counts the installation's mailings, from 1."""
    key: Mapped[str] = mapped_column(String(160), unique=True)
    """What makes it the same when it is asked for again."""
    case_id: Mapped[str] = mapped_column(String(20), index=True)
    subject: Mapped[str] = mapped_column(String(20), index=True)
    """The poll, where there is one."""
    kind: Mapped[str] = mapped_column(String(24))
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    template_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    whole: Mapped[bool] = mapped_column(default=False)
    """Whether every person is in; nothing goes before."""
    ends_at: Mapped[datetime] = mapped_column(UtcTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    root: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    tx_id: Mapped[str | None] = mapped_column(String(20))


class NoticeRow(Base):
    """One person's notice and how it ended; `person` is the keyed hash of an identity."""

    __tablename__ = "notices_notices"
    __table_args__ = (
        Index("ix_notices_notices_due", "state", "due_at"),
        Index("uq_notices_notices_person", "mailing_id", "person", unique=True),
        Index("ix_notices_notices_state", "mailing_id", "state"),
    )

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    mailing_id: Mapped[str] = mapped_column(String(20))
    person: Mapped[bytes] = mapped_column(LargeBinary(32))
    lender_index: Mapped[int | None]
    code: Mapped[str] = mapped_column(String(12), unique=True)
    state: Mapped[str] = mapped_column(String(12))
    step: Mapped[int] = mapped_column(SmallInteger, default=0)
    due_at: Mapped[datetime] = mapped_column(UtcTime)
    channel: Mapped[str] = mapped_column(String(8), default="")
    reason: Mapped[str] = mapped_column(String(64), default="")
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)


class AttemptRow(Base):
    """One notice on one way; `batch_id` is our own id at the provider."""

    __tablename__ = "notices_attempts"
    __table_args__ = (
        Index("ix_notices_attempts_address", "address_lookup", "made_at"),
        Index("ix_notices_attempts_report_by", "state", "report_by"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    notice_id: Mapped[str] = mapped_column(String(20), index=True)
    step: Mapped[int] = mapped_column(SmallInteger)
    channel: Mapped[str] = mapped_column(String(8))
    provider: Mapped[str] = mapped_column(String(16))
    batch_id: Mapped[str] = mapped_column(String(20), index=True)
    state: Mapped[str] = mapped_column(String(12))
    address_lookup: Mapped[bytes] = mapped_column(LargeBinary(32))
    address_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """Place `notices_attempts:<notice>/<step>:address`."""
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcTime)
    report_by: Mapped[datetime | None] = mapped_column(UtcTime)
    """Until when a report of what was taken is awaited."""
    provider_id: Mapped[str] = mapped_column(String(64), default="")
    code: Mapped[str] = mapped_column(String(64), default="")


class BatchRow(Base):
    """A sending under way: what is here, was perhaps taken by the provider, and nobody knows yet."""

    __tablename__ = "notices_batches"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    provider: Mapped[str] = mapped_column(String(16))
    mailing_id: Mapped[str] = mapped_column(String(20))
    template: Mapped[str] = mapped_column(String(64))
    began_at: Mapped[datetime] = mapped_column(UtcTime)
    look_at: Mapped[datetime] = mapped_column(UtcTime)


class ContactRow(Base):
    """How a person of a case can be reached, sealed; place `notices_contacts:<case>/<person>:sealed`."""

    __tablename__ = "notices_contacts"

    case_id: Mapped[str] = mapped_column(String(20), primary_key=True)
    person: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    changed_at: Mapped[datetime] = mapped_column(UtcTime)


class StrangeReportRow(Base):
    """A report that was refused or said nothing new; nothing personal in it."""

    __tablename__ = "notices_strange_reports"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    provider: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(24), index=True)
    batch_id: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UtcTime)


class NumberChangeRow(Base):
    """A registered number that is to be replaced: one official asks, having seen the document, a second confirms; place
    `notices_number_changes:<id>:number`."""

    __tablename__ = "notices_number_changes"
    __table_args__ = (Index("ix_notices_number_changes_person", "case_id", "person"),)

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    case_id: Mapped[str] = mapped_column(String(20), index=True)
    person: Mapped[bytes] = mapped_column(LargeBinary(32))
    lender_index: Mapped[int]
    number_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    number_lookup: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    state: Mapped[str] = mapped_column(String(10), index=True)
    proposed_by: Mapped[str] = mapped_column(String(20))
    proposed_name: Mapped[str] = mapped_column(String(100))
    proposed_at: Mapped[datetime] = mapped_column(UtcTime)
    confirmed_by: Mapped[str | None] = mapped_column(String(20))
    confirmed_name: Mapped[str | None] = mapped_column(String(100))
    effective_at: Mapped[datetime | None] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
