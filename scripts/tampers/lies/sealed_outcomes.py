"""Lies about what came of a sealed vote: sums and motions, shares, a breach, an abandonment, leaves taken out, the state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from scripts.tampers.forge.abi import word
from scripts.tampers.forge.sealed import ForgedSealedVote
from scripts.tampers.forge.sealed_state import with_state
from scripts.tampers.lies.kinds import at, byte, data_of, in_file, instead, no_logs, removed, then
from scripts.tampers.lies.sealed_kinds import SealedChange, lie
from tests.contracts.ballot_box import N, Register, secret

OPENING, SHARES, BREACH, ABANDONMENT, LEAF, STATE = "openings", "shares", "a breach", "abandonment", "leaves taken out", "state"
STRANGER = secret("stranger")
REASON = "保管人失联"


def _opened(change: Callable[[list[tuple[int, ...]]], list[tuple[int, ...]]]) -> SealedChange:
    """Other amounts and blinds."""
    return instead("honest_openings", lambda _, original: change(original()))


def _sums(**changes: Callable[[ForgedSealedVote], Any]) -> SealedChange:
    """Another result in the event."""
    return instead("open_sums", lambda vote, original: original(**{name: make(vote) for name, make in changes.items()}))


def _moved_fen(rows: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    first = rows[0]
    return [(first[0] + 1, first[1], first[2] - 1, *first[3:]), *rows[1:]]


def _motions_swapped(rows: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    return [*rows[2:4], *rows[:2], *rows[4:]]


def _share(change: Callable[[ForgedSealedVote, int], int], *, also_others: bool = False) -> SealedChange:
    def with_(vote: ForgedSealedVote, original: Any, name: str, seat: int, share: int, time: int) -> None:
        original(name, seat, change(vote, share) if seat == 0 or also_others else share, time)

    return instead("publish_share", with_)


def _share_twice(vote: ForgedSealedVote) -> None:
    vote.publish_share("again", 0, vote.dealt.shares[0], vote.closes_at + 14)


def _breach(**changes: Any) -> SealedChange:
    def make(vote: ForgedSealedVote) -> None:
        late = changes.get("late", False)
        vote.breach("breach", vote.closes_at if late else vote.opens_at + 50, changes.get("by", b""))
        if changes.get("twice"):
            vote.breach("breach again", vote.opens_at + 60)

    return then("_vote", make)


def _abandoned_too(vote: ForgedSealedVote) -> None:
    """Officials abandon a poll that has a result."""
    tallied, result_hash, passed = vote.tallied, vote.result_hash, vote.outcome
    vote.reason = REASON
    vote.abandon("abandon", vote.closes_at + vote.abandon_after)
    vote.reason, vote.tallied, vote.result_hash, vote.outcome = "", tallied, result_hash, passed


def _decided(vote: ForgedSealedVote) -> None:
    vote.attest("attest 0", vote.official_keys[0], vote.challenge_ends_at)


def _with(**changes: Any) -> SealedChange:
    """Another abandonment than the officials may declare."""

    def with_(_: ForgedSealedVote, original: Any, name: str, time: int) -> None:
        original(name, time - changes.get("early", 0), changes.get("hash"), changes.get("number", 0))

    return instead("abandon", with_)


def _false_leaf(vote: ForgedSealedVote) -> None:
    """An absent lender's leaf is negative, an absent friend's too large by as much; somebody takes the first one out."""
    lenders, totals = list(vote.register.lenders), vote.register.classes
    lenders[9] = replace(lenders[9], amount_fen=lenders[9].amount_fen + lenders[11].amount_fen + 700)
    lenders[11] = replace(lenders[11], amount_fen=N - 700)
    vote.register, vote.totals, vote.excluded = Register(lenders), totals, [11]


def _state(**changes: int) -> SealedChange:
    return lambda vote: with_state(vote, **changes)


def _left_out(act: str) -> SealedChange:
    """An act that the state knows, and that no block shows."""

    def after(vote: ForgedSealedVote) -> None:
        with_state(vote)
        removed(act)(vote)

    return after


def _no_motion(vote: ForgedSealedVote) -> None:
    """Everybody is against; the officials approve all the same."""
    vote.choices = [(index, 2) for index, _ in vote.choices]


def _lifted(vote: ForgedSealedVote) -> list[tuple[int, ...]]:
    """One head more in the second motion than were cast."""
    rows = vote.honest_tallies()
    place = len(vote.classes)
    return [*rows[:place], (rows[place][0] + 1, *rows[place][1:]), *rows[place + 1 :]]


def _by(vote: ForgedSealedVote, act: str) -> None:
    vote.acts[act].sendings[0].data = b"\x01\x02\x03\x04" + word(0)


LIES = (
    lie(OPENING, "a fen moved from against to for", "opening.wrong", _opened(_moved_fen)),
    lie(OPENING, "two motions exchanged", "opening.wrong", _opened(_motions_swapped), motions=3),
    lie(OPENING, "heads of another motion", "outcome.heads", _sums(tallies=_lifted), motions=3),
    lie(OPENING, "a motion said to have passed", "outcome.rule", _sums(passed=lambda _: 7), motions=3),
    lie(OPENING, "another result hash", "outcome.hash", _sums(hash=lambda _: b"\x66" * 32)),
    lie(OPENING, "a longer challenge period", "outcome.challenge", _sums(ends=lambda vote: vote.challenge_ends_at + 1)),
    lie(OPENING, "before the close", "opening.early", after=at("open", lambda vote: vote.closes_at - 1)),
    lie(OPENING, "no result", "opening.missing", after=no_logs("open")),
    lie(OPENING, "approved although no motion passed", "decision.not-passed", _no_motion),
    lie(OPENING, "result.json has another motion passed", "result.file", after=in_file("result.json", "passed", 0, to=lambda one: not one)),
    lie(OPENING, "result.json has fewer invalid ballots", "result.file", after=in_file("result.json", "invalid", 0, to=0)),
    lie(OPENING, "result.json of an open poll", "result.file", after=in_file("result.json", "passed", to=True)),
    lie(SHARES, "published before the close", "seal.share", after=at("share 0", lambda vote: vote.closes_at - 1)),
    lie(SHARES, "another number", "seal.share", _share(lambda _, share: share + 1)),
    lie(SHARES, "of another seat", "seal.share", _share(lambda vote, _: vote.dealt.shares[1])),
    lie(SHARES, "published twice", "seal.share", then("count_box", _share_twice)),
    lie(SHARES, "the event says another one", "seal.share", after=data_of("share 0", 0, byte(-1))),
    lie(SHARES, "by another call", "seal.share", after=lambda vote: _by(vote, "share 0")),
    lie(BREACH, "signed by a stranger", "seal.breach", _breach(by=STRANGER)),
    lie(BREACH, "reported after the close", "seal.breach", _breach(late=True)),
    lie(BREACH, "reported twice", "seal.breach", _breach(twice=True)),
    lie(BREACH, "at another time", "seal.breach", _breach(), data_of("breach", 0, byte(-1))),
    lie(ABANDONMENT, "too early", "seal.abandoned", _with(early=1), reason=REASON),
    lie(ABANDONMENT, "by one official", "seal.abandoned", reason=REASON, signed_by={"abandon": [secret("official", 0)]}),
    lie(ABANDONMENT, "without a reason", "seal.abandoned", _with(hash=bytes(32)), reason=REASON),
    lie(ABANDONMENT, "of another poll", "seal.abandoned", _with(number=1), reason=REASON),
    lie(ABANDONMENT, "beside a result", "seal.abandoned", then("_decide", _abandoned_too)),
    lie(ABANDONMENT, "and decided", "decision.event", then("_decide", _decided), reason=REASON),
    lie(ABANDONMENT, "another text of the reason", "result.file", after=in_file("result.json", "abandoned", to="无"), reason=REASON),
    lie(ABANDONMENT, "the event says another reason", "seal.abandoned", after=data_of("abandon", 0, byte(-1)), reason=REASON),
    lie(LEAF, "one that holds no claim", "register.excluded", _false_leaf),
    lie(STATE, "the box", "state.proof", after=_state(box=5)),
    lie(STATE, "the secret", "state.proof", after=_state(secret=5)),
    lie(STATE, "a share that no block shows", "state.proof", after=_state(shares=7)),
    lie(STATE, "one more invalid ballot", "state.proof", after=_state(heads=1)),
    lie(STATE, "a sum", "state.proof", after=_state(sum=5)),
    lie(STATE, "a breach that no block shows", "state.proof", after=_state(broken=5)),
    lie(STATE, "another motion passed", "state.proof", after=_state(passed=2)),
    lie(STATE, "an abandonment that no block shows", "state.proof", after=_state(abandoned=5)),
    lie(STATE, "the officials' voices", "state.proof", after=_state(voices=1)),
    lie(STATE, "a share published, left out", "state.proof", after=_left_out("share 0")),
)
