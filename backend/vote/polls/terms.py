"""What officials may announce: window, notice, challenge period, verifiers. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from backend.case.cases.rules import LEAST_ADDRESS
from backend.case.cases.views import CaseView
from backend.ground.common.clock import from_unix, say_beijing
from backend.vote.polls.errors import (
    ChallengePeriodMissing,
    ChallengePeriodTooShort,
    PollOpensTooEarly,
    PollTooFarAway,
    PollWindowWrong,
    RoleHeldTwice,
    TooManySums,
    VerifierCountOutOfRange,
    VerifierNotUsable,
)

MAX_VERIFIERS = 8
MAX_NOTICE_DAYS, MAX_WINDOW_DAYS, MAX_CHALLENGE_DAYS = 3 * 365, 365, 365
MINUTE = 60
#: Of a poll that is no rehearsal; the contract demands both (protocol §8.1).
LEAST_NOTICE_DAYS = LEAST_CHALLENGE_DAYS = 15
DAY = 86_400
#: Motions times classes: all sums are opened in one transaction, some 180,000 gas each of these, and no transaction takes more than 2^24.
#: A sealed poll's contract refuses more itself (protocol §21.3); here it is said before anybody signs.
MOST_PLACES = 80


@dataclass(frozen=True)
class Announcement:
    """What an official asks to announce; times in seconds since 1970, addresses 0x lower case."""

    plan_id: str
    rule: str
    opens_at: int
    closes_at: int
    challenge_seconds: int
    verifiers: tuple[str, ...]


@dataclass(frozen=True)
class Keys:
    """Whose keys must not be a verifier's: the relay's address, and the signers of officials and institution; 0x lower case."""

    relay: str
    members: Collection[str]


@dataclass(frozen=True)
class LeastPeriods:
    """How short notice, window and challenge period of a poll may be, in seconds."""

    notice: int
    window: int
    challenge: int


def least_periods(case: CaseView, minimum_notice_seconds: int) -> LeastPeriods:
    """Of a case's polls: a rehearsal may be short, all others last as long as the contract and this installation's setting demand."""
    if case.rehearsal:
        return LeastPeriods(0, MINUTE, 1)
    if case.protocol < 3:  # these contracts demand nothing
        return LeastPeriods(minimum_notice_seconds, MINUTE, 1)
    # The contract demands no window; one of an hour would be for those who know of it.
    return LeastPeriods(max(minimum_notice_seconds, LEAST_NOTICE_DAYS * DAY), DAY, LEAST_CHALLENGE_DAYS * DAY)


def check_announcement(announcement: Announcement, chain_time: int, least: LeastPeriods, keys: Keys) -> None:
    """Raises: PollOpensTooEarly, PollWindowWrong, PollTooFarAway, ChallengePeriodMissing, ChallengePeriodTooShort,
    VerifierCountOutOfRange, VerifierNotUsable, RoleHeldTwice.
    """
    check_notice(announcement.opens_at, chain_time, least.notice)
    if announcement.opens_at > chain_time + MAX_NOTICE_DAYS * DAY:
        raise PollTooFarAway(field="opens_at", limit_days=MAX_NOTICE_DAYS)
    window = announcement.closes_at - announcement.opens_at
    if window < least.window:
        raise PollWindowWrong(least_minutes=least.window // MINUTE)
    if window > MAX_WINDOW_DAYS * DAY:
        raise PollTooFarAway(field="closes_at", limit_days=MAX_WINDOW_DAYS)
    if announcement.challenge_seconds < 1:
        raise ChallengePeriodMissing
    if announcement.challenge_seconds < least.challenge:
        raise ChallengePeriodTooShort(least_days=least.challenge // DAY)
    if announcement.challenge_seconds > MAX_CHALLENGE_DAYS * DAY:
        raise PollTooFarAway(field="challenge_seconds", limit_days=MAX_CHALLENGE_DAYS)
    _check_verifiers(announcement.verifiers, keys)


def check_time_for_notices(challenge_seconds: int, needed_seconds: int) -> None:
    """Everybody hears what is recorded for them while they can still object. Raises: ChallengePeriodTooShort."""
    if challenge_seconds < needed_seconds:
        raise ChallengePeriodTooShort(least_days=-(-needed_seconds // DAY))


def check_notice(opens_at: int, chain_time: int, least_seconds: int) -> None:
    """Lenders learn of a poll early enough, by the chain's own clock. Raises: PollOpensTooEarly."""
    # One second more at the least: the contract wants the opening after the block that announces it.
    earliest = chain_time + max(least_seconds, 1)
    if opens_at < earliest:
        moment = from_unix(earliest)
        raise PollOpensTooEarly(
            earliest_zh=say_beijing(moment, "zh"),
            earliest_en=say_beijing(moment, "en"),
            notice_hours=least_seconds // 3600,
            earliest_at=moment.isoformat().replace("+00:00", "Z"),
        )


def _check_verifiers(verifiers: Sequence[str], keys: Keys) -> None:
    if not 1 <= len(verifiers) <= MAX_VERIFIERS:
        raise VerifierCountOutOfRange(count=len(verifiers))
    if keys.relay in keys.members:
        raise RoleHeldTwice(key=keys.relay)
    seen: set[str] = set()
    for verifier in verifiers:
        # Whoever carries the ballots, or decides on them, must not also be able to say who may cast them (protocol §6).
        if verifier == keys.relay or verifier in keys.members:
            raise RoleHeldTwice(key=verifier)
        if verifier in seen or int(verifier, 16) < LEAST_ADDRESS:
            raise VerifierNotUsable(verifier=verifier)
        seen.add(verifier)


def check_sums(motions: int, classes: int) -> None:
    """Whether the sums of a poll can be opened at all. Raises: TooManySums."""
    if motions * classes > MOST_PLACES:
        raise TooManySums(motions=motions, classes=classes, places=motions * classes, most=MOST_PLACES)
