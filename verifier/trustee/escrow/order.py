"""What officials order, and what a trustee hands to the recipient alone (protocol §23.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verifier.shares import boxes
from verifier.shares.boxes import mac_scalar
from verifier.shares.curve import Point
from verifier.shares.hashes import word
from verifier.shares.polynomials import secret_of
from verifier.trustee.escrow.errors import (
    EscrowKeyWrong,
    EscrowNotSigned,
    HandingNotOpened,
    OrderNotSigned,
    OrderOfAnother,
    TooFewHandings,
)
from verifier.trustee.escrow.sharing import Escrow, Officials, Sharing
from verifier.trustee.papers import Paper


@dataclass(frozen=True)
class Order:
    """Signed by k officials; `purpose_hash` is of the text that says what for."""

    register_number: int
    recipient: Point
    purpose_hash: bytes
    signatures: tuple[tuple[bytes, bytes], ...] = ()

    @classmethod
    def read(cls, paper: Paper) -> Order:
        """Raises: PaperUnreadable."""
        signed = tuple((one.data("signer"), one.data("signature")) for one in paper.papers("signatures"))
        return cls(paper.whole("register_number"), paper.point("recipient_key"), paper.data("purpose_hash", 32), signed)

    def digest(self, escrow: Escrow) -> bytes:
        """EscrowOrder."""
        return escrow.domain.escrow_order(self.register_number, self.recipient.compressed, self.purpose_hash)

    def check(self, escrow: Escrow, officials: Officials) -> None:
        """Raises: OrderOfAnother, OrderNotSigned."""
        if self.register_number != escrow.register.register_number:
            raise OrderOfAnother
        try:
            officials.check(self.digest(escrow), self.signatures, EscrowNotSigned)
        except EscrowNotSigned as error:
            raise OrderNotSigned(**error.facts) from error


def handing(seat: int, share: int, order: Order, escrow: Escrow) -> bytes:
    """The share for the recipient, 81 bytes: always the same."""
    digest = order.digest(escrow)
    return boxes.sealed(share, mac_scalar(word(share), digest, "order"), order.recipient, digest, seat)


def received(handings: Mapping[int, bytes], recipient_secret: int, order: Order, escrow: Escrow, sharing: Sharing) -> int:
    """z, by the recipient. Raises: HandingNotOpened, EscrowShareWrong, TooFewHandings, EscrowKeyWrong."""
    digest, shares = order.digest(escrow), {}
    for seat, box in handings.items():
        try:
            shares[seat] = boxes.opened(box, recipient_secret, digest, seat)
        except boxes.BoxNotOpened as error:
            raise HandingNotOpened(seat=seat) from error
        sharing.check_share(seat, shares[seat])
    if len(shares) < sharing.threshold:
        missing = [seat for seat in range(len(sharing.transports)) if seat not in shares]
        raise TooFewHandings(found=len(shares), needed=sharing.threshold, missing=missing)
    z = secret_of({seat: shares[seat] for seat in sorted(shares)[: sharing.threshold]})
    if z == 0 or Point.of(z) != escrow.sharing.commitments[0]:
        raise EscrowKeyWrong
    return z
