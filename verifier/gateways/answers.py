"""What is sent through a gateway, and what a provider says of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import httpx

SECONDS = 10.0
BEIJING_SECONDS = 8 * 3600


class Outcome(StrEnum):
    """What became of a sending, as far as its answer says."""

    ACCEPTED = "accepted"
    THROTTLED = "throttled"
    """Nothing was taken; the same may go later."""
    REFUSED = "refused"
    LOST = "lost"
    """No answer that can be read: it may have been taken or not."""


class Sight(StrEnum):
    """What a provider knows of a sending of ours, asked by our own id."""

    FOUND = "found"
    DELIVERED = "delivered"
    """Found, and the provider knows how it ended; so is FAILED."""
    FAILED = "failed"
    ABSENT = "absent"
    UNTOLD = "untold"
    """The provider does not answer, or lists only what it has a report of: not to be sent again."""


@dataclass(frozen=True)
class Message:
    """One person's message: a number as +86..., and what fills the provider's approved template, in the template's order."""

    number: str = field(repr=False)
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Sending:
    """A group of messages by one template, under our own id; `sent_at` is when it was first handed over."""

    own_id: str
    template: str
    messages: Sequence[Message]
    sent_at: datetime


@dataclass(frozen=True)
class Accepted:
    """A provider's word about one message: its own number for it; `code` is empty unless it refused this one alone."""

    provider_id: str = ""
    code: str = ""


@dataclass(frozen=True)
class Answer:
    """A provider's word about a sending; `each` is by number where it was accepted."""

    outcome: Outcome
    code: str = ""
    each: Mapping[str, Accepted] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Report:
    """What a provider reports of one message."""

    own_id: str
    provider_id: str
    number: str = field(repr=False)
    delivered: bool = False
    code: str = ""


class ReportNotReadable(ValueError):
    """What came is no list of reports as this provider documents it."""


class Gateway(ABC):
    """One provider's way to people; an account of one's own."""

    name: str
    channel: str
    most_at_once: int
    alike: bool
    """Whether all messages of one sending must have the same fields."""

    def __init__(self, countries: Sequence[str]) -> None:
        self._countries = tuple(countries)

    def serves(self, number: str) -> bool:
        """Whether numbers of that country can be reached."""
        return any(number.startswith(f"+{country}") for country in self._countries)

    @abstractmethod
    def send(self, sending: Sending) -> Answer:
        """Hand the messages over; never raises for what a network does."""

    @abstractmethod
    def look_up(self, sending: Sending) -> Sight:
        """Whether the provider took a sending whose answer was lost, by our own id; of the first number found also how it ended."""

    @abstractmethod
    def read_reports(self, body: object) -> list[Report]:
        """The reports in what the provider posted. Raises: ReportNotReadable."""


def posted(client: httpx.Client, url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, object] | None:
    """Status and JSON of an answer; None where there was none, or none that can be read."""
    try:
        answer = client.post(url, content=body, headers=dict(headers))
        return answer.status_code, answer.json()
    except (httpx.HTTPError, ValueError, RecursionError):
        return None


def text_of(value: Mapping[str, object], key: str, most: int = 64) -> str:
    """A text of a report. Raises: ReportNotReadable."""
    found = value.get(key)
    if not isinstance(found, str) or len(found) > most:
        raise ReportNotReadable(key)
    return found


def rows_of(body: object, most: int = 1000) -> list[Mapping[str, object]]:
    """The reports as a list of objects. Raises: ReportNotReadable."""
    if not isinstance(body, list) or len(body) > most or not all(isinstance(row, dict) for row in body):
        raise ReportNotReadable("a list of reports")
    return body
