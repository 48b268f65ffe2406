"""By which ways a person can be reached, in which order. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from backend.people.notices.errors import NumberNotReadable

_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
# As in the register: whoever gets codes to sign in gets notices.
_MOBILE = re.compile(r"\+861[0-9]{10}")
_INLAND_MOBILE = re.compile(r"1[0-9]{10}")
_LANDLINE = re.compile(r"0[1-9][0-9]{8,11}")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")


class Channel(StrEnum):
    """How a message travels."""

    SMS = "sms"
    VOICE = "voice"
    EMAIL = "email"
    LETTER = "letter"


@dataclass(frozen=True)
class Contact:
    """How a person can be reached: numbers as +86..., the first tried first; the word that the person chose."""

    phones: tuple[str, ...] = field(default=(), repr=False)
    email: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    post: str = field(default="", repr=False)
    word: str = field(default="", repr=False)


@dataclass(frozen=True)
class Way:
    """One channel to one address."""

    channel: Channel
    address: str = field(repr=False)


def canonical_number(text: str) -> str:
    """A number of any country as `+` and digits; without a code it is a mainland one. Raises: NumberNotReadable."""
    digits = re.sub(r"[\s\-()（）　.]", "", text)
    digits = digits.translate({ord("０") + place: str(place) for place in range(10)} | {ord("＋"): "+"})
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    elif _INLAND_MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits):
        digits = f"+86{digits.removeprefix('0')}"
    if not _NUMBER.fullmatch(digits):
        raise NumberNotReadable
    return digits


def channel_of(number: str) -> Channel:
    """Mainland landlines are called, all others get text."""
    return Channel.VOICE if number.startswith("+86") and not _MOBILE.fullmatch(number) else Channel.SMS


def ways_of(contact: Contact) -> list[Way]:
    """Every way in the order in which they are tried: text first, then calls, e-mail, and a letter at the last."""
    numbers = [Way(channel_of(number), number) for number in contact.phones]
    numbers.sort(key=lambda way: way.channel is Channel.VOICE)
    ways = [*numbers]
    if _EMAIL.fullmatch(contact.email):
        ways.append(Way(Channel.EMAIL, contact.email))
    if contact.post:
        ways.append(Way(Channel.LETTER, contact.post))
    return ways


def next_step(ways: Sequence[Way], step: int, *, not_by: Channel | None = None) -> int | None:
    """The place of the next way from a step on, leaving out a channel on which a message may be on its way already."""
    return next((place for place in range(step, len(ways)) if ways[place].channel is not not_by), None)
