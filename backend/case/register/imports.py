"""Reads a claims file as a whole, merges it, and stores all of it or nothing."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from threading import Lock
from typing import Any

from backend.case.register import store
from backend.case.register.cell_values import Cells
from backend.case.register.claims import ClaimReader
from backend.case.register.columns import Header, read_header
from backend.case.register.errors import ImportUnknown, RowRefused
from backend.case.register.file_errors import FileEmpty
from backend.case.register.merge import ClassSum, Merge, check_limits
from backend.case.register.merged_cells import merged_rejects
from backend.case.register.originals import OriginalShelf, keccak_of_file
from backend.case.register.rejects import MAX_LISTED, Reject, pack_rejects, unpack_rejects
from backend.case.register.rules.text import file_name as name_of_file
from backend.case.register.rules.words import Mark
from backend.case.register.sealing import RegisterSeal
from backend.case.register.sheets import Unseen, open_sheet
from backend.case.register.views import ImportReport, ImportStatus, Progress
from backend.ground.common.clock import Clock
from backend.ground.common.ids import new_id
from backend.ground.db.sessions import Sessions

_PROGRESS_ROWS = 1_000
_DRY_RUNS_KEPT = 20
HOPELESS_ROWS = 5_000
"""So many refused rows, and more than half of all, and the rest of the file would say nothing new."""
_LEFT_BEHIND_AFTER = timedelta(hours=6)
"""Nothing takes this long to store: whoever began it has ended."""

StoredClaim = tuple[int, str, int, bytes]
"""row, claim number, lender's number, sealed particulars"""


@dataclass
class _Reading:
    """A file read to its end."""

    import_id: str
    header: Header
    merge: Merge
    rows: int = 0
    last_row: int = 0
    stopped: bool = False
    unseen: Unseen = field(default_factory=Unseen)
    marked: Mapping[int, tuple[Mark, ...]] = field(default_factory=dict)
    refused: int = 0
    rejects_total: int = 0
    claims: list[StoredClaim] = field(default_factory=list, repr=False)
    rejects: list[Reject] = field(default_factory=list, repr=False)


class ImportDesk:
    """Takes claims files; remembers the reject lists of the newest dry runs until the process ends, and of imports for good."""

    def __init__(self, sessions: Sessions, seal: RegisterSeal, clock: Clock) -> None:
        self._sessions = sessions
        self._seal = seal
        self._clock = clock
        self._originals = OriginalShelf(sessions, seal)
        self._dry_runs: OrderedDict[str, tuple[ImportReport, bytes]] = OrderedDict()
        self._lock = Lock()

    def run(self, case_id: str, path: Path, file_name: str, *, dry_run: bool, progress: Progress) -> ImportReport:
        """Read, merge and, unless a row is refused or it is a dry run, store. Raises: FileRefused, TooManyClasses, TotalTooLarge."""
        reading = self._read(path, progress, keep_claims=not dry_run)
        report = self._report(case_id, path, file_name, reading, dry_run=dry_run)
        if dry_run:
            with self._lock:
                self._dry_runs[report.id] = (replace(report, rejects=()), pack_rejects(report.rejects))
                while len(self._dry_runs) > _DRY_RUNS_KEPT:
                    self._dry_runs.popitem(last=False)
        else:
            self._clear_left_behind(case_id)
            self._store(report, path, reading, progress)
        progress(2 * reading.rows, 2 * reading.rows)
        return report

    def report(self, case_id: str, import_id: str) -> ImportReport:
        """The report of an import or of a recent dry run, with its rejects. Raises: ImportUnknown."""
        with self._lock:
            kept = self._dry_runs.get(import_id)
        if kept is not None and kept[0].case_id == case_id:
            return replace(kept[0], rejects=unpack_rejects(kept[1]))
        with self._sessions.reading() as session:
            row = store.import_by_id(session, case_id, import_id)
            if row is None:
                raise ImportUnknown
            rejects = self._seal.open_rejects(row.id, row.rejects_sealed) if row.rejects_sealed else []
            return replace(report_of(row), rejects=rejects)

    def _read(self, path: Path, progress: Progress, *, keep_claims: bool) -> _Reading:
        with open_sheet(path) as sheet:
            first = next(sheet.rows, None)
            if first is None:
                raise FileEmpty
            header = read_header(first[1], first[0])
            reading = _Reading(new_id(), header, Merge(header))
            reader = ClaimReader(header)
            for row, cells in sheet.rows:
                reading.rows += 1
                reading.last_row = row
                self._take(reading, reader, row, cells, keep_claims)
                if reading.rows % _PROGRESS_ROWS == 0:
                    progress(reading.rows, 2 * max(sheet.row_estimate, reading.rows))
                if reading.refused > HOPELESS_ROWS and 2 * reading.refused > reading.rows:
                    reading.stopped = True
                    break
            reading.unseen = sheet.unseen()
        if reading.rows == 0:
            raise FileEmpty
        self._refuse(reading, merged_rejects(header, reading.last_row, reading.unseen.merged))
        if not reading.refused:
            reading.marked = reading.merge.marked()
        return reading

    def _take(self, reading: _Reading, reader: ClaimReader, row: int, cells: Cells, keep: bool) -> None:
        try:
            claim = reader.read(row, cells)
            lender = reading.merge.add(claim)
        except RowRefused as error:
            self._refuse(reading, [*error.rejects, *reading.merge.note_refused(row, error.claim_no)])
            return
        if keep and not reading.rejects:
            reading.claims.append((row, claim.claim_no, lender.number, self._seal.seal_claim(reading.import_id, claim)))

    def _refuse(self, reading: _Reading, found: Sequence[Reject]) -> None:
        if found:
            reading.refused += 1
            reading.rejects_total += len(found)
            reading.rejects.extend(found[: MAX_LISTED - len(reading.rejects)])
            reading.claims.clear()  # nothing of this file will be stored

    def _report(self, case_id: str, path: Path, file_name: str, reading: _Reading, *, dry_run: bool) -> ImportReport:
        classes, related = reading.merge.class_sums(), reading.merge.class_sums(related=True)
        refused = reading.refused
        if not refused:
            check_limits(classes, related)
        accepted = reading.rows - refused
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").digest()
        return ImportReport(
            id=reading.import_id,
            case_id=case_id,
            file_name=name_of_file(file_name),
            file_sha256=digest,
            claims_keccak="0x" + keccak_of_file(path).hex(),
            dry_run=dry_run,
            status=ImportStatus.REFUSED if refused else ImportStatus.ACCEPTED,
            imported_at=self._clock.now(),
            rows=reading.rows,
            accepted=accepted,
            refused=refused,
            merged=accepted - len(reading.merge),
            lenders=sum(each.lenders for each in classes),
            total_fen=sum(each.total_fen for each in classes),
            classes=classes,
            related_lenders=sum(each.lenders for each in related),
            related_fen=sum(each.total_fen for each in related),
            lenders_without_claim=sum(lender.amount_fen == 0 for lender in reading.merge),
            ignored_columns=reading.header.ignored,
            unit=reading.header.unit.word,
            stopped_at_row=reading.last_row if reading.stopped else None,
            for_officials={mark: count for mark in Mark if (count := sum(mark in marks for marks in reading.marked.values()))},
            lenders_for_officials=len(reading.marked),
            unseen=reading.unseen,
            rejects_total=reading.rejects_total,
            rejects=reading.rejects,
        )

    def _store(self, report: ImportReport, path: Path, reading: _Reading, progress: Progress) -> None:
        """Page by page; the import counts only when its last row is in, and a failure takes all of it away again."""
        with self._sessions.begin() as session:
            session.add(self._import_row(report, store.next_import_number(session, report.case_id)))
        if report.refused:
            return
        tables = (
            (store.ClaimRow, _claim_values(reading)),
            (store.LenderRow, self._lender_values(reading)),
            (store.PhoneRow, self._phone_values(reading)),
        )
        try:
            self._originals.keep(report.id, path)
            for part, (table, values) in enumerate(tables):
                for done in store.insert_in_pages(self._sessions, table, values):
                    progress(reading.rows + min(part * reading.rows + done, 3 * reading.rows) // 3, 2 * reading.rows)
            with self._sessions.begin() as session:
                store.accept_import(session, report.id)
        except BaseException:
            store.delete_import(self._sessions, report.id)
            raise

    def _clear_left_behind(self, case_id: str) -> None:
        with self._sessions.begin() as session:
            imports, registers = store.left_behind(session, case_id, self._clock.now() - _LEFT_BEHIND_AFTER)
        for register_id in registers:
            store.delete_register(self._sessions, register_id)
        for import_id in imports:
            store.delete_import(self._sessions, import_id)

    def _lender_values(self, reading: _Reading) -> Iterator[dict[str, Any]]:
        for lender in reading.merge:
            yield {
                "import_id": reading.import_id,
                "number": lender.number,
                "identity_lookup": self._seal.identity_lookup(lender.identity_key),
                "voting_class": lender.voting_class,
                "related": lender.related,
                "marks": ",".join(reading.marked.get(lender.number, ())),
                "sealed": self._seal.seal_lender(reading.import_id, lender),
            }

    def _phone_values(self, reading: _Reading) -> Iterator[dict[str, Any]]:
        for lender in reading.merge:
            for mobile in lender.mobiles:
                lookup = self._seal.phone_lookup(mobile)
                yield {"import_id": reading.import_id, "phone_lookup": lookup, "lender_number": lender.number}

    def _import_row(self, report: ImportReport, number: int) -> store.ImportRow:
        return store.ImportRow(
            id=report.id,
            case_id=report.case_id,
            number=number,
            status=ImportStatus.REFUSED if report.refused else ImportStatus.LOADING,
            file_name=report.file_name,
            file_sha256=report.file_sha256,
            imported_at=report.imported_at,
            report=_report_values(report),
            rejects_sealed=self._seal.seal_rejects(report.id, report.rejects) if report.rejects else None,
        )


def report_of(row: store.ImportRow) -> ImportReport:
    """The report of a stored import, without its rejects."""
    values: Mapping[str, Any] = row.report
    big = {
        "total_fen": int(values["total_fen"]),
        "related_fen": int(values["related_fen"]),
        "classes": [ClassSum(each["name"], each["lenders"], int(each["total_fen"])) for each in values["classes"]],
        "ignored_columns": tuple(values["ignored_columns"]),
        "for_officials": dict(values.get("for_officials", {})),  # imports of before the list for officials have none
        "unseen": _unseen_of(values.get("unseen", {})),
    }
    return ImportReport(
        id=row.id,
        case_id=row.case_id,
        file_name=row.file_name,
        file_sha256=row.file_sha256,
        dry_run=False,
        status=ImportStatus(row.status),
        imported_at=row.imported_at,
        **{**values, **big},
    )


def _unseen_of(values: Mapping[str, Any]) -> Unseen:
    listed = {name: tuple(values.get(name, ())) for name in ("left_out_sheets", "first_hidden_rows", "hidden_columns")}
    return Unseen(hidden_rows=values.get("hidden_rows", 0), **listed)


def _report_values(report: ImportReport) -> dict[str, Any]:
    """The report's own numbers as JSON; fen as text, because JSON readers round big numbers."""
    kept = (
        *("rows", "accepted", "refused", "merged", "lenders", "related_lenders", "lenders_without_claim", "rejects_total"),
        *("unit", "stopped_at_row", "lenders_for_officials"),
    )
    values: dict[str, Any] = {name: getattr(report, name) for name in kept}
    values["claims_keccak"] = report.claims_keccak
    values |= {"total_fen": str(report.total_fen), "related_fen": str(report.related_fen)}
    values["classes"] = [{**asdict(each), "total_fen": str(each.total_fen)} for each in report.classes]
    values |= {"ignored_columns": list(report.ignored_columns), "for_officials": dict(report.for_officials)}
    values["unseen"] = {**asdict(report.unseen), "merged": []}
    return values


def _claim_values(reading: _Reading) -> Iterator[dict[str, Any]]:
    for row, claim_no, lender_number, sealed in reading.claims:
        yield {"import_id": reading.import_id, "row": row, "claim_no": claim_no, "lender_number": lender_number, "sealed": sealed}
