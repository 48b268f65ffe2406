"""Short ways to write a lie about a sealed vote."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from eth_hash.auto import keccak

from scripts.tampers.forge.sealed import ForgedSealedVote, motions_of
from scripts.tampers.forge.sealed_state import with_state
from scripts.tampers.lies.kinds import Lie, setting
from tests.contracts.ballot_box import secret, signer_of
from tests.verifier.tally.vote import canonical

SealedChange = Callable[[ForgedSealedVote], None]
LATER = 10 * 86_400  # seconds, after which a poll with trustees appointed later is announced


def nothing(_: ForgedSealedVote) -> None:
    """No change."""


def lie(kind: str, name: str, finding: str, before: SealedChange = nothing, after: SealedChange = nothing, **values: Any) -> Lie:
    """A lie of a kind of sealed votes; `values` are fields of the vote."""
    if values.get("motions", 1) > 1:
        values["plan_changes"] = motions_of(values["motions"])

    def changed(vote: Any) -> None:
        setting(**values)(vote)
        before(vote)

    return Lie(f"sealed: {kind}", name, finding, made=ForgedSealedVote, before=changed, after=after)  # type: ignore[arg-type]


def honest(
    name: str,
    *,
    state: bool = False,
    later: bool = False,
    trustees: list[str] | None = None,
    way: SealedChange = nothing,
    end: SealedChange = nothing,
    **values: Any,
) -> Lie:
    """A right vote; with its state, with trustees who were appointed after the creation, in another way or to an end that is right."""
    found = lie("", name, "", before=way, after=with_state if state else end, **values)

    def before(vote: Any) -> None:
        found.before(vote)
        if later:
            appointed_later(vote, trustees or [])

    return Lie("honest", name, "", made=ForgedSealedVote, before=before, after=found.after)


def appointed_later(vote: ForgedSealedVote, first: list[str]) -> None:
    """Others sit on the seats at first; a week goes by before those who confirm the key serve."""
    vote.trustees = [signer_of(secret(name)) for name in first]
    vote.appointed = [signer_of(key) for key in vote.trustee_keys]
    vote.announced_after = LATER
    vote.opens_at += LATER


def transcript(change: Callable[[Any], object]) -> SealedChange:
    """Another transcript is published, and its hash was announced."""

    def before(vote: ForgedSealedVote) -> None:
        value = json.loads(vote.dealt.seal_json)
        change(value)
        vote.seal_json = canonical(value)
        vote.key_changes[5] = bytes(keccak(vote.seal_json))

    return before
