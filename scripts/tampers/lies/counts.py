"""Lies about ballots, the count, the opening, the outcome and the decision."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from eth_abi.abi import encode

from scripts.tampers.forge.abi import BATCH, CAST, OPENINGS, call, word
from scripts.tampers.forge.chain import Sending
from scripts.tampers.forge.vote import ForgedVote
from scripts.tampers.lies.kinds import Change, Lie, at, byte, data_of, logs, no_logs, sending, setting
from scripts.tampers.lies.registers import cell, class_less, off_curve
from tests.contracts.ballot_box import AGAINST, FOR, Lender, N, Papers, Vote, opening, secret

KIND, RESULT = "transactions", "result"


def _more(make: Any) -> Change:
    """A further act in the middle of the vote, before the anchor."""

    def change(vote: ForgedVote) -> None:
        voted = vote._vote

        def vote_and_more() -> None:
            voted()
            make(vote)

        vote._vote = vote_and_more  # type: ignore[method-assign]

    return change


def _lender(vote: ForgedVote, index: int, choice: int = FOR, sequence: int = 1, key: bytes | None = None) -> Vote:
    return Vote(vote.register.lenders[index], choice, sequence, key)


def _papers(vote: ForgedVote, **changes: Any) -> Papers:
    return replace(vote.papers, **changes)


def _cast(vote: ForgedVote, one: Vote, papers: Papers | None = None, at_time: int = 50, **changes: Any) -> None:
    data = call("cast", CAST, (papers or vote.papers).ballot(one, **changes))
    vote.act("more", vote.opens_at + at_time, vote.poll, data, *vote.recorded([one]))


def _batch(vote: ForgedVote, ballots: list[Vote], papers: Papers | None = None, recorded: list[Vote] | None = None, **changes: Any) -> None:
    batch = replace((papers or vote.papers).batch(ballots), **changes)
    logs_ = vote.recorded(ballots if recorded is None else recorded)
    vote.act("more", vote.opens_at + 50, vote.poll, call("castBatch", BATCH, batch.arguments), *logs_)


def _stuffed(vote: ForgedVote) -> None:
    """A ballot for the absent lender under a credential by nobody's verifier."""
    _cast(vote, _lender(vote, 11), _papers(vote, verifier_key=secret("stranger")))


def _expired(vote: ForgedVote) -> None:
    _cast(vote, _lender(vote, 11), _papers(vote, expires_at=vote.opens_at + 40))


def _unordered(vote: ForgedVote) -> None:
    one, two = _lender(vote, 9, AGAINST, 2), _lender(vote, 8, AGAINST, 2)
    _batch(vote, [one, two])


def _unproved(vote: ForgedVote) -> None:
    ballot, leaf, proof = vote.papers.ballot(_lender(vote, 11))
    data = call("cast", CAST, (ballot, leaf, [*proof[:-1], b"\x01" * 32]))
    vote.act("more", vote.opens_at + 50, vote.poll, data, *vote.recorded([_lender(vote, 11)]))


def _old_sequence(vote: ForgedVote) -> None:
    """A ballot recorded although a newer one stands."""
    _cast(vote, _lender(vote, 1, FOR, 1))


def _badly_signed(vote: ForgedVote) -> None:
    _cast(vote, _lender(vote, 11, FOR, 1, secret("stranger")))


def _badly_signed_in_batch(vote: ForgedVote) -> None:
    _batch(vote, [_lender(vote, 11, FOR, 1, secret("stranger"))])


def _dropped(vote: ForgedVote) -> None:
    """A good ballot in a batch that no event names: recorded nowhere."""
    _batch(vote, [_lender(vote, 11)], recorded=[])
    vote.acts["more"].sendings[0].logs = [vote.rejected(_lender(vote, 10), 2)]


def _rejected_silently(vote: ForgedVote) -> None:
    _batch(
        vote,
        [
            _lender(vote, 11),
        ],
        recorded=[_lender(vote, 11)],
    )
    one = _lender(vote, 11, AGAINST, 1)
    data = call("castBatch", BATCH, vote.papers.batch([_lender(vote, 9, AGAINST, 2), one]).arguments)
    vote.act("even more", vote.opens_at + 60, vote.poll, data, *vote.recorded([_lender(vote, 9, AGAINST, 2)]))


def _wrong_reason(vote: ForgedVote) -> None:
    bad = _lender(vote, 11, FOR, 1, secret("stranger"))
    data = call("castBatch", BATCH, vote.papers.batch([bad]).arguments)
    vote.act("more", vote.opens_at + 50, vote.poll, data, vote.rejected(bad, 2))


def _sequence_64(vote: ForgedVote) -> None:
    one = _lender(vote, 11, FOR, 64)
    data = call("cast", CAST, vote.papers.ballot(one))
    recorded = vote.log(vote.poll, "BallotsRecorded", ["bytes"], [], encode(["bytes"], [word(11)[-4:] + bytes([FOR])]))
    vote.act("more", vote.opens_at + 50, vote.poll, data, recorded)
    vote.newest[11] = FOR


def _choice_zero(vote: ForgedVote) -> None:
    one = _lender(vote, 11, 0)
    vote.act("more", vote.opens_at + 50, vote.poll, call("cast", CAST, vote.papers.ballot(one)), *vote.recorded([one]))


def _other_function(vote: ForgedVote) -> None:
    vote.act("more", vote.opens_at + 50, vote.poll, b"\x01\x02\x03\x04", *vote.recorded([_lender(vote, 11)]))


def _elsewhere(vote: ForgedVote) -> None:
    data = call("cast", CAST, vote.papers.ballot(_lender(vote, 11)))
    vote.act("more", vote.opens_at + 50, b"\x11" * 20, data, *vote.recorded([_lender(vote, 11)]))


def _lengths(vote: ForgedVote) -> None:
    batch = vote.papers.batch([_lender(vote, 11)])
    data = call("castBatch", BATCH, replace(batch, ballots=batch.ballots + b"\0").arguments)
    vote.act("more", vote.opens_at + 50, vote.poll, data, *vote.recorded([_lender(vote, 11)]))


def _of_no_class(vote: ForgedVote) -> None:
    """The leaf of a class that was not frozen votes, too."""
    class_less(vote)
    _more(lambda one: _cast(one, _lender(one, 11)))(vote)


def _off_the_curve(vote: ForgedVote) -> None:
    """So does the leaf that is no point."""
    off_curve(vote)
    _more(lambda one: _cast(one, _lender(one, 11)))(vote)


def _beyond(vote: ForgedVote) -> None:
    """A hidden leaf behind the last one, under the frozen root."""
    register = vote.register
    hidden = type(register)([*register.lenders, Lender(12, 0, 777, 888)])
    vote.register, vote.totals = hidden, register.classes
    freeze = vote._freeze

    def fewer() -> None:
        lenders = hidden.lenders
        hidden.lenders = lenders[:-1]
        freeze()
        hidden.lenders = lenders

    vote._freeze = fewer  # type: ignore[method-assign]
    _more(lambda one: _cast(one, Vote(hidden.lenders[12], FOR)))(vote)


def _opened(change: Any) -> Change:
    """Other openings; the tally follows them."""

    def before(vote: ForgedVote) -> None:
        close = vote._close

        def other() -> None:
            vote.openings = change(opening(vote.register, vote.newest))
            close()

        vote._close = other  # type: ignore[method-assign]

    return before


def _fen_more(found: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    return [(found[0][0] + 1000, *found[0][1:]), *found[1:]]


def _blind_other(found: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    return [(found[0][0], found[0][1] + 1, *found[0][2:]), *found[1:]]


def _wrapped(found: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    return [(found[0][0] + N, *found[0][1:]), *found[1:]]


def _low_total(vote: ForgedVote) -> None:
    """What was admitted is stated too low, and the absent lender's leaf makes up for it."""
    lenders = list(vote.register.lenders)
    totals = vote.register.classes
    lenders[11] = replace(lenders[11], amount_fen=N - 60_000)
    register = type(vote.register)(lenders)
    fen = sum(one.amount_fen for one in lenders if one.voting_class == 1) % N
    vote.register, vote.totals = register, [totals[0], (totals[1][0], fen, register.classes[1][2])]


def _tally_other(vote: ForgedVote, found: list[Any]) -> list[Any]:
    """The event says other amounts than the opening; the result's hash follows the event."""
    address, topics, _ = found[0]
    tallies = [(*vote.tallied[0][:3], vote.tallied[0][3] + 7, *vote.tallied[0][4:]), *vote.tallied[1:]]
    return [(address, topics, _tallied(vote, tallies, vote.outcome))]


def _tallied(vote: ForgedVote, tallies: list[Any], passed: bool) -> bytes:
    from eth_hash.auto import keccak

    hashed = bytes(keccak(encode(["address", OPENINGS, "bool"], ["0x" + vote.poll.hex(), tallies, passed])))
    return encode(["bytes32", "bool", OPENINGS, "uint64"], [hashed, passed, tallies, vote.challenge_ends_at])


def _heads_other(vote: ForgedVote, found: list[Any]) -> list[Any]:
    address, topics, _ = found[0]
    tallies = [(vote.tallied[0][0] + 1, *vote.tallied[0][1:]), *vote.tallied[1:]]
    return [(address, topics, _tallied(vote, tallies, vote.outcome))]


def _two_openings(_: ForgedVote, found: list[Any]) -> list[Any]:
    return found * 2


def _not_opened(_: ForgedVote, one: Sending) -> None:
    one.data = b"\x01\x02\x03\x04" + one.data[4:]


def _no_official(vote: ForgedVote) -> None:
    vote.attesters = [0]
    decide = vote._decide

    def more() -> None:
        decide()
        vote.attest("attest 1", secret("stranger"), vote.challenge_ends_at + 1, decides=True)

    vote._decide = more  # type: ignore[method-assign]


def _voices(*attesters: int, **changes: Any) -> Change:
    return setting(attesters=list(attesters), **changes)


def _undecided(vote: ForgedVote) -> None:
    """One official only, and the chain says that it is decided."""
    vote.attesters = [0]
    decide = vote._decide

    def more() -> None:
        decide()
        one = vote.acts["attest 0"].sendings[0]
        one.logs.append(vote.log(vote.poll, "PollDecided", ["bool"], [], word(1)))

    vote._decide = more  # type: ignore[method-assign]


LIES = (
    Lie(KIND, "a ballot stuffed without a verifier", "ballots.credential", before=_more(_stuffed)),
    Lie(KIND, "a ballot under an expired credential", "ballots.expired", before=_more(_expired)),
    Lie(KIND, "a batch out of order", "ballots.order", before=_more(_unordered)),
    Lie(KIND, "a ballot whose proof leads elsewhere", "ballots.proof", before=_more(_unproved)),
    Lie(KIND, "an old ballot over a newer one", "ballots.recorded", before=_more(_old_sequence)),
    Lie(KIND, "a ballot that its key did not sign", "ballots.recorded", before=_more(_badly_signed)),
    Lie(KIND, "the same in a batch", "ballots.recorded", before=_more(_badly_signed_in_batch)),
    Lie(KIND, "a good ballot that was recorded nowhere", "ballots.recorded", before=_more(_dropped)),
    Lie(KIND, "a ballot of sequence 64", "ballots.recorded", before=_more(_sequence_64)),
    Lie(KIND, "a ballot of choice 0", "ballots.recorded", before=_more(_choice_zero)),
    Lie(KIND, "a rejection that was not said", "ballots.rejected", before=_more(_rejected_silently)),
    Lie(KIND, "a rejection for another reason", "ballots.rejected", before=_more(_wrong_reason)),
    Lie(KIND, "ballots recorded by another function", "ballots.call", before=_more(_other_function)),
    Lie(KIND, "ballots recorded by another contract's call", "ballots.call", before=_more(_elsewhere)),
    Lie(KIND, "a batch of uneven lengths", "ballots.call", before=_more(_lengths)),
    Lie(KIND, "a ballot of a leaf that was not published so", "ballots.leaf", after=cell(4, 1, lambda one: str(1 - int(one)))),
    Lie(KIND, "a ballot of an index that does not exist", "ballots.leaf", before=_beyond),
    Lie(KIND, "a ballot of a class that was not frozen", "count.class", before=_of_no_class),
    Lie(KIND, "a ballot of a leaf off the curve", "count.sums", before=_off_the_curve),
    Lie(KIND, "a ballot before the opening", "ballots.window", after=at("cast", lambda vote: vote.opens_at - 1)),
    Lie(KIND, "a ballot at the close", "ballots.window", after=at("again", lambda vote: vote.closes_at)),
    Lie(KIND, "a recorded choice", "ballots.recorded", after=data_of("cast", 0, byte(68, 3))),
    Lie(KIND, "a batch that its event does not name", "ballots.recorded", after=data_of("batch", 0, byte(68, 4))),
    Lie(RESULT, "sums that were never opened", "opening.missing", after=no_logs("open")),
    Lie(RESULT, "sums opened twice", "opening.missing", after=logs("open", _two_openings)),
    Lie(RESULT, "an opening by another call", "opening.missing", after=sending("open", _not_opened)),
    Lie(RESULT, "an opening before the close", "opening.early", after=at("open", lambda vote: vote.closes_at - 1)),
    Lie(RESULT, "an opening of more than was cast", "opening.wrong", before=_opened(_fen_more)),
    Lie(RESULT, "an opening by another blind", "opening.wrong", before=_opened(_blind_other)),
    Lie(RESULT, "an opening of amount plus n", "opening.range", before=_opened(_wrapped)),
    Lie(RESULT, "amounts that were not opened", "opening.amounts", after=logs("open", _tally_other)),
    Lie(RESULT, "more than was admitted", "opening.admitted", before=_low_total),
    Lie(RESULT, "heads that were not cast", "outcome.heads", after=logs("open", _heads_other)),
    Lie(RESULT, "an outcome that the rule does not give", "outcome.rule", before=setting(passed=False, approve=False)),
    Lie(RESULT, "a result under another hash", "outcome.hash", after=data_of("open", 0, byte(5))),
    Lie(RESULT, "a challenge period that ends early", "outcome.challenge", after=data_of("open", 0, byte(32 * 4 - 3))),
    Lie(
        RESULT,
        "a decision in the challenge period",
        "decision.early",
        before=lambda vote: setting(decided_at=vote.challenge_ends_at - 9)(vote),
    ),
    Lie(RESULT, "an attestation by nobody's official", "decision.official", before=_no_official),
    Lie(RESULT, "an attestation that was not signed", "decision.signature", before=setting(signed_by={"attest 1": [secret("stranger")]})),
    Lie(RESULT, "an official's voice twice", "decision.twice", before=_voices(0, 0)),
    Lie(RESULT, "a voice after the decision", "decision.after", before=_voices(0, 1, 2)),
    Lie(RESULT, "an approval of what did not pass", "decision.not-passed", before=setting(choices=[(0, AGAINST), (1, FOR), (2, AGAINST)])),
    Lie(RESULT, "a decision by one official", "decision.event", before=_undecided),
    Lie(RESULT, "a voice other than signed", "decision.event", after=data_of("attest 0", 0, byte(-1))),
    Lie(RESULT, "a decision that was not said", "decision.event", after=logs("attest 1", lambda _, found: found[:1])),
)
