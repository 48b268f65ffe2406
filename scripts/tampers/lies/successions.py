"""Lies about who came into office: a succession that k of those in office did not sign, or that is not what its transaction says (§24)."""

from __future__ import annotations

from typing import Any

from eth_abi.abi import encode
from eth_hash.auto import keccak

from scripts.tampers.forge.abi import SIGNERS, call, word
from scripts.tampers.forge.vote import START, ForgedVote
from scripts.tampers.lies.kinds import Change, Lie, then
from tests.contracts.ballot_box import secret, sign, signer_of

KIND = "signers"
PEOPLE = "(bytes[],uint256,bytes)"
ANNOUNCED = ["uint256", "bytes32", "uint64", "bytes32"]
WEEK = 7 * 86_400
WHY = bytes(keccak(b"DEMO: two officials have left"))
NAMED = [secret("named", number) for number in range(3)]
#: By the acts' names: the announcement before the poll's own, the completion after the decision.
ANNOUNCE, WITHDRAW, COMPLETE = "succession", "withdrawal", "completed"


def _people(keys: list[bytes]) -> tuple[list[bytes], int, bytes]:
    return [signer_of(key) for key in keys], 2, signer_of(secret("another institution"))


def _hash(before: bytes, people: tuple[list[bytes], int, bytes]) -> bytes:
    return bytes(keccak(encode(["bytes32", PEOPLE], [before, people])))


def _first(vote: ForgedVote) -> bytes:
    """The hash of those who opened the case."""
    return _hash(bytes(32), ([signer_of(key) for key in vote.official_keys], vote.threshold, signer_of(vote.institution_key)))


def announced(vote: ForgedVote, **lie: Any) -> None:
    """A succession is announced; `lie` changes one thing: at, by, number, notice, before, reason, said (of the event)."""
    first = _first(vote)
    people, number, notice = _people(NAMED), lie.get("number", 1), lie.get("notice", WEEK)
    after, reason, at = _hash(first, people), lie.get("reason", WHY), lie.get("at", START + 350)
    digest = vote.case_domain.digest("Succession", number, lie.get("before", first), after, notice, reason)
    keys = lie.get("by", vote.official_keys[: vote.threshold])
    what = [people, notice, reason, [signer_of(key) for key in keys], [sign(key, digest) for key in keys]]
    told = encode(ANNOUNCED[1:], lie.get("said", [after, at + notice, reason]))
    event = vote.log(vote.case, "SuccessionAnnounced", ANNOUNCED, [word(number)], told)
    vote.act(f"{ANNOUNCE} {at}", at, vote.case, call("announceSuccession", [PEOPLE, "uint32", "bytes32", *SIGNERS], what), event)


def withdrawn(vote: ForgedVote, at: int, *, by: list[bytes] | None = None, number: int = 1) -> None:
    keys = by or vote.official_keys[: vote.threshold]
    digest = vote.case_domain.digest("SuccessionWithdrawal", number)
    what = [[signer_of(key) for key in keys], [sign(key, digest) for key in keys]]
    event = vote.log(vote.case, "SuccessionWithdrawn", ["uint256"], [word(number)], b"")
    vote.act(f"{WITHDRAW} {at}", at, vote.case, call("withdrawSuccession", [*SIGNERS], what), event)


def completed(vote: ForgedVote, at: int, generation: bytes | None = None, number: int = 1) -> None:
    told = generation or _hash(_first(vote), _people(NAMED))
    event = vote.log(vote.case, "SuccessionCompleted", ["uint256", "bytes32"], [word(number)], told)
    vote.act(COMPLETE, at, vote.case, call("completeSuccession", [], []), event)


def _announced(**lie: Any) -> Change:
    return then("_plan", lambda vote: announced(vote, **lie))


def _and_completed(seconds: int, generation: bytes | None = None, **lie: Any) -> Change:
    """Announced before the poll, completed so long after the decision."""
    ends = then("_decide", lambda vote: completed(vote, vote.challenge_ends_at + seconds, generation))

    def before(vote: ForgedVote) -> None:
        _announced(**lie)(vote)
        ends(vote)

    return before


def _withdrawn(*more: Change, **lie: Any) -> Change:
    """Announced and withdrawn before the poll, and then more."""

    def all_of_it(vote: ForgedVote) -> None:
        announced(vote)
        withdrawn(vote, START + 355, **lie)
        for change in more:
            change(vote)

    return then("_plan", all_of_it)


def _late(vote: ForgedVote) -> None:
    """Announced before the poll, withdrawn when it could have been completed."""
    _announced()(vote)
    then("_decide", lambda vote: withdrawn(vote, vote.challenge_ends_at + 10))(vote)


def _another_after_one_that_was_withdrawn(vote: ForgedVote) -> None:
    _withdrawn(lambda vote: announced(vote, number=2, at=START + 360))(vote)
    then("_decide", lambda vote: completed(vote, vote.challenge_ends_at + 10, number=2))(vote)


def _completed_though_withdrawn(vote: ForgedVote) -> None:
    _withdrawn()(vote)
    then("_decide", lambda vote: completed(vote, vote.challenge_ends_at + 10))(vote)


def _beside_another(vote: ForgedVote) -> None:
    announced(vote)
    announced(vote, number=2, at=START + 355)


LIES = (
    Lie(KIND, "a succession by one official", "case.succession", before=_announced(by=[secret("official", 0)])),
    Lie(KIND, "a succession by those whom it names", "case.succession", before=_announced(by=NAMED[:2])),
    Lie(KIND, "a succession by one official twice", "case.succession", before=_announced(by=[secret("official", 0)] * 2)),
    Lie(KIND, "a succession that skips a generation", "case.succession", before=_announced(before=b"\x11" * 32)),
    Lie(KIND, "a succession out of its number", "case.succession", before=_announced(number=2)),
    Lie(KIND, "a succession without a reason", "case.succession", before=_announced(reason=bytes(32))),
    Lie(KIND, "a succession after a day", "case.succession", before=_announced(notice=86_400)),
    Lie(KIND, "a succession of others than were signed for", "case.succession", before=_announced(said=[b"\x22" * 32, START, WHY])),
    Lie(KIND, "a succession completed within its notice", "case.succession", before=_and_completed(10, notice=10 * 365 * 86_400)),
    Lie(KIND, "a succession that brings others into office", "case.succession", before=_and_completed(10, b"\x33" * 32)),
    Lie(KIND, "a succession beside another", "case.succession", before=then("_plan", _beside_another)),
    Lie(KIND, "a withdrawal by one official", "case.succession", before=_withdrawn(by=[secret("official", 0)])),
    Lie(KIND, "a withdrawal under another number", "case.succession", before=_withdrawn(number=2)),
    Lie(KIND, "a withdrawal twice", "case.succession", before=_withdrawn(lambda vote: withdrawn(vote, START + 360))),
    Lie(KIND, "a withdrawal after the notice", "case.succession", before=_late),
    Lie(KIND, "a succession completed though it was withdrawn", "case.succession", before=_completed_though_withdrawn),
)
HONEST = _and_completed(10)
ANOTHER = _another_after_one_that_was_withdrawn
