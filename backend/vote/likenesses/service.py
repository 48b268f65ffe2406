"""Takes the verifier's lists, shows pairs to officials, keeps what they found. Nothing here reaches a ballot, a credential or a count."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError

from backend.case.cases.service import CaseService
from backend.case.register.service import RegisterService
from backend.ground.chain.errors import SignatureNotReadable
from backend.ground.chain.signatures import recover
from backend.ground.common.clock import Clock, SystemClock
from backend.ground.common.ids import new_id
from backend.ground.db.sessions import Sessions
from backend.people.accounts.visitor import Visitor
from backend.vote.likenesses import rules, store
from backend.vote.likenesses.errors import (
    DecisionNotReadable,
    LikenessListNotByVerifier,
    LikenessListNotReadable,
    LikenessListOfAnotherPoll,
    LikenessUnknown,
    ReasonMissing,
)
from backend.vote.polls.service import PollService
from backend.vote.polls.views import PollView


@dataclass(frozen=True)
class PairView:
    """Two lenders as officials see them: names masked, no face, no distance."""

    id: str
    rank: int
    first: int
    second: int
    first_name: str
    second_name: str
    band: rules.Band
    finding: str
    reason: str
    found_by: str
    found_at: datetime | None


@dataclass(frozen=True)
class ListView:
    """A list; `expected_false_milli` of the pairs, in thousandths, chance alone would give."""

    id: str
    model: str
    made_at: str
    searched: int
    fmr_ppb: int
    expected_false_milli: int
    pairs: tuple[PairView, ...]


class LikenessService:
    """Lists and findings of the officials of a case."""

    def __init__(
        self, sessions: Sessions, cases: CaseService, register: RegisterService, polls: PollService, clock: Clock | None = None
    ) -> None:
        self._sessions = sessions
        self._cases = cases
        self._register = register
        self._polls = polls
        self._clock = clock or SystemClock()

    def take(self, poll_id: str, visitor: Visitor, statement: Mapping[str, Any]) -> ListView:
        """Keep a signed list; the same list again is the one kept.

        Raises: PollUnknown, NotOfficialOfCase, LikenessListNotReadable, LikenessListNotByVerifier, LikenessListOfAnotherPoll.
        """
        poll = self._poll(poll_id, visitor)
        found = self._checked(poll, statement)
        row = self._row(poll_id, found)
        try:
            with self._sessions.begin() as session:
                known = store.find_by_digest(session, found.digest)
                if known is None:
                    store.add(session, row)
        except IntegrityError:
            known = None  # two officials at the same moment: either's will do
        with self._sessions.reading() as session:
            kept = store.find_by_digest(session, found.digest)
            return self._view(poll, kept if kept is not None else row)

    def lists(self, poll_id: str, visitor: Visitor) -> list[ListView]:
        """A poll's lists, newest first. Raises: PollUnknown, NotOfficialOfCase."""
        poll = self._poll(poll_id, visitor)
        with self._sessions.reading() as session:
            return [self._view(poll, row) for row in store.lists_of_poll(session, poll_id)]

    def find(self, pair_id: str, visitor: Visitor, finding: str, reason: str) -> PairView:
        """Keep what an official found, with the reason; a later finding takes the place of an earlier one.

        Raises: LikenessUnknown, NotOfficialOfCase, DecisionNotReadable, ReasonMissing.
        """
        said = rules.read_line(reason, rules.MOST_REASON)
        if finding not in rules.FINDINGS:
            raise DecisionNotReadable
        if said is None:
            raise ReasonMissing(most=rules.MOST_REASON)
        with self._sessions.begin() as session:
            known = store.find_pair(session, pair_id)
            if known is None:
                raise LikenessUnknown
            row, poll_id = known
            poll = self._polls.get_poll(poll_id)
            official = self._cases.require_concerned_official(poll.case_id, visitor, poll.generation)
            row.finding, row.reason, row.found_by, row.found_at = finding, said, official.name, self._clock.now()
            return self._pair(poll, row)

    def merge_review(self, poll_id: str, visitor: Visitor) -> str:
        """What was found so far, as CSV, for whoever looks through the register before the next one is drawn up.

        Raises: PollUnknown, NotOfficialOfCase.
        """
        out = io.StringIO()
        rows = csv.writer(out, lineterminator="\r\n")
        rows.writerow(("finding", "first_index", "first_name", "second_index", "second_name", "band", "found_by", "found_at", "reason"))
        for each in self.lists(poll_id, visitor):
            for pair in each.pairs:
                if pair.finding and pair.found_at:
                    told = pair.found_at.isoformat(timespec="seconds")
                    names = pair.first, pair.first_name, pair.second, pair.second_name
                    rows.writerow((pair.finding, *names, pair.band, _cell(pair.found_by), told, _cell(pair.reason)))
        return "\ufeff" + out.getvalue()

    def forget_old(self) -> int:
        """Delete lists that served their purpose, in favour of the lenders they name; how many."""
        now = self._clock.now()
        with self._sessions.begin() as session:
            store.pull_back(session, now)
            return store.drop_over(session, now - timedelta(days=rules.DECIDED_DAYS), now - timedelta(days=rules.MOST_DAYS))

    def _poll(self, poll_id: str, visitor: Visitor) -> PollView:
        poll = self._polls.get_poll(poll_id)
        self._cases.require_concerned_official(poll.case_id, visitor, poll.generation)
        return poll

    def _checked(self, poll: PollView, statement: Mapping[str, Any]) -> rules.LikenessList:
        try:
            found = rules.read_list(statement)
        except rules.NotAList as error:
            raise LikenessListNotReadable(field=str(error)) from error
        try:
            signer = recover(found.digest, found.signature)
        except SignatureNotReadable as error:
            raise LikenessListNotByVerifier from error
        if signer != found.verifier or signer not in {verifier.lower() for verifier in poll.parameters.verifiers}:
            raise LikenessListNotByVerifier
        if found.poll != poll.address.lower():
            raise LikenessListOfAnotherPoll(poll=found.poll)
        if any(second >= poll.leaf_count for _, _, second, _ in found.pairs):
            raise LikenessListNotReadable(field="pairs")
        return found

    def _row(self, poll_id: str, found: rules.LikenessList) -> store.LikenessListRow:
        list_id = new_id()
        pairs = [
            store.LikenessRow(
                id=new_id(),
                list_id=list_id,
                rank=rank,
                first_index=first,
                second_index=second,
                band=band,
                finding="",
                reason="",
                found_by="",
            )
            for rank, first, second, band in found.pairs
        ]
        return store.LikenessListRow(
            id=list_id,
            poll_id=poll_id,
            digest=found.digest,
            model=found.model,
            made_at=found.made_at,
            searched=found.searched,
            fmr_ppb=found.fmr_ppb,
            expected_false_milli=found.expected_false_milli,
            taken_at=self._clock.now(),
            pairs=pairs,
        )

    def _view(self, poll: PollView, row: store.LikenessListRow) -> ListView:
        pairs = tuple(self._pair(poll, pair) for pair in row.pairs)
        return ListView(row.id, row.model, row.made_at, row.searched, row.fmr_ppb, row.expected_false_milli, pairs)

    def _pair(self, poll: PollView, row: store.LikenessRow) -> PairView:
        names = [
            self._register.leaf(poll.case_id, poll.register_number, index).name_masked for index in (row.first_index, row.second_index)
        ]
        told = row.finding, row.reason, row.found_by, row.found_at
        return PairView(row.id, row.rank, row.first_index, row.second_index, names[0], names[1], rules.Band(row.band), *told)


def _cell(text: str) -> str:
    """A spreadsheet takes no cell for a formula."""
    return "'" + text if text[:1] in {"=", "+", "-", "@", "\t"} else text
