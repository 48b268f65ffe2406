"""A stored poll as other rooms see it."""

from __future__ import annotations

from backend.case.cases.views import CaseView
from backend.vote.polls import store
from backend.vote.polls.views import PollClass, PollView, read_parameters, read_sealing


def view_of(row: store.PollRow, case: CaseView) -> PollView:
    """The poll in a row, with what it has from its case."""
    return PollView(
        id=row.id,
        case_id=row.case_id,
        case_address=case.address,
        case_fingerprint=case.fingerprint,
        protocol=case.protocol,
        rehearsal=case.rehearsal,
        number=row.number,
        title=row.title,
        address=row.address,
        rule=row.rule,
        parameters=read_parameters(row.parameters),
        register_root=row.register_root,
        leaf_count=row.leaf_count,
        tree_depth=row.tree_depth,
        classes=tuple(PollClass(c["name"], c["heads"], c["amount_fen"], int(c["blind"], 16)) for c in row.classes),
        plan_id=row.plan_id,
        plan_hash=row.plan_hash,
        plan_title=row.plan_title,
        announced_at=row.announced_at,
        sealing=None if row.sealing is None else read_sealing(row.sealing),
        generation=row.generation,
    )
