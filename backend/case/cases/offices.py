"""Keeps who is named, comes into office and goes, as the chain has it (protocol §24); accounts get and lose their place by that."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from backend.case.cases import store
from backend.case.cases.acts import ActDesk
from backend.case.cases.generations import generations_of
from backend.case.cases.rules import NewPeople
from backend.case.cases.status import GenerationStatus
from backend.ground.common.errors import LenderVoteError
from backend.ground.db.sessions import Sessions
from backend.people.accounts.service import AccountService
from backend.people.passkeys.service import PasskeyService

log = logging.getLogger(__name__)

STAY_THEIRS = frozenset({"poll_abandonment", "identity_file"})
"""Acts about polls that were announced before: a succession does not end them."""


@dataclass(frozen=True)
class Named:
    """A succession that stands on the chain."""

    case_id: str
    number: int
    hash: bytes
    people: NewPeople
    reason: str
    announced_at: datetime
    holds_from: datetime


class Offices:
    """Each call may come again for what is kept already, and then changes nothing."""

    def __init__(self, sessions: Sessions, accounts: AccountService, passkeys: PasskeyService, desk: ActDesk) -> None:
        self._sessions = sessions
        self._accounts = accounts
        self._passkeys = passkeys
        self._desk = desk

    def check_bindable(self, case_id: str, people: NewPeople) -> None:
        """Whether every account named can take its place. Raises: as `AccountService.check_bindable`, PasskeyReplaced."""
        with self._sessions.reading() as session:
            known = _known_places(store.case_by_id(session, case_id))
            for account_id, role, signer in people.bindings():
                if (account_id, signer) not in known:
                    self._accounts.check_bindable(account_id, role, signer)
                    self._passkeys.check_current(session, account_id, signer)

    def note_announced(self, named: Named) -> None:
        """A succession is announced: its accounts are held to their keys from now on."""
        with self._sessions.begin() as session:
            case = store.hold_case(session, named.case_id)
            if any(one.number == named.number for one in case.later):
                return
            kept = self._bound(session, case, named.people)
            people = named.people
            officials = [
                {"name": one.name.strip(), "signer": one.signer.hex(), "account_id": one.account_id if one.account_id in kept else None}
                for one in people.officials
            ]
            row = store.GenerationRow(
                case_id=case.id, number=named.number, status=GenerationStatus.WAITING, hash=named.hash, threshold=people.threshold,
                institution_name=people.institution_name.strip(), credit_code=people.credit_code.strip(),
                institution_signer=people.institution_signer,
                institution_account_id=people.institution_account_id if people.institution_account_id in kept else None,
                officials=officials, reason=named.reason, announced_at=named.announced_at, holds_from=named.holds_from,
            )  # fmt: skip
            case.later.append(row)

    def note_completed(self, case_id: str, number: int, at: datetime) -> None:
        """Those named are in office; what others have not signed to the end is withdrawn."""
        with self._sessions.begin() as session:
            case = store.hold_case(session, case_id)
            row = _of_number(case, number)
            if row is None or row.status != GenerationStatus.WAITING:
                return  # done before, or its announcement was not read yet: whoever follows the chain comes back to it
            row.status, row.ended_at, case.generation = GenerationStatus.COMPLETED, at, number
            self._desk.end_acts_of(session, case_id, number, STAY_THEIRS)
        log.info("case %s: generation %d is in office", case_id, number)

    def note_withdrawn(self, case_id: str, number: int, at: datetime) -> None:
        """Those named come into no office; accounts that have no other place are free again."""
        with self._sessions.begin() as session:
            case = store.hold_case(session, case_id)
            row = _of_number(case, number)
            if row is None or row.status != GenerationStatus.WAITING:
                return  # done before, or its announcement was not read yet: whoever follows the chain comes back to it
            row.status, row.ended_at = GenerationStatus.WITHDRAWN, at
            named = {one["account_id"] for one in row.officials} | {row.institution_account_id}
            taken = {account for each in store.all_cases(session) for account, _ in _known_places(each)}
            for account_id in named - taken - {None}:
                self._accounts.unbind(session, str(account_id))

    def _bound(self, session: Session, case: store.CaseRow, people: NewPeople) -> set[str]:
        """Accounts that have their place now. One that cannot take it is left out: the chain has named its key all the same."""
        known, kept = _known_places(case), set()
        for account_id, role, signer in people.bindings():
            try:
                if (account_id, signer) not in known:
                    self._accounts.bind(session, account_id, role, signer, case.id)
            except LenderVoteError as error:
                log.warning("account %s has no place in the next generation of case %s: %s", account_id, case.id, error.code)
            else:
                kept.add(account_id)
        return kept


def _known_places(case: store.CaseRow | None) -> set[tuple[str, bytes]]:
    """Accounts of everybody who is, was or will be in office, with their keys."""
    found: set[tuple[str, bytes]] = set()
    for one in generations_of(case) if case is not None else ():
        if one.status is not GenerationStatus.WITHDRAWN:
            found |= {(member.account_id, member.signer) for member in one.officials if member.account_id}
            if one.institution.account_id:
                found.add((one.institution.account_id, one.institution.signer))
    return found


def _of_number(case: store.CaseRow, number: int) -> store.GenerationRow | None:
    return next((one for one in case.later if one.number == number), None)
