"""Document numbers across kinds of documents: one number under two kinds must not make two lenders of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from backend.case.register.claims import Claim
from backend.case.register.errors import LenderRefused, NumberUnderAnotherDocument, PassportCountryNeeded
from backend.case.register.rules.identity import COUNTRY_TYPES, RESIDENT_FAMILY, Identity
from backend.case.register.rules.names import name_key
from backend.case.register.rules.resident import is_resident_number, old_form, resident_number

if TYPE_CHECKING:
    from backend.case.register.merge import MergedLender

_COUNTRY_FAMILIES = frozenset(kind.value for kind in COUNTRY_TYPES)


class DocumentBook:
    """Numbers of all documents but resident ones, which are nearly all and which the merge holds by themselves."""

    def __init__(self) -> None:
        self._owners: dict[str, list[tuple[Identity, MergedLender]]] = {}

    def note(self, claim: Claim, lender: MergedLender) -> None:
        """Remember the number of a lender's first claim."""
        if claim.identity.family != RESIDENT_FAMILY:
            for form in _forms(claim.identity):
                self._owners.setdefault(form, []).append((claim.identity, lender))

    def conflict(self, claim: Claim, lenders: Mapping[str, MergedLender]) -> LenderRefused | None:
        """Why a claim of a new identity cannot stand beside an earlier one with the same number; None when it can."""
        identity = claim.identity
        if not self._owners and identity.family == RESIDENT_FAMILY:
            return None
        for form in _forms(identity):
            for owner, lender in self._owners.get(form, ()):
                found = _between(claim, owner, lender)
                if found is not None:
                    return found
            if identity.family != RESIDENT_FAMILY and is_resident_number(form):
                resident = lenders.get(f"{RESIDENT_FAMILY}:{resident_number(form)}")
                if resident is not None:
                    return NumberUnderAnotherDocument(first_row=resident.first_row)
        return None


def _forms(identity: Identity) -> Iterator[str]:
    """The ways in which another row may have the same number."""
    yield identity.number
    if identity.family == RESIDENT_FAMILY:
        yield old_form(identity.number)
    elif identity.written != identity.number:
        yield identity.written


def _between(claim: Claim, owner: Identity, lender: MergedLender) -> LenderRefused | None:
    """Two numbers alike are two documents only if the country of one is told and the names differ."""
    identity = claim.identity
    same_name = name_key(claim.name) == name_key(lender.name)
    told = [each.country for each in (identity, owner) if each.family in _COUNTRY_FAMILIES]
    if identity.family == owner.family:
        apart = len(told) == 2 and all(told) and not same_name
        return None if apart else PassportCountryNeeded(first_row=lender.first_row, row=claim.row)
    apart = any(told) and not same_name
    return None if apart else NumberUnderAnotherDocument(first_row=lender.first_row)
