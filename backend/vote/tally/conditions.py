"""Publishes that a condition about small groups holds or fails, where their totals stay hidden (protocol §9.2)."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.case.register.service import RegisterService
from backend.ground.audit.service import AuditService
from backend.ground.common.hashing import canonical_json, keccak
from backend.ground.common.hex_text import to_hex
from backend.ground.common.voting import Choice
from backend.ground.db.sessions import Sessions
from backend.vote.polls.service import PollService
from backend.vote.polls.views import PollView
from backend.vote.tally import condition_store
from backend.vote.tally.errors import ConditionSaidAlready, ConditionWrong, TooManyConditions
from backend.vote.tally.service import TallyService

#: More of them about one group would tell its total.
MOST, MOST_GROUPS, MOST_TIMES, MOST_FEN = 8, 8, 10**6, 2**88
MOST_TITLE = 200
_CHOICES = {"for": Choice.FOR, "against": Choice.AGAINST, "abstain": Choice.ABSTAIN, "absent": Choice.NONE}
_ALL = "all"
_INSTALLATION = "installation"


@dataclass(frozen=True)
class Condition:
    """What is asked: Σ plus - Σ minus >= at_least_fen. Groups as the protocol writes them."""

    title: str
    plus: Sequence[Mapping[str, Any]]
    minus: Sequence[Mapping[str, Any]]
    at_least_fen: int


class ConditionService:
    """Who is in a group the chain says; what they hold the register room knows, and proves."""

    def __init__(self, sessions: Sessions, register: RegisterService, polls: PollService, tally: TallyService, audit: AuditService) -> None:
        self._sessions = sessions
        self._register = register
        self._polls = polls
        self._tally = tally
        self._audit = audit

    def publish(self, poll_id: str, asked: Condition) -> bool:
        """Prove whether the condition holds and put it beside the poll's files; whether it does.

        After the close only. Raises: PollUnknown, PollStillOpen, NotCountedYet, ConditionWrong, ConditionSaidAlready, TooManyConditions,
        NoRangeProofs.
        """
        poll = self._polls.get_poll(poll_id)
        before = self.of(poll_id)
        said: list[dict[str, Any]] = json.loads(before)["conditions"] if before else []
        _require_new(said, asked)
        motions = self._tally.recorded_choices(poll)
        groups = [(sign * _times(row), self._indexes(poll, motions, row)) for sign, row in _signed(asked)]
        prover = self._register.conditions
        opened = prover.sum_of(poll.case_id, poll.register_number, groups)
        holds = opened[0] >= asked.at_least_fen
        words = {
            "at_least_fen": asked.at_least_fen,
            "holds": holds,
            "minus": list(asked.minus),
            "plus": list(asked.plus),
            "title": asked.title,
        }
        place = poll.case_id, poll.register_number, bytes.fromhex(poll.address[2:]), keccak(canonical_json(words))
        shown = prover.show(*place, opened, asked.at_least_fen, holds=holds)
        said.append(words | {"high": to_hex(shown.high), "proof": to_hex(shown.proof)})
        with self._sessions.begin() as session:
            condition_store.put_conditions(session, poll_id, canonical_json({"conditions": said}))
        self._audit.record(None, _INSTALLATION, f"published a condition of poll {poll_id}: {canonical_json(words).decode()}")
        return holds

    def of(self, poll_id: str) -> bytes | None:
        """conditions.json, if the poll has one."""
        with self._sessions.reading() as session:
            return condition_store.conditions_of(session, poll_id)

    def _indexes(self, poll: PollView, motions: Sequence[Mapping[int, Choice]], row: Mapping[str, Any]) -> Collection[int]:
        """The lenders of a group. Raises: ConditionWrong."""
        if row.keys() == {"indexes", "times"}:
            return _listed(row["indexes"], poll.leaf_count)
        if row.keys() != {"choice", "class", "motion", "times"}:
            raise ConditionWrong(what="indexes, times / choice, class, motion, times")
        if not _is_below(row["class"], len(poll.classes)) or not _is_below(row["motion"], len(motions)):
            raise ConditionWrong(what=f"class {row['class']}, motion {row['motion']}")
        if row["choice"] not in (*_CHOICES, _ALL):
            raise ConditionWrong(what=f"choice {str(row['choice'])[:20]}")
        members = self._register.conditions.members(poll.case_id, poll.register_number, row["class"])
        if row["choice"] == _ALL:
            return members
        choices, wanted = motions[row["motion"]], _CHOICES[row["choice"]]
        return [index for index in members if choices.get(index, Choice.NONE) is wanted]


def _require_new(said: Sequence[Mapping[str, Any]], asked: Condition) -> None:
    """Raises: ConditionWrong, ConditionSaidAlready, TooManyConditions."""
    if not asked.title.strip() or len(asked.title) > MOST_TITLE or not _is_below(asked.at_least_fen, MOST_FEN):
        raise ConditionWrong(what="title, at_least_fen")
    if not (asked.plus or asked.minus) or max(len(asked.plus), len(asked.minus)) > MOST_GROUPS:
        raise ConditionWrong(what="plus, minus")
    groups = list(asked.plus), list(asked.minus)
    if any((one["plus"], one["minus"]) == groups for one in said):
        raise ConditionSaidAlready
    if len(said) >= MOST:
        raise TooManyConditions(most=MOST)


def _signed(asked: Condition) -> list[tuple[int, Mapping[str, Any]]]:
    return [*((1, row) for row in asked.plus), *((-1, row) for row in asked.minus)]


def _times(row: Mapping[str, Any]) -> int:
    times = row.get("times")
    if not _is_below(times, MOST_TIMES + 1) or not times:
        raise ConditionWrong(what=f"times {str(times)[:20]}")
    return int(times)


def _listed(indexes: object, leaf_count: int) -> list[int]:
    rising = isinstance(indexes, list) and indexes and all(_is_below(one, leaf_count) for one in indexes)
    if not isinstance(indexes, list) or not rising or sorted(set(indexes)) != indexes:
        raise ConditionWrong(what="indexes")
    return indexes


def _is_below(value: object, below: int) -> bool:
    return type(value) is int and 0 <= value < below
