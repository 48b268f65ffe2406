"""Tables and SQL of accounts and sessions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.ground.db.base import Base, UtcTime


class AccountRow(Base):
    """An official, an institution or the administrator."""

    __tablename__ = "accounts"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str] = mapped_column(String(200))
    totp_secret: Mapped[bytes] = mapped_column(LargeBinary)
    """Sealed; place `accounts:<id>:totp_secret`."""
    totp_step: Mapped[int] = mapped_column(BigInteger, default=0)
    """The 30-second step of the newest code that was used: a code opens one session."""
    case_id: Mapped[str | None] = mapped_column(String(20))
    signer: Mapped[bytes | None] = mapped_column(LargeBinary)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcTime)
    password_given_at: Mapped[datetime | None] = mapped_column(UtcTime)
    """When somebody else gave the password, and so knows it; empty once it is its owner's."""
    second_factor_given_at: Mapped[datetime | None] = mapped_column(UtcTime)
    """The same of the authenticator's secret."""
    held_signer: Mapped[bytes | None] = mapped_column(LargeBinary)
    """With what the account signs in a case that is being opened, until `held_until`."""
    held_until: Mapped[datetime | None] = mapped_column(UtcTime)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class SessionRow(Base):
    """A session: of an account, or of a lender in one poll."""

    __tablename__ = "sessions"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    role: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(64))
    case_id: Mapped[str | None] = mapped_column(String(20))
    poll_id: Mapped[str | None] = mapped_column(String(20))
    lender_index: Mapped[int | None]
    offered_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    """A new secret for the account's authenticator, offered to this session alone; sealed as the account's."""
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime, index=True)


class ThrottleRow(Base):
    """Attempts to sign in for one name or from one address, known by a keyed hash only."""

    __tablename__ = "sign_in_throttles"

    subject: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    attempts: Mapped[int]
    began_at: Mapped[datetime] = mapped_column(UtcTime)


def add_account(session: Session, row: AccountRow) -> None:
    """Store a new account."""
    session.add(row)
    session.flush()


def account_by_name(session: Session, name: str) -> AccountRow | None:
    """The account of that name."""
    return session.scalar(select(AccountRow).where(AccountRow.name == name))


def account_by_id(session: Session, account_id: str, *, hold: bool = False) -> AccountRow | None:
    """The account of that id; held until the transaction ends when asked."""
    return session.get(AccountRow, account_id, with_for_update=True if hold else None)


def all_accounts(session: Session) -> list[AccountRow]:
    """Every account, by name."""
    return list(session.scalars(select(AccountRow).order_by(AccountRow.name)))


def use_totp_step(session: Session, account_id: str, step: int, present: int) -> bool:
    """Mark the step used; False when it, or a later one, was used before.

    One that is still to come was used by a clock that ran ahead; it shuts nobody out until then.
    """
    free = or_(AccountRow.totp_step < step, AccountRow.totp_step > present + 1)
    done = session.execute(update(AccountRow).where(AccountRow.id == account_id, free).values(totp_step=step))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def set_password_hash(session: Session, account_id: str, password_hash: str) -> None:
    """Replace the hash, when the recommended cost has risen."""
    session.execute(update(AccountRow).where(AccountRow.id == account_id).values(password_hash=password_hash))


def pull_back_session(session: Session, token_hash: bytes, now: datetime, expires_at: datetime) -> None:
    """A session that a clock ahead of this one opened counts from now on."""
    session.execute(update(SessionRow).where(SessionRow.token_hash == token_hash).values(created_at=now, expires_at=expires_at))


def add_session(session: Session, row: SessionRow) -> None:
    """Store a new session."""
    session.add(row)


def session_by_hash(session: Session, token_hash: bytes) -> SessionRow | None:
    """The session with that token hash, expired or not."""
    return session.get(SessionRow, token_hash)


def delete_session(session: Session, token_hash: bytes) -> None:
    """End a session; nothing happens when there is none."""
    session.execute(delete(SessionRow).where(SessionRow.token_hash == token_hash))


def delete_sessions_of(session: Session, account_id: str, but: bytes = b"") -> None:
    """End every session of an account; `but` is the token hash of one that stays."""
    session.execute(delete(SessionRow).where(SessionRow.account_id == account_id, SessionRow.token_hash != but))


def delete_expired(session: Session, now: datetime, throttles_before: datetime) -> None:
    """Sweep out what is over."""
    session.execute(delete(SessionRow).where(SessionRow.expires_at <= now))
    session.execute(delete(ThrottleRow).where(ThrottleRow.began_at < throttles_before))


def throttle(session: Session, subject: bytes) -> ThrottleRow | None:
    """The attempts counted for a subject, held until the transaction ends."""
    return session.get(ThrottleRow, subject, with_for_update=True)


def begin_throttle(session: Session, subject: bytes, now: datetime) -> ThrottleRow:
    """The attempts counted for a subject, from none when it is new."""
    row = throttle(session, subject)
    if row is not None:
        return row
    try:
        with session.begin_nested():
            session.add(ThrottleRow(subject=subject, attempts=0, began_at=now))
    except IntegrityError:  # another attempt at the same moment was first
        pass
    return session.get_one(ThrottleRow, subject, with_for_update=True)


def clear_throttle(session: Session, subject: bytes) -> None:
    """Forget the attempts counted for a subject."""
    session.execute(delete(ThrottleRow).where(ThrottleRow.subject == subject))
