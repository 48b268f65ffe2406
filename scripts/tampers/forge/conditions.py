"""Conditions about groups of a forged vote's lenders, proved by whoever has the openings (protocol §9.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from eth_hash.auto import keccak

from scripts.tampers.forge.chain import CHAIN_ID
from scripts.tampers.forge.vote import ForgedVote
from tests.contracts.ballot_box import Lender, N
from tests.contracts.ranged import context_of
from tests.verifier.tally.vote import canonical, hex_of
from verifier.ranges.linear import MOST_BITS, difference_of, prove_difference
from verifier.ranges.linear import context_of as condition_context

Said = dict[str, Any]
CHOICES = {"absent": 0, "for": 1, "against": 2, "abstain": 3}


def of_choice(choice: str, voting_class: int = 0, times: int = 1) -> Said:
    """A group by its class and choice."""
    return {"choice": choice, "class": voting_class, "motion": 0, "times": times}


def of_indexes(*indexes: int, times: int = 1) -> Said:
    return {"indexes": list(indexes), "times": times}


@dataclass(frozen=True)
class Condition:
    """An honest condition; `proved` are the words that are proved where those published are others, `changed` is done to the end."""

    plus: tuple[Said, ...]
    minus: tuple[Said, ...] = ()
    at_least: int = 0
    holds: bool = True
    title: str = "a condition"
    proved: Callable[[Said], Said] = dict
    context: Callable[[bytes], bytes] = lambda context: context
    poll: bytes = b""
    changed: Callable[[Said], Said] = dict

    def __call__(self, vote: ForgedVote) -> Said:
        said = {
            "at_least_fen": self.at_least,
            "holds": self.holds,
            "minus": list(self.minus),
            "plus": list(self.plus),
            "title": self.title,
        }
        shown = self.proved(said)
        amount, blind = _sum(vote, shown)
        value = difference_of(amount, shown["at_least_fen"], holds=shown["holds"]) % N % 2**MOST_BITS
        register = self.context(context_of(CHAIN_ID, vote.case, 0, vote.register, vote.classes))
        context = condition_context(register, self.poll or vote.poll, bytes(keccak(canonical(shown))))
        high, proof = prove_difference(context, value, blind if shown["holds"] else -blind)
        return self.changed(said | {"high": hex_of(high), "proof": hex_of(proof)})


def conditions_file(*conditions: Condition) -> Callable[[ForgedVote], None]:
    """Publishes conditions, after all else is written."""

    def change(vote: ForgedVote) -> None:
        vote.published["conditions.json"] = canonical({"conditions": [one(vote) for one in conditions]})

    return change


def _sum(vote: ForgedVote, said: Said) -> tuple[int, int]:
    amount = blind = 0
    for sign, groups in ((1, said["plus"]), (-1, said["minus"])):
        for group in groups:
            members = _members(vote, group)
            amount += sign * group["times"] * sum(one.amount_fen for one in members)
            blind += sign * group["times"] * sum(one.blind for one in members)
    return amount, blind


def _members(vote: ForgedVote, group: Said) -> list[Lender]:
    lenders = vote.register.lenders
    if "indexes" in group:
        return [lenders[index] for index in group["indexes"]]
    mine = [one for one in lenders if one.voting_class == group["class"]]
    if group["choice"] == "all":
        return mine
    return [one for one in mine if vote.newest.get(one.index, 0) == CHOICES[group["choice"]]]
