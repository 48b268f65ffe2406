"""The result over HTTP: whole numbers, both sides of every condition, and words."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictInt

from backend.ground.common.clock import from_unix
from backend.ground.common.hex_text import to_hex
from backend.ground.common.text_types import Line
from backend.ground.common.voting import Condition, Denominator, Measure, Numerator
from backend.vote.polls.rules import ConditionOutcome
from backend.vote.tally.rules import ClassOutcome
from backend.vote.tally.sealed import Progress, SealView
from backend.vote.tally.turnout import Turnout
from backend.vote.tally.views import ResultView

INVALID_A_PAGE = 1000

_MEASURE = {Measure.HEADS: ("人数", "by heads"), Measure.AMOUNT: ("金额", "by amount")}
_NUMERATOR = {Numerator.FOR: ("同意", "those for"), Numerator.TAKING_PART: ("参加表决", "those taking part")}
_DENOMINATOR = {
    Denominator.ADMITTED: ("全部登记", "all admitted"),
    Denominator.TAKING_PART: ("参加表决", "those taking part"),
    Denominator.FOR_AGAINST: ("同意与不同意合计", "those for and against"),
}


def words_of(condition: Condition) -> tuple[str, str]:
    """A condition in Chinese and English."""
    measure, above, below = _MEASURE[condition.measure], _NUMERATOR[condition.numerator], _DENOMINATOR[condition.denominator]
    fraction = f"{condition.num}/{condition.den}"
    zh = f"{above[0]}{measure[0]}{'超过' if condition.strict else '达到'}{below[0]}{measure[0]}的 {fraction}"
    en = f"{above[1]} are {'more than' if condition.strict else 'at least'} {fraction} of {below[1]}, {measure[1]}"
    return zh, en


class ConditionOut(BaseModel):
    """`left = numerator_value * den` stands against `right = denominator_value * num`; heads, or fen."""

    measure: str
    numerator: str
    denominator: str
    num: int
    den: int
    strict: bool
    numerator_value: int
    denominator_value: int
    left: int
    right: int
    holds: bool
    words_zh: str
    words_en: str

    @classmethod
    def of(cls, outcome: ConditionOutcome) -> ConditionOut:
        """From the rule's outcome."""
        condition = outcome.condition
        words_zh, words_en = words_of(condition)
        return cls(
            measure=condition.measure.name.lower(),
            numerator=condition.numerator.name.lower(),
            denominator=condition.denominator.name.lower(),
            num=condition.num,
            den=condition.den,
            strict=condition.strict,
            numerator_value=outcome.numerator,
            denominator_value=outcome.denominator,
            left=outcome.numerator * condition.den,
            right=outcome.denominator * condition.num,
            holds=outcome.holds,
            words_zh=words_zh,
            words_en=words_en,
        )


class ClassOut(BaseModel):
    """One class in heads and fen; the absent are shown as absent."""

    name: str
    admitted_heads: int
    admitted_fen: int
    heads_for: int
    heads_against: int
    heads_abstain: int
    fen_for: int
    fen_against: int
    fen_abstain: int
    absent_heads: int
    absent_fen: int
    conditions: list[ConditionOut]
    carries: bool

    @classmethod
    def of(cls, outcome: ClassOutcome) -> ClassOut:
        """From the class's outcome."""
        count = outcome.count
        return cls(
            name=outcome.name,
            admitted_heads=count.admitted_heads,
            admitted_fen=count.admitted_fen,
            heads_for=count.heads_for,
            heads_against=count.heads_against,
            heads_abstain=count.heads_abstain,
            fen_for=count.fen_for,
            fen_against=count.fen_against,
            fen_abstain=count.fen_abstain,
            absent_heads=outcome.absent_heads,
            absent_fen=outcome.absent_fen,
            conditions=[ConditionOut.of(condition) for condition in outcome.conditions],
            carries=outcome.carries,
        )


class OpeningIn(BaseModel):
    """`acknowledged` is the `report_hash` of what the official was shown (`GET /polls/{id}/leaks`)."""

    acknowledged: Annotated[str, Line(66)] = ""


class ShareIn(BaseModel):
    """A trustee's share, which proves itself."""

    model_config = ConfigDict(extra="forbid")

    seat: Annotated[StrictInt, Field(ge=0, lt=2**31)]
    share: Annotated[str, Field(pattern=r"^0x[0-9a-fA-F]{64}$")]


class BreachIn(BaseModel):
    """A signature of the poll's secret over SealBreach, 65 bytes."""

    model_config = ConfigDict(extra="forbid")

    signature: Annotated[str, Field(pattern=r"^0x[0-9a-fA-F]{130}$")]


class SeatOut(BaseModel):
    """A trustee of the poll, and whether the share is public."""

    seat: int
    name: str
    opened: bool


class ProgressOut(BaseModel):
    """Ballots in the box by final blocks, of how many lenders, of how many the newest is counted, and whose is invalid: how many, and their
    indexes, rising, a page at a time; `invalid_further` says whether there are more."""

    ballots: int
    lenders: int
    counted: int
    invalid_count: int
    invalid: list[int]
    invalid_further: bool

    @classmethod
    def of(cls, progress: Progress, after: int) -> ProgressOut:
        """From the service's view: indexes above `after`."""
        begin = bisect_right(progress.invalid, after)
        page = progress.invalid[begin : begin + INVALID_A_PAGE]
        return cls(
            ballots=progress.ballots,
            lenders=progress.lenders,
            counted=progress.counted,
            invalid_count=len(progress.invalid),
            invalid=list(page),
            invalid_further=begin + len(page) < len(progress.invalid),
        )


class SealOut(BaseModel):
    """A sealed poll by its chain; `progress` is null before the close, and says nothing of choices."""

    poll_id: str
    stage: str
    threshold: int
    seats: list[SeatOut]
    opened: int
    missing: list[int]
    seal_broken_at: datetime | None
    progress: ProgressOut | None

    @classmethod
    def of(cls, view: SealView, invalid_after: int = -1) -> SealOut:
        """From the service's view; indexes of invalid ballots above `invalid_after`."""
        progress = view.progress
        return cls(
            poll_id=view.poll.id,
            stage=view.stage.name.lower(),
            threshold=view.threshold,
            seats=[SeatOut(seat=seat.seat, name=seat.name, opened=seat.seat in view.opened) for seat in view.seats],
            opened=len(view.opened),
            missing=[seat.seat for seat in view.missing],
            seal_broken_at=from_unix(view.broken_at) if view.broken_at else None,
            progress=None if progress is None else ProgressOut.of(progress, invalid_after),
        )


class TurnoutPointOut(BaseModel):
    """Up to `until` so many lenders had voted, and what they are owed; null before the count, and where too few stand behind a step."""

    until: datetime
    heads: int
    fen: int | None


class TurnoutOut(BaseModel):
    """Turnout over time against what was admitted."""

    points: list[TurnoutPointOut]
    admitted_heads: int
    admitted_fen: int
    amounts_told: bool

    @classmethod
    def of(cls, turnout: Turnout) -> TurnoutOut:
        """From the service's view."""
        points = [TurnoutPointOut(until=from_unix(point.until), heads=point.heads, fen=point.fen) for point in turnout.points]
        return cls(
            points=points, admitted_heads=turnout.admitted_heads, admitted_fen=turnout.admitted_fen, amounts_told=turnout.amounts_told
        )


class ExcludedOut(BaseModel):
    """A leaf of the register that holds no claim and was taken out.

    `amount_fen` is negative where it was made so, and text, since it may have 77 digits.
    """

    index: int
    class_name: str
    amount_fen: str
    voted: bool


class MotionOut(BaseModel):
    """What came of one motion."""

    title: str
    passed: bool
    classes: list[ClassOut]


class SealedPartOut(BaseModel):
    """Of a sealed poll: the indexes of lenders whose newest ballot was invalid, who take no part, and when a breach was reported."""

    invalid: list[int]
    seal_broken_at: datetime | None


class ResultOut(BaseModel):
    """The result as the contract holds it; with leaves in `excluded` the register was drawn up falsely, and others hold too much.

    `classes` are the first motion's, and `passed` says whether any motion did; an open poll has one. `sealed` is null in an open poll.
    """

    poll_id: str
    classes: list[ClassOut]
    passed: bool
    motions: list[MotionOut]
    sealed: SealedPartOut | None
    result_hash: str
    challenge_ends_at: datetime
    approvals: int
    refusals: int
    decision: str | None
    excluded: list[ExcludedOut]

    @classmethod
    def of(cls, result: ResultView) -> ResultOut:
        """From the service's view."""
        return cls(
            poll_id=result.poll_id,
            classes=[ClassOut.of(outcome) for outcome in result.classes],
            passed=result.passed,
            motions=[
                MotionOut(title=motion.title, passed=motion.passed, classes=[ClassOut.of(outcome) for outcome in motion.classes])
                for motion in result.motions
            ],
            sealed=None
            if result.sealed is None
            else SealedPartOut(invalid=list(result.sealed.invalid), seal_broken_at=result.sealed.broken_at),
            result_hash=to_hex(result.result_hash),
            challenge_ends_at=result.challenge_ends_at,
            approvals=result.approvals,
            refusals=result.refusals,
            decision=result.decision,
            excluded=[
                ExcludedOut(
                    index=leaf.index,
                    class_name=result.classes[leaf.voting_class].name,
                    amount_fen=str(leaf.amount_fen),
                    voted=leaf.voted,
                )
                for leaf in result.excluded
            ],
        )
