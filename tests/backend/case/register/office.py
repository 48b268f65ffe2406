"""Imports and draws up registers on a real database, without a chain; and writes claims files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from sqlalchemy import Table, func, select

from backend.case.register import store
from backend.case.register.columns import COLUMNS
from backend.case.register.drawing import RegisterDrawer
from backend.case.register.imports import ImportDesk
from backend.case.register.rules.identity import credit_check_character, resident_check_digit
from backend.case.register.sealing import RegisterSeal
from backend.case.register.trees import TreeShelf
from backend.case.register.views import ImportReport
from backend.ground.common.clock import SystemClock
from backend.ground.common.sealed import FieldCipher
from backend.ground.db.base import Base
from backend.ground.db.sessions import open_engine, open_sessions
from tests.databases import url_for

CASE = "case"
HEADER = [column.zh for column in COLUMNS]
KEYS = [column.key for column in COLUMNS]


def resident(serial: int, born: str = "19900307") -> str:
    """A resident identity number of a region that does not exist."""
    first_17 = f"999001{born}{serial:03d}"
    return first_17 + resident_check_digit(first_17)


def credit_code(serial: int) -> str:
    first_17 = f"91999900MA{serial:07d}"
    return first_17 + credit_check_character(first_17)


def claim(number: int, **changes: Any) -> dict[str, Any]:
    """A row in order, of a lender of its own; `changes` replace cells by key."""
    row = {
        "claim_no": f"C{number:05d}",
        "lender_type": "个人",
        "name": "张三",
        "id_type": "居民身份证",
        "id_no": resident(number % 1000, f"19{50 + number // 1000:02d}0307"),
        "mobile": f"120{number:08d}",
        "account": f"acc{number}",
        "principal_yuan": "1000.00",
        "voting_class": "",
        "related": "否",
        "note": "",
        "issuing_country": "",
    }
    return row | changes


def csv_text(rows: Sequence[dict[str, Any]], header: Sequence[str] = HEADER) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([row[key] for key in KEYS] for row in rows)
    return text.getvalue()


def write_csv(path: Path, rows: Sequence[dict[str, Any]], encoding: str = "utf-8-sig") -> Path:
    path.write_bytes(csv_text(rows).encode(encoding))
    return path


def write_xlsx(path: Path, rows: Sequence[dict[str, Any]], change: Callable[[Workbook], None] = lambda _: None) -> Path:
    workbook = Workbook()
    workbook.calculation.fullCalcOnLoad = False  # as spreadsheet programs save it, which have worked their formulas out
    sheet: Any = workbook.active
    sheet.append(HEADER)
    for row in rows:
        sheet.append([row[key] for key in KEYS])
    change(workbook)
    workbook.save(path)
    return path


@dataclass
class Office:
    """The register's desks over one database."""

    folder: Path
    cipher: FieldCipher
    progress: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.engine = open_engine(url_for(self.folder / "office.sqlite3"))
        tables = [table for name, table in Base.metadata.tables.items() if name.startswith("register_")]
        Base.metadata.create_all(self.engine, tables=tables)
        self.sessions = open_sessions(self.engine)
        self.seal = RegisterSeal(self.cipher)
        self.imports = ImportDesk(self.sessions, self.seal, SystemClock())
        self.trees = TreeShelf(self.sessions)
        self.drawer = RegisterDrawer(self.sessions, self.seal, self.trees, SystemClock())

    def close(self) -> None:
        self.engine.dispose()

    def take(self, path: Path, *, dry_run: bool = False) -> ImportReport:
        """Import a file."""
        return self.imports.run(CASE, path, path.name, dry_run=dry_run, progress=lambda done, total: self.progress.append((done, total)))

    def take_rows(self, rows: Sequence[dict[str, Any]], *, dry_run: bool = False) -> ImportReport:
        """Import rows by way of a CSV file."""
        return self.take(write_csv(self.folder / "claims.csv", rows), dry_run=dry_run)

    def count(self, row: type[Base]) -> int:
        table = row.__table__
        assert isinstance(table, Table)
        with self.sessions.begin() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0

    def counts(self) -> dict[str, int]:
        return {row.__tablename__: self.count(row) for row in (store.ImportRow, store.ClaimRow, store.LenderRow, store.PhoneRow)}
