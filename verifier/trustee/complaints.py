"""A share that does not fit, proved by its receiver giving up the transport key of the ceremony, which is void then (protocol §22.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from verifier.shares.curve import ORDER, NotAPoint, Point
from verifier.shares.hashes import hex_of, word
from verifier.trustee.confirming import Transcript
from verifier.trustee.dealing import pad_of
from verifier.trustee.key_errors import ComplaintIsAnother, ComplaintUnfounded
from verifier.trustee.papers import Paper
from verifier.trustee.roll import OwnKeys, Roll


@dataclass(frozen=True)
class Complaint:
    """Against a dealer, by the receiver of the share."""

    ceremony: bytes
    roll_hash: bytes
    dealer: int
    receiver: int
    transport: int

    @classmethod
    def read(cls, paper: Paper) -> Complaint:
        """Raises: PaperUnreadable."""
        secret = int.from_bytes(paper.data("transport_secret", 32), "big")
        seats = paper.whole("dealer", most=31), paper.whole("receiver", most=31)
        return cls(paper.data("ceremony", 32), paper.data("rollHash", 32), *seats, secret)

    @classmethod
    def by(cls, own: OwnKeys, roll: Roll, dealer: int) -> Complaint:
        """Gives up the transport key."""
        return cls(roll.ceremony.id, roll.hash, dealer, own.seat, own.transport)

    def paper(self) -> dict[str, Any]:
        """As it is published."""
        named = {"ceremony": hex_of(self.ceremony), "dealer": self.dealer, "receiver": self.receiver, "rollHash": hex_of(self.roll_hash)}
        return named | {"transport_secret": hex_of(word(self.transport))}

    def check(self, transcript: Transcript) -> None:
        """Anybody's check that the dealer is at fault. Raises: ComplaintIsAnother, ComplaintUnfounded, DealingNotSigned."""
        roll = transcript.roll
        if (self.ceremony, self.roll_hash) != (roll.ceremony.id, roll.hash) or max(self.dealer, self.receiver) >= roll.ceremony.seats:
            raise ComplaintIsAnother(seat=self.receiver)
        try:
            given_up = Point.of(self.transport)
        except NotAPoint as error:
            raise ComplaintIsAnother(seat=self.receiver) from error
        if given_up != roll.entries[self.receiver].transport or self.transport >= ORDER:
            raise ComplaintIsAnother(seat=self.receiver)
        dealing = transcript.dealings[self.dealer]
        dealing.check(self.dealer, roll)
        pad = pad_of(roll.hash, self.dealer, self.receiver, self.transport, roll.entries[self.dealer].transport)
        share = dealing.share_for(self.receiver, pad)
        if share < ORDER and dealing.fits(self.receiver, share):
            raise ComplaintUnfounded(dealer=self.dealer)
