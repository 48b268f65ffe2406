"""Shares after the close, and the secret that t of them make. Every share proves itself, whoever hands it in (protocol §21.5, §22.5)."""

from __future__ import annotations

import logging

from backend.ground.chain import sealed_types
from backend.ground.chain.by_anyone import transact_unless
from backend.ground.chain.errors import SignatureNotReadable
from backend.ground.chain.sealed_poll import SealedPollContract
from backend.ground.chain.service import Chain
from backend.ground.chain.values import Stage
from backend.ground.common.seals import address_of_secret, secret_from
from backend.vote.polls.sealed import SealedPollService
from backend.vote.polls.views import PollView
from backend.vote.tally.errors import BreachNotProved, NoSuchSeat, PollStillOpen, SharesDoNotFit, ShareWrong, VoteClosedAlready

log = logging.getLogger(__name__)


class Unsealing:
    """Takes shares and breaches to the contract, and puts the secret together as soon as it can be."""

    def __init__(self, chain: Chain, sealed: SealedPollService) -> None:
        self._chain = chain
        self._sealed = sealed

    def publish_share(self, poll: PollView, seat: int, share: int) -> None:
        """Take a trustee's share to the contract; the same again changes nothing.

        Raises: PollNotSealed, NoSuchSeat, PollStillOpen, ShareWrong, TransactionReverted, NodeNotAnswering.
        """
        sealing, contract = self._sealed.sealing(poll), self._sealed.contract(poll)
        if not 0 <= seat < len(sealing.seats):
            raise NoSuchSeat(seat=seat, seats=len(sealing.seats))
        if contract.stage() in (Stage.ANNOUNCED, Stage.OPEN):
            raise PollStillOpen
        # Looked at here first: only what the contract will take costs the relay anything.
        if "0x" + address_of_secret(share).hex() != sealing.seats[seat].share_key:
            raise ShareWrong(seat=seat, name=sealing.seats[seat].name)
        if seat not in contract.shares_published():
            call = contract.publish_share(seat, share)
            transact_unless(self._chain, lambda: seat in contract.shares_published(), call, f"share/{poll.id}/{seat}")

    def unseal(self, poll: PollView) -> bool:
        """Make the secret public if enough shares are; whether it is now. Raises: SharesDoNotFit, TransactionReverted, NodeNotAnswering."""
        sealing, contract = self._sealed.sealing(poll), self._sealed.contract(poll)
        if contract.secret():
            return True
        shares = self.shares(poll)
        if len(shares) < sealing.key.threshold:
            return False
        chosen = dict(sorted(shares.items())[: sealing.key.threshold])
        secret = secret_from(chosen)
        if "0x" + address_of_secret(secret).hex() != sealing.key.address:
            log.critical("the shares of seats %s of poll %s do not make its secret", sorted(chosen), poll.id)
            raise SharesDoNotFit(seats=", ".join(map(str, sorted(chosen))))
        transact_unless(self._chain, lambda: _is_unsealed(contract), contract.unseal(secret), f"unseal/{poll.id}")
        return True

    def shares(self, poll: PollView) -> dict[int, int]:
        """The shares that are public, by seat; of the newest blocks too, as far as they are mirrored."""
        self._chain.follow(poll.address)
        if len(self._sealed.contract(poll).shares_published()) != len(self._events(poll)):
            self._chain.pump()
        return self._events(poll)

    def report_breach(self, poll: PollView, signature: bytes) -> None:
        """Take to the contract, before the close, the proof that the secret is known. Raises: PollNotSealed, VoteClosedAlready,
        BreachNotProved, TransactionReverted, NodeNotAnswering."""
        sealing, contract = self._sealed.sealing(poll), self._sealed.contract(poll)
        if contract.stage() not in (Stage.ANNOUNCED, Stage.OPEN):
            raise VoteClosedAlready
        digest = sealed_types.seal_breach(self._chain.chain_id, poll.address).digest()
        try:
            signed_by = self._chain.recover(digest, signature)
        except SignatureNotReadable as error:
            raise BreachNotProved from error
        if signed_by != sealing.key.address:
            raise BreachNotProved
        if not contract.seal_broken_at():
            log.critical("the secret of poll %s is known before its close", poll.id)
            transact_unless(self._chain, lambda: bool(contract.seal_broken_at()), contract.report_breach(signature), f"breach/{poll.id}")

    def _events(self, poll: PollView) -> dict[int, int]:
        events = self._chain.events(poll.address, "SharePublished", confirmed=False)
        return {int(event.args["trustee"]): int(event.args["share"]) for event in events}


def _is_unsealed(contract: SealedPollContract) -> bool:
    return bool(contract.secret())
