"""Who is, was or will be in office in a case: its generations as they are stored (protocol §24)."""

from __future__ import annotations

from backend.case.cases import store
from backend.case.cases.status import GenerationStatus
from backend.case.cases.views import Generation, InstitutionView, OfficialView


def generations_of(row: store.CaseRow) -> tuple[Generation, ...]:
    """Every generation of a case, from the first one on, withdrawn and waiting ones among them."""
    return (_first(row), *(_later(one) for one in row.later))


def generation_of(row: store.CaseRow, number: int | None = None) -> Generation:
    """The generation of that number, else the one in office."""
    wanted = row.generation if number is None else number
    return next(one for one in generations_of(row) if one.number == wanted)


def served(row: store.CaseRow) -> list[Generation]:
    """Those who are or were in office, newest first."""
    return [one for one in reversed(generations_of(row)) if one.status is GenerationStatus.COMPLETED]


def accounts_of(generation: Generation) -> frozenset[str]:
    """Accounts of a generation's officials."""
    return frozenset(official.account_id for official in generation.officials if official.account_id)


def _first(row: store.CaseRow) -> Generation:
    return Generation(
        number=0,
        status=GenerationStatus.COMPLETED,
        officials=tuple(OfficialView(official.name, official.signer, official.account_id) for official in row.officials),
        threshold=row.threshold,
        institution=InstitutionView(row.institution_name, row.credit_code, row.institution_signer, row.institution_account_id),
        hash=b"",
        reason="",
        announced_at=row.opened_at,
        holds_from=row.opened_at,
        ended_at=row.opened_at,
    )


def _later(row: store.GenerationRow) -> Generation:
    return Generation(
        number=row.number,
        status=GenerationStatus(row.status),
        officials=tuple(OfficialView(one["name"], bytes.fromhex(one["signer"]), one["account_id"]) for one in row.officials),
        threshold=row.threshold,
        institution=InstitutionView(row.institution_name, row.credit_code, row.institution_signer, row.institution_account_id),
        hash=row.hash,
        reason=row.reason,
        announced_at=row.announced_at,
        holds_from=row.holds_from,
        ended_at=row.ended_at,
    )
