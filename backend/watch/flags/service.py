"""Writes rules down, runs them by command, and tells everybody how they did. Nothing in a vote asks it anything."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from backend.case.cases.service import CaseService
from backend.case.register.service import RegisterService
from backend.ground.audit.service import AuditService
from backend.ground.common.clock import Clock, SystemClock, to_unix
from backend.ground.common.hashing import canonical_json, keccak
from backend.ground.common.hex_text import to_hex
from backend.ground.common.ids import new_id
from backend.ground.common.sealed import FieldCipher
from backend.ground.common.voting import LEAST_SHOWN
from backend.ground.db.sessions import Sessions
from backend.vote.ballots.service import BallotService
from backend.vote.credentials.service import CredentialService
from backend.vote.polls.service import PollService
from backend.watch.flags import store
from backend.watch.flags.desk import ReviewDesk
from backend.watch.flags.errors import NothingImported, RulesNotAnchored
from backend.watch.flags.groups import added, groups_of
from backend.watch.flags.looking import Looked, PollFacts, look_at_poll, look_at_register
from backend.watch.flags.rules.bounds import canonical, rules_hash
from backend.watch.flags.rules.draw import Queued, queue, seed_of
from backend.watch.flags.rules.shared import LINKS
from backend.watch.flags.verifier_log import read_log
from backend.watch.flags.views import EXPLAINED, LOOK_FURTHER, Agreement, GroupRate, PublicView, RunView

RULE_NAMES = (
    *(f"shared_{kind}" for kind in LINKS),
    "straw",
    "altered",
    "reconcile",
    "burst",
    "pair",
    "drift_ways",
    "drift_refusals",
    "night",
)
KEPT_DAYS = 730


class FlagService:
    """Flags of a case; `desk` is where officials and lenders look at them."""

    def __init__(
        self, sessions: Sessions, cipher: FieldCipher, cases: CaseService, register: RegisterService, polls: PollService,
        ballots: BallotService, credentials: CredentialService, audit: AuditService, clock: Clock | None = None,
    ) -> None:  # fmt: skip
        self._sessions = sessions
        self._cipher = cipher
        self._cases = cases
        self._register = register
        self._polls = polls
        self._ballots = ballots
        self._credentials = credentials
        self._audit = audit
        self._clock = clock or SystemClock()
        self.desk = ReviewDesk(sessions, cipher, cases, register, polls, self._clock)

    def anchor(self) -> tuple[bytes, int]:
        """Write the rules' hash into the log of official acts, once; the hash and the number of its row there."""
        hashed, now = rules_hash(), self._clock.now()
        with self._sessions.reading() as session:
            known = store.anchor_of(session, hashed)
        if known is not None:
            return hashed, known.audit_number
        head = self._audit.record(None, "installation", f"flags: rules {to_hex(hashed)}")
        row = store.FlagAnchorRow(rules_hash=hashed, rules=canonical().decode(), audit_number=head.number, anchored_at=now)
        with self._sessions.begin() as session:
            store.add(session, row)
        return hashed, head.number

    def run_case(self, case_id: str, beside: Path | None = None) -> RunView:
        """Look at the newest import. Raises: CaseUnknown, NothingImported, FileRefused, BesideColumnsMissing, BesideRowWrong."""
        self._cases.require_known(case_id)
        imports = self._register.rows.newest(case_id)
        if not imports:
            raise NothingImported
        self.anchor()
        return self._keep(case_id, None, look_at_register(self._register.rows, imports, beside, self._cipher.lookup))

    def run_poll(self, poll_id: str, verifier_log: Path | None = None) -> RunView:
        """Look at a poll that has opened, by rules written down before. Raises: PollUnknown, RulesNotAnchored, VerifierLogNotReadable."""
        poll = self._polls.get_poll(poll_id)
        with self._sessions.reading() as session:
            anchored = store.anchor_of(session, rules_hash())
        if anchored is None or to_unix(anchored.anchored_at) >= poll.parameters.opens_at:
            raise RulesNotAnchored
        logged = read_log(verifier_log.read_text("utf-8", "replace").splitlines(), poll.address) if verifier_log is not None else ([], [])
        arrivals, requests = list(self._ballots.arrivals(poll_id)), self._credentials.vouchers.all_requests(poll_id)
        facts = PollFacts(poll, self._cases.get_case(poll.case_id), arrivals, requests, logged)
        return self._keep(poll.case_id, poll_id, look_at_poll(self._register.rows, facts))

    def forget_old(self) -> int:
        """Delete items of runs that are over, in favour of the lenders they name; how many."""
        now = self._clock.now()
        with self._sessions.begin() as session:
            store.pull_back(session, now)
            return store.drop_before(session, now - timedelta(days=KEPT_DAYS))

    def public(self, case_id: str) -> PublicView:
        """Rules, runs and agreement. Raises: CaseUnknown."""
        self._cases.require_known(case_id)
        hashed = rules_hash()
        with self._sessions.reading() as session:
            anchored = store.anchor_of(session, hashed)
            runs = store.runs_of(session, case_id)
            items = store.items_of(session, case_id)
            flagged, controls = (_agreement(item for item in items if item.flagged is which) for which in (True, False))
            rates = _rates(runs, items)
            return PublicView(
                canonical().decode(), hashed, anchored.anchored_at if anchored else None, anchored.audit_number if anchored else None,
                [_run(row) for row in runs], flagged, controls, rates,
            )  # fmt: skip

    def _keep(self, case_id: str, poll_id: str | None, looked: Looked) -> RunView:
        hashed, scope = rules_hash(), poll_id or case_id
        seed = seed_of(hashed, looked.data_hash, scope)
        with self._sessions.reading() as session:
            before = store.queued_subjects(session, case_id, poll_id)
        queued = queue((one for one in looked.subjects(seed) if (one.rule, one.key) not in before), seed)
        flagged = sum(each.subject.flagged for each in queued)
        population = groups_of((person.age, person.region, person.way) for person in looked.persons.values())
        result = keccak(canonical_json([[each.subject.rule, each.subject.key, int(each.subject.flagged)] for each in queued]))
        # Written down before it is kept: a run that turned out inconvenient cannot be taken away unseen.
        said = f"rules {to_hex(hashed)} data {to_hex(looked.data_hash)} queue {to_hex(result)} flagged {flagged} of {len(queued)}"
        head = self._audit.record(None, "installation", f"flags of {scope}: {said}")
        run = store.FlagRunRow(
            id=new_id(), case_id=case_id, poll_id=poll_id, rules_hash=hashed, data_hash=looked.data_hash, seed=seed, flagged=flagged,
            controls=len(queued) - flagged, population=population, audit_number=head.number, run_at=self._clock.now(),
        )  # fmt: skip
        view = _run(run)
        with self._sessions.begin() as session:
            store.add(session, run)
            for each in queued:
                store.add(session, *_rows(run, each, looked))
        return view


def _rows(run: store.FlagRunRow, queued: Queued, looked: Looked) -> list[store.FlagItemRow | store.FlagLenderRow]:
    subject, item_id = queued.subject, new_id()
    persons = {number: looked.persons[number] for number in subject.lenders if number in looked.persons}
    item = store.FlagItemRow(
        id=item_id, run_id=run.id, case_id=run.case_id, poll_id=run.poll_id, place=queued.place, rule=subject.rule,
        subject=subject.key[:160], facts=dict(subject.facts), bounds=dict(subject.bounds), flagged=subject.flagged,
        groups=groups_of((person.age, person.region, person.way) for person in persons.values()), decisions=[], objections=[],
    )  # fmt: skip
    lenders = [
        store.FlagLenderRow(item_id=item_id, number=number, import_id=looked.import_id, identity_lookup=person.identity)
        for number, person in persons.items()
    ]
    return [item, *lenders]


def _run(row: store.FlagRunRow) -> RunView:
    told = row.rules_hash, row.data_hash, row.seed, row.flagged, row.controls, row.audit_number
    return RunView(row.poll_id, row.run_at, *told)


def _agreement(items: Iterable[store.FlagItemRow]) -> Agreement:
    pairs = [{decision.finding for decision in item.decisions} for item in items if len(item.decisions) > 1]
    explained, further = (sum(found == {finding} for found in pairs) for finding in (EXPLAINED, LOOK_FURTHER))
    return Agreement(len(pairs), explained, further, len(pairs) - explained - further)


def _rates(runs: Iterable[store.FlagRunRow], items: Iterable[store.FlagItemRow]) -> list[GroupRate]:
    """Flagged and found explained by both, by group, beside the newest population; groups too small to be told are left out."""
    newest = {row.poll_id: row.population for row in sorted(runs, key=lambda row: row.run_at)}
    population = added(newest.values())
    wrongly = added(item.groups for item in items if item.flagged and [each.finding for each in item.decisions] == [EXPLAINED, EXPLAINED])
    rates = [GroupRate(group, many, wrongly.get(group, 0)) for group, many in population.items() if many >= LEAST_SHOWN]
    return [rate for rate in rates if rate.explained == 0 or rate.explained >= LEAST_SHOWN]
