"""The four lists (四项清单) of the guidance as a table: institution, measure, exit date, who is responsible; and where each case stands.

A rehearsal is no case of theirs, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable

from backend.case.cases.rules import MEASURES
from backend.case.cases.views import CaseView, Stage
from backend.ground.common.spreadsheets import table_csv

HEADER = (
    "案件 case", "演练 rehearsal", "机构 institution", "统一社会信用代码 credit code", "处置措施 measure", "退出时间 exit date",
    "责任主体 responsible", "下一步 next step", "next step (English)", "案件合约 contract",
)  # fmt: skip
_REHEARSAL = "演练，表决没有效力 / rehearsal, votes have no effect"


def lists_csv(cases: Iterable[tuple[CaseView, Stage]]) -> bytes:
    """One line a case."""
    return table_csv(HEADER, (_line(case, stage) for case, stage in cases))


def _line(case: CaseView, stage: Stage) -> tuple[str, ...]:
    listing, step = case.listing, stage.next_step
    measure = " ".join(MEASURES.get(listing.measure, ()))
    exit_on = listing.exit_on.isoformat() if listing.exit_on else ""
    institution = case.institution
    return (
        case.name, _REHEARSAL if case.rehearsal else "", institution.name, institution.credit_code, measure, exit_on, listing.responsible,
        step.sentence_zh, step.sentence_en, case.address,
    )  # fmt: skip
