"""The review: two named officials decide, each before seeing what the rules or the other said; lenders are told and may object."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.case.cases.service import CaseService
from backend.case.cases.views import OfficialView
from backend.case.register.service import RegisterService
from backend.ground.common.clock import Clock
from backend.ground.common.errors import NotAllowed
from backend.ground.common.ids import new_id
from backend.ground.common.sealed import FieldCipher
from backend.ground.db.sessions import Sessions
from backend.people.accounts.visitor import Visitor
from backend.vote.polls.service import PollService
from backend.watch.flags import store
from backend.watch.flags.errors import (
    DecidedAlready,
    FindingUnknown,
    FlagReasonMissing,
    FlagUnknown,
    ObjectionAnswered,
    ObjectionsMany,
    OwnPair,
)
from backend.watch.flags.views import DECIDERS, EXPLAINED, FINDINGS, DecisionView, ItemStatus, ItemView, ObjectionView, ToldView

PAIR = "pair"
REASON_LEAST = 10
NAMES_SHOWN = 20


class ReviewDesk:
    """Items as officials and lenders see them."""

    def __init__(
        self, sessions: Sessions, cipher: FieldCipher, cases: CaseService, register: RegisterService, polls: PollService, clock: Clock
    ) -> None:
        self._sessions = sessions
        self._cipher = cipher
        self._cases = cases
        self._register = register
        self._polls = polls
        self._clock = clock

    def queue(self, case_id: str, visitor: Visitor) -> list[ItemView]:
        """The case's items, newest run first. Raises: CaseUnknown, NotOfficialOfCase."""
        self._cases.require_official(case_id, visitor)
        with self._sessions.reading() as session:
            return [self._item(session, row, visitor) for row in store.items_of(session, case_id)]

    def decide(self, item_id: str, visitor: Visitor, finding: str, reason: str) -> ItemView:
        """Keep an official's finding; only then are flag, bounds and the other's finding shown.

        Raises: FlagUnknown, NotOfficialOfCase, OwnPair, FindingUnknown, FlagReasonMissing, DecidedAlready.
        """
        with self._sessions.reading() as session:
            known = _known(store.item_by_id(session, item_id))
            case_id, about = known.case_id, self._pair(known)
        official = self._cases.require_official(case_id, visitor)
        if any(one.account_id == visitor.account_id for one in about):
            raise OwnPair
        if finding not in FINDINGS:
            raise FindingUnknown
        if len(reason.strip()) < REASON_LEAST:
            raise FlagReasonMissing
        decision_id, account_id = new_id(), visitor.account_id or ""
        sealed = self._cipher.seal_text(reason.strip(), f"flag_decisions:{decision_id}:reason")
        try:
            with self._sessions.begin() as session:
                row = _known(store.item_by_id(session, item_id, hold=True))
                if len(row.decisions) >= DECIDERS or any(each.account_id == account_id for each in row.decisions):
                    raise DecidedAlready
                row.decisions.append(
                    store.FlagDecisionRow(
                        id=decision_id, item_id=item_id, account_id=account_id, official=official.name, finding=finding,
                        reason_sealed=sealed, decided_at=self._clock.now(),
                    )
                )  # fmt: skip
        except IntegrityError as error:
            raise DecidedAlready from error
        with self._sessions.reading() as session:
            return self._item(session, _known(store.item_by_id(session, item_id)), visitor)

    def answer(self, objection_id: str, visitor: Visitor, answer: str) -> ObjectionView:
        """Answer a lender's objection. Raises: FlagUnknown, NotOfficialOfCase, ObjectionAnswered, FlagReasonMissing."""
        with self._sessions.reading() as session:
            row = store.objection_by_id(session, objection_id)
            item = store.item_by_id(session, row.item_id) if row is not None else None
            case_id = _known(item).case_id
        official = self._cases.require_official(case_id, visitor)
        if len(answer.strip()) < REASON_LEAST:
            raise FlagReasonMissing
        with self._sessions.begin() as session:
            row = store.objection_by_id(session, objection_id, hold=True)
            if row is None:
                raise FlagUnknown
            if row.answer_sealed is not None:
                raise ObjectionAnswered
            row.answer_sealed = self._cipher.seal_text(answer.strip(), f"flag_objections:{objection_id}:answer")
            row.answered_by, row.answered_at = official.name, self._clock.now()
            return self._objection(row)

    def told(self, poll_id: str, visitor: Visitor) -> list[ToldView]:
        """What a lender is told: items about them that two officials decided. Raises: PollUnknown, NotAllowed."""
        identity, case_id = self._lender(poll_id, visitor)
        with self._sessions.reading() as session:
            return [self._told(row, visitor) for row in store.items_of_lender(session, case_id, identity) if _is_told(row)]

    def object_to(self, poll_id: str, item_id: str, visitor: Visitor, text: str) -> ToldView:
        """Keep what a lender says against an item. Raises: PollUnknown, NotAllowed, FlagUnknown, FlagReasonMissing, ObjectionsMany."""
        identity, case_id = self._lender(poll_id, visitor)
        if len(text.strip()) < REASON_LEAST:
            raise FlagReasonMissing
        objection_id = new_id()
        with self._sessions.begin() as session:
            row = next((row for row in store.items_of_lender(session, case_id, identity) if row.id == item_id and _is_told(row)), None)
            held = store.item_by_id(session, item_id, hold=True) if row is not None else None
            if held is None:
                raise FlagUnknown
            if any(each.answer_sealed is None for each in _own(held, visitor)):
                raise ObjectionsMany
            held.objections.append(
                store.FlagObjectionRow(
                    id=objection_id, item_id=item_id, poll_id=poll_id, lender_index=visitor.lender_index,
                    text_sealed=self._cipher.seal_text(text.strip(), f"flag_objections:{objection_id}:text"), filed_at=self._clock.now(),
                )
            )  # fmt: skip
            session.flush()
            return self._told(held, visitor)

    def _lender(self, poll_id: str, visitor: Visitor) -> tuple[bytes, str]:
        poll = self._polls.get_poll(poll_id)
        if visitor.poll_id != poll_id or visitor.lender_index is None:
            raise NotAllowed
        identity = self._register.rows.identity(poll.case_id, poll.parameters.register_number, visitor.lender_index)
        return identity, poll.case_id

    def _item(self, session: Session, row: store.FlagItemRow, visitor: Visitor) -> ItemView:
        own = next((each for each in row.decisions if each.account_id == visitor.account_id), None)
        decided = len(row.decisions) >= DECIDERS
        seen = own is not None or decided
        lenders = store.lenders_of(session, row.id, NAMES_SHOWN)
        names = self._register.rows.masked_names(lenders[0].import_id, [each.number for each in lenders]) if lenders else []
        about = [one.name for one in self._pair(row)]
        return ItemView(
            id=row.id, case_id=row.case_id, poll_id=row.poll_id, place=row.place, rule=row.rule, facts=row.facts, names=names,
            lenders=sum(many for group, many in row.groups.items() if group.startswith("age:")), officials=about,
            status=ItemStatus.DECIDED if decided else ItemStatus.WAITING, own=self._decision(own) if own is not None else None,
            decisions=[self._decision(each) for each in row.decisions] if seen else [], flagged=row.flagged if seen else None,
            bounds=row.bounds if seen else {}, objections=[self._objection(each) for each in row.objections] if seen else [],
        )  # fmt: skip

    def _pair(self, row: store.FlagItemRow) -> list[OfficialView]:
        """The two whom a pair's item is about: places among those who announced the poll, whoever is in office now."""
        if row.rule != PAIR or not row.poll_id:
            return []
        poll = self._polls.get_poll(row.poll_id)
        officials = self._cases.get_case(poll.case_id).of_generation(poll.generation).officials
        return [officials[int(row.facts[part])] for part in ("first", "second")]

    def _told(self, row: store.FlagItemRow, visitor: Visitor) -> ToldView:
        objections = [self._objection(each) for each in _own(row, visitor)]
        facts = {name: value for name, value in row.facts.items() if _is_own(row) or not name.endswith("_fen")}
        return ToldView(row.id, row.rule, facts, row.flagged, [self._decision(each) for each in row.decisions], objections)

    def _decision(self, row: store.FlagDecisionRow) -> DecisionView:
        reason = self._cipher.open_text(row.reason_sealed, f"flag_decisions:{row.id}:reason")
        return DecisionView(row.official, row.finding, reason, row.decided_at)

    def _objection(self, row: store.FlagObjectionRow) -> ObjectionView:
        text = self._cipher.open_text(row.text_sealed, f"flag_objections:{row.id}:text")
        answer = "" if row.answer_sealed is None else self._cipher.open_text(row.answer_sealed, f"flag_objections:{row.id}:answer")
        return ObjectionView(row.id, text, row.filed_at, answer, row.answered_by or "", row.answered_at)


def _is_told(row: store.FlagItemRow) -> bool:
    """Nobody is told of having been drawn at random and found in order, nor of officials whose work is looked at."""
    return row.rule != PAIR and len(row.decisions) >= DECIDERS and (row.flagged or any(each.finding != EXPLAINED for each in row.decisions))


def _is_own(row: store.FlagItemRow) -> bool:
    """Whether its amounts are one lender's own: the sum of a group less one's own is somebody else's claim, and so is what was theirs."""
    return row.rule == "reconcile" or (row.rule == "altered" and not row.facts["another_lender"])


def _own(row: store.FlagItemRow, visitor: Visitor) -> list[store.FlagObjectionRow]:
    return [each for each in row.objections if (each.poll_id, each.lender_index) == (visitor.poll_id, visitor.lender_index)]


def _known(row: store.FlagItemRow | None) -> store.FlagItemRow:
    if row is None:
        raise FlagUnknown
    return row
