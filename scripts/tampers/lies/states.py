"""Lies about the contracts' state at the head."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from scripts.tampers.forge.state import proved, values_of
from scripts.tampers.forge.vote import ForgedVote
from scripts.tampers.lies.kinds import Change, Lie, removed
from tests.contracts.ballot_box import N, Register
from verifier.tally.chain.state_proof import HEADS, OUTCOME, RESULT_HASH, SUMS, VOICES

KIND = "state"


def honest(vote: ForgedVote) -> None:
    """The state as it is."""
    vote.state = proved(vote, values_of(vote))


def _other(slot: int, change: Callable[[int], int]) -> Change:
    """A state in which one slot is another."""

    def after(vote: ForgedVote) -> None:
        values = values_of(vote)
        values[slot] = change(values.get(slot, 0))
        vote.state = proved(vote, values)

    return after


def _spoiled(change: Callable[[bytes], bytes]) -> Change:
    def after(vote: ForgedVote) -> None:
        honest(vote)
        vote.state = change(vote.state)

    return after


def _left_out(act: str) -> Change:
    """An act that the state knows, and that no block shows; the published result does as if it had not been."""

    def after(vote: ForgedVote) -> None:
        honest(vote)
        removed(act)(vote)
        vote.change_file("result.json", lambda one: one.update(decision=None) if act.startswith("attest") else one.update(excluded=[]))

    return after


def _false_leaf(vote: ForgedVote) -> None:
    """An absent lender's leaf is negative, an absent friend's too large by as much; somebody takes the first one out."""
    lenders, totals = list(vote.register.lenders), vote.register.classes
    lenders[9] = replace(lenders[9], amount_fen=lenders[9].amount_fen + lenders[11].amount_fen + 700)
    lenders[11] = replace(lenders[11], amount_fen=N - 700)
    vote.register, vote.totals, vote.excluded = Register(lenders), totals, [11]
    vote.choices = [one for one in vote.choices if one[0] not in (3, 5)]


LIES = (
    Lie(KIND, "an attestation that no block shows", "state.proof", after=_left_out("attest 1")),
    Lie(KIND, "a leaf taken out that no block shows", "state.proof", before=_false_leaf, after=_left_out("exclude 11")),
    Lie(KIND, "heads", "state.proof", after=_other(HEADS, lambda one: one + (1 << 64))),
    Lie(KIND, "a sum of commitments", "state.proof", after=_other(SUMS + 2 * 5, lambda one: one ^ 1)),
    Lie(KIND, "a sum that nobody cast", "state.proof", after=_other(SUMS + 2 * 6, lambda _: 5)),
    Lie(KIND, "the result", "state.proof", after=_other(RESULT_HASH, lambda one: one ^ 1)),
    Lie(KIND, "the outcome", "state.proof", after=_other(OUTCOME, lambda one: one ^ 1)),
    Lie(KIND, "the end of the challenge period", "state.proof", after=_other(OUTCOME, lambda one: one + 256)),
    Lie(KIND, "the officials' voices", "state.proof", after=_other(VOICES, lambda one: one + 1)),
    Lie(
        KIND,
        "a proof of another state",
        "state.proof",
        after=_spoiled(lambda one: one.replace(b'"accountProof":["0xf', b'"accountProof":["0xe', 1)),
    ),
    Lie(KIND, "a proof that lacks a slot", "state.proof", after=_spoiled(lambda one: one.replace(b"9b", b"ff", 1))),
    Lie(KIND, "a proof that is none", "state.proof", after=_spoiled(lambda _: b"[]\n")),
)
