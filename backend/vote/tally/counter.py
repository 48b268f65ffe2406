"""Counts the boxes of unsealed polls, piece by piece from their ends; killed at any point, the next round goes on from the box's number."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace

from backend.ground.chain.errors import TransactionReverted
from backend.ground.chain.gas import TRANSACTION_GAS_CAP
from backend.ground.chain.sealed_poll import SealedPollContract
from backend.ground.chain.service import Chain
from backend.ground.chain.values import Stage
from backend.ground.common.errors import LenderVoteError
from backend.ground.common.hashing import keccak
from backend.ground.common.rounds import Rounds, raised_at_the_end
from backend.ground.common.seals import EMPTY_BOX
from backend.ground.db.sessions import Sessions
from backend.vote.polls.service import PollService
from backend.vote.polls.views import PollView
from backend.vote.tally.box import BoxReader, FilledBox
from backend.vote.tally.errors import RecordsNotReadYet
from backend.vote.tally.unsealing import Unsealing

log = logging.getLogger(__name__)

PIECE = 1_100
"""Ballots in one transaction: below the 128 KiB of calldata that nodes take."""
PIECE_GAS = 14_000_000
_GAS_A_BALLOT, _GAS_A_MOTION = 10_600, 2_500
"""About the most that a ballot takes where every lender's word of sequences is read cold."""
_GAS_A_CALL = 300_000
EVERY_SECONDS, TURNS = 3.0, 10_000
_OTHERS_WERE_FASTER = "Box_NotItsEnd"
"""Others counted the piece and possibly more. Who counted less does not stop it: the contract takes what is left of it (protocol §21.5)."""


class Counter:
    """One per installation; anybody else may count as well."""

    def __init__(self, sessions: Sessions, chain: Chain, polls: PollService, reader: BoxReader, unsealing: Unsealing) -> None:
        self._sessions = sessions
        self._chain = chain
        self._polls = polls
        self._reader = reader
        self._unsealing = unsealing
        self._boxes: dict[str, FilledBox] = {}
        self._over: set[str] = set()
        self._one_at_a_time = threading.Lock()

    def rounds(self) -> Rounds:
        """Unsealing and counting of whatever is closed."""
        return Rounds(name="counting", work=self.run_once, every_seconds=EVERY_SECONDS, first_seconds=EVERY_SECONDS)

    def run_once(self) -> None:
        """Unseal and count every sealed poll that can be. Raises: what the first poll that cannot be counted failed by."""
        with self._one_at_a_time, self._sessions.alone("counting") as mine, raised_at_the_end() as failures:
            for poll in self._polls.sealed_polls() if mine else []:
                try:
                    if poll.id not in self._over:
                        self._work_on(poll)
                except LenderVoteError as error:  # one box that cannot be counted must not hold up the others
                    failures.append(error)

    def count(self, poll: PollView, at_most: int = TURNS) -> bool:
        """Count what is left in the box of an unsealed poll, in at most so many pieces; whether it is empty.

        Raises: RecordsNotReadYet, TransactionReverted, NodeNotAnswering.
        """
        contract = self._chain.sealed_poll(poll.address)
        size, place = piece_size(poll.motions), 0
        for _ in range(at_most):
            number = contract.box()
            if number == EMPTY_BOX:
                self._boxes.pop(poll.id, None)
                return True
            box, place = self._standing(poll, number, place)
            try:
                self._send(poll, contract, box, max(0, place - size), place)
            except TransactionReverted as error:
                if error.rule == "OutOfGas" and size > 1:
                    size //= 2
                elif error.rule != _OTHERS_WERE_FASTER:
                    raise
        return contract.box() == EMPTY_BOX

    def _work_on(self, poll: PollView) -> None:
        stage = self._polls.stage(poll.id)
        if stage is Stage.CLOSED and self._unsealing.unseal(poll):
            stage = self._polls.stage(poll.id)
        if stage is Stage.UNSEALED:
            self.count(poll)
        elif stage >= Stage.ABANDONED:  # not before: a block that is lost can bring ballots back into the box
            self._over.add(poll.id)

    def _standing(self, poll: PollView, number: bytes, before: int) -> tuple[FilledBox, int]:
        """The box as it was filled, and how many records are left in it by the chain's own number; read again where that is none of its.

        `before` is how many were left a moment ago, 0 if that is not known. Raises: RecordsNotReadYet, NodeNotAnswering.
        """
        for attempt in range(3):
            box = self._boxes.get(poll.id)
            if box is None or attempt:
                if attempt > 1:
                    self._chain.pump()
                box = self._boxes[poll.id] = self._reader.read(poll)
            place = box.place_of(number, min(before, len(box)) or None)
            if place is None:
                place = box.place_of(number)  # more are left than before: the chain lost a block
            if place is not None:
                return box, place
        raise RecordsNotReadYet

    def _send(self, poll: PollView, contract: SealedPollContract, box: FilledBox, first: int, end: int) -> None:
        call = contract.count(box.number_after(first), box.between(first, end))
        call = replace(call, gas_bound=piece_gas(end - first, poll.motions))
        self._chain.transact(call, f"count/{poll.id}/{keccak(call.data).hex()[:24]}")
        log.info("ballots %d to %d of %d of poll %s are counted", first, end, len(box), poll.id)


def piece_size(motions: int) -> int:
    """How many ballots go into one transaction."""
    return max(1, min(PIECE, PIECE_GAS // _ballot_gas(motions)))


def piece_gas(ballots: int, motions: int) -> int:
    """The gas that so many ballots are given, with a quarter to spare; what is not used is not paid."""
    return min(TRANSACTION_GAS_CAP, _GAS_A_CALL + ballots * _ballot_gas(motions) * 5 // 4)


def _ballot_gas(motions: int) -> int:
    return _GAS_A_BALLOT + (motions - 1) * _GAS_A_MOTION
