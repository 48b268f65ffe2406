"""The key of the openings shared anew by t trustees, the database gone (protocol §23.4)."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from tests.verifier.trustee.escrow.registers import RECIPIENT, Made, held_of
from verifier.shares import boxes as sealed_boxes
from verifier.shares.curve import Point
from verifier.shares.hashes import word
from verifier.shares.polynomials import secret_of
from verifier.signing.secp256k1 import SigningKey
from verifier.trustee.escrow import contents, errors
from verifier.trustee.escrow.order import handing, received
from verifier.trustee.escrow.resharing import Given, Plan, _signed, joined, own_share
from verifier.trustee.escrow.sharing import OwnSeat

MADE = Made.of(3, 6)
Z = secret_of({seat: MADE.shares[seat] for seat in (0, 1, 2)})


def new_seats(count: int, name: str = "new ") -> list[OwnSeat]:
    return [OwnSeat.of(held_of(seat, name)) for seat in range(count)]


def reshared(givers: tuple[int, ...], threshold: int, count: int) -> tuple[Plan, dict[int, Given], list[OwnSeat]]:
    new = new_seats(count)
    plan = Plan(MADE.escrow.sharing, givers, threshold, tuple(Point.of(one.transport) for one in new))
    return plan, {seat: Given.by(seat, MADE.shares[seat], plan) for seat in givers}, new


@pytest.mark.parametrize("givers", list(combinations(range(6), 3)), ids=str)
def test_any_t_old_trustees_can_share_anew(givers: tuple[int, ...]) -> None:
    plan, given, new = reshared(givers, 2, 3)
    sharing = joined(plan, given)
    assert sharing.commitments[0] == MADE.escrow.sharing.commitments[0]
    shares = {own.seat: own_share(own, plan, given) for own in new}
    for pair in combinations(shares, 2):
        assert secret_of({seat: shares[seat] for seat in pair}) == Z


def test_shared_anew_twice_and_opened(tmp_path: Path) -> None:
    plan, given, middle = reshared((1, 3, 4), 2, 4)
    sharing = joined(plan, given)
    shares = {own.seat: own_share(own, plan, given) for own in middle}
    last = new_seats(5, "last ")
    again = Plan(sharing, (0, 3), 4, tuple(Point.of(one.transport) for one in last))
    parts = {seat: Given.by(seat, shares[seat], again) for seat in again.givers}
    final, order = joined(again, parts), MADE.order()
    found = {own.seat: own_share(own, again, parts) for own in last}
    boxes = {seat: handing(seat, found[seat], order, MADE.escrow) for seat in (0, 1, 3, 4)}
    z = received(boxes, RECIPIENT, order, MADE.escrow, final)
    assert contents.openings(MADE.file(tmp_path), z, MADE.escrow) == MADE.leaves
    with pytest.raises(errors.TooFewHandings):
        received({seat: boxes[seat] for seat in (0, 1, 3)}, RECIPIENT, order, MADE.escrow, final)


def test_old_shares_go_on_working_together_and_do_not_mix_with_new_ones() -> None:
    plan, given, new = reshared((0, 1, 2), 3, 6)
    fresh = {own.seat: own_share(own, plan, given) for own in new}
    assert secret_of({seat: MADE.shares[seat] for seat in (3, 4, 5)}) == Z
    assert secret_of({0: MADE.shares[0], 1: fresh[1], 2: fresh[2]}) != Z


def test_a_giver_who_lies() -> None:
    plan, given, new = reshared((0, 2, 5), 2, 4)
    good = given[2]
    other = Given.by(5, MADE.shares[5], plan)
    lies = [
        replace(good, commitments=(Point.of(9), good.commitments[1])),
        replace(good, commitments=(good.commitments[0], Point.of(9))),
        replace(good, commitments=good.commitments[:1]),
        replace(good, boxes=good.boxes[:3]),
        replace(good, boxes=(good.boxes[1], good.boxes[0], *good.boxes[2:])),
        replace(good, signature=other.signature),
        replace(good, signature=b""),
        replace(other, seat=2),
    ]
    for lie in lies:
        with pytest.raises(errors.ResharingWrong) as refused:
            joined(plan, {**given, 2: lie})
        assert refused.value.facts["seat"] == 2
    for parts in ({0: given[0], 2: given[2]}, {**given, 1: given[0]}):
        with pytest.raises(errors.ResharingIncomplete):
            joined(plan, parts)
    with pytest.raises(errors.EscrowShareWrong):
        Given.by(2, MADE.shares[0], plan)
    with pytest.raises(errors.OwnTransportChanged):
        own_share(MADE.seats[0], plan, given)
    assert new


def test_a_giver_whose_box_does_not_fit_its_commitments() -> None:
    """Signed all the same: its receiver sees it, and who did it."""

    plan, given, new = reshared((0, 2, 5), 2, 4)
    false = sealed_boxes.sealed(4711, 99, plan.transports[1], plan.context, 1)
    listed = (given[2].boxes[0], false, *given[2].boxes[2:])
    signature = SigningKey(word(MADE.shares[2])).sign(_signed(plan.context, 2, given[2].commitments, listed))
    parts = {**given, 2: replace(given[2], boxes=listed, signature=signature)}
    own_share(new[0], plan, parts)
    with pytest.raises(errors.ResharingWrong) as refused:
        own_share(new[1], plan, parts)
    assert refused.value.facts == {"seat": 2, "what": "share"}


@pytest.mark.parametrize(
    ("givers", "threshold", "count"),
    [((0, 1), 2, 3), ((0, 1, 1), 2, 3), ((2, 1, 0), 2, 3), ((0, 1, 6), 2, 3), ((0, 1, 2), 1, 3), ((0, 1, 2), 4, 3)],
)
def test_a_plan_that_cannot_be(givers: tuple[int, ...], threshold: int, count: int) -> None:
    with pytest.raises(errors.ResharingIncomplete):
        Plan(MADE.escrow.sharing, givers, threshold, tuple(Point.of(one.transport) for one in new_seats(count)))
