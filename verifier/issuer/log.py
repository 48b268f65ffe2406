"""The append-only log: what was signed and why, each entry holding the hash of the one before.

It holds no picture, no template, no distance between faces, no name: index and ballot key are what the chain shows, too.
Changing, removing or reordering an entry breaks the chain of hashes; cutting off the end
shows only against a head that was noted elsewhere. The entries about one poll form a chain of their own besides (protocol §15.1):
it can be handed out without the rest.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from eth_hash.auto import keccak
from sqlalchemy import Connection, text

GENESIS = "0x" + "00" * 32


class LogBroken(Exception):
    """The log was changed; `seq` is the first entry that does not hold."""

    def __init__(self, seq: int, rule: str) -> None:
        self.seq = seq
        self.rule = rule
        super().__init__(f"entry {seq}: {rule}")


@dataclass(frozen=True)
class LogHead:
    """The newest entry's number (0 when there is none) and hash."""

    seq: int
    hash: str


@dataclass(frozen=True)
class LogRow:
    """One stored entry: its number, its hash, and the canonical JSON that was hashed."""

    seq: int
    hash: str
    entry: str

    def as_json(self) -> dict[str, Any]:
        """The entry with its hash."""
        return {**json.loads(self.entry), "hash": self.hash}


def append(connection: Connection, at: float, facts: Mapping[str, Any]) -> LogHead:
    """Write one entry within the caller's transaction; `facts` needs `kind` and `poll` ("": about none), `at` is seconds since 1970."""
    last = head(connection)
    place: dict[str, Any] = {"seq": last.seq + 1, "prev_hash": last.hash, "time": rfc3339(at)}
    if facts["poll"]:
        last_of_poll = poll_head(connection, facts["poll"])
        place |= {"poll_seq": last_of_poll.seq + 1, "poll_prev": last_of_poll.hash}
        if not last_of_poll.seq:
            place |= _of_first_release(connection, facts["poll"])
    entry = canonical({**facts, **place})
    new = LogHead(last.seq + 1, _hash(entry))
    connection.execute(text("INSERT INTO log (seq, hash, entry) VALUES (:seq, :hash, :entry)"), {**vars(new), "entry": entry})
    return new


def head(connection: Connection) -> LogHead:
    """The newest entry."""
    row = connection.execute(text("SELECT seq, hash FROM log ORDER BY seq DESC LIMIT 1")).first()
    return LogHead(row.seq, row.hash) if row else LogHead(0, GENESIS)


def poll_head(connection: Connection, poll: str) -> LogHead:
    """The newest entry of a poll's own chain; `seq` counts its entries from 1."""
    row = connection.execute(
        text("SELECT hash, entry FROM log WHERE json_extract(entry, '$.poll') = :poll ORDER BY seq DESC LIMIT 1"), {"poll": poll}
    ).first()
    place = json.loads(row.entry).get("poll_seq") if row else None
    return LogHead(int(place), row.hash) if row and place else LogHead(0, GENESIS)


def _of_first_release(connection: Connection, poll: str) -> dict[str, Any]:
    """What the first entry of a poll's chain says of those that the first release wrote: they do not say their place in it."""
    rows = connection.execute(text("SELECT hash FROM log WHERE json_extract(entry, '$.poll') = :poll ORDER BY seq"), {"poll": poll})
    hashes = [bytes.fromhex(row.hash[2:]) for row in rows]
    return {"first_release": {"entries": len(hashes), "digest": "0x" + keccak(b"".join(hashes)).hex()}} if hashes else {}


def of_poll(connection: Connection, poll: str, after: int, most: int) -> list[str]:
    """At most `most` entries of a poll's chain as they were hashed, in order, without the first `after`."""
    rows = connection.execute(
        text(
            "SELECT entry FROM log WHERE json_extract(entry, '$.poll') = :poll AND json_extract(entry, '$.poll_seq') > :after "
            "ORDER BY json_extract(entry, '$.poll_seq') LIMIT :most"
        ),
        {"poll": poll, "after": after, "most": most},
    )
    return [str(row.entry) for row in rows]


def read(connection: Connection, poll: str | None = None, after: int = 0, most: int = 1000) -> list[LogRow]:
    """At most `most` entries above `after` in order, of one poll or of all."""
    where = "seq > :after AND json_extract(entry, '$.poll') = :poll" if poll else "seq > :after"
    rows = connection.execute(
        text(f"SELECT seq, hash, entry FROM log WHERE {where} ORDER BY seq LIMIT :most"),  # noqa: S608 - both texts stand above
        {"after": after, "poll": poll, "most": most},
    )
    return [LogRow(row.seq, row.hash, row.entry) for row in rows]


def of_lender(connection: Connection, poll: str, index: int, kinds: Iterable[str], most: int = 50) -> list[LogRow]:
    """The newest entries of some kinds about one lender, newest first."""
    rows = connection.execute(
        text(
            "SELECT seq, hash, entry FROM log WHERE json_extract(entry, '$.poll') = :poll AND json_extract(entry, '$.index') = :index "
            "AND json_extract(entry, '$.kind') IN (SELECT value FROM json_each(:kinds)) ORDER BY seq DESC LIMIT :most"
        ),
        {"poll": poll, "index": index, "kinds": json.dumps(list(kinds)), "most": most},
    )
    return [LogRow(row.seq, row.hash, row.entry) for row in rows]


def read_all(connection: Connection) -> Iterator[LogRow]:
    """Every entry in order."""
    after = 0
    while rows := read(connection, after=after):
        yield from rows
        after = rows[-1].seq


def verify_log(rows: Iterable[LogRow], noted: LogHead | None = None) -> LogHead:
    """Check the whole log from its first entry; the head it ends with.

    `noted` is a head written down earlier elsewhere: it must be in the log. Raises: LogBroken with the first wrong entry.
    """
    last, met = LogHead(0, GENESIS), noted is None or noted.seq == 0
    polls = _PollChains()
    for row in rows:
        if row.seq != last.seq + 1:
            raise LogBroken(last.seq + 1, f"missing, entry {row.seq} follows entry {last.seq}")
        _verify_entry(row, last)
        polls.follow(row)
        last = LogHead(row.seq, row.hash)
        if noted is not None and noted.seq == row.seq:
            if noted.hash != row.hash:
                raise LogBroken(row.seq, "another entry stood here when its hash was noted")
            met = True
    if not met:
        raise LogBroken(last.seq + 1, f"missing, the log had {noted.seq if noted else 0} entries when its head was noted")
    return last


def _verify_entry(row: LogRow, last: LogHead) -> None:
    if _hash(row.entry) != row.hash:
        raise LogBroken(row.seq, "its hash is not the hash of what it says")
    entry = json.loads(row.entry)
    if entry.get("seq") != row.seq:
        raise LogBroken(row.seq, "it stands at another place than it says")
    if entry.get("prev_hash") != last.hash:
        raise LogBroken(row.seq, "it does not follow the entry before it")


class _PollChains:
    """The chains of single polls within the log; once one entry says its place in its poll's chain, all later ones have to.

    Entries of the first release, which do not, belong to no poll's chain.
    """

    def __init__(self) -> None:
        self._heads: dict[str, LogHead] = {}
        self._said = False

    def follow(self, row: LogRow) -> None:
        """Raises: LogBroken when the entry is not the next about its poll."""
        entry = json.loads(row.entry)
        poll = entry.get("poll")
        if not poll:
            return
        last = self._heads.get(poll, LogHead(0, GENESIS))
        self._said = self._said or "poll_seq" in entry
        if not self._said:
            return
        if (entry.get("poll_seq"), entry.get("poll_prev")) != (last.seq + 1, last.hash):
            raise LogBroken(row.seq, "it does not follow the entry before it about the same poll")
        self._heads[poll] = LogHead(last.seq + 1, row.hash)


def canonical(value: Mapping[str, Any]) -> str:
    """Canonical JSON (protocol §7)."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def rfc3339(at: float) -> str:
    """A time in seconds since 1970 as the log writes it, UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _hash(entry: str) -> str:
    return "0x" + keccak(entry.encode()).hex()
