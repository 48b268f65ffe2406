"""Works out what published totals tell about single lenders, and keeps who acknowledged it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backend.case.register.claimants import ClaimantList
from backend.case.register.errors import RegisterEmpty, RegisterNotFrozen
from backend.case.register.service import RegisterService
from backend.ground.audit.service import AuditService
from backend.ground.common.hex_text import to_hex
from backend.people.accounts.visitor import Visitor
from backend.vote.leaks import rules
from backend.vote.leaks.errors import LeakNotAcknowledged
from backend.vote.leaks.rules import ClassMember, LeakReport, Place, RecordedPoll, Remedy

_INSTALLATION = "installation"
_REMEDIES_OF_FROZEN: tuple[Remedy, ...] = (Remedy.PROVE_CONDITION, Remedy.ACCEPT)
"""What is frozen stays; its class totals are published already."""


class LeakService:
    """The leak meter. Which polls of the case have been counted, and what was recorded in them, its caller says."""

    def __init__(self, register: RegisterService, audit: AuditService) -> None:
        self._register = register
        self._audit = audit

    def expected(self, case_id: str, counted: Sequence[RecordedPoll], register_number: int | None = None) -> LeakReport:
        """What the totals by class tell, with those of all counted polls.

        Of a frozen register; without a number of the one that would be frozen next, or else of the newest.
        Raises: RegisterNotFrozen, RegisterEmpty when there is none at all.
        """
        lists = self._frozen(case_id)
        number, remedies = register_number, _REMEDIES_OF_FROZEN
        if number is None:
            number, remedies = self._newest(case_id, lists)
        if number not in lists:
            raise RegisterNotFrozen(register_number=number)
        members = _members(lists)
        told = _told_in(number, rules.told_places(members, counted))
        return LeakReport(False, rules.class_groups(lists[number].class_names, members[number], told), remedies)

    def exact(self, case_id: str, earlier: Sequence[RecordedPoll], poll: RecordedPoll) -> LeakReport:
        """What a poll's sums tell, with those of polls counted before and of every frozen register. Raises: RegisterNotFrozen."""
        lists = self._frozen(case_id)
        number = poll.register_number
        if number not in lists:
            raise RegisterNotFrozen(register_number=number)
        members = _members(lists)
        told = _told_in(number, rules.told_places(members, [*earlier, poll]))
        groups = rules.choice_groups(lists[number].class_names, members[number], poll.choices, told)
        return LeakReport(True, groups, _REMEDIES_OF_FROZEN)

    def require_acknowledged(self, poll_id: str, report: LeakReport, acknowledged: str, visitor: Visitor | None) -> None:
        """Write into the log of official acts who acknowledged which report, where it tells anything at all.

        `acknowledged` is the report's hash as 0x hex. Without a visitor it is the installation that acts. Raises: LeakNotAcknowledged.
        """
        self.require_same(report, acknowledged)
        if not report.leaking:
            return
        account_id, role = (None, _INSTALLATION) if visitor is None else (visitor.account_id, visitor.role)
        self._audit.record(account_id, role, f"acknowledged what the sums of poll {poll_id} tell: {report.text}")

    def require_same(self, report: LeakReport, acknowledged: str) -> None:
        """Hold what was acknowledged to what the totals tell now, where that is anything. Raises: LeakNotAcknowledged."""
        if report.leaking and acknowledged.lower() != to_hex(report.hash):
            raise LeakNotAcknowledged(groups=len(report.leaking), told=report.told)

    def _newest(self, case_id: str, lists: dict[int, ClaimantList]) -> tuple[int, tuple[Remedy, ...]]:
        """The number of what would be frozen next, which joins the lists, or else of the newest; and what can be done there."""
        draft = self._register.claimants.of_draft(case_id)
        if draft is not None:
            number = max(lists, default=-1) + 1
            lists[number] = draft
            return number, (Remedy.MERGE_CLASSES, *_REMEDIES_OF_FROZEN)
        if not lists:
            raise RegisterEmpty
        return max(lists), _REMEDIES_OF_FROZEN

    def _frozen(self, case_id: str) -> dict[int, ClaimantList]:
        claimants = self._register.claimants
        return {number: claimants.of_register(case_id, number) for number in claimants.frozen_numbers(case_id)}


def _members(lists: Mapping[int, ClaimantList]) -> dict[int, list[ClassMember]]:
    return {
        number: [ClassMember(each.index, each.voting_class, each.identity, each.amount_fen) for each in listed.claimants]
        for number, listed in lists.items()
    }


def _told_in(register_number: int, places: set[Place]) -> set[int]:
    return {index for number, index in places if number == register_number}
