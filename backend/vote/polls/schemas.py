"""What the calls on polls take and give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from backend.ground.common.clock import from_unix, to_unix
from backend.ground.common.hex_text import Hex, HexAddress, to_hex
from backend.ground.common.settings import Settings
from backend.ground.common.text_types import Line, Prose
from backend.ground.common.time_types import Moment
from backend.ground.common.voting import Condition, PollKind
from backend.vote.polls.rules import WORDS, in_words_of_files, say_condition
from backend.vote.polls.sealed import ABANDON_AFTER_SECONDS
from backend.vote.polls.service import PollService
from backend.vote.polls.terms import Announcement
from backend.vote.polls.views import OtherPoll, PollStatus, PollView, Sealing


class ConditionOut(BaseModel):
    """One condition, in the published files' words and in people's."""

    measure: str
    numerator: str
    denominator: str
    num: int
    den: int
    strict: bool
    sentence_zh: str
    sentence_en: str

    @classmethod
    def of(cls, condition: Condition) -> ConditionOut:
        """The condition as JSON."""
        zh, en = say_condition(condition)
        return cls.model_validate({**in_words_of_files(condition), "sentence_zh": zh, "sentence_en": en})


class RuleOut(BaseModel):
    """A preset of the counting rule; all its conditions have to hold in every class."""

    name: str
    sentence_zh: str
    sentence_en: str
    conditions: list[ConditionOut]

    @classmethod
    def of(cls, name: str, conditions: tuple[Condition, ...]) -> RuleOut:
        """The rule as JSON."""
        zh, en = WORDS.get(name, (name, name))
        return cls(name=name, sentence_zh=zh, sentence_en=en, conditions=[ConditionOut.of(condition) for condition in conditions])


class AnnouncementIn(BaseModel):
    """A poll to be announced; times RFC 3339 with a zone, whole seconds."""

    model_config = ConfigDict(extra="forbid")

    plan_id: Annotated[str, Line(100)]
    rule: Annotated[str, Line(100)]
    opens_at: Moment
    closes_at: Moment
    challenge_seconds: int = Field(strict=True)
    verifiers: list[HexAddress] = Field(max_length=100)

    def read(self) -> Announcement:
        """As the service takes it; fractions of a second are cut off."""
        return Announcement(
            plan_id=self.plan_id,
            rule=self.rule,
            opens_at=to_unix(self.opens_at),
            closes_at=to_unix(self.closes_at),
            challenge_seconds=self.challenge_seconds,
            verifiers=tuple(to_hex(verifier) for verifier in self.verifiers),
        )


class SealedAnnouncementIn(AnnouncementIn):
    """A sealed poll to be announced, with the ceremony in which its key was made; `abandon_after_seconds` is for rehearsals."""

    ceremony_id: Annotated[str, Line(100)]
    abandon_after_seconds: int = Field(default=ABANDON_AFTER_SECONDS, strict=True)


class AbandonmentIn(BaseModel):
    """Why a sealed poll is given up."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Prose(1000, 1)]


class SealSeatOut(BaseModel):
    """A trustee of a sealed poll."""

    seat: int
    name: str
    signer: Hex
    share_key: str


class SealingOut(BaseModel):
    """What a sealed poll has besides: a title for each motion, the key with its hash, and the seats of which `threshold` open."""

    motions: list[str]
    abandon_after_seconds: int
    seal_key: dict[str, Any]
    seal_key_hash: Hex
    ceremony_id: str
    threshold: int
    seats: list[SealSeatOut]

    @classmethod
    def of(cls, sealing: Sealing) -> SealingOut:
        """From the service's view."""
        return cls(
            motions=list(sealing.titles),
            abandon_after_seconds=sealing.abandon_after_seconds,
            seal_key=sealing.key.as_json(),
            seal_key_hash=sealing.key_hash,
            ceremony_id=sealing.ceremony_id,
            threshold=sealing.key.threshold,
            seats=[SealSeatOut.model_validate(seat, from_attributes=True) for seat in sealing.seats],
        )


class ClassOut(BaseModel):
    """Admitted heads and amount of one voting class."""

    name: str
    heads: int
    amount_fen: int


class RegisterOut(BaseModel):
    """The frozen register that votes."""

    number: int
    root: Hex
    leaf_count: int
    tree_depth: int
    classes: list[ClassOut]


class PollPlanOut(BaseModel):
    """The plan voted on."""

    id: str
    plan_hash: Hex
    title: str


@dataclass(frozen=True)
class PollPlace:
    """Where a reader of a poll turns to: the chain's id and the identity verifier's address."""

    chain_id: int
    verifier_url: str

    @classmethod
    def of(cls, settings: Settings, chain_id: int) -> PollPlace:
        """As this installation is set up."""
        return cls(chain_id, settings.public_verifier_url or settings.verifier_url)


class OtherPollOut(BaseModel):
    """Another poll on the same plan."""

    id: str
    number: int
    stage: str
    closes_at: datetime

    @classmethod
    def of(cls, other: OtherPoll) -> OtherPollOut:
        """From the service's view."""
        return cls(id=other.id, number=other.number, stage=other.stage.name.lower(), closes_at=from_unix(other.closes_at))


class PollOut(BaseModel):
    """A poll: what it is held to, and where it stands by the chain's clock; `protocol` is the one by which its case was built. A
    `rehearsal` has no effect. Officials of that `generation` announced it and decide on it. `sealing` is null in an open poll."""

    id: str
    case_id: str
    case_address: str
    case_fingerprint: str
    protocol: int
    rehearsal: bool
    number: int
    generation: int
    title: str
    address: str
    chain_id: int
    stage: str
    rule: str
    rule_words: RuleOut
    opens_at: datetime
    closes_at: datetime
    challenge_seconds: int
    challenge_ends_at: datetime | None
    register_: RegisterOut = Field(serialization_alias="register")
    plan: PollPlanOut
    other_polls: list[OtherPollOut]
    verifiers: list[str]
    receipt_signer: str
    chain_time: datetime
    verifier_url: str
    kind: PollKind
    sealing: SealingOut | None

    @classmethod
    def of(cls, poll: PollView, status: PollStatus, others: Sequence[OtherPoll], place: PollPlace) -> PollOut:
        """The poll as JSON."""
        parameters = poll.parameters
        facts: dict[str, Any] = {
            name: getattr(poll, name)
            for name in ("id", "case_id", "case_address", "protocol", "rehearsal", "number", "generation", "title", "address", "rule")
        }
        classes = [ClassOut.model_validate(totals, from_attributes=True) for totals in poll.classes]
        return cls(
            **facts,
            case_fingerprint=poll.case_fingerprint,
            other_polls=[OtherPollOut.of(other) for other in others],
            chain_id=place.chain_id,
            stage=status.stage.name.lower(),
            rule_words=RuleOut.of(poll.rule, poll.conditions),
            opens_at=from_unix(parameters.opens_at),
            closes_at=from_unix(parameters.closes_at),
            challenge_seconds=parameters.challenge_seconds,
            challenge_ends_at=None if status.challenge_ends_at is None else from_unix(status.challenge_ends_at),
            register_=RegisterOut(
                number=poll.register_number,
                root=poll.register_root,
                leaf_count=poll.leaf_count,
                tree_depth=poll.tree_depth,
                classes=classes,
            ),
            plan=PollPlanOut(id=poll.plan_id, plan_hash=poll.plan_hash, title=poll.plan_title),
            verifiers=list(parameters.verifiers),
            receipt_signer=parameters.receipt_signer,
            chain_time=from_unix(status.chain_time),
            verifier_url=place.verifier_url,
            kind=poll.kind,
            sealing=None if poll.sealing is None else SealingOut.of(poll.sealing),
        )


def show_poll(polls: PollService, poll: PollView, place: PollPlace) -> PollOut:
    """A poll as JSON, for this room's calls and for the pages."""
    return PollOut.of(poll, polls.status(poll.id), polls.other_polls(poll.id), place)
