"""What the working group prints of an open case, worked out from the chain: whoever compares believes no database."""

from __future__ import annotations

from dataclasses import dataclass

from backend.case.cases.errors import CaseNotAsStored
from backend.case.cases.views import CaseView
from backend.ground.chain.addresses import case_fingerprint
from backend.ground.chain.calls import Block
from backend.ground.chain.service import Chain

MARKED_SINCE = 3
"""The first protocol whose cases say whether they are rehearsals."""


@dataclass(frozen=True)
class CasePaper:
    """`fingerprint` goes with --fingerprint, `creation` is the block that holds the case's creation, its hash goes with --creation."""

    fingerprint: str
    creation: Block


def paper_of(chain: Chain, case: CaseView) -> CasePaper:
    """Raises: CaseNotAsStored, CreationNotFound, NodeNotAnswering, TransactionReverted."""
    contract = chain.case(case.address)
    rehearsal = case.protocol >= MARKED_SINCE and contract.rehearsal()
    people = contract.officials(), contract.threshold(), contract.institution()
    found = case_fingerprint(case.address, chain.chain_id, *people, rehearsal=rehearsal)
    if found != case.fingerprint:
        raise CaseNotAsStored(name=case.name, found=found, stored=case.fingerprint)
    return CasePaper(found, chain.record.creation_of(case.address))
