"""Lies of the relay: receipts, books, notes; and papers that lenders hold against them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from scripts.tampers.forge.vote import ForgedVote
from scripts.tampers.lies.kinds import Brought, Change, Lie, at, byte, bytes_of_file, file_gone, no_logs, receipts, setting
from tests.contracts.ballot_box import AGAINST, FOR, Vote, address_of, secret
from tests.contracts.typed import Domain
from tests.verifier.tally.vote import Book, canonical

KIND, PAPERS, FILES = "receipts", "lenders' own papers", "published files"
Rows = list[dict[str, Any]]


def _more(make: Callable[[ForgedVote], None]) -> Change:
    """Something more that the relay does before it closes its books."""

    def change(vote: ForgedVote) -> None:
        voted = vote._vote

        def vote_and_more() -> None:
            voted()
            make(vote)

        vote._vote = vote_and_more  # type: ignore[method-assign]

    return change


def _lender(vote: ForgedVote, index: int, choice: int = FOR, sequence: int = 1) -> Vote:
    return Vote(vote.register.lenders[index], choice, sequence)


def _dropped(vote: ForgedVote) -> None:
    """A ballot was receipted and never sent."""
    vote.receipt(_lender(vote, 11))


def _dropped_behind_rubbish(vote: ForgedVote) -> None:
    """A ballot was receipted and sent with a signature of rubbish, so that the contract rejected it aloud."""
    one = Vote(vote.register.lenders[11], AGAINST, 1)
    vote.receipt(one)
    bad = Vote(one.lender, AGAINST, 1, secret("rubbish"))
    vote.batch("rubbish", [bad], vote.opens_at + 50, [], vote.rejected(bad, 3))


def _dropped_behind_zero(vote: ForgedVote) -> None:
    """The same with a choice of 0."""
    one = Vote(vote.register.lenders[11], AGAINST, 1)
    vote.receipt(one)
    bad = Vote(one.lender, 0, 1)
    vote.batch("rubbish", [bad], vote.opens_at + 50, [], vote.rejected(bad, 1))


def _dropped_newer(vote: ForgedVote) -> None:
    """A lender's second thought was receipted and dropped; the first stands."""
    vote.receipt(_lender(vote, 2, AGAINST, 2))


def _shortened(_: ForgedVote, rows: Rows) -> Rows:
    return rows[:-2]


def _renumbered(vote: ForgedVote, rows: Rows) -> Rows:
    """A receipt in the middle is left out and the later ones are signed anew, under another head than the anchored one."""
    kept = [row for row in rows if row["index"] != 4]
    books: dict[str, Book] = {}
    found = []
    for row in kept:
        book = books.setdefault(row["book"], Book(vote.poll_domain, row["received_at"], bytes.fromhex(row["book"][2:]), vote.relay_key))
        found.append(book.sign(bytes.fromhex(row["ballot_digest"][2:]), row["ballot_key"], row["index"], row["sequence"]))
    return found


def _swapped(_: ForgedVote, rows: Rows) -> Rows:
    return [rows[1], rows[0], *rows[2:]]


def _other_signature(_: ForgedVote, rows: Rows) -> Rows:
    rows[0]["signature"] = "0x" + byte(10)(bytes.fromhex(rows[0]["signature"][2:])).hex()
    return rows


def _other_time(_: ForgedVote, rows: Rows) -> Rows:
    rows[-1]["received_at"] += 1
    return rows


def _third_book(vote: ForgedVote, rows: Rows) -> Rows:
    """A book that the relay did not close."""
    one = _lender(vote, 2)
    digest = vote.poll_domain.digest("Ballot", 2, FOR, 1, vote.plan_hash)
    book = Book(vote.poll_domain, vote.opens_at, b"\xff" * 32, vote.relay_key)
    return [*rows, book.sign(digest, address_of(one.lender.ballot_key), 2, 1)]


def _later(vote: ForgedVote, rows: Rows) -> Rows:
    """A book that goes on after its close."""
    last = max(vote.books, key=lambda book: book.name)
    digest = vote.poll_domain.digest("Ballot", 2, FOR, 1, vote.plan_hash)
    return [*rows, last.sign(digest, address_of(vote.register.lenders[2].ballot_key), 2, 1)]


def _note(**changes: Any) -> Change:
    """A note that contradicts those before it."""
    return _more(lambda vote: vote.note("odd note", vote.opens_at + 60, **changes))


def _vanished(vote: ForgedVote) -> None:
    """A book was anchored and is not in the closing note."""
    gone = vote.books.pop()
    vote.receipts = [row for row in vote.receipts if row["book"] != "0x" + gone.name.hex()]


def _closed_twice(vote: ForgedVote) -> None:
    vote.note("close again", vote.opens_at + 60, closed=True)


def _foreign_close(vote: ForgedVote) -> None:
    """Somebody else closes the relay's books."""
    vote.closing_note = False
    close = vote._close

    def other() -> None:
        vote.note("close", vote.closes_at, closed=True, sender=secret("stranger"))
        close()

    vote._close = other  # type: ignore[method-assign]


def _own(make: Callable[[ForgedVote], dict[str, Any] | bytes]) -> Callable[[ForgedVote], Brought]:
    """A lender's file."""

    def brings(vote: ForgedVote) -> Brought:
        found = make(vote)
        return Brought(files={"--receipt": found if isinstance(found, bytes) else canonical(found)})

    return brings


def _listed(vote: ForgedVote, number: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(vote.published["receipts.jsonl"].splitlines()[number])
    return found


def _signed(vote: ForgedVote, index: int, number: int, *, key: bytes | None = None, domain: Domain | None = None) -> dict[str, Any]:
    """A receipt under some number of the first book, which the list does not have."""
    book = Book(domain or vote.poll_domain, vote.opens_at, vote.books[0].name, key or vote.relay_key, number - 1, b"\x01" * 32)
    digest = vote.poll_domain.digest("Ballot", index, FOR, 1, vote.plan_hash)
    return book.sign(digest, address_of(vote.register.lenders[index].ballot_key), index, 1)


def _other_poll(vote: ForgedVote) -> dict[str, Any]:
    return {**_listed(vote), "poll": "0x" + "ab" * 20, "chain_id": 31337}


LIES = (
    Lie(KIND, "a receipted ballot dropped", "receipts.missed", before=_more(_dropped)),
    Lie(KIND, "a receipted ballot sent with a signature of rubbish", "receipts.missed", before=_more(_dropped_behind_rubbish)),
    Lie(KIND, "a receipted ballot sent with choice 0", "receipts.missed", before=_more(_dropped_behind_zero)),
    Lie(KIND, "a receipted second thought dropped", "receipts.missed", before=_more(_dropped_newer)),
    Lie(KIND, "an emptied list", "receipts.short", after=bytes_of_file("receipts.jsonl", lambda _: b"")),
    Lie(KIND, "a shortened list", "receipts.short", after=receipts(_shortened)),
    Lie(KIND, "a receipt left out and the rest signed anew", "receipts.short", after=receipts(_renumbered)),
    Lie(KIND, "a receipt left out", "receipts.chain", after=receipts(lambda _, rows: [*rows[:2], *rows[3:]])),
    Lie(KIND, "receipts out of order", "receipts.chain", after=receipts(_swapped)),
    Lie(KIND, "a book that goes on after its close", "receipts.chain", after=receipts(_later)),
    Lie(KIND, "a book that was not closed", "receipts.notes", after=receipts(_third_book)),
    Lie(KIND, "a book that was anchored and vanished", "receipts.short", before=_more(_vanished)),
    Lie(KIND, "no closing note", "receipts.unanchored", before=setting(closing_note=False)),
    Lie(KIND, "a closing note that is no event", "receipts.unanchored", after=no_logs("close")),
    Lie(KIND, "a closing note by somebody else", "receipts.unanchored", before=_foreign_close),
    Lie(KIND, "books closed before the close", "receipts.notes", after=at("close", lambda vote: vote.closes_at - 1)),
    Lie(KIND, "books closed twice", "receipts.notes", before=_more(_closed_twice)),
    Lie(KIND, "a note of a wrong number", "receipts.notes", before=_note(note=7)),
    Lie(KIND, "a note that does not follow", "receipts.notes", before=_note(previous=b"\x01" * 32)),
    Lie(
        KIND,
        "a note of books out of order",
        "receipts.notes",
        before=_note(heads=[(b"\x02" * 32, 0, bytes(32)), (b"\x01" * 32, 0, bytes(32))]),
    ),
    Lie(KIND, "a receipt's signature", "receipts.signature", after=receipts(_other_signature)),
    Lie(KIND, "a receipt's time", "receipts.signature", after=receipts(_other_time)),
    Lie(FILES, "receipts.jsonl: last line without end", "receipts.form", after=bytes_of_file("receipts.jsonl", lambda one: one[:-1])),
    Lie(FILES, "receipts.jsonl: a line that is none", "receipts.form", after=bytes_of_file("receipts.jsonl", lambda one: b"{}\n" + one)),
    Lie(FILES, "receipts.jsonl: not there", "receipts.form", after=file_gone("receipts.jsonl")),
    Lie(PAPERS, "a receipt left out of the list", "receipts.withheld", brings=_own(lambda vote: _signed(vote, 2, 99))),
    Lie(PAPERS, "two receipts under one number", "receipts.fork", brings=_own(lambda vote: _signed(vote, 2, 1))),
    Lie(PAPERS, "a receipt whose ballot is nowhere", "receipts.missed", brings=_own(lambda vote: _signed(vote, 11, 99))),
)

#: Papers that say nothing against the poll: the verdict is "agrees, papers void".
VOID = (
    Lie(PAPERS, "a receipt signed by somebody else", "void.receipt", brings=_own(lambda vote: _signed(vote, 2, 1, key=secret("x")))),
    Lie(PAPERS, "a receipt with another index", "void.receipt", brings=_own(lambda vote: {**_listed(vote), "index": 11})),
    Lie(PAPERS, "a receipt of another poll", "void.receipt", brings=_own(_other_poll)),
    Lie(
        PAPERS,
        "a receipt of another poll's domain",
        "void.receipt",
        brings=_own(lambda v: _signed(v, 2, 1, domain=Domain(1, "0x" + "ab" * 20))),
    ),
    Lie(PAPERS, "a file that is no receipt", "void.receipt", brings=_own(lambda _: b"[1, 2]")),
    Lie(PAPERS, "a file that is no JSON", "void.receipt", brings=_own(lambda _: b"\xff\xfe")),
)
