"""What an identity provider is to the issuer. A service of one's own plugs in by setting, as `name=package.module:Name`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from verifier.face.reasons import Reason

#: National identity authentication; bank card, name, identity number and phone checked by the bank; video call; counter with a card reader.
ProviderName = Literal["national_id", "bank_card", "video_call", "counter"]


class ProviderNotUsable(Exception):
    """A provider named in the settings cannot be used; the sentence says which and why."""


class ProviderSilent(Exception):
    """The service outside does not answer."""


@dataclass(frozen=True)
class Person:
    """What a lender says of himself or herself; passed on to the provider and kept nowhere."""

    name: str = field(repr=False)
    id_number: str = field(repr=False)
    bank_card: str = field(default="", repr=False)
    mobile: str = field(default="", repr=False)


@dataclass(frozen=True)
class Begun:
    """A check under way: the provider's own handle for it, and what the person does next, in words."""

    handle: str
    zh: str
    en: str


@dataclass(frozen=True)
class Finding:
    """What the provider says in the end; `reference` is its own number for the check, for the log, and says nothing of the person."""

    confirmed: bool
    reason: Reason
    reference: str


class IdentityProvider(Protocol):
    """One service. `sandbox`: it knows nobody and says so; such answers are never taken for the service's own."""

    @property
    def name(self) -> ProviderName:
        """Which of the four it is."""

    @property
    def sandbox(self) -> bool:
        """Whether it only stands in for the service."""

    @property
    def fields(self) -> tuple[str, ...]:
        """What of a Person it needs."""

    def begin(self, person: Person) -> Begun:
        """Start a check of this person. Raises: ProviderSilent."""

    def finish(self, begun: Begun, answer: Mapping[str, str]) -> Finding:
        """End it with what the person brought back. Raises: ProviderSilent."""
