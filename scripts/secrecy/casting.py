"""Sealed ballots of known choices and known k in a running installation, by the ways of lenders; only this process knows them."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass

from coincurve import PrivateKey

from backend.ground.chain import typed_data
from scripts.load.electorate import Electorate
from scripts.load.offer import Phones
from scripts.load.on_chain import Recorded
from scripts.rig.ceremony import seats_of
from scripts.rig.opened import open_vote
from scripts.rig.processes import Stack
from scripts.rig.sealing import draw, key_of, shared
from scripts.rig.vote import Vote
from scripts.secrecy.needles import Needle, choice_forms, number_forms, secret_forms

PER_SECOND = 40
SETTLE_SECONDS = 120
CHOICES = (1, 2, 3)


@dataclass(frozen=True)
class Cast:
    """One lender's ballot as its device knows it."""

    index: int
    choice: int
    k: int


@dataclass(frozen=True)
class Held:
    """An open poll with its ballots on the chain."""

    vote: Vote
    cast: list[Cast]

    @property
    def poll(self) -> str:
        """Its address."""
        return str(self.vote.poll["address"])

    def needles(self) -> list[Needle]:
        """All that would open a ballot before the close, and every choice beside its lender."""
        found = [needle for one in self.cast for needle in self._of(one)]
        seats = seats_of(self.vote)
        for seat in range(len(seats.seats)):
            found += secret_forms("share", seats.share(self.vote.ceremony, seat))
        return found

    def _of(self, one: Cast) -> list[Needle]:
        place = self.vote.poll["chain_id"], self.poll
        plan_hash = bytes.fromhex(self.vote.poll["plan"]["plan_hash"][2:])
        plainly_signed = typed_data.ballot(*place, one.index, one.choice, 1, plan_hash).digest()
        of_s = shared(key_of(self.vote.poll), PrivateKey(one.k.to_bytes(32, "big")))
        return [
            *secret_forms("k", one.k),
            *number_forms("shared point", of_s),
            *choice_forms("choice", one.index, one.choice),
            *number_forms("choice", plainly_signed),
            # The table's own columns, as the rows are read.
            Needle("choice", "columns", f"{self.vote.poll['id']}\0{one.index}\0{one.choice}\0".encode()),
        ]


def hold(stack: Stack, ballots: int, seed: int) -> Held:
    """A sealed poll, every choice as often as the others and in an order of chance. Raises: RuntimeError where a ballot is lost."""
    vote = open_vote(stack, ballots * 11 // 10 + 2, seed, sealed=True)
    electorate = Electorate(vote, stack.data_dir)
    electorate.prepare(ballots)
    dice = random.Random(f"choices {seed}")
    choices = [CHOICES[at % len(CHOICES)] for at in range(ballots)]
    dice.shuffle(choices)
    cast = [Cast(lender.index, choice, draw()) for lender, choice in zip(electorate.lenders, choices, strict=True)]
    lenders = list(zip(electorate.lenders, cast, strict=True))
    dice.shuffle(lenders)
    sealed = [electorate.ballot_for(lender, one.choice, one.k) for lender, one in lenders]
    port = int(stack.url.rsplit(":", 1)[1])
    offered = asyncio.run(Phones(port, vote.poll["id"]).offer(sealed, PER_SECOND, [], 1))
    recorded = Recorded(stack.rpc_url, vote.poll["address"])
    recorded.wait_for(offered.held, SETTLE_SECONDS)
    if len(offered.held) != ballots or recorded.missing(offered.held):
        raise RuntimeError(f"{len(offered.held)} of {ballots} ballots receipted, {recorded.missing(offered.held)} of them not recorded")
    return Held(vote, cast)
