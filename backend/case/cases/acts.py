"""Acts: what k officials decide together by signing the same typed data, each with their own key."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.case.cases import store
from backend.case.cases.carrying import ActCarrier
from backend.case.cases.checks import check_of, plain_reason
from backend.case.cases.errors import (
    ActNotOpen,
    ActNotWithdrawable,
    ActSignedAlready,
    ActSucceeded,
    ActUnknown,
    AnotherActOpen,
    CaseUnknown,
    NotOfficialOfCase,
    OfficialSucceeded,
    SignatureWrong,
    SignerNotOfficial,
    SignerNotOwn,
)
from backend.case.cases.generations import generation_of, served
from backend.case.cases.status import ActStatus
from backend.case.cases.views import (
    NO_CHECK,
    ActSignature,
    ActView,
    Check,
    Checked,
    Failure,
    Handler,
    OfficialView,
)
from backend.ground.chain.service import Chain
from backend.ground.chain.typed_data import TypedData
from backend.ground.common.clock import Clock
from backend.ground.common.ids import new_id
from backend.ground.db.sessions import Sessions
from backend.people.accounts.visitor import OFFICIAL, Visitor


class ActDesk:
    """Has acts signed, and hands those with enough signatures to the room that proposed them."""

    def __init__(self, sessions: Sessions, chain: Chain, clock: Clock) -> None:
        self._sessions = sessions
        self._chain = chain
        self._clock = clock
        self._carrier = ActCarrier(sessions, chain)
        self._checked_kinds: set[str] = set()

    def on_signed(self, kind: str, handler: Handler) -> None:
        """Register who carries acts of this kind to the chain."""
        self._carrier.handlers[kind] = handler

    def ask_for_check(self, kind: str) -> None:
        """From now on acts of this kind are signed with the check code of the official's own tool, or with a reason."""
        self._checked_kinds.add(kind)

    def propose_act(
        self, case_id: str, kind: str, typed: TypedData, payload: dict[str, Any], summary: dict[str, Any], generation: int | None = None,
        *, salted: bool = True,
    ) -> ActView:  # fmt: skip
        """Lay an act before the officials in office, or before those of another generation, under whose domain it is signed; the same
        proposal again gives the act that is there.

        What no contract takes is signed without the generation's salt (protocol §24.1).
        `typed` carries the number (of register, plan or poll) as its first field; `summary` has plain values to show beside it.
        Raises: CaseUnknown, AnotherActOpen.
        """
        if kind not in self._carrier.handlers:
            raise ValueError(f"nobody carries {kind} to the chain")
        number = typed.message[typed.fields[0][0]]
        if not isinstance(number, int) or isinstance(number, bool):
            raise ValueError("an act's first field is its number")  # noqa: TRY004
        row = store.ActRow(
            id=new_id(), case_id=case_id, kind=kind, number=number, payload=payload, summary=summary, status=ActStatus.OPEN, attempt=0,
            proposed_at=self._clock.now(),
        )  # fmt: skip
        try:
            with self._sessions.begin() as session:
                case = store.case_by_id(session, case_id)
                if case is None:
                    raise CaseUnknown
                signing = generation_of(case, generation)
                signed = typed.under(signing.hash) if salted else typed
                row.generation, row.typed_data, row.digest = signing.number, signed.as_json(), signed.digest()
                store.add(session, row)
        except IntegrityError:
            return self._proposed_before(row)
        return self.get_act(row.id)

    def get_act(self, act_id: str) -> ActView:
        """The act of that id. Raises: ActUnknown."""
        with self._sessions.reading() as session:
            return _view(session, _known(store.act_by_id(session, act_id)))

    def list_acts(self, case_id: str) -> list[ActView]:
        """Every act of a case, newest first."""
        with self._sessions.reading() as session:
            return [_view(session, row) for row in store.acts_of_case(session, case_id)]

    def waiting_acts(self, case_id: str) -> list[ActView]:
        """Acts that wait for officials: open ones, and those whose way to the chain failed and that nothing newer replaced."""
        acts = self.list_acts(case_id)
        settled = {(act.kind, act.number) for act in acts if act.status in {ActStatus.DONE, ActStatus.SENT, ActStatus.OPEN}}
        return [
            act
            for act in acts
            if act.status == ActStatus.OPEN or (act.status == ActStatus.FAILED and (act.kind, act.number) not in settled)
        ]

    def has_waiting_act(self, case_id: str, kind: str, number: int) -> bool:
        """Whether an act of this kind and number takes signatures or is on its way."""
        with self._sessions.reading() as session:
            return store.waiting_act(session, case_id, kind, number) is not None

    def sign_act(self, act_id: str, signer: bytes, signature: bytes, visitor: Visitor | None, check: Check = NO_CHECK) -> ActView:
        """Add the visitor's own signature; with the last one needed the act goes to the chain before this returns.

        Without a visitor it is handed in by a command on the server, for an official who signed elsewhere: the signature says whose it is.
        If the chain refuses, the act's status is `failed` with the sentence; nothing is lost. Raises: ActUnknown, NotOfficialOfCase,
        SignerNotOfficial, SignerNotOwn, ActNotOpen, ActSignedAlready, NotChecked, CheckCodeWrong, SignatureWrong, SignatureNotReadable.
        """
        with self._sessions.reading() as session:
            row = _known(store.act_by_id(session, act_id))
            _check_signer(session, row, signer, visitor)
            _check_open(row, signer)
            digest = row.digest
            checked = check_of(digest, check) if row.kind in self._checked_kinds else Checked.NOT_ASKED
        if not self.is_signed(signer, digest, signature):
            raise SignatureWrong
        signed = store.ActSignatureRow(act_id=act_id, signer=signer, signature=signature, signed_at=self._clock.now(), checked=checked)
        if checked is Checked.UNCHECKED:
            signed.unchecked_reason = plain_reason(check.unchecked_reason)
        if self._add_signature(act_id, signed):
            self._carrier.carry(act_id)
        return self.get_act(act_id)

    def is_signed(self, signer: bytes, digest: bytes, signature: bytes) -> bool:
        """Whether the case contract will take this signature: a plain key's has 65 bytes there, the packed 64 are for batches only."""
        return (len(signer) > 20 or len(signature) == 65) and self._chain.is_signed_by(signer, digest, signature)

    def retry_act(self, act_id: str, visitor: Visitor) -> ActView:
        """Send a failed act again. Raises: ActUnknown, NotOfficialOfCase, ActNotOpen, AnotherActOpen."""
        try:
            with self._sessions.begin() as session:
                row = _known(store.act_by_id(session, act_id, hold=True))
                _official_of(session, row, visitor)
                if row.status != ActStatus.FAILED:
                    raise ActNotOpen(status=row.status)
                row.status = ActStatus.SENT
                session.flush()
        except IntegrityError as error:
            raise self._another_open(act_id) from error
        self._carrier.carry(act_id)
        return self.get_act(act_id)

    def withdraw_act(self, act_id: str, visitor: Visitor) -> ActView:
        """Take an act back that was not carried out, so that a better one can be proposed.

        Raises: ActUnknown, NotOfficialOfCase, ActNotWithdrawable.
        """
        with self._sessions.begin() as session:
            row = _known(store.act_by_id(session, act_id, hold=True))
            _official_of(session, row, visitor)
            if row.status not in {ActStatus.OPEN, ActStatus.FAILED} or (
                row.status == ActStatus.FAILED and not self._carrier.is_unsent(row)
            ):
                raise ActNotWithdrawable
            row.status = ActStatus.WITHDRAWN
        return self.get_act(act_id)

    def end_acts_of(self, session: Session, case_id: str, in_office: int, kept: frozenset[str]) -> None:
        """Withdraw what others than those in office have not signed to the end, but for acts of the kinds that stay theirs; inside the
        caller's transaction."""
        reason = ActSucceeded()
        for row in store.acts_of_case(session, case_id):
            if row.generation != in_office and row.kind not in kept and self._may_end(row):
                row.status = ActStatus.WITHDRAWN
                row.failure = asdict(Failure(reason.code, reason.say("zh"), reason.say("en")))

    def _may_end(self, row: store.ActRow) -> bool:
        return row.status == ActStatus.OPEN or (row.status == ActStatus.FAILED and self._carrier.is_unsent(row))

    def resume_acts(self) -> int:
        """Finish the acts whose outcome was missed, by what the chain says; how many were done. May be called at any time."""
        return self._carrier.resume()

    def acts_on_their_way(self, case_id: str) -> list[ActView]:
        """Acts that went out and whose outcome is not known yet."""
        return [act for act in self.list_acts(case_id) if act.status == ActStatus.SENT]

    def _add_signature(self, act_id: str, signed: store.ActSignatureRow) -> bool:
        """Whether this was the last signature needed; then the act is marked as sent, by one caller only."""
        with self._sessions.begin() as session:
            row = _known(store.act_by_id(session, act_id, hold=True))
            _check_open(row, signed.signer)  # again: others may have signed while the signature was checked
            row.signatures.append(signed)
            complete = len(row.signatures) >= generation_of(_case_of(session, row), row.generation).threshold
            if complete:
                row.status = ActStatus.SENT
        return complete

    def _proposed_before(self, row: store.ActRow) -> ActView:
        with self._sessions.reading() as session:
            found = store.waiting_act(session, row.case_id, row.kind, row.number)
            if found is None:
                raise AnotherActOpen(act_id="-")
            if found.digest != row.digest:
                raise AnotherActOpen(act_id=found.id)
            return _view(session, found)

    def _another_open(self, act_id: str) -> AnotherActOpen:
        with self._sessions.reading() as session:
            row = _known(store.act_by_id(session, act_id))
            found = store.waiting_act(session, row.case_id, row.kind, row.number)
            return AnotherActOpen(act_id=found.id if found else "-")


def _known(row: store.ActRow | None) -> store.ActRow:
    if row is None:
        raise ActUnknown
    return row


def _case_of(session: Session, row: store.ActRow) -> store.CaseRow:
    case = store.case_by_id(session, row.case_id)
    assert case is not None, "acts refer to their case"
    return case


def _official_of(session: Session, row: store.ActRow, visitor: Visitor) -> OfficialView:
    """The visitor among those who sign the act. Raises: NotOfficialOfCase, OfficialSucceeded."""
    case = _case_of(session, row)
    if visitor.role != OFFICIAL:
        raise NotOfficialOfCase
    own = generation_of(case, row.generation).official_of(visitor.account_id)
    if own is None:
        was = any(one.official_of(visitor.account_id) for one in served(case))
        raise OfficialSucceeded if was else NotOfficialOfCase
    return own


def _check_signer(session: Session, row: store.ActRow, signer: bytes, visitor: Visitor | None) -> None:
    own = _official_of(session, row, visitor) if visitor is not None else None
    if all(official.signer != signer for official in generation_of(_case_of(session, row), row.generation).officials):
        raise SignerNotOfficial
    if own is not None and own.signer != signer:
        raise SignerNotOwn


def _check_open(row: store.ActRow, signer: bytes) -> None:
    if any(given.signer == signer for given in row.signatures):
        raise ActSignedAlready
    if row.status != ActStatus.OPEN:
        raise ActNotOpen(status=row.status)


def _view(session: Session, row: store.ActRow) -> ActView:
    signing = generation_of(_case_of(session, row), row.generation)
    names = {official.signer: official.name for official in signing.officials}
    signatures = tuple(
        ActSignature(s.signer, names.get(s.signer, ""), s.signature, s.signed_at, Checked(s.checked), s.unchecked_reason)
        for s in row.signatures
    )
    failure = Failure(**row.failure) if row.failure else None
    return ActView(
        id=row.id, case_id=row.case_id, kind=row.kind, number=row.number, typed_data=row.typed_data, summary=row.summary,
        status=ActStatus(row.status), signatures=signatures, needed=signing.threshold, failure=failure,
        proposed_at=row.proposed_at, generation=row.generation,
    )  # fmt: skip
