"""What the register's calls give."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from backend.case.register.merge import ClassSum
from backend.case.register.rejects import Reject
from backend.case.register.rules.units import UNITS
from backend.case.register.views import FrozenClass, ImportReport, ImportStatus, RegisterStatus, RegisterView

REJECTS_SHOWN = 50


class ClassOut(BaseModel):
    """One voting class: heads and fen."""

    name: str
    lenders: int
    total_fen: int


class RejectOut(BaseModel):
    """One broken rule of one cell."""

    model_config = ConfigDict(from_attributes=True)

    row: int
    cell: str
    field: str
    rule: str
    message_zh: str
    message_en: str

    @classmethod
    def of(cls, reject: Reject) -> RejectOut:
        """The reject as JSON."""
        return cls.model_validate(reject)


class UnseenOut(BaseModel):
    """What of a workbook a person does not see; hidden rows and columns were read, hidden sheets were not."""

    model_config = ConfigDict(from_attributes=True)

    left_out_sheets: list[str]
    hidden_rows: int
    first_hidden_rows: list[int]
    hidden_columns: list[str]


class MarkedLenderOut(BaseModel):
    """A lender whom a person has to look after; `index` is null until the register is frozen, and where there is no vote."""

    model_config = ConfigDict(from_attributes=True)

    index: int | None
    name_masked: str
    voting_class: str
    marks: list[str]
    claim_numbers: list[str]


class ImportOut(BaseModel):
    """What an import found; `rejects` are the first 50.

    `unit` is what amounts were written in, `for_officials` how many lenders a person has to look after by reason, `stopped_at_row` where
    a file without hope was given up.
    """

    id: str
    case_id: str
    file_name: str
    file_sha256: str
    claims_keccak: str
    dry_run: bool
    status: ImportStatus
    imported_at: datetime
    rows: int
    accepted: int
    merged: int
    refused: int
    lenders: int
    total_fen: int
    classes: list[ClassOut]
    related_lenders: int
    related_fen: int
    total_with_related_fen: int
    lenders_without_claim: int
    ignored_columns: list[str]
    rejects: list[RejectOut]
    rejects_total: int
    unit: str
    unit_fen: int
    stopped_at_row: int | None
    for_officials: dict[str, int]
    lenders_for_officials: int
    unseen: UnseenOut

    @classmethod
    def of(cls, report: ImportReport) -> ImportOut:
        """The report as JSON."""
        same = ("id", "case_id", "file_name", "dry_run", "status", "imported_at", "rows", "accepted", "merged", "refused", "lenders")
        more = (
            *("total_fen", "related_lenders", "related_fen", "total_with_related_fen", "lenders_without_claim"),
            *("unit", "stopped_at_row", "lenders_for_officials"),
        )
        return cls(
            **{name: getattr(report, name) for name in (*same, *more)},
            file_sha256="0x" + report.file_sha256.hex(),
            claims_keccak=report.claims_keccak,
            classes=_classes(report.classes),
            ignored_columns=list(report.ignored_columns),
            rejects=[RejectOut.of(reject) for reject in report.rejects[:REJECTS_SHOWN]],
            rejects_total=report.rejects_total,
            unit_fen=next(unit.fen for unit in UNITS if unit.word == report.unit),
            for_officials=dict(report.for_officials),
            unseen=UnseenOut.model_validate(report.unseen),
        )


class FreezeIn(BaseModel):
    """Whether related parties get a vote; by default they stay outside."""

    model_config = ConfigDict(extra="forbid")

    with_related: StrictBool = False


class RegisterOut(BaseModel):
    """Where a case's register stands; `import` is the newest one."""

    model_config = ConfigDict(serialize_by_alias=True)

    newest_import: ImportOut | None = Field(alias="import")
    status: RegisterStatus
    lenders: int
    classes: list[ClassOut]
    register_number: int | None
    root: str | None
    act_id: str | None

    @classmethod
    def of(cls, view: RegisterView) -> RegisterOut:
        """The view as JSON."""
        return cls.model_validate(
            {
                "import": None if view.newest_import is None else ImportOut.of(view.newest_import),
                "status": view.status,
                "lenders": view.lenders,
                "classes": _classes(view.classes),
                "register_number": view.register_number,
                "root": None if view.root is None else "0x" + view.root.hex(),
                "act_id": view.act_id,
            }
        )


def _classes(classes: Sequence[ClassSum] | Sequence[FrozenClass]) -> list[ClassOut]:
    return [
        ClassOut(name=each.name, lenders=each.heads, total_fen=each.amount_fen)
        if isinstance(each, FrozenClass)
        else ClassOut(name=each.name, lenders=each.lenders, total_fen=each.total_fen)
        for each in classes
    ]
