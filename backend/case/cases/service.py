"""Cases: opened once, with officials and institution until others succeed them; and who must do what next."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import IntegrityError

from backend.case.cases import rules, store
from backend.case.cases.act_stages import stage_of_act, stage_under_way
from backend.case.cases.acts import ActDesk
from backend.case.cases.errors import (
    CaseOpenedAlready,
    CaseUnknown,
    InstitutionSucceeded,
    NotInstitutionOfCase,
    NotOfficialOfCase,
    NotOfficialOfPoll,
    NotPartOfCase,
    OfficialSucceeded,
)
from backend.case.cases.generations import accounts_of, generation_of, generations_of, served
from backend.case.cases.offices import Offices
from backend.case.cases.rules import NewCase, case_from
from backend.case.cases.status import ActStatus
from backend.case.cases.views import CaseView, InstitutionView, Listing, NextStep, OfficialView, Stage, StageProvider
from backend.ground.chain.service import Chain
from backend.ground.chain.typed_data import address_bytes
from backend.ground.common.clock import Clock, SystemClock
from backend.ground.common.hashing import canonical_json, keccak
from backend.ground.common.hex_text import to_hex
from backend.ground.common.ids import new_id
from backend.ground.db.sessions import Sessions
from backend.people.accounts.service import AccountService
from backend.people.accounts.visitor import ADMIN, INSTITUTION, OFFICIAL, Visitor
from backend.people.passkeys.service import PasskeyService

PROTOCOL = 5
"""By which protocol cases are opened today."""
OPENING = "case_opening"
log = logging.getLogger(__name__)
_NOTHING = Stage("complete", NextStep("", "none", "目前没有待办事项。", "Nothing is waiting to be done."))


class CaseService(ActDesk):
    """Opens cases, knows who belongs to them, and has acts signed (see `ActDesk`)."""

    def __init__(
        self, sessions: Sessions, chain: Chain, accounts: AccountService, passkeys: PasskeyService, clock: Clock | None = None
    ) -> None:
        super().__init__(sessions, chain, clock or SystemClock())
        self._accounts = accounts
        self._passkeys = passkeys
        self.offices = Offices(sessions, accounts, passkeys, self)
        self._stages: list[StageProvider] = []
        chain.intents.on(OPENING, self._finish_opening)

    def open_case(self, case: NewCase) -> CaseView:
        """Deploy the case contract and store the case; the named accounts get their case and their signing key.

        Broken off, it is finished by itself. Raises: what `rules.check_case` and `AccountService.check_bindable` raise, PasskeyReplaced,
        CaseOpenedAlready, TransactionReverted; OutcomeAwaited when it goes on by itself; Unavailable.
        """
        self.check_openable(case)
        signers = [official.signer for official in case.officials]
        key = f"case/{PROTOCOL}/{_fingerprint(case)}"
        named = signers, case.threshold, case.institution_signer, key

        def begun() -> bool:
            return self._chain.has_begun_case(*named, rehearsal=case.rehearsal)

        with self._held(case), self._chain.intents.kept(OPENING, key, case.as_json(), begun):
            address = self._chain.deploy_case(*named, rehearsal=case.rehearsal).lower()
            row = _row(case, address, self._chain.case(address).rehearsal(), self._clock)
            try:
                with self._sessions.begin() as session:
                    store.add(session, row)
                    for account_id, role, signer in case.bindings():
                        # Once more, in the transaction that binds: the chain may have taken longer than the accounts are held.
                        self._passkeys.check_current(session, account_id, signer)
                        self._accounts.bind(session, account_id, role, signer, row.id)
            except IntegrityError as error:
                row = self._stored_meanwhile(case, address, error)
        return self.get_case(row.id)

    def _stored_meanwhile(self, case: NewCase, address: str, error: IntegrityError) -> store.CaseRow:
        """The row of this very contract, where another process finished the opening first: `lendervote case open` runs beside the service,
        which takes its opening for one that was broken off. Raises: CaseOpenedAlready."""
        with self._sessions.reading() as session:
            for row in store.all_cases(session):
                if row.address == address and _same_case(row, case):
                    return row
        raise CaseOpenedAlready from error

    @contextmanager
    def _held(self, case: NewCase) -> Iterator[None]:
        """While the contract is put on the chain, nobody changes with what its people sign. Raises: CaseBeingOpened, PasskeyReplaced."""
        bindings = case.bindings()
        with self._sessions.begin() as session:
            for account_id, role, signer in bindings:
                self._accounts.hold_signer(session, account_id, role, signer)
                self._passkeys.check_current(session, account_id, signer)
        try:
            yield
        finally:
            with self._sessions.begin() as session:
                for account_id, _, signer in bindings:
                    self._accounts.let_go(session, account_id, signer)

    def check_openable(self, case: NewCase) -> None:
        """Whether `open_case` would be refused; nothing is sent or kept. Raises: as `open_case`, without what comes from the chain."""
        rules.check_case(case, address_bytes(self._chain.relay_address))
        for account_id, role, signer in case.bindings():
            self._accounts.check_bindable(account_id, role, signer)
        with self._sessions.reading() as session:
            for account_id, _, signer in case.bindings():
                self._passkeys.check_current(session, account_id, signer)
        self._check_new(case)

    @property
    def chain_id(self) -> int:
        """The chain on which cases are opened. Raises: NodeNotAnswering."""
        return self._chain.chain_id

    def second_people(self, account_id: str) -> frozenset[str]:
        """Accounts of the officials who may confirm changes of an account: those of each of its cases that counts, or, where it is in none
        such, of each of its rehearsals.

        An administrator opens cases alone, with whom they like: one more case, before or after, makes nobody a second person.
        """
        with self._sessions.reading() as session:
            found = [row for row in store.all_cases(session) if account_id in _everybody(row)]
            cases = [row for row in found if not row.rehearsal] or found
            return frozenset.intersection(*(accounts_of(generation_of(row)) for row in cases)) if cases else frozenset()

    def _finish_opening(self, payload: dict[str, Any]) -> None:
        """Open a case whose opening was broken off."""
        case = case_from(payload)
        with self._sessions.reading() as session:
            if any(_same_case(row, case) for row in store.all_cases(session)):
                return  # stored just before the process ended
        log.info("case %s was opened after an interruption", self.open_case(case).id)

    def _check_new(self, case: NewCase) -> None:
        """A case that was opened by an earlier release has another contract; it is opened no second time all the same."""
        with self._sessions.reading() as session:
            if any(_same_case(row, case) for row in store.all_cases(session)):
                raise CaseOpenedAlready

    def get_case(self, case_id: str) -> CaseView:
        """The case of that id. Raises: CaseUnknown."""
        with self._sessions.reading() as session:
            row = store.case_by_id(session, case_id)
            if row is None:
                raise CaseUnknown
            return self._view(row)

    def require_known(self, case_id: str) -> None:
        """That there is such a case, without asking the chain. Raises: CaseUnknown."""
        with self._sessions.reading() as session:
            if store.case_by_id(session, case_id) is None:
                raise CaseUnknown

    def all_cases(self) -> list[CaseView]:
        """Every case, oldest first."""
        with self._sessions.reading() as session:
            return [self._view(row) for row in store.all_cases(session)]

    def list_cases(self, visitor: Visitor) -> list[CaseView]:
        """The cases that the visitor belongs to; the administrator sees all."""
        return [view for view in self.all_cases() if _belongs(view, visitor)]

    def require_official(self, case_id: str, visitor: Visitor, generation: int | None = None) -> OfficialView:
        """The visitor as an official of those in office, or of the generation that announced a poll.

        Raises: CaseUnknown, NotOfficialOfCase, OfficialSucceeded, NotOfficialOfPoll.
        """
        case = self.get_case(case_id)
        asked = case.of_generation(case.generation if generation is None else generation)
        own = asked.official_of(visitor.account_id) if visitor.role == OFFICIAL else None
        if own is not None:
            return own
        self.require_former_official(case_id, visitor)
        raise OfficialSucceeded if generation is None else NotOfficialOfPoll

    def require_concerned_official(self, case_id: str, visitor: Visitor, generation: int) -> OfficialView:
        """The visitor as an official of the generation that announced a poll, or of those in office: for what decides nothing.

        Raises: CaseUnknown, NotOfficialOfCase, OfficialSucceeded.
        """
        own = self.get_case(case_id).of_generation(generation).official_of(visitor.account_id) if visitor.role == OFFICIAL else None
        return own or self.require_official(case_id, visitor)

    def require_former_official(self, case_id: str, visitor: Visitor) -> OfficialView:
        """The visitor as somebody who is or was an official of the case, as they last were. Raises: CaseUnknown, NotOfficialOfCase."""
        number = self.newest_generation(case_id, visitor)
        own = self.get_case(case_id).of_generation(number).official_of(visitor.account_id)
        assert own is not None, "it was just found"
        return own

    def newest_generation(self, case_id: str, visitor: Visitor) -> int:
        """The number of the last generation of which the visitor is or was an official. Raises: CaseUnknown, NotOfficialOfCase."""
        for generation in self.get_case(case_id).served:
            if visitor.role == OFFICIAL and generation.official_of(visitor.account_id):
                return generation.number
        raise NotOfficialOfCase

    def require_institution(self, case_id: str, visitor: Visitor) -> InstitutionView:
        """The visitor as the institution of the case. Raises: CaseUnknown, NotInstitutionOfCase, InstitutionSucceeded."""
        case = self.get_case(case_id)
        if visitor.role != INSTITUTION or visitor.account_id is None:
            raise NotInstitutionOfCase
        if case.institution.account_id == visitor.account_id:
            return case.institution
        was = any(one.institution.account_id == visitor.account_id for one in case.served)
        raise InstitutionSucceeded if was else NotInstitutionOfCase

    def require_member(self, case_id: str, visitor: Visitor) -> CaseView:
        """The case, for its officials, its institution and the administrator. Raises: CaseUnknown, NotPartOfCase."""
        case = self.get_case(case_id)
        if not _belongs(case, visitor):
            raise NotPartOfCase
        return case

    def list_case(self, case_id: str, listing: Listing, visitor: Visitor) -> CaseView:
        """Enter the case's lines in the four lists. Raises: CaseUnknown, NotOfficialOfCase, MeasureUnknown, ResponsibleMissing."""
        self.require_official(case_id, visitor)
        rules.check_listing(listing.measure, listing.responsible)
        with self._sessions.begin() as session:
            store.set_listing(session, case_id, listing.measure, listing.exit_on, listing.responsible.strip())
        return self.get_case(case_id)

    def add_stage(self, provider: StageProvider) -> None:
        """Ask this room, after those added before it, what a case waits for; `app.py` adds the rooms in the order of a vote."""
        self._stages.append(provider)

    def stage(self, case: CaseView) -> Stage:
        """Where the case stands and who must do what next: an act waiting for signatures, else the first room that waits."""
        waiting = self.waiting_acts(case.id)
        if waiting:
            first = waiting[0]
            return stage_of_act(first.kind, len(first.signatures), first.needed, failed=first.status == ActStatus.FAILED)
        under_way = self.acts_on_their_way(case.id)
        if under_way:
            return stage_under_way(under_way[0].kind)
        for provider in self._stages:
            stage = provider(case)
            if stage is not None:
                return stage
        return _NOTHING

    def _view(self, row: store.CaseRow) -> CaseView:
        in_office = generation_of(row)
        return CaseView(
            id=row.id,
            name=row.name,
            address=row.address,
            institution=in_office.institution,
            officials=in_office.officials,
            threshold=in_office.threshold,
            generation=in_office.number,
            generations=generations_of(row),
            opened_at=row.opened_at,
            protocol=row.protocol,
            chain_id=self._chain.chain_id,
            rehearsal=row.rehearsal,
            listing=Listing(row.measure, row.exit_on, row.responsible),
        )


def _fingerprint(case: NewCase) -> str:
    officials = [[official.name, to_hex(official.signer)] for official in case.officials]
    institution = [case.institution_name, case.credit_code, to_hex(case.institution_signer)]
    return keccak(canonical_json([case.name, institution, officials, case.threshold, case.rehearsal])).hex()


def _everybody(row: store.CaseRow) -> set[str | None]:
    """Accounts of whoever is or was in office."""
    return {account for one in served(row) for account in (one.institution.account_id, *accounts_of(one))} - {None}


def _same_case(row: store.CaseRow, case: NewCase) -> bool:
    officials = {(official.name, official.signer) for official in row.officials}
    of_row = (row.name, row.institution_name, row.credit_code, row.institution_signer, row.threshold, row.rehearsal, officials)
    named = (case.name.strip(), case.institution_name.strip(), case.credit_code.strip(), case.institution_signer, case.threshold)
    return of_row == (*named, case.rehearsal, {(official.name.strip(), official.signer) for official in case.officials})


def _row(case: NewCase, address: str, rehearsal: bool, clock: Clock) -> store.CaseRow:
    case_id = new_id()
    officials = [
        store.CaseOfficialRow(case_id=case_id, place=place, name=o.name.strip(), signer=o.signer, account_id=o.account_id or None)
        for place, o in enumerate(case.officials)
    ]
    return store.CaseRow(
        id=case_id,
        name=case.name.strip(),
        institution_name=case.institution_name.strip(),
        credit_code=case.credit_code.strip(),
        institution_signer=case.institution_signer,
        institution_account_id=case.institution_account_id or None,
        threshold=case.threshold,
        address=address,
        protocol=PROTOCOL,
        rehearsal=rehearsal,
        opened_at=clock.now(),
        officials=officials,
    )


def _belongs(case: CaseView, visitor: Visitor) -> bool:
    if visitor.role == ADMIN:
        return True
    if visitor.account_id is None:
        return False
    for one in case.served:
        if one.official_of(visitor.account_id) if visitor.role == OFFICIAL else one.institution.account_id == visitor.account_id:
            return True
    return False
