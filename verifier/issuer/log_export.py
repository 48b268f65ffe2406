"""The log about one poll, for whoever reconciles it with the chain: entries as they were hashed, then a statement (protocol §15.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from verifier.issuer import log, statements
from verifier.issuer.store import Database
from verifier.signing.secp256k1 import SigningKey

#: Entries of one answer over HTTP, and about how many bytes.
PAGE_ENTRIES = 1000
PAGE_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True)
class LogExport:
    """Reads the log; `clock` gives seconds since 1970, `ways` the keys with which ways of their own sign."""

    database: Database
    signing: SigningKey
    clock: Callable[[], float]
    ways: Callable[[], Iterable[SigningKey]] = tuple

    def page(self, poll: str, after: int) -> list[str]:
        """Entries without the first `after`, at most a page of them, and the statement about all; lines of canonical JSON."""
        with self.database.begin() as connection:
            entries = log.of_poll(connection, poll, after, PAGE_ENTRIES)
            statement = self._statement(connection, poll)
        return [*_within(entries, PAGE_BYTES), statement]

    def whole(self, poll: str) -> Iterator[str]:
        """Every entry that is there now, and the statement; the service may go on writing meanwhile."""
        with self.database.begin() as connection:
            last = log.poll_head(connection, poll)
            statement = self._statement(connection, poll)
        for after in range(0, last.seq, PAGE_ENTRIES):
            with self.database.begin() as connection:
                yield from log.of_poll(connection, poll, after, min(PAGE_ENTRIES, last.seq - after))
        yield statement

    def _statement(self, connection: Connection, poll: str) -> str:
        last = log.poll_head(connection, poll)
        keys = {key.address: key for key in (self.signing, *self.ways())}
        end = {"count": last.seq, "head": last.hash, "made_at": log.rfc3339(self.clock())}
        said = {"kind": "log", "poll": poll, "addresses": sorted(keys), **end, "verifier": self.signing.address}
        # Each address says itself that it is this verifier's: nobody is to answer for another.
        own_words = ["0x" + keys[address].sign(statements.digest(said)).hex() for address in sorted(keys)]
        return log.canonical(statements.sign(self.signing, {**said, "address_signatures": own_words}))


def _within(entries: list[str], most: int) -> Iterator[str]:
    """The first entries up to about so many bytes, and one in any case."""
    taken = 0
    for entry in entries:
        if taken and taken + len(entry) > most:
            return
        taken += len(entry)
        yield entry
