"""Dealer, trustees, recipient and new trustees give what escrow.json says, byte for byte (protocol §23)."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from verifier.escrow.context import Frozen
from verifier.escrow.dealer import Dealer
from verifier.escrow.files import header_in, header_of, leaves_in, size_of
from verifier.escrow.tree import classes_hash, leaf_hash, root_of
from verifier.shares.curve import ORDER, Point
from verifier.shares.hashes import hex_of, keccak
from verifier.trustee.escrow import drill
from verifier.trustee.escrow.errors import TooFewHandings
from verifier.trustee.escrow.order import Order, handing, received
from verifier.trustee.escrow.resharing import Given, Plan, joined, own_share
from verifier.trustee.escrow.sharing import Escrow, OwnSeat, Sharing, about
from verifier.trustee.key_files import ESCROW, Secret

VECTOR: Any = json.loads((Path(__file__).parents[3] / "vectors" / "escrow.json").read_text("utf-8"))
CASE, CHAIN_ID = bytes.fromhex(VECTOR["case"][2:]), VECTOR["chain_id"]
FIRST = VECTOR["registers"][0]


def raw(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def number(text: str) -> int:
    return int(text, 16)


def leaves_of(register: Any) -> list[tuple[int, int]]:
    if "leaves" in register:
        return [(int(leaf["amount_fen"]), number(leaf["blind"])) for leaf in register["leaves"]]
    seeds = [f"LenderVote/vector/escrow/{register['name']}/{i}" for i in range(register["leaf_count"])]
    drawn = [[int.from_bytes(keccak(f"{seed}/{what}".encode()), "big") for what in ("amount", "blind")] for seed in seeds]
    return [(amount % 10**10, blind % (ORDER - 1) + 1) for amount, blind in drawn]


def seat_of(seed: str, seat: int, register_number: int) -> OwnSeat:
    return OwnSeat.of(Secret(ESCROW, about(CASE, CHAIN_ID, register_number, seat), raw(seed)))


def seats_of(register: Any) -> list[OwnSeat]:
    return [seat_of(seed, seat, register["register_number"]) for seat, seed in enumerate(register["seeds"])]


def dealer_of(register: Any) -> Dealer:
    transports = tuple(Point.of(one.transport) for one in seats_of(register))
    numbers = CHAIN_ID, CASE, register["register_number"], raw(register["root"]), register["leaf_count"]
    return Dealer(Frozen(*numbers, raw(register["classes_hash"])), register["threshold"], transports, raw(register["d"]))


def escrow_of(register: Any) -> Escrow:
    dealer = dealer_of(register)
    sharing = Sharing(dealer.context, dealer.threshold, dealer.transports, dealer.commitments)
    return Escrow(dealer.register, sharing, raw(register["file_digest"]))


@pytest.mark.parametrize("register", VECTOR["registers"], ids=lambda register: register["name"])
def test_the_dealer(register: Any) -> None:
    dealer, leaves = dealer_of(register), leaves_of(register)
    file = b"".join(dealer.file(leaves))
    assert hex_of(dealer.context) == register["context"]
    assert [hex_of(point.compressed) for point in dealer.transports] == register["transports"]
    assert [hex_of(point.compressed) for point in dealer.commitments] == register["commitments"]
    assert [hex_of(box) for box in dealer.boxes] == register["boxes"]
    assert len(file) == register["file_bytes"] == size_of(dealer.threshold, len(leaves))
    assert hex_of(keccak(file)) == register["file_digest"]
    assert hex_of(escrow_of(register).digest) == register["digest"]
    stream = BytesIO(file)
    header = header_of(*header_in(stream, dealer.threshold))
    assert list(leaves_in(stream, header, number(register["z"]), len(leaves))) == leaves
    if "file" in register:
        assert hex_of(file) == register["file"]


@pytest.mark.parametrize("register", VECTOR["registers"], ids=lambda register: register["name"])
def test_the_trustees(register: Any) -> None:
    sharing = escrow_of(register).sharing
    for own, box, share in zip(seats_of(register), register["boxes"], register["shares"], strict=True):
        assert own.share(sharing, raw(box)) == number(share)


def test_the_register_of_the_first() -> None:
    leaves = leaves_of(FIRST)
    assert hex_of(root_of(leaf_hash(i, 0, leaf) for i, leaf in enumerate(leaves))) == FIRST["root"]
    totals = len(leaves), sum(leaf[0] for leaf in leaves), sum(leaf[1] for leaf in leaves) % ORDER
    assert hex_of(classes_hash([totals])) == FIRST["classes_hash"]


def test_the_order_and_every_subset() -> None:
    written, escrow = VECTOR["order"], escrow_of(FIRST)
    order = Order(0, Point.read(raw(written["recipient_key"])), raw(written["purpose_hash"]))
    assert hex_of(order.digest(escrow)) == written["digest"]
    boxes = {seat: handing(seat, number(share), order, escrow) for seat, share in enumerate(FIRST["shares"])}
    assert [hex_of(box) for box in boxes.values()] == written["handings"]
    assert {subset["opens"] for subset in written["subsets"]} == {True, False}
    for subset in written["subsets"]:
        given = {seat: boxes[seat] for seat in subset["seats"]}
        if subset["opens"]:
            assert received(given, number(written["recipient_secret"]), order, escrow, escrow.sharing) == number(FIRST["z"])
        else:
            with pytest.raises(TooFewHandings):
                received(given, number(written["recipient_secret"]), order, escrow, escrow.sharing)


def test_the_drill() -> None:
    escrow, challenge = escrow_of(FIRST), raw(VECTOR["drill"]["challenge"])
    for seat, (share, signature) in enumerate(zip(FIRST["shares"], VECTOR["drill"]["signatures"], strict=True)):
        assert hex_of(drill.answer(seat, number(share), escrow.sharing, challenge, escrow.file_digest)) == signature
        drill.check(seat, raw(signature), escrow.sharing, challenge, escrow.file_digest)


def test_sharing_anew() -> None:
    written, escrow = VECTOR["resharing"], escrow_of(FIRST)
    new = [seat_of(seed, seat, 0) for seat, seed in enumerate(written["seeds"])]
    plan = Plan(escrow.sharing, tuple(written["givers"]), written["threshold"], tuple(Point.of(one.transport) for one in new))
    given = {seat: Given.by(seat, number(FIRST["shares"][seat]), plan) for seat in plan.givers}
    assert hex_of(plan.context) == written["context"]
    assert [given[seat].paper() for seat in plan.givers] == written["dealings"]
    assert [hex_of(point.compressed) for point in joined(plan, given).commitments] == written["commitments"]
    assert [own_share(own, plan, given) for own in new] == [number(share) for share in written["shares"]]
