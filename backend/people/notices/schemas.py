"""What the calls on notices take and give."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict

from backend.ground.common.text_types import Prose
from backend.people.notices.service import CheckedMessage, MailingView, NoticeView


class MailingOut(BaseModel):
    """A notice to many and how many stand where; `root` and `tx_hash` once it is closed and on the chain."""

    id: str
    number: int
    poll_id: str
    kind: str
    made_at: datetime
    ends_at: datetime
    closed_at: datetime | None
    total: int
    told: int
    unreached: int
    counts: dict[str, int]
    root: str
    tx_hash: str

    @classmethod
    def of(cls, view: MailingView) -> MailingOut:
        """From the service's view."""
        counts = dict(view.counts)
        return cls(
            id=view.id, number=view.number, poll_id=view.subject, kind=view.kind, made_at=view.made_at, ends_at=view.ends_at,
            closed_at=view.closed_at, total=view.total, told=view.told, unreached=counts.get("unreached", 0), counts=counts,
            root=view.root, tx_hash=view.tx_hash,
        )  # fmt: skip


class AttemptOut(BaseModel):
    """One way that was tried."""

    model_config = ConfigDict(from_attributes=True)

    channel: str
    provider: str
    state: str
    made_at: datetime


class SiblingOut(BaseModel):
    """A step of a proof; `left`: the sibling stands on the left."""

    left: bool
    hash: str


class NoticeOut(BaseModel):
    """One lender's notice; `proof` leads from its leaf to the root that is on the chain (protocol §28)."""

    id: str
    kind: str
    template: str
    state: str
    channel: str
    made_at: datetime
    ended_at: datetime | None
    text: str
    link: str
    attempts: list[AttemptOut]
    root: str
    tx_hash: str
    proof: list[SiblingOut]

    @classmethod
    def of(cls, view: NoticeView, site: str) -> NoticeOut:
        """From the service's view."""
        return cls(
            id=view.id, kind=view.kind, template=view.template, state=view.state, channel=view.channel, made_at=view.made_at,
            ended_at=view.ended_at, text=view.text, link=f"{site}/n/{view.code}", root=view.root, tx_hash=view.tx_hash,
            attempts=[AttemptOut.model_validate(one) for one in view.attempts],
            proof=[SiblingOut(left=left, hash=sibling) for left, sibling in view.proof],
        )  # fmt: skip


class MessageIn(BaseModel):
    """What was received: the whole message, its link or its code."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Prose(2000)]


class MessageOut(BaseModel):
    """A message that is ours; nothing of whose it is."""

    kind: str
    poll_id: str
    made_at: datetime
    text: str

    @classmethod
    def of(cls, found: CheckedMessage) -> MessageOut:
        """From the service's answer."""
        return cls(kind=found.kind, poll_id=found.subject, made_at=found.made_at, text=found.text)


class ReportsTaken(BaseModel):
    """As providers expect it: code 0; and what became of the reports, by word."""

    code: int = 0
    msg: str = "OK"
    counts: dict[str, int]

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> ReportsTaken:
        """From the desk's answer."""
        return cls(counts=dict(counts))
