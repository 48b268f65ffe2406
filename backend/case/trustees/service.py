"""Appoints trustees, and leads their ceremonies from the first entry to a confirmed key."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.case.cases.service import CaseService
from backend.case.cases.views import ActView, CaseView, SignedAct
from backend.case.trustees import appointments, papers, rules, store
from backend.case.trustees.appointments import Appointment
from backend.case.trustees.checking import Checker, Complaint, says_the_same
from backend.case.trustees.errors import (
    CaseWithoutSeals,
    CeremonyNotComplete,
    CeremonyOver,
    CeremonyUnderway,
    CeremonyUnknown,
    PaperDiffers,
    SeatNamesMissing,
    SeatsStillMissing,
    SeatUnknown,
    StepNotNow,
    TrusteesMissing,
)
from backend.case.trustees.rules import Head, KeyInfinite
from backend.case.trustees.status import ASKED_FOR, UNDERWAY, CeremonyStatus, Step
from backend.case.trustees.views import CeremonyView, CompleteCeremony, Confirmation, Paper, SeatView
from backend.ground.chain import sealed_types
from backend.ground.chain.sealed_types import SealKey, read_seal_key
from backend.ground.chain.service import Chain
from backend.ground.common.at_once import AtOnce
from backend.ground.common.clock import Clock, SystemClock
from backend.ground.common.hashing import keccak
from backend.ground.common.hex_text import to_hex
from backend.ground.common.ids import new_id
from backend.ground.db.sessions import Sessions
from backend.people.accounts.visitor import Visitor

APPOINTMENT = "trustee_appointment"
FIRST_PROTOCOL = 4
"""From here on a case can have trustees and sealed polls."""
CHECKS_AT_ONCE, LISTS_AT_ONCE, WAIT_SECONDS = 2, 2, 10.0
CEREMONIES_A_PAGE = 20
"""A ceremony of 32 seats has 100 kilobytes of papers."""
NO_NUMBER = 2**31 - 1
"""Above every ceremony's number."""


class TrusteeService:
    """Ceremonies of all cases. Papers prove themselves, so anybody may hand them in."""

    def __init__(self, sessions: Sessions, chain: Chain, cases: CaseService, clock: Clock | None = None) -> None:
        self._sessions = sessions
        self._chain = chain
        self._cases = cases
        self._clock = clock or SystemClock()
        self._checker = Checker(chain)
        self._checking = AtOnce(CHECKS_AT_ONCE, WAIT_SECONDS)
        self._listing = AtOnce(LISTS_AT_ONCE, WAIT_SECONDS)

    # --- appointment ---------------------------------------------------------------------------------------------------------------

    def propose_appointment(self, case_id: str, signers: Sequence[bytes], names: Sequence[str], visitor: Visitor) -> ActView:
        """Lay a list of trustees, by seat, before the officials.

        Raises: NotOfficialOfCase, CaseWithoutSeals, what `rules.check_trustees` raises, SeatNamesMissing, AnotherActOpen.
        """
        self._cases.require_official(case_id, visitor)
        case = self._sealing_case(case_id)
        rules.check_trustees(signers)
        appointments.check_passkeys(self._chain, signers)
        if len(names) != len(signers):
            raise SeatNamesMissing(seats=len(signers), names=len(names))
        number = self._chain.case(case.address).appointment_count() + 1
        typed = sealed_types.trustee_appointment(case.chain_id, case.address, number, signers)
        listed = [{"seat": seat, "name": names[seat], "signer": to_hex(signer)} for seat, signer in enumerate(signers)]
        return self._cases.propose_act(
            case_id, APPOINTMENT, typed, {"trustees": listed}, {"appointment_number": number, "trustees": listed}
        )

    def complete_appointment(self, act: SignedAct) -> None:
        """Carry a signed appointment to the chain; the handler of acts of the kind `APPOINTMENT`. Raises: AppointmentTaken."""
        appointments.complete(self._chain, act)

    def serving(self, case_id: str) -> list[bytes]:
        """The trustees who serve in a case now, by seat. Raises: CaseUnknown, CaseWithoutSeals, NodeNotAnswering."""
        return self._chain.case(self._sealing_case(case_id).address).trustees()

    # --- a ceremony, for officials -------------------------------------------------------------------------------------------------

    def begin(self, case_id: str, threshold: int, names: Sequence[str], visitor: Visitor) -> CeremonyView:
        """Open a ceremony of the trustees who serve now; `names` say who holds which seat.

        Raises: NotOfficialOfCase, CaseWithoutSeals, TrusteesMissing, ThresholdOutOfRange, SeatNamesMissing, CeremonyUnderway.
        """
        self._cases.require_official(case_id, visitor)
        signers = self.serving(case_id)
        if not signers:
            raise TrusteesMissing
        rules.check_threshold(threshold, len(signers))
        if len(names) != len(signers):
            raise SeatNamesMissing(seats=len(signers), names=len(names))
        ceremony_id = new_id()
        seats = [
            store.SeatRow(ceremony_id=ceremony_id, seat=seat, name=name, signer=signer)
            for seat, (name, signer) in enumerate(zip(names, signers, strict=True))
        ]
        try:
            with self._sessions.begin() as session:
                row = store.CeremonyRow(
                    id=ceremony_id, case_id=case_id, number=store.next_number(session, case_id), threshold=threshold,
                    random=secrets.token_bytes(32), status=CeremonyStatus.JOINING, begun_at=self._clock.now(), seats=seats,
                )  # fmt: skip
                store.add(session, row)
        except IntegrityError as error:
            raise CeremonyUnderway from error
        return self.ceremony(ceremony_id)

    def close_roll(self, ceremony_id: str, visitor: Visitor) -> CeremonyView:
        """Every seat has joined: from here on the roll is fixed, and seats deal; closed before, it only gives the ceremony.

        Raises: CeremonyUnknown, NotOfficialOfCase, SeatsStillMissing, StepNotNow.
        """
        self._cases.require_official(self.ceremony(ceremony_id).case_id, visitor)
        with self._held(ceremony_id) as (row, view):
            if view.status is CeremonyStatus.JOINING:
                if view.missing:
                    raise SeatsStillMissing(names=view.missing_names)
                row.roll_hash = rules.roll_hash(view.head, [seat.line for seat in view.seats])
                row.status = CeremonyStatus.DEALING
            elif view.status not in UNDERWAY:
                raise StepNotNow(status=view.status)
        return self.ceremony(ceremony_id)

    def end(self, ceremony_id: str, reason: str, visitor: Visitor) -> CeremonyView:
        """Give a ceremony up that no poll was announced with. Raises: CeremonyUnknown, NotOfficialOfCase, CeremonyOver."""
        self._cases.require_official(self.ceremony(ceremony_id).case_id, visitor)
        with self._held(ceremony_id) as (row, _):
            self._fail(row, reason)
        return self.ceremony(ceremony_id)

    # --- a ceremony, for everybody -------------------------------------------------------------------------------------------------

    def ceremony(self, ceremony_id: str) -> CeremonyView:
        """The ceremony of that id. Raises: CeremonyUnknown."""
        with self._sessions.reading() as session:
            return self._view(_known(session, ceremony_id))

    def ceremonies(self, case_id: str, before: int = NO_NUMBER) -> list[CeremonyView]:
        """A page of a case's ceremonies, newest first, of those with a number below `before`. Raises: CaseUnknown, Busy."""
        self._cases.require_known(case_id)
        with self._listing.place(), self._sessions.reading() as session:
            return [self._view(row) for row in store.ceremonies_of(session, case_id, before, CEREMONIES_A_PAGE)]

    def with_appointments(self, case_id: str, before: int = NO_NUMBER) -> list[tuple[CeremonyView, Appointment | None]]:
        """The same page, each with the appointment of its seats. Raises: CaseUnknown, Busy."""
        found = self.ceremonies(case_id, before)
        made = appointments.made(self._cases.list_acts(case_id), APPOINTMENT) if found else []
        return [(view, appointments.of_seats(view, made)) for view in found]

    def hand_in(self, ceremony_id: str, seat: int, step: Step, paper: dict[str, Any]) -> CeremonyView:
        """Take a seat's paper for a step; the same paper again gives the same answer.

        Raises: CeremonyUnknown, SeatUnknown, StepNotNow, PaperDiffers, what `Checker.check` raises, Busy.
        """
        view = self.ceremony(ceremony_id)
        if self._is_there(view, seat, step, paper):
            return view
        with self._checking.place():
            self._checker.check(view, seat, step, paper)
        with self._held(ceremony_id) as (row, now):
            if not self._is_there(now, seat, step, paper):  # again: others may have come meanwhile
                if step is Step.ENTRY:
                    self._checker.require_free(now, seat, paper)
                setattr(row.seats[seat], step, paper)
                self._go_on(row, now.head)
        return self.ceremony(ceremony_id)

    def complain(self, ceremony_id: str, complaint: Complaint) -> CeremonyView:
        """A receiver shows that a dealer's share does not fit: the ceremony is void.

        Raises: CeremonyUnknown, SeatUnknown, StepNotNow, ComplaintDoesNotHold, Busy.
        """
        view = self.ceremony(ceremony_id)
        for seat in (complaint.dealer, complaint.receiver):
            _check_seat(view, seat)
        if view.complaint == complaint.as_json(view):
            return view
        if view.status not in {CeremonyStatus.DEALING, CeremonyStatus.CONFIRMING}:
            raise StepNotNow(status=view.status)
        with self._checking.place():
            self._checker.check_complaint(view, complaint)
        with self._held(ceremony_id) as (row, _):
            self._fail(row, f"seat {complaint.receiver} complains about seat {complaint.dealer}")
            row.complaint = complaint.as_json(view)
        return self.ceremony(ceremony_id)

    def transcript(self, ceremony_id: str) -> bytes:
        """`seal.json`, byte for byte as it was hashed. Raises: CeremonyUnknown, TranscriptNotThere."""
        return papers.transcript(self.ceremony(ceremony_id))

    def opening_paper(self, ceremony_id: str) -> bytes:
        """`ceremony.json`, with which a trustee begins. Raises: CeremonyUnknown."""
        return papers.opening(self.ceremony(ceremony_id))

    def appointed_paper(self, case_id: str) -> bytes:
        """`appointed.json` of who serves in a case now. Raises: as `serving`."""
        return papers.appointed(self._sealing_case(case_id), self.serving(case_id))

    def roll(self, ceremony_id: str) -> bytes:
        """The closed roll with its identities' signatures, as the trustee's tool reads it. Raises: CeremonyUnknown, RollNotClosed."""
        return papers.roll(self.ceremony(ceremony_id))

    # --- for polls -----------------------------------------------------------------------------------------------------------------

    def complete(self, ceremony_id: str) -> CompleteCeremony:
        """What a poll is announced with, even where somebody gave the ceremony up since: what was sent stands on the chain. Raises:
        CeremonyUnknown, CeremonyNotComplete."""
        view = self.ceremony(ceremony_id)
        given = [seat.papers[Step.CONFIRMATION] or {} for seat in view.seats]
        if view.seal_key is None or not all(given):
            raise CeremonyNotComplete(status=view.status, names=view.missing_names or "-")
        return CompleteCeremony(
            id=view.id,
            number=view.head.number,
            seal_key=view.seal_key,
            signers=tuple(seat.signer for seat in view.seats),
            names=tuple(seat.name for seat in view.seats),
            confirmations=tuple(Confirmation(bytes.fromhex(one["share"][2:]), bytes.fromhex(one["identity"][2:])) for one in given),
            transcript=papers.transcript(view),
        )

    def unused(self, ceremony_id: str) -> CompleteCeremony:
        """The same, for a poll that is to be announced: one key serves one poll, and one that was given up none. Raises: as `complete`,
        CeremonyOver."""
        found = self.complete(ceremony_id)
        status = self.ceremony(ceremony_id).status
        if status is not CeremonyStatus.COMPLETE:
            raise CeremonyOver(status=status)
        return found

    def mark_used(self, ceremony_id: str) -> None:
        """A poll was announced with it. Raises: CeremonyUnknown."""
        with self._held(ceremony_id) as (row, _):
            row.status = CeremonyStatus.USED

    # --- inside --------------------------------------------------------------------------------------------------------------------

    def _sealing_case(self, case_id: str) -> CaseView:
        case = self._cases.get_case(case_id)
        if case.protocol < FIRST_PROTOCOL:
            raise CaseWithoutSeals
        return case

    @contextmanager
    def _held(self, ceremony_id: str) -> Iterator[tuple[store.CeremonyRow, CeremonyView]]:
        """The ceremony, which nobody else changes until the block ends."""
        with self._sessions.begin() as session:
            row = _known(session, ceremony_id, hold=True)
            yield row, self._view(row)

    def _is_there(self, view: CeremonyView, seat: int, step: Step, paper: Paper) -> bool:
        """Whether this paper was taken before. Raises: SeatUnknown, PaperDiffers, StepNotNow."""
        _check_seat(view, seat)
        known = view.seats[seat].papers[step]
        if known is not None:
            if not says_the_same(step, known, paper):
                raise PaperDiffers(seat=seat)
            return True
        if ASKED_FOR.get(view.status) is not step:
            raise StepNotNow(status=view.status)
        return False

    def _go_on(self, row: store.CeremonyRow, head: Head) -> None:
        """What follows from the last paper of a step."""
        if row.status == CeremonyStatus.DEALING and all(seat.dealing for seat in row.seats):
            commitments = [[bytes.fromhex(one[2:]) for one in (seat.dealing or {})["commitments"]] for seat in row.seats]
            try:
                keys = rules.keys_of(commitments, head.seats)
            except KeyInfinite as error:
                self._fail(row, str(error))
                return
            row.status = CeremonyStatus.CONFIRMING
            hashed = keccak(papers.transcript(self._view(row)))
            row.seal_key = SealKey(keys.x, keys.y, head.threshold, keys.share_keys, row.roll_hash or b"", hashed).as_json()
        elif row.status == CeremonyStatus.CONFIRMING and all(seat.confirmation for seat in row.seats):
            row.status, row.ended_at = CeremonyStatus.COMPLETE, self._clock.now()

    def _fail(self, row: store.CeremonyRow, reason: str) -> None:
        if store.is_over(row):
            raise CeremonyOver(status=row.status)
        row.status, row.failure, row.ended_at = CeremonyStatus.FAILED, reason, self._clock.now()

    def _view(self, row: store.CeremonyRow) -> CeremonyView:
        case = self._cases.get_case(row.case_id)
        seats = tuple(
            SeatView(one.seat, one.name, one.signer, {step: getattr(one, step) for step in Step}) for one in row.seats
        )  # fmt: skip
        return CeremonyView(
            id=row.id,
            case_id=row.case_id,
            head=Head(case.chain_id, case.address, row.number, len(seats), row.threshold, row.random),
            status=CeremonyStatus(row.status),
            seats=seats,
            roll_hash=row.roll_hash,
            seal_key=read_seal_key(row.seal_key) if row.seal_key else None,
            failure=row.failure,
            complaint=row.complaint,
            begun_at=row.begun_at,
            ended_at=row.ended_at,
        )


def _known(session: Session, ceremony_id: str, *, hold: bool = False) -> store.CeremonyRow:
    row = store.ceremony_by_id(session, ceremony_id, hold=hold)
    if row is None:
        raise CeremonyUnknown
    return row


def _check_seat(view: CeremonyView, seat: int) -> None:
    if not 0 <= seat < len(view.seats):
        raise SeatUnknown(seat=seat, seats=len(view.seats))
