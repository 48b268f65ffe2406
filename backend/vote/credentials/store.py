"""Tables and SQL of the credentials room: phone codes and requests to be seen by officials."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    delete,
    false,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from backend.ground.db.base import Base, UtcTime


class VoucherStatus(StrEnum):
    """Whether enough officials have seen the lender."""

    WAITING = "waiting"
    VOUCHED = "vouched"


class PhoneCodeRow(Base):
    """One code sent to a phone, or pretended to be sent to one that is not in the register. No plain phone, no plain code."""

    __tablename__ = "credentials_phone_codes"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    poll_id: Mapped[str] = mapped_column(String(20))
    phone_hash: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    address_hash: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    tries_left: Mapped[int] = mapped_column(SmallInteger)
    sent_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcTime)


class WrongCodeRow(Base):
    """A wrong code from a network address, kept for the hour in which it counts."""

    __tablename__ = "credentials_wrong_codes"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    address_hash: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    entered_at: Mapped[datetime] = mapped_column(UtcTime, index=True)


class EntryRow(Base):
    """An entry code that an official made for a lender without a mobile; no plain code."""

    __tablename__ = "credentials_entries"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    poll_id: Mapped[str] = mapped_column(String(20), index=True)
    lender_index: Mapped[int] = mapped_column()
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    tries_left: Mapped[int] = mapped_column(SmallInteger)
    made_by: Mapped[str] = mapped_column(String(20))
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcTime)


class VoucherRequestRow(Base):
    """A lender who asks to be seen by two officials."""

    __tablename__ = "credentials_voucher_requests"
    __table_args__ = (UniqueConstraint("poll_id", "lender_index", "ballot_key"),)

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    poll_id: Mapped[str] = mapped_column(String(20), index=True)
    lender_index: Mapped[int] = mapped_column()
    ballot_key: Mapped[str] = mapped_column(String(42))
    method: Mapped[int] = mapped_column(SmallInteger)
    code: Mapped[str] = mapped_column(String(6))
    status: Mapped[str] = mapped_column(String(10), index=True)
    requested_at: Mapped[datetime] = mapped_column(UtcTime)
    review: Mapped[bool] = mapped_column(default=False, server_default=false())
    invitation: Mapped[str] = mapped_column(Text, default="", server_default="")
    vouchers: Mapped[list[VoucherRow]] = relationship(order_by="VoucherRow.vouched_at", lazy="selectin")


class VoucherRow(Base):
    """One official's signed word to have seen the lender."""

    __tablename__ = "credentials_vouchers"
    __table_args__ = (UniqueConstraint("request_id", "signer"),)

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    request_id: Mapped[str] = mapped_column(ForeignKey("credentials_voucher_requests.id"))
    signer: Mapped[str] = mapped_column(String(1026))
    method: Mapped[int] = mapped_column(SmallInteger)
    vouched_at: Mapped[int] = mapped_column(BigInteger)
    signature: Mapped[str] = mapped_column(Text)


def codes_of_phone(session: Session, phone_hash: bytes, since: datetime) -> Sequence[PhoneCodeRow]:
    """Codes asked for a phone since a time, in whichever poll, newest first."""
    query = select(PhoneCodeRow).where(PhoneCodeRow.phone_hash == phone_hash, PhoneCodeRow.sent_at > since)
    return session.scalars(query.order_by(PhoneCodeRow.sent_at.desc())).all()


def count_codes_of_address(session: Session, address_hash: bytes, since: datetime) -> int:
    """How many codes were asked for from a network address since a time."""
    query = select(func.count()).where(PhoneCodeRow.address_hash == address_hash, PhoneCodeRow.sent_at > since)
    return session.scalar(query) or 0


def count_wrong_of_address(session: Session, address_hash: bytes, since: datetime) -> int:
    """How many wrong codes came from a network address since a time."""
    query = select(func.count()).where(WrongCodeRow.address_hash == address_hash, WrongCodeRow.entered_at > since)
    return session.scalar(query) or 0


def usable_codes(session: Session, poll_id: str, phone_hash: bytes, now: datetime) -> Sequence[PhoneCodeRow]:
    """Codes of a phone that are neither used up, used nor over, newest first."""
    query = select(PhoneCodeRow).where(
        PhoneCodeRow.poll_id == poll_id,
        PhoneCodeRow.phone_hash == phone_hash,
        PhoneCodeRow.expires_at > now,
        PhoneCodeRow.used_at.is_(None),
        PhoneCodeRow.tries_left > 0,
    )
    return session.scalars(query.order_by(PhoneCodeRow.sent_at.desc()).with_for_update()).all()


def use_codes(session: Session, poll_id: str, phone_hash: bytes, now: datetime) -> None:
    """After a sign-in no older code of the phone opens anything."""
    session.execute(
        update(PhoneCodeRow)
        .where(PhoneCodeRow.poll_id == poll_id, PhoneCodeRow.phone_hash == phone_hash, PhoneCodeRow.used_at.is_(None))
        .values(used_at=now)
    )


def pull_back(
    session: Session, now: datetime, lifetime: timedelta, phone_hash: bytes | None = None, address_hash: bytes | None = None
) -> None:
    """What a clock that ran ahead wrote counts from now on, so that nobody waits longer than the limit says: of a phone and of an address,
    or, without either, of all."""
    codes = update(PhoneCodeRow).where(PhoneCodeRow.sent_at > now).values(sent_at=now, expires_at=now + lifetime)
    wrong = update(WrongCodeRow).where(WrongCodeRow.entered_at > now).values(entered_at=now)
    if phone_hash is not None:
        session.execute(codes.where(PhoneCodeRow.phone_hash == phone_hash))
    if address_hash is not None:
        session.execute(codes.where(PhoneCodeRow.address_hash == address_hash))
        session.execute(wrong.where(WrongCodeRow.address_hash == address_hash))
    if phone_hash is address_hash is None:
        session.execute(codes)
        session.execute(wrong)


def usable_entry(session: Session, poll_id: str, code_hash: bytes, now: datetime) -> EntryRow | None:
    """The entry with this code, held until the transaction ends, if it still opens anything."""
    query = select(EntryRow).where(
        EntryRow.poll_id == poll_id,
        EntryRow.code_hash == code_hash,
        EntryRow.expires_at > now,
        EntryRow.used_at.is_(None),
        EntryRow.tries_left > 0,
    )
    return session.scalar(query.with_for_update())


def use_entries(session: Session, poll_id: str, lender_index: int, now: datetime) -> None:
    """No entry code of this lender opens anything any more."""
    session.execute(
        update(EntryRow)
        .where(EntryRow.poll_id == poll_id, EntryRow.lender_index == lender_index, EntryRow.used_at.is_(None))
        .values(used_at=now)
    )


def forget_before(session: Session, moment: datetime) -> int:
    """Drop codes and wrong tries that no cap counts any more; how many."""
    codes = session.execute(delete(PhoneCodeRow).where(PhoneCodeRow.sent_at < moment))
    wrong = session.execute(delete(WrongCodeRow).where(WrongCodeRow.entered_at < moment))
    entries = session.execute(delete(EntryRow).where(EntryRow.made_at < moment))
    return int(codes.rowcount + wrong.rowcount + entries.rowcount)  # type: ignore[attr-defined]


def find_request(session: Session, request_id: str) -> VoucherRequestRow | None:
    """A voucher request by id."""
    return session.get(VoucherRequestRow, request_id)


def lock_request(session: Session, request_id: str) -> VoucherRequestRow | None:
    """A voucher request that two officials may be signing at the same moment."""
    return session.scalar(select(VoucherRequestRow).where(VoucherRequestRow.id == request_id).with_for_update())


def find_request_for_key(session: Session, poll_id: str, index: int, ballot_key: str) -> VoucherRequestRow | None:
    """A lender's request for one ballot key."""
    return session.scalar(
        select(VoucherRequestRow).where(
            VoucherRequestRow.poll_id == poll_id, VoucherRequestRow.lender_index == index, VoucherRequestRow.ballot_key == ballot_key
        )
    )


def waiting_requests(session: Session, poll_id: str) -> Sequence[VoucherRequestRow]:
    """Requests of a poll that still need a voucher: those a machine refused first, then the oldest."""
    query = select(VoucherRequestRow).where(VoucherRequestRow.poll_id == poll_id, VoucherRequestRow.status == VoucherStatus.WAITING)
    return session.scalars(query.order_by(VoucherRequestRow.review.desc(), VoucherRequestRow.requested_at)).all()


def requests_of(session: Session, poll_id: str) -> Sequence[VoucherRequestRow]:
    """Every request of a poll with its vouchers, oldest first."""
    query = select(VoucherRequestRow).where(VoucherRequestRow.poll_id == poll_id)
    return session.scalars(query.order_by(VoucherRequestRow.requested_at, VoucherRequestRow.id)).all()
