"""SQL of stored references: sealed templates, each with its wrapped data key."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from verifier.issuer.store import Database

#: In place of a model's name: the photo itself, kept sealed beside its templates where the settings say so.
PHOTO = "photo"


@dataclass(frozen=True)
class SealedFace:
    """One stored reference; `wrapped` is empty in what an earlier version stored."""

    id: int
    poll: str
    index: int
    model_id: str
    sealed: bytes
    wrapped: bytes
    photo: str = ""
    """The photo's keccak; empty in what an earlier version stored."""


_COLUMNS = "id, poll, lender, model_id, sealed, wrapped, photo"


def _faces(rows: Sequence[tuple[object, ...]]) -> list[SealedFace]:
    return [
        SealedFace(int(str(number)), str(poll), int(str(index)), str(model), bytes(sealed), bytes(wrapped or b""), str(photo or ""))  # type: ignore[call-overload]
        for number, poll, index, model, sealed, wrapped, photo in rows
    ]


def keep_face(connection: Connection, poll: str, index: int, model_id: str, sealed: bytes, wrapped: bytes, photo: str) -> None:
    """Remember a sealed reference, its wrapped data key, and the keccak of the photo that it was made of (0x text)."""
    connection.execute(
        text(
            "INSERT INTO faces (poll, lender, model_id, sealed, wrapped, photo) "
            "VALUES (:poll, :index, :model_id, :sealed, :wrapped, :photo)"
        ),
        {"poll": poll, "index": index, "model_id": model_id, "sealed": sealed, "wrapped": wrapped, "photo": photo},
    )


def faces_of(connection: Connection, poll: str, index: int, model_id: str) -> list[SealedFace]:
    """A lender's references of one model, oldest first."""
    rows = connection.execute(
        text(f"SELECT {_COLUMNS} FROM faces WHERE poll = :poll AND lender = :index AND model_id = :model_id ORDER BY id"),  # noqa: S608
        {"poll": poll, "index": index, "model_id": model_id},
    )
    return _faces([tuple(row) for row in rows])


def faces_after(connection: Connection, poll: str, model_id: str, after: int, most: int) -> list[SealedFace]:
    """References of a whole poll and one model, ordered by lender and page by page; `after` is the last lender seen."""
    rows = connection.execute(
        text(
            f"SELECT {_COLUMNS} FROM faces WHERE poll = :poll AND model_id = :model_id AND lender IN ("  # noqa: S608
            "SELECT DISTINCT lender FROM faces WHERE poll = :poll AND model_id = :model_id AND lender > :after ORDER BY lender LIMIT :most)"
            " ORDER BY lender, id"
        ),
        {"poll": poll, "model_id": model_id, "after": after, "most": most},
    )
    return _faces([tuple(row) for row in rows])


def faces_in_pages(database: Database, poll: str, model_id: str, most: int) -> Iterator[list[SealedFace]]:
    """All of them, of so many lenders at a time; each page is read by itself, so that nobody waits for whoever goes through them."""
    after = -1
    while True:
        with database.begin() as connection:
            page = faces_after(connection, poll, model_id, after, most)
        if not page:
            return
        yield page
        after = page[-1].index


def faces_without_data_key(connection: Connection, after: int, most: int) -> list[SealedFace]:
    """What an earlier version sealed with the master key itself, above an id."""
    rows = connection.execute(
        text(f"SELECT {_COLUMNS} FROM faces WHERE wrapped IS NULL AND id > :after ORDER BY id LIMIT :most"),  # noqa: S608
        {"after": after, "most": most},
    )
    return _faces([tuple(row) for row in rows])


def faces_of_other_master_key(connection: Connection, current_id: bytes, after: int, most: int) -> list[SealedFace]:
    """References above an id whose data key is wrapped by another master key than the current one."""
    rows = connection.execute(
        text(
            f"SELECT {_COLUMNS} FROM faces WHERE wrapped IS NOT NULL AND substr(wrapped, 1, 8) <> :current AND id > :after "  # noqa: S608
            "ORDER BY id LIMIT :most"
        ),
        {"current": current_id, "after": after, "most": most},
    )
    return _faces([tuple(row) for row in rows])


def reseal_face(connection: Connection, number: int, sealed: bytes, wrapped: bytes) -> None:
    """Put another sealing in place of a reference's."""
    values = {"id": number, "sealed": sealed, "wrapped": wrapped}
    connection.execute(text("UPDATE faces SET sealed = :sealed, wrapped = :wrapped WHERE id = :id"), values)


def count_faces(connection: Connection) -> int:
    """Lenders, over all polls, of whom a reference is stored."""
    return int(connection.execute(text("SELECT count(*) FROM (SELECT DISTINCT poll, lender FROM faces)")).scalar_one())


def polls_with_faces(connection: Connection) -> list[str]:
    """Polls of which anything about a face is stored: references, hashes and figures of sessions, consents."""
    tables = " UNION ".join(f"SELECT poll FROM {table}" for table in ("faces", "looks", "signals", "consents", "identities"))  # noqa: S608
    rows = connection.execute(text(f"{tables} ORDER BY poll"))
    return [str(row.poll) for row in rows]


def shred_faces(connection: Connection, poll: str, index: int | None) -> list[SealedFace]:
    """Overwrite the wrapped data keys and templates of a poll, or of one lender, then delete the rows; what they were."""
    where = "poll = :poll" if index is None else "poll = :poll AND lender = :index"
    values = {"poll": poll, "index": index}
    found = _faces([tuple(row) for row in connection.execute(text(f"SELECT {_COLUMNS} FROM faces WHERE {where} ORDER BY id"), values)])  # noqa: S608
    for face in found:
        reseal_face(connection, face.id, os.urandom(len(face.sealed)), os.urandom(max(1, len(face.wrapped))))
    connection.execute(text(f"DELETE FROM faces WHERE {where}"), values)  # noqa: S608
    return found


def forget_looks(connection: Connection, poll: str, index: int | None) -> int:
    """Delete the hashes of sessions; how many sessions they were of."""
    where = "poll = :poll" if index is None else "poll = :poll AND lender = :index"
    return int(connection.execute(text(f"DELETE FROM looks WHERE {where}"), {"poll": poll, "index": index}).rowcount)  # noqa: S608
