"""SQL of camera sessions: how many there were, and the hashes by which a replay is known."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text

from verifier.face.replays import LOOK_DIGITS, Look

DAY_SECONDS = 86_400


def count_sessions(connection: Connection, poll: str, index: int, device: str, since: int) -> tuple[int, int]:
    """Sessions of the lender and of the device since a time; an empty device counts as none."""
    lender = connection.execute(
        text("SELECT count(*) FROM sessions WHERE poll = :poll AND lender = :index AND at > :since"),
        {"poll": poll, "index": index, "since": since},
    ).scalar_one()
    same = connection.execute(
        text("SELECT count(*) FROM sessions WHERE device = :device AND device <> '' AND at > :since"), {"device": device, "since": since}
    ).scalar_one()
    return int(lender), int(same)


def pull_back(connection: Connection, poll: str, index: int, device: str, now: int) -> None:
    """Sessions of the lender and of the device that a clock ahead of this one wrote count from now on: nobody waits over an hour."""
    connection.execute(
        text("UPDATE sessions SET at = :now WHERE at > :now AND (poll = :poll AND lender = :index OR device = :device AND device <> '')"),
        {"poll": poll, "index": index, "device": device, "now": now},
    )


def begin_session(connection: Connection, poll: str, index: int, device: str, at: int) -> None:
    """Count one; those older than a day are forgotten."""
    connection.execute(text("DELETE FROM sessions WHERE at < :old"), {"old": at - DAY_SECONDS})
    values = {"poll": poll, "index": index, "device": device, "at": at}
    connection.execute(text("INSERT INTO sessions (poll, lender, device, at) VALUES (:poll, :index, :device, :at)"), values)


def keep_looks(connection: Connection, poll: str, index: int, looks: Sequence[str]) -> None:
    """Remember the hashes of every frame of a finished session."""
    connection.execute(
        text("INSERT INTO looks (poll, lender, hashes) VALUES (:poll, :index, :hashes)"),
        {"poll": poll, "index": index, "hashes": " ".join(looks)},
    )


def looks_of(connection: Connection, poll: str, index: int) -> list[Look]:
    """The hashes of all frames of a lender's earlier sessions."""
    rows = connection.execute(text("SELECT hashes FROM looks WHERE poll = :poll AND lender = :index"), {"poll": poll, "index": index})
    looks = [look for row in rows for look in row.hashes.split()]
    return [Look.read(look) for look in looks if len(look) == LOOK_DIGITS]  # an earlier version's are shorter and compare with nothing


def keep_signals(connection: Connection, poll: str, index: int, at: int, salt: bytes, signals: str) -> None:
    """Remember the figures of a session for a while; the log has their digest only."""
    connection.execute(
        text("INSERT INTO signals (poll, lender, at, salt, signals) VALUES (:poll, :index, :at, :salt, :signals)"),
        {"poll": poll, "index": index, "at": at, "salt": salt, "signals": signals},
    )


def forget_signals(connection: Connection, poll: str, index: int | None) -> int:
    """Delete the figures of a poll's sessions, or of one lender's; of how many sessions."""
    where = "poll = :poll" if index is None else "poll = :poll AND lender = :index"
    return int(connection.execute(text(f"DELETE FROM signals WHERE {where}"), {"poll": poll, "index": index}).rowcount)  # noqa: S608


def forget_before(connection: Connection, counts: int, signals: int, now: int) -> dict[str, int]:
    """Delete counts of sessions and attempts from before one time, and figures from before another (seconds since 1970).

    What a clock ahead of this one wrote counts from now on: nothing is kept longer than it should be.
    """
    for table in ("sessions", "attempts", "signals"):
        connection.execute(text(f"UPDATE {table} SET at = :now WHERE at > :now"), {"now": now})  # noqa: S608
    done = {}
    for table, before in (("sessions", counts), ("attempts", counts), ("signals", signals)):
        done[table] = int(connection.execute(text(f"DELETE FROM {table} WHERE at < :before"), {"before": before}).rowcount)  # noqa: S608
    return done
