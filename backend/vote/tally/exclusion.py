"""Leaves that hold no claim: found in our own register before the sums are opened, and taken out by the contract (protocol §9.1)."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from backend.case.register.crypto import CURVE_ORDER
from backend.case.register.service import RegisterService
from backend.ground.chain.calls import ContractEvent
from backend.ground.chain.errors import TransactionReverted
from backend.ground.chain.service import Chain
from backend.ground.chain.values import Leaf
from backend.ground.common.seals import EMPTY_BOX
from backend.ground.common.voting import Choice, PollKind
from backend.vote.polls.views import PollView
from backend.vote.tally.box import BoxReader, FilledBox
from backend.vote.tally.errors import RecordsNotReadYet

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ExcludedLeaf:
    """A leaf that was taken out of register and count: its amount in fen, negative where it was made so, and its ballot (NONE for none).

    In a sealed poll `recorded` is NONE; `voted` says whether there was a ballot.
    """

    index: int
    voting_class: int
    amount_fen: int
    recorded: Choice
    voted: bool


class Exclusion:
    """Takes leaves out, and tells which were; anybody else may have taken them out as well."""

    def __init__(self, chain: Chain, register: RegisterService) -> None:
        self._chain = chain
        self._register = register
        self._boxes = BoxReader(chain, register)

    def excluded(self, poll: PollView) -> tuple[ExcludedLeaf, ...]:
        """The leaves taken out of a poll, by index; none in polls of protocol 1."""
        if poll.protocol == 1:
            return ()
        self._chain.follow(poll.address)
        leaves: list[ExcludedLeaf] = []
        after = 0
        name = "LeafExcluded" if poll.kind is PollKind.OPEN else "SealedLeafExcluded"
        while events := self._chain.events(poll.address, name, after, confirmed=False):
            leaves += [_leaf(event) for event in events]
            after = events[-1].id
        return tuple(sorted(leaves, key=lambda leaf: leaf.index))

    def take_out(self, poll: PollView) -> None:
        """Have every leaf of ours that holds no claim taken out, aloud: whoever drew the register up has given others too much.

        Raises: TransactionReverted, NodeNotAnswering.
        """
        box: FilledBox | None = None
        for false in self._register.leaves_without_claim(poll.case_id, poll.register_number):
            log.error("the leaf at index %d of poll %s holds no claim (%d fen); it is taken out", false.index, poll.id, false.amount)
            [leaf] = self._register.leaves(poll.case_id, poll.register_number, [false.index])
            proof = self._register.proof(poll.case_id, poll.register_number, false.index)
            point = Leaf(leaf.voting_class, leaf.x, leaf.y)
            opening = false.index, point, proof, false.amount, false.blind
            if poll.kind is PollKind.OPEN:
                call = self._chain.poll(poll.address).exclude_leaf(*opening)
            else:
                box = box or self._boxes.read(poll)
                call = self._chain.sealed_poll(poll.address).exclude_counted_leaf(*opening, *self._shown_from(poll, box, false.index))
            key = f"exclude/{poll.id}/{false.index}"
            try:
                self._chain.transact(call, key)
            except TransactionReverted as error:
                if error.rule != "Poll_LeafAlreadyExcluded":
                    raise
                self._chain.copies.watch(call, key)

    def _shown_from(self, poll: PollView, box: FilledBox, index: int) -> tuple[bytes, list[bytes]]:
        """What shows a lender's newest ballot (protocol §21.5): the records from it up to where a counting began, and the number before.

        Raises: RecordsNotReadYet, NodeNotAnswering.
        """
        place = box.newest_of(index)
        if place is None:
            return EMPTY_BOX, []
        # Pieces were taken off one after the other, so each ends where the one before began.
        after, end = 0, len(box)
        while events := self._chain.events(poll.address, "BallotsCounted", after, confirmed=False):
            for event in events:
                start = box.place_of(self._chain.record.box_left_by(event.tx_hash), end)
                if start is None:
                    raise RecordsNotReadYet
                if place >= start:
                    return box.number_after(place), box.between(place, end)
                end = start
            after = events[-1].id
        raise RecordsNotReadYet


def _leaf(event: ContractEvent) -> ExcludedLeaf:
    args = event.args
    recorded = Choice(args.get("recorded", Choice.NONE))
    voted = recorded is not Choice.NONE or bool(args.get("sequence"))
    return ExcludedLeaf(args["index"], args["votingClass"], signed_amount(args["amount"]), recorded, voted)


def signed_amount(amount: int) -> int:
    """An amount modulo n as whoever made the leaf meant it: what is in the upper half is negative."""
    return amount if amount < CURVE_ORDER // 2 else amount - CURVE_ORDER
