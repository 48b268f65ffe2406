"""The key shared anew by t trustees among others, with the database gone and the file as it is (protocol §23.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from verifier.escrow.context import MOST_SEATS, context_anew
from verifier.shares import boxes
from verifier.shares.boxes import BOX_BYTES, mac_scalar
from verifier.shares.curve import NotAPoint, Point
from verifier.shares.hashes import hex_of, keccak, word
from verifier.shares.polynomials import point_at, secret_of, value_at, weights
from verifier.signing.secp256k1 import SignatureBroken, SigningKey, recover
from verifier.trustee.errors import PaperUnreadable
from verifier.trustee.escrow.errors import BoxNotYours, ResharingIncomplete, ResharingWrong
from verifier.trustee.escrow.sharing import OwnSeat, Sharing
from verifier.trustee.papers import Paper


@dataclass(frozen=True)
class Plan:
    """Who gives and who receives; `givers` are exactly the old threshold, rising."""

    former: Sharing
    givers: tuple[int, ...]
    threshold: int
    transports: tuple[Point, ...]

    def __post_init__(self) -> None:
        """Raises: ResharingIncomplete."""
        old, new = len(self.former.transports), len(self.transports)
        rising = list(self.givers) == sorted(set(self.givers)) and all(0 <= seat < old for seat in self.givers)
        fits = 2 <= self.threshold <= new <= MOST_SEATS and len(set(self.transports)) == new
        if not rising or len(self.givers) != self.former.threshold or not fits:
            raise ResharingIncomplete(needed=self.former.threshold)

    @cached_property
    def context(self) -> bytes:
        """c'."""
        return context_anew(self.former.context, self.threshold, self.transports, self.givers)

    def paper(self) -> dict[str, Any]:
        """As it is agreed on, before anybody gives."""
        transports = [hex_of(point.compressed) for point in self.transports]
        return {"former": hex_of(self.former.context), "givers": list(self.givers), "threshold": self.threshold, "transports": transports}

    @classmethod
    def read(cls, paper: Paper, former: Sharing) -> Plan:
        """Raises: PaperUnreadable, ResharingIncomplete."""
        if paper.data("former", 32) != former.context:
            raise paper.wrong("former")
        listed = paper.value.get("givers")
        if not isinstance(listed, list):
            raise paper.wrong("givers")
        givers = tuple(Paper(paper.name, {"givers": one}).whole("givers", most=MOST_SEATS - 1) for one in listed)
        return cls(former, givers, paper.whole("threshold", most=MOST_SEATS), tuple(paper.points("transports")))


@dataclass(frozen=True)
class Given:
    """What one giver hands out: commitments to its new polynomial, a box for every new seat, a signature by its old share."""

    seat: int
    commitments: tuple[Point, ...]
    boxes: tuple[bytes, ...]
    signature: bytes

    @classmethod
    def by(cls, seat: int, share: int, plan: Plan) -> Given:
        """Always the same bytes. Raises: EscrowShareWrong."""
        plan.former.check_share(seat, share)
        key, c = word(share), plan.context
        polynomial = [share, *(mac_scalar(key, c, f"g {k}") for k in range(1, plan.threshold))]
        commitments = tuple(Point.of(one) for one in polynomial)
        sealed = tuple(
            boxes.sealed(value_at(polynomial, i + 1), mac_scalar(key, c, f"e {i}"), transport, c, i)
            for i, transport in enumerate(plan.transports)
        )
        return cls(seat, commitments, sealed, SigningKey(key).sign(_signed(c, seat, commitments, sealed)))

    @classmethod
    def read(cls, paper: Paper) -> Given:
        """Raises: PaperUnreadable."""
        seat = paper.whole("seat", most=MOST_SEATS - 1)
        try:
            return cls(seat, tuple(paper.points("commitments")), tuple(paper.many("boxes", BOX_BYTES)), paper.data("signature", 65))
        except PaperUnreadable as error:
            raise ResharingWrong(seat=seat, what=error.facts["field"]) from error

    def paper(self) -> dict[str, Any]:
        """As it is handed round."""
        listed = {"boxes": [hex_of(one) for one in self.boxes], "commitments": [hex_of(point.compressed) for point in self.commitments]}
        return {"seat": self.seat, "signature": hex_of(self.signature)} | listed

    def check(self, plan: Plan) -> None:
        """Raises: ResharingWrong."""
        if len(self.commitments) != plan.threshold or len(self.boxes) != len(plan.transports):
            raise ResharingWrong(seat=self.seat, what="number")
        if self.commitments[0] != plan.former.point(self.seat):
            raise ResharingWrong(seat=self.seat, what="B_0")
        try:
            signer = recover(_signed(plan.context, self.seat, self.commitments, self.boxes), self.signature)
        except SignatureBroken as error:
            raise ResharingWrong(seat=self.seat, what="signature") from error
        if signer != hex_of(self.commitments[0].address):
            raise ResharingWrong(seat=self.seat, what="signature")


def joined(plan: Plan, given: Mapping[int, Given]) -> Sharing:
    """The new sharing. Raises: ResharingIncomplete, ResharingWrong."""
    if set(given) != set(plan.givers):
        raise ResharingIncomplete(needed=plan.former.threshold)
    for one in given.values():
        one.check(plan)
    counts = weights(plan.givers)
    try:
        commitments = tuple(
            Point.total(given[seat].commitments[k].times(count) for seat, count in counts.items()) for k in range(plan.threshold)
        )
    except NotAPoint as error:
        raise ResharingWrong(seat=plan.givers[-1], what="Σ B") from error
    if commitments[0] != plan.former.commitments[0]:
        raise ResharingWrong(seat=plan.givers[-1], what="Σ λ B_0")
    return Sharing(plan.context, plan.threshold, plan.transports, commitments)


def own_share(own: OwnSeat, plan: Plan, given: Mapping[int, Given]) -> int:
    """s'_i of a new trustee. Raises: OwnTransportChanged, BoxNotYours, and what `joined` raises."""
    sharing = joined(plan, given)
    own.check_at(sharing)
    values = {}
    for seat, one in given.items():
        try:
            value = boxes.opened(one.boxes[own.seat], own.transport, plan.context, own.seat)
        except boxes.BoxNotOpened as error:
            raise BoxNotYours(seat=own.seat) from error
        if not _fits(one.commitments, own.seat, value):
            raise ResharingWrong(seat=seat, what="share")
        values[seat] = value
    share = secret_of(values)
    sharing.check_share(own.seat, share)
    return share


def _fits(commitments: Sequence[Point], seat: int, value: int) -> bool:
    try:
        committed = point_at(commitments, seat + 1)
    except NotAPoint:
        return value == 0
    return value != 0 and Point.of(value) == committed


def _signed(c: bytes, seat: int, commitments: Sequence[Point], sealed: Sequence[bytes]) -> bytes:
    points = b"".join(point.compressed for point in commitments)
    return keccak(b"LenderVote/1/escrow resharing" + c + word(seat) + points + b"".join(sealed))
