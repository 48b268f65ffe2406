"""Who is in office in a case, as a poll's public page tells it: those who decide on the poll, those in office now, those who wait."""

from __future__ import annotations

from typing import Any

from backend.case.cases.schemas import GenerationOut
from backend.case.cases.service import CaseService


def offices_view(cases: CaseService, case_id: str, generation: int) -> dict[str, Any] | None:
    """`deciding`, `present`, `waiting` and `all` of a case's generations; None where nobody was named to succeed. Raises: CaseUnknown."""
    case = cases.get_case(case_id)
    told = [GenerationOut.of(case, one).model_dump() for one in case.generations]
    if len(told) == 1:
        return None
    return {
        "deciding": next(one for one in told if one["number"] == generation),
        "present": next(one for one in told if one["in_office"]),
        "waiting": next((one for one in told if one["status"] == "waiting"), None),
        "all": told,
    }
