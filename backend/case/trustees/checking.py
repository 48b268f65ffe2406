"""Papers of seats, held to every signature and proof that can be checked without a trustee's file (protocol §22.2 to §22.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coincurve import PublicKey

from backend.case.trustees import rules
from backend.case.trustees.errors import (
    ComplaintDoesNotHold,
    ConfirmationNotByIdentity,
    ConfirmationNotByShare,
    DealingMalformed,
    DealingNotSigned,
    EntryKeyTaken,
    EntryNotAPoint,
    EntryNotSigned,
)
from backend.case.trustees.status import Step
from backend.case.trustees.views import CeremonyView, Paper
from backend.ground.chain import sealed_types
from backend.ground.chain.errors import SignatureNotReadable
from backend.ground.chain.service import Chain


@dataclass(frozen=True)
class Complaint:
    """A receiver gives up the transport key of this ceremony to show that a dealer's share does not fit."""

    dealer: int
    receiver: int
    transport_secret: bytes

    def as_json(self, ceremony: CeremonyView) -> dict[str, Any]:
        """As everybody can check it (protocol §22.4)."""
        return {
            "ceremony": "0x" + ceremony.head.ceremony.hex(),
            "dealer": self.dealer,
            "receiver": self.receiver,
            "rollHash": "0x" + (ceremony.roll_hash or b"").hex(),
            "transport_secret": "0x" + self.transport_secret.hex(),
        }


class Checker:
    """Raises the error that names the broken rule; says nothing about what only a trustee's file shows."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain

    def check(self, ceremony: CeremonyView, seat: int, step: Step, paper: Paper) -> None:
        """Whether a paper may be taken. Raises: EntryNotAPoint, EntryKeyTaken, EntryNotSigned, DealingMalformed, DealingNotSigned,
        ConfirmationNotByShare, ConfirmationNotByIdentity; NodeNotAnswering where a passkey's contract is asked."""
        {Step.ENTRY: self._entry, Step.DEALING: self._dealing, Step.CONFIRMATION: self._confirmation}[step](ceremony, seat, paper)

    @staticmethod
    def require_free(ceremony: CeremonyView, seat: int, paper: Paper) -> None:
        """No other seat has joined with a key of this entry. Raises: EntryKeyTaken."""
        for other in ceremony.seats:
            line = other.line
            if other.seat != seat and (line["key"] == paper["key"] or line["transport"] == paper["transport"]):
                raise EntryKeyTaken(seat=other.seat)

    def check_complaint(self, ceremony: CeremonyView, complaint: Complaint) -> None:
        """Whether a complaint shows a share that does not fit. Raises: ComplaintDoesNotHold."""
        if not self._holds(ceremony, complaint):
            raise ComplaintDoesNotHold(dealer=complaint.dealer, receiver=complaint.receiver)

    def _entry(self, ceremony: CeremonyView, seat: int, paper: Paper) -> None:
        head, key, transport = ceremony.head, str(paper["key"]), _raw(paper["transport"])
        if rules.point(transport) is None or int(key, 16) == 0:
            raise EntryNotAPoint
        self.require_free(ceremony, seat, paper)
        typed = sealed_types.roll_entry(head.chain_id, head.case, head.ceremony, seat, key, transport)
        if not self._chain.is_signed_by(ceremony.seats[seat].signer, typed.digest(), _raw(paper["signature"])):
            raise EntryNotSigned(seat=seat)

    def _dealing(self, ceremony: CeremonyView, seat: int, paper: Paper) -> None:
        head, rolled = ceremony.head, ceremony.roll_hash
        assert rolled is not None, "the roll is closed before anybody deals"
        commitments, words = [_raw(one) for one in paper["commitments"]], [_raw(one) for one in paper["shares"]]
        points = [rules.point(one) for one in commitments]
        if (len(points), len(words)) != (head.threshold, head.seats) or not all(points) or any(len(one) != 32 for one in words):
            raise DealingMalformed(threshold=head.threshold, seats=head.seats)
        possession, signature = rules.dealing_digests(rolled, seat, commitments, words)
        first = rules.address_of(PublicKey(commitments[0]))
        if not (
            self._by(first, possession, paper["possession"]) and self._by(ceremony.seats[seat].line["key"], signature, paper["signature"])
        ):
            raise DealingNotSigned(seat=seat)

    def _confirmation(self, ceremony: CeremonyView, seat: int, paper: Paper) -> None:
        head, key = ceremony.head, ceremony.seal_key
        assert key is not None, "the key is there before anybody confirms it"
        digest = sealed_types.seal_key(head.chain_id, head.case, key).digest()
        if not self._by(key.share_keys[seat], digest, paper["share"]):
            raise ConfirmationNotByShare(seat=seat)
        if not self._chain.is_signed_by(ceremony.seats[seat].signer, digest, _raw(paper["identity"])):
            raise ConfirmationNotByIdentity(seat=seat)

    def _by(self, address: str, digest: bytes, signature: str) -> bool:
        """By a plain key, in 65 bytes, as the contract takes it."""
        raw = _raw(signature)
        try:
            return len(raw) == 65 and self._chain.recover(digest, raw) == address
        except SignatureNotReadable:
            return False

    def _holds(self, ceremony: CeremonyView, complaint: Complaint) -> bool:
        dealer, receiver = complaint.dealer, complaint.receiver
        rolled, dealing = ceremony.roll_hash, ceremony.seats[dealer].papers[Step.DEALING]
        if rolled is None or dealing is None:
            return False
        own, theirs = (rules.point(_raw(ceremony.seats[seat].line["transport"])) for seat in (receiver, dealer))
        assert theirs is not None, "entries are checked when they are taken"
        try:
            fits_key = PublicKey.from_valid_secret(complaint.transport_secret) == own
            shared = theirs.multiply(complaint.transport_secret)
        except Exception:  # zero, or not below the order
            return False
        share = rules.share_of(rolled, dealer, receiver, _raw(dealing["shares"][receiver]), shared)
        return fits_key and not rules.share_fits(share, [_raw(one) for one in dealing["commitments"]], receiver)


def says_the_same(step: Step, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two papers of a seat say the same thing; a passkey signs the same thing otherwise each time."""
    if step is Step.ENTRY:
        return (one["key"], one["transport"]) == (other["key"], other["transport"])
    return step is Step.CONFIRMATION or one == other


def _raw(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))
