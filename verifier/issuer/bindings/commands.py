"""`python -m verifier.issuer identity-file make|hand-in`: the file that binds photos and persons to indexes, made and taken."""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from verifier.issuer.bindings.file import Line
    from verifier.issuer.service import Issuer

_COLUMNS = ("index", "name", "number", "photos")


class TableNotReadable(Exception):
    """A row of the table cannot be used; the sentence says which and why."""


def add_identity_file(commands: Any) -> None:
    """The command and its two steps."""
    parser = commands.add_parser("identity-file", help="the file that binds photos and persons to indexes, signed by officials")
    steps = parser.add_subparsers(dest="step", required=True)
    make = steps.add_parser("make", help="make the file from a table, for officials to sign")
    make.add_argument(
        "table", type=Path, help="CSV in UTF-8 with the columns index, name, number, photos (paths beside the table, semicolons between)"
    )
    make.add_argument("--out", metavar="FILE", type=Path, required=True, help="where the file goes; keep it from others")
    hand_in = steps.add_parser("hand-in", help="take a file that k officials signed; it is the one in force from then on")
    hand_in.add_argument("file", type=Path)
    hand_in.add_argument(
        "--act",
        metavar="JSON",
        type=Path,
        required=True,
        help="case, register_number, file_hash, signers, signatures, as the desk gives it",
    )


def make_file(asked: argparse.Namespace) -> int:
    """Write the file; the last line of the output has its hash and counts."""
    from verifier.issuer.bindings.file import file_hash

    try:
        lines = sorted(_lines(asked.table), key=lambda line: line.index)
        _require_once(lines)
    except (OSError, UnicodeDecodeError, csv.Error, TableNotReadable) as error:
        print(json.dumps({"lenders": 0, "rule": type(error).__name__, "why": str(error)}, ensure_ascii=False))
        return 1
    data = "".join(line.as_text() for line in lines).encode()
    asked.out.touch(mode=0o600)
    asked.out.write_bytes(data)
    counts = {"lenders": len(lines), "photos": sum(len(line.photos) for line in lines)}
    print(json.dumps({**counts, "persons": sum(line.person is not None for line in lines), "file_hash": "0x" + file_hash(data).hex()}))
    return 0


def hand_in_file(issuer: Issuer, asked: argparse.Namespace) -> int:
    """Take a signed file."""
    from pydantic import ValidationError

    from verifier.issuer.errors import IssuerError
    from verifier.issuer.schemas import SignedFileIn

    try:
        said = SignedFileIn.model_validate_json(asked.act.read_text("utf-8"))
        issuer.bindings.expect(said.as_signed())
        lenders = issuer.bindings.take(asked.file.read_bytes())
    except (IssuerError, ValidationError, OSError, UnicodeDecodeError) as error:
        print(json.dumps({"lenders": 0, "rule": type(error).__name__, "why": str(error)}, ensure_ascii=False))
        return 1
    print(json.dumps({"lenders": lenders, "file_hash": said.file_hash}))
    return 0


def _lines(table: Path) -> Iterator[Line]:
    from verifier.issuer.bindings.file import MOST_PHOTOS, SALT_BYTES, Line, person_hash, photo_hash

    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if not rows.fieldnames or not set(_COLUMNS) <= set(rows.fieldnames):
            raise TableNotReadable(f"the first row names the columns {', '.join(_COLUMNS)}")
        for number, row in enumerate(rows, start=2):
            index, name, identity, photos = ((row[column] or "").strip() for column in _COLUMNS)
            paths = [table.parent / path.strip() for path in photos.split(";") if path.strip()]
            if not (index.isascii() and index.isdigit()):
                raise TableNotReadable(f"row {number}: the index is a whole number")
            if bool(name) != bool(identity) or not (name or paths) or len(paths) > MOST_PHOTOS:
                raise TableNotReadable(f"row {number}: name and number, or 1 to {MOST_PHOTOS} photos, or both")
            salt = os.urandom(SALT_BYTES)
            person = person_hash(salt, name, identity) if name else None
            yield Line(int(index), salt, tuple(photo_hash(path.read_bytes()) for path in paths), person)


def _require_once(lines: list[Line]) -> None:
    for one, following in itertools.pairwise(lines):
        if one.index == following.index:
            raise TableNotReadable(f"index {one.index} stands twice")
    if not lines:
        raise TableNotReadable("the table has no rows")
