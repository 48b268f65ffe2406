"""Tables of the outbox and of the mirror, and all SQL on them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.ground.chain.values import TransactionStatus
from backend.ground.db.base import Base, UtcTime

UNFINISHED = (TransactionStatus.QUEUED, TransactionStatus.SENT, TransactionStatus.DROPPED)
FINISHED = (TransactionStatus.CONFIRMED, TransactionStatus.REVERTED)


class ChainTransaction(Base):
    """One signed transaction of the relay: what was sent can always be sent again, byte for byte.

    queued: signed and stored, not yet handed in; sent: handed in; confirmed, reverted: in a block;
    dropped: a stranger's transaction took its nonce, it will be signed again.
    """

    __tablename__ = "chain_transactions"
    __table_args__ = (UniqueConstraint("sender", "nonce"),)

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    sender: Mapped[str] = mapped_column(String(42))
    to: Mapped[str | None] = mapped_column(String(42))
    data: Mapped[bytes] = mapped_column(LargeBinary)
    gas_limit: Mapped[int] = mapped_column(BigInteger)
    nonce: Mapped[int] = mapped_column(BigInteger)
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    tx_hash: Mapped[str] = mapped_column(String(66), index=True)
    status: Mapped[str] = mapped_column(String(10), index=True)
    block: Mapped[int | None] = mapped_column(BigInteger, index=True)
    block_hash: Mapped[str | None] = mapped_column(String(66))
    error: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    missing_since_block: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcTime)


class FormerVersion(Base):
    """An earlier signing of a transaction, with a lower fee: whichever of them a block takes, it is the same call under the same nonce."""

    __tablename__ = "chain_former_versions"

    tx_hash: Mapped[str] = mapped_column(String(66), primary_key=True)
    tx_id: Mapped[str] = mapped_column(ForeignKey("chain_transactions.id"), index=True)
    raw: Mapped[bytes] = mapped_column(LargeBinary)


class Halt(Base):
    """The chain was rewritten below a block that counted as final; nothing is mirrored until somebody has looked and accepted it."""

    __tablename__ = "chain_halts"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    block: Mapped[int] = mapped_column(BigInteger)
    """The final block that changed."""
    was: Mapped[str] = mapped_column(String(66))
    now: Mapped[str] = mapped_column(String(66))
    noted_at: Mapped[datetime] = mapped_column(UtcTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)


class FollowedContract(Base):
    """A contract whose events are mirrored, from `from_block` on; `next_block` is the first one not read yet."""

    __tablename__ = "chain_followed"

    address: Mapped[str] = mapped_column(String(42), primary_key=True)
    from_block: Mapped[int] = mapped_column(BigInteger)
    next_block: Mapped[int] = mapped_column(BigInteger)


class SeenBlock(Base):
    """The hash of a block up to which was read; when the node's differs, the chain was rewritten."""

    __tablename__ = "chain_blocks"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(66))


class MirroredEvent(Base):
    """One event as the node gave it: topics and data are kept, so that nothing is lost in reading."""

    __tablename__ = "chain_events"
    # AUTOINCREMENT: an id that a rewind removed is never given again, or a reader who goes by ids would miss its successor.
    __table_args__ = (UniqueConstraint("block_hash", "log_index"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Integer().with_variant(BigInteger, "postgresql"), primary_key=True, autoincrement=True)
    address: Mapped[str] = mapped_column(String(42), index=True)
    name: Mapped[str] = mapped_column(String(40))
    topics: Mapped[list[str]] = mapped_column(JSON)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    block: Mapped[int] = mapped_column(BigInteger, index=True)
    block_hash: Mapped[str] = mapped_column(String(66))
    tx_hash: Mapped[str] = mapped_column(String(66))
    log_index: Mapped[int] = mapped_column(Integer)


def transaction(session: Session, tx_id: str) -> ChainTransaction | None:
    """The transaction with this id, if there is one."""
    return session.get(ChainTransaction, tx_id)


def transaction_by_key(session: Session, key: str) -> ChainTransaction | None:
    """The transaction with this idempotency key, if there is one."""
    return session.scalar(select(ChainTransaction).where(ChainTransaction.key == key))


def next_nonce(session: Session, sender: str) -> int:
    """One more than the highest nonce ever signed for the sender."""
    highest = session.scalar(select(func.max(ChainTransaction.nonce)).where(ChainTransaction.sender == sender))
    return 0 if highest is None else highest + 1


def has_nonce(session: Session, sender: str, nonce: int) -> bool:
    """Whether a transaction under this nonce is stored."""
    return session.scalar(select(ChainTransaction.id).where(ChainTransaction.sender == sender, ChainTransaction.nonce == nonce)) is not None


def unfinished(session: Session, sender: str, limit: int) -> Sequence[ChainTransaction]:
    """What is not in a block yet, lowest nonce first."""
    wanted = select(ChainTransaction).where(ChainTransaction.sender == sender, ChainTransaction.status.in_(UNFINISHED))
    return session.scalars(wanted.order_by(ChainTransaction.nonce).limit(limit)).all()


def finished_since(session: Session, sender: str, block: int) -> Sequence[ChainTransaction]:
    """What a block from this number on is said to hold."""
    wanted = select(ChainTransaction).where(ChainTransaction.sender == sender, ChainTransaction.status.in_(FINISHED))
    return session.scalars(wanted.where(ChainTransaction.block >= block).order_by(ChainTransaction.nonce)).all()


def reopen_from(session: Session, sender: str, nonce: int) -> int:
    """Put back what the chain has lost: everything in blocks with this nonce or a higher one. Returns how many."""
    lost = update(ChainTransaction).where(ChainTransaction.sender == sender, ChainTransaction.status.in_(FINISHED))
    done = session.execute(
        lost.where(ChainTransaction.nonce >= nonce).values(
            status=TransactionStatus.QUEUED, block=None, block_hash=None, error=None, finished_at=None, missing_since_block=None
        )
    )
    return int(getattr(done, "rowcount", 0))


def former_versions(session: Session, tx_id: str) -> Sequence[FormerVersion]:
    """Earlier signings of a transaction."""
    return session.scalars(select(FormerVersion).where(FormerVersion.tx_id == tx_id)).all()


def keep_version(session: Session, entry: ChainTransaction) -> None:
    """Remember the bytes that are about to be replaced: a block may still take them."""
    session.merge(FormerVersion(tx_hash=entry.tx_hash, tx_id=entry.id, raw=entry.raw))


def count_unfinished(session: Session, sender: str) -> tuple[int, datetime | None]:
    """How many transactions are in no block yet, and when the oldest of them was signed."""
    query = select(func.count(), func.min(ChainTransaction.created_at))
    many, oldest = session.execute(query.where(ChainTransaction.sender == sender, ChainTransaction.status.in_(UNFINISHED))).one()
    return many, oldest


def open_halt(session: Session) -> Halt | None:
    """The halt that has not ended, if there is one."""
    return session.scalar(select(Halt).where(Halt.ended_at.is_(None)).order_by(Halt.id))


def follow(session: Session, address: str, from_block: int | None) -> None:
    """Begin to mirror a contract; does nothing when it is followed from there or earlier already, or when no block is named."""
    known = session.get(FollowedContract, address)
    if known is None:
        session.add(FollowedContract(address=address, from_block=from_block or 0, next_block=from_block or 0))
    elif from_block is not None and from_block < known.from_block:
        known.from_block = known.next_block = from_block
        session.execute(delete(MirroredEvent).where(MirroredEvent.address == address))


def followed(session: Session) -> Sequence[FollowedContract]:
    """Every contract that is mirrored."""
    return session.scalars(select(FollowedContract).order_by(FollowedContract.address)).all()


def first_block(session: Session, address: str) -> int:
    """The block from which on a contract is followed; 0 when it is not."""
    known = session.get(FollowedContract, address)
    return known.from_block if known is not None else 0


def next_block(session: Session, address: str) -> int:
    """The first block of a followed contract that was not read yet; 0 when it is not followed."""
    known = session.get(FollowedContract, address)
    return 0 if known is None else known.next_block


def seen_blocks(session: Session) -> list[tuple[int, str]]:
    """Number and hash of the blocks up to which was read, newest first."""
    rows = session.execute(select(SeenBlock.number, SeenBlock.hash).order_by(SeenBlock.number.desc()))
    return [(number, block_hash) for number, block_hash in rows]


def note_block(session: Session, number: int, block_hash: str, keep: int) -> None:
    """Remember a block's hash, and only the newest `keep` of them."""
    session.merge(SeenBlock(number=number, hash=block_hash))
    numbers = session.scalars(select(SeenBlock.number).order_by(SeenBlock.number.desc()).limit(keep)).all()
    session.execute(delete(SeenBlock).where(SeenBlock.number < numbers[-1]))


def rewind(session: Session, block: int) -> int:
    """Forget everything above this block. Returns how many events were forgotten."""
    session.execute(delete(SeenBlock).where(SeenBlock.number > block))
    forgotten = session.execute(delete(MirroredEvent).where(MirroredEvent.block > block))
    ahead = update(FollowedContract).where(FollowedContract.next_block > block + 1)
    session.execute(ahead.where(FollowedContract.from_block <= block).values(next_block=block + 1))
    session.execute(ahead.where(FollowedContract.from_block > block).values(next_block=FollowedContract.from_block))
    return int(getattr(forgotten, "rowcount", 0))


def read_up_to(session: Session, addresses: Iterable[str], next_block: int) -> None:
    """Note the first block that was not read yet for these contracts."""
    session.execute(update(FollowedContract).where(FollowedContract.address.in_(list(addresses))).values(next_block=next_block))


def event_places(session: Session, addresses: Iterable[str], from_block: int) -> set[tuple[str, int]]:
    """(block hash, log index) of the mirrored events of these contracts from a block on."""
    wanted = select(MirroredEvent.block_hash, MirroredEvent.log_index)
    rows = session.execute(wanted.where(MirroredEvent.address.in_(list(addresses)), MirroredEvent.block >= from_block))
    return {(block_hash, log_index) for block_hash, log_index in rows}


def newest_mirrored_block(session: Session) -> int:
    """The newest block of which an event is mirrored, -1 for none."""
    newest = session.scalar(select(func.max(MirroredEvent.block)))
    return -1 if newest is None else newest


def forget_events(session: Session, addresses: Iterable[str], from_block: int) -> None:
    """Remove the events of these contracts from a block on."""
    session.execute(delete(MirroredEvent).where(MirroredEvent.address.in_(list(addresses)), MirroredEvent.block >= from_block))


def add_events(session: Session, events: Sequence[MirroredEvent]) -> None:
    """Add events in the order given; their ids rise in that order."""
    for event in events:
        session.add(event)
        session.flush()


def newest_of(session: Session, address: str, name: str, topic: str) -> tuple[int, int]:
    """The highest id among the events of one name with this first indexed argument, and how many there are; (0, 0) for none."""
    wanted = select(func.max(MirroredEvent.id), func.count())
    highest, many = session.execute(wanted.where(*_of_topic(address, name, topic))).one()
    return highest or 0, many


def events_of_topic(session: Session, address: str, name: str, topic: str) -> Sequence[MirroredEvent]:
    """The events of one name with this first indexed argument, oldest first, those of the newest blocks too."""
    return session.scalars(select(MirroredEvent).where(*_of_topic(address, name, topic)).order_by(MirroredEvent.id)).all()


def _of_topic(address: str, name: str, topic: str) -> tuple[ColumnElement[bool], ...]:
    return MirroredEvent.address == address, MirroredEvent.name == name, MirroredEvent.topics[1].as_string() == topic


def blocks_with_events(session: Session, addresses: Collection[str], from_block: int) -> list[int]:
    """Numbers of the blocks from one on that hold events of these contracts, rising."""
    wanted = select(MirroredEvent.block).where(MirroredEvent.address.in_(addresses), MirroredEvent.block >= from_block)
    return list(session.scalars(wanted.distinct().order_by(MirroredEvent.block)))


def events_from(session: Session, address: str, name: str, from_block: int) -> Sequence[MirroredEvent]:
    """Events of one contract and name from a block on, oldest first."""
    wanted = select(MirroredEvent).where(MirroredEvent.address == address, MirroredEvent.name == name, MirroredEvent.block >= from_block)
    return session.scalars(wanted.order_by(MirroredEvent.id)).all()


def newest_event_block(session: Session, addresses: Collection[str]) -> int:
    """The newest block that holds an event of these contracts; -1 for none."""
    newest = session.scalar(select(func.max(MirroredEvent.block)).where(MirroredEvent.address.in_(addresses)))
    return -1 if newest is None else newest


def events(session: Session, address: str, name: str | None, after_id: int, up_to_block: int, limit: int) -> Sequence[MirroredEvent]:
    """Events of one contract and name (or of every name) after an id, oldest first, up to a block."""
    wanted = select(MirroredEvent).where(MirroredEvent.address == address)
    if name is not None:
        wanted = wanted.where(MirroredEvent.name == name)
    wanted = wanted.where(MirroredEvent.id > after_id, MirroredEvent.block <= up_to_block)
    return session.scalars(wanted.order_by(MirroredEvent.id).limit(limit)).all()
