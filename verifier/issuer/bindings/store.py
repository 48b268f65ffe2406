"""SQL of identity files and of what they bind."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from verifier.issuer.bindings.file import Line
from verifier.issuer.roots.reading import PollRoots


@dataclass(frozen=True)
class RegisterKey:
    """One register of one case."""

    case: str
    chain_id: int
    register_number: int

    @classmethod
    def of(cls, roots: PollRoots) -> RegisterKey:
        """The register that a poll is about."""
        return cls(roots.case.case, roots.case.chain_id, roots.register_number)

    @property
    def values(self) -> dict[str, Any]:
        """For the statements below."""
        return {"case": self.case, "chain_id": self.chain_id, "register_number": self.register_number}


_OF_REGISTER = "case_address = :case AND chain_id = :chain_id AND register_number = :register_number"


@dataclass(frozen=True)
class KeptFile:
    """A file that was taken; the one in force for a poll is the newest of its register that those signed who announced the poll."""

    id: int
    file_hash: str
    signed: Mapping[str, Any]


def files_of(connection: Connection, register: RegisterKey) -> list[KeptFile]:
    """All files of a register, the newest first."""
    rows = connection.execute(
        text(f"SELECT id, file_hash, signed FROM identity_files WHERE {_OF_REGISTER} ORDER BY id DESC"),  # noqa: S608
        register.values,
    )
    return [KeptFile(row.id, row.file_hash, json.loads(row.signed)) for row in rows]


def keep_file(connection: Connection, register: RegisterKey, file_hash: str, signed: Mapping[str, Any], at: int) -> int:
    """Its number; from now on it is the one in force."""
    done = connection.execute(
        text(
            "INSERT INTO identity_files (case_address, chain_id, register_number, file_hash, signed, handed_in_at) "
            "VALUES (:case, :chain_id, :register_number, :file_hash, :signed, :at)"
        ),
        {**register.values, "file_hash": file_hash, "signed": json.dumps(signed, sort_keys=True), "at": at},
    )
    return int(done.lastrowid)


def keep_bindings(connection: Connection, file_id: int, lines: Iterable[tuple[Line, bytes | None]]) -> None:
    """What a file binds; each line comes with the keyed digest of its person."""
    rows = [
        {"file": file_id, "lender": line.index, "salt": line.salt, "photos": json.dumps([p.hex() for p in line.photos]), "person": person}
        for line, person in lines
    ]
    forget_bindings(connection, [file_id])
    statement = "INSERT INTO bindings (file_id, lender, salt, photos, person) VALUES (:file, :lender, :salt, :photos, :person)"
    if rows:
        connection.execute(text(statement), rows)


@dataclass(frozen=True)
class Binding:
    """What a file binds to one index; `person` is a keyed digest."""

    salt: bytes
    photos: frozenset[bytes]
    person: bytes | None


def binding_of(connection: Connection, file_id: int, index: int) -> Binding | None:
    """None: the file says nothing about this lender, or it was erased."""
    row = connection.execute(
        text("SELECT salt, photos, person FROM bindings WHERE file_id = :file AND lender = :index"), {"file": file_id, "index": index}
    ).first()
    if row is None:
        return None
    photos = frozenset(bytes.fromhex(photo) for photo in json.loads(row.photos))
    return Binding(bytes(row.salt), photos, bytes(row.person) if row.person is not None else None)


def photos_of(connection: Connection, file_id: int) -> list[tuple[int, frozenset[bytes]]]:
    """Every lender of a file and the photos that it binds to them, by rising index."""
    rows = connection.execute(text("SELECT lender, photos FROM bindings WHERE file_id = :file ORDER BY lender"), {"file": file_id})
    return [(int(row.lender), frozenset(bytes.fromhex(photo) for photo in json.loads(row.photos))) for row in rows]


def name_once(connection: Connection, poll: str, file_id: int) -> bool:
    """Remember that the poll's log names the file; False when it did before."""
    done = connection.execute(
        text("INSERT OR IGNORE INTO named_files (poll, file_id) VALUES (:poll, :file)"), {"poll": poll, "file": file_id}
    )
    return bool(done.rowcount)


def forget_bindings(connection: Connection, file_ids: Iterable[int]) -> int:
    """Delete what files bind; the files' hashes and signatures stay. How many lines that were."""
    return sum(
        int(connection.execute(text("DELETE FROM bindings WHERE file_id = :file"), {"file": file_id}).rowcount) for file_id in file_ids
    )


def files_with_bindings(connection: Connection) -> list[tuple[int, RegisterKey, int]]:
    """Files of which anything is stored: number, register, and when they were handed in."""
    rows = connection.execute(
        text(
            "SELECT id, case_address, chain_id, register_number, handed_in_at FROM identity_files "
            "WHERE id IN (SELECT DISTINCT file_id FROM bindings) ORDER BY id"
        )
    )
    return [(row.id, RegisterKey(row.case_address, row.chain_id, row.register_number), row.handed_in_at) for row in rows]
