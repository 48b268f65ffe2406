"""When whom of a poll has to be told. Pure."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from backend.ground.common.clock import BEIJING
from backend.ground.common.hashing import keccak
from backend.vote.tidings.errors import ContestNotUnderstood

REMINDER_AT = 2 / 3
"""Of the window, after which those without a ballot are reminded."""
LEAST_REMINDED_SECONDS = 3 * 86_400
"""A shorter window has no reminder."""
GATHERED_SECONDS = 600
"""Ballots recorded in this time are told of together; in short windows in a twentieth of it."""
RESULT_SECONDS = 14 * 86_400
TITLE_SIGNS = 30
CONTESTED_HEAD = b"LenderVote/1/contested"


def reminder_at(opens_at: int, closes_at: int) -> int | None:
    """When to remind, in seconds since 1970; None for a window too short for it."""
    window = closes_at - opens_at
    return opens_at + int(window * REMINDER_AT) if window >= LEAST_REMINDED_SECONDS else None


def gathered_seconds(opens_at: int, closes_at: int) -> int:
    """How long ballots are gathered before their notices are made."""
    return min(GATHERED_SECONDS, max(1, (closes_at - opens_at) // 20))


def in_turns(indexes: Iterable[int]) -> list[list[int]]:
    """Every ballot has a notice of its own: the first ballot of each index, then the second ones, and so on; each rising."""
    turns: dict[int, list[int]] = defaultdict(list)
    seen: dict[int, int] = defaultdict(int)
    for index in indexes:
        turns[seen[index]].append(index)
        seen[index] += 1
    return [sorted(turns[turn]) for turn in sorted(turns)]


def contested_digest(content: bytes) -> bytes:
    """What the alarms sign (protocol §29.2)."""
    return keccak(CONTESTED_HEAD + keccak(content))


def read_contested(content: str, chain_id: int, poll: str, leaf_count: int) -> list[int]:
    """The indexes that a statement about this poll names. Raises: ContestNotUnderstood."""
    try:
        said = json.loads(content)
        indexes = said["indexes"]
        right = (said["chain_id"], said["poll"]) == (chain_id, poll.lower()) and isinstance(indexes, list)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ContestNotUnderstood from error
    if not right or not all(type(index) is int and 0 <= index < leaf_count for index in indexes):
        raise ContestNotUnderstood
    return sorted(set(indexes))


def short_title(title: str) -> str:
    """A title as a text message has room for it: a sign that none can show must not keep everybody from being told."""
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in title).split())
    return plain if len(plain) <= TITLE_SIGNS else plain[: TITLE_SIGNS - 1] + "…"


def say_moment(moment: datetime) -> str:
    """`12月20日 9:00`, Beijing time."""
    local = moment.astimezone(BEIJING)
    return f"{local.month}月{local.day}日{local.hour}:{local:%M}"
