"""Tables and SQL of lists of likenesses and what officials found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, Text, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from backend.ground.db.base import Base, UtcTime


class LikenessListRow(Base):
    """A signed list, taken once."""

    __tablename__ = "likenesses_lists"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    poll_id: Mapped[str] = mapped_column(String(20), index=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    model: Mapped[str] = mapped_column(String(100))
    made_at: Mapped[str] = mapped_column(String(20))
    searched: Mapped[int] = mapped_column(BigInteger)
    fmr_ppb: Mapped[int] = mapped_column(BigInteger)
    expected_false_milli: Mapped[int] = mapped_column(BigInteger)
    taken_at: Mapped[datetime] = mapped_column(UtcTime)
    pairs: Mapped[list[LikenessRow]] = relationship(order_by="LikenessRow.rank", lazy="selectin")


class LikenessRow(Base):
    """Two lenders whose faces look alike, and what officials found; an empty finding: nobody has looked yet."""

    __tablename__ = "likenesses"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    list_id: Mapped[str] = mapped_column(ForeignKey("likenesses_lists.id"), index=True)
    rank: Mapped[int]
    first_index: Mapped[int]
    second_index: Mapped[int]
    band: Mapped[str] = mapped_column(String(10))
    finding: Mapped[str] = mapped_column(String(12), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    found_by: Mapped[str] = mapped_column(Text, default="")
    found_at: Mapped[datetime | None] = mapped_column(UtcTime)


def add(session: Session, row: LikenessListRow) -> None:
    """Keep a list with its pairs."""
    session.add(row)


def find_by_digest(session: Session, digest: bytes) -> LikenessListRow | None:
    """A list that was taken before."""
    return session.scalar(select(LikenessListRow).where(LikenessListRow.digest == digest))


def lists_of_poll(session: Session, poll_id: str) -> Sequence[LikenessListRow]:
    """A poll's lists, newest first."""
    query = select(LikenessListRow).where(LikenessListRow.poll_id == poll_id)
    return session.scalars(query.order_by(LikenessListRow.taken_at.desc(), LikenessListRow.id)).all()


def find_pair(session: Session, pair_id: str) -> tuple[LikenessRow, str] | None:
    """A pair and its poll."""
    query = (
        select(LikenessRow, LikenessListRow.poll_id).join(LikenessListRow).where(LikenessRow.id == pair_id).with_for_update(of=LikenessRow)
    )
    row = session.execute(query).first()
    return (row[0], row[1]) if row else None


def pull_back(session: Session, now: datetime) -> None:
    """What a clock that ran ahead wrote counts from now on, so that nothing is kept longer than it should be."""
    session.execute(update(LikenessListRow).where(LikenessListRow.taken_at > now).values(taken_at=now))
    session.execute(update(LikenessRow).where(LikenessRow.found_at > now).values(found_at=now))


def drop_over(session: Session, found_before: datetime, taken_before: datetime) -> int:
    """Delete lists whose every pair was decided before one time, and all that were taken before another; how many lists."""
    late = select(LikenessRow.list_id).where((LikenessRow.finding == "") | (LikenessRow.found_at >= found_before))
    decided = (LikenessListRow.taken_at < found_before) & LikenessListRow.id.not_in(late)
    over = select(LikenessListRow.id).where(decided | (LikenessListRow.taken_at < taken_before)).with_for_update()
    ids = session.scalars(over).all()
    session.execute(delete(LikenessRow).where(LikenessRow.list_id.in_(ids)))
    session.execute(delete(LikenessListRow).where(LikenessListRow.id.in_(ids)))
    return len(ids)
