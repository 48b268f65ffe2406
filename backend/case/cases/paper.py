"""What the working group prints of an open case, worked out from the chain: whoever compares believes no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backend.case.cases.errors import CaseNotAsStored
from backend.case.cases.views import CaseView
from backend.ground.chain.addresses import case_fingerprint
from backend.ground.chain.calls import Block
from backend.ground.chain.case import CaseContract
from backend.ground.chain.service import Chain
from backend.ground.chain.successions import SUCCESSIONS_SINCE

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
    people = _first_people(contract, case)
    found = case_fingerprint(case.address, chain.chain_id, *people, rehearsal=rehearsal)
    if found != case.fingerprint:
        raise CaseNotAsStored(name=case.name, found=found, stored=case.fingerprint)
    return CasePaper(found, chain.record.creation_of(case.address))


def _first_people(contract: CaseContract, case: CaseView) -> tuple[Sequence[bytes], int, bytes]:
    """Those who opened the case: the fingerprint is theirs, whoever came after them."""
    first = contract.people(0) if case.protocol >= SUCCESSIONS_SINCE else None
    if first is None:
        return contract.officials(), contract.threshold(), contract.institution()
    return first.officials, first.threshold, first.institution
