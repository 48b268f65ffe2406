"""Openings that survive: every subset, every lie, and the key shared anew (protocol §23)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from tests.verifier.trustee.escrow.registers import CHAIN_ID, OFFICIALS, RECIPIENT, Made, held_of, leaves_of, officials, signed_by_officials
from verifier.escrow.dealer import Dealer
from verifier.escrow.files import header_of
from verifier.escrow.remade import differences
from verifier.shares.curve import ORDER, Point
from verifier.shares.hashes import hex_of, keccak
from verifier.shares.polynomials import secret_of
from verifier.trustee.escrow import contents, drill, errors
from verifier.trustee.escrow.order import handing, received
from verifier.trustee.escrow.sharing import Escrow, check_about
from verifier.trustee.papers import Paper

MADE = Made.of(3, 6)
Z = secret_of({seat: MADE.shares[seat] for seat in (0, 1, 2)})


def handings(made: Made = MADE) -> dict[int, bytes]:
    return {seat: handing(seat, share, made.order(), made.escrow) for seat, share in made.shares.items()}


@pytest.mark.parametrize(("threshold", "count"), [(3, 6), (2, 3)])
def test_every_subset_of_at_least_the_threshold_opens_and_no_smaller_one(threshold: int, count: int, tmp_path: Path) -> None:
    made = Made.of(threshold, count)
    file, all_boxes = made.file(tmp_path), handings(made)
    opened = 0
    for size in range(count + 1):
        for seats in combinations(range(count), size):
            chosen = {seat: all_boxes[seat] for seat in seats}
            if size < threshold:
                with pytest.raises(errors.TooFewHandings):
                    received(chosen, RECIPIENT, made.order(), made.escrow, made.escrow.sharing)
                continue
            z = received(chosen, RECIPIENT, made.order(), made.escrow, made.escrow.sharing)
            leaves = contents.openings(file, z, made.escrow)
            contents.check(leaves, made.classes, made.escrow)
            assert leaves == made.leaves
            opened += 1
    assert opened == {6: 42, 3: 4}[count]


def test_sums_of_groups() -> None:
    found = contents.sums(MADE.leaves, {"for": [0, 2], "none": [], "all": range(9)})
    assert found["for"] == (1000 + 3000, (MADE.leaves[0][1] + MADE.leaves[2][1]) % ORDER)
    assert found["none"] == (0, 0)
    assert found["all"][0] == 45_000
    for wrong in ([9], [-1], [1, 1]):
        with pytest.raises(errors.OpeningsDiffer):
            contents.sums(MADE.leaves, {"g": wrong})


def test_officials_make_the_same_bytes_again_and_see_any_change() -> None:
    dealer = MADE.dealer
    again = Dealer(dealer.register, dealer.threshold, dealer.transports, dealer.seed)
    file = b"".join(again.file(MADE.leaves))
    assert keccak(file) == MADE.escrow.file_digest
    assert again.boxes == dealer.boxes
    others = [
        replace(dealer, seed=keccak(b"other")),
        replace(dealer, threshold=2),
        replace(dealer, register=replace(dealer.register, root=bytes(32))),
        replace(dealer, transports=dealer.transports[:5]),
    ]
    for other in others:
        assert b"".join(other.file(MADE.leaves)) != file
        assert other.boxes[0] != dealer.boxes[0]
    changed = [(MADE.leaves[0][0] + 1, MADE.leaves[0][1]), *MADE.leaves[1:]]
    assert keccak(b"".join(dealer.file(changed))) != MADE.escrow.file_digest
    for wrong in (MADE.leaves[:-1], [*MADE.leaves, (1, 1)]):
        with pytest.raises(ValueError, match="leaves"):
            list(dealer.file(wrong))
    for bad in ({"threshold": 1}, {"threshold": 7}, {"seed": b"short"}, {"transports": (dealer.transports[0],) * 6}):
        with pytest.raises(ValueError, match=r"threshold|seed"):
            replace(dealer, **bad)


def test_what_differs_from_the_dealers_work_is_named(tmp_path: Path) -> None:
    dealer, file = MADE.dealer, MADE.file(tmp_path).read_bytes()

    def named(data: bytes, boxes: tuple[bytes, ...] = dealer.boxes, leaves: list[tuple[int, int]] = MADE.leaves) -> list[str]:
        return list(differences(dealer, leaves, BytesIO(data), boxes))

    assert named(file) == []
    header = len(header_of(dealer.context, dealer.commitments))
    assert named(file[:10] + b"\x00" + file[11:]) == ["file, byte 10"]
    assert named(file[:-1]) == [f"file, byte {len(file) - 1}"]
    assert named(file + b"\x00") == [f"file, byte {len(file)}"]
    assert named(b"") == ["file, byte 0"]
    assert named(file, leaves=[*MADE.leaves[:-1], (1, 1)])[0].startswith("file, byte ")
    assert int(named(file, leaves=[(1, 1), *MADE.leaves[1:]])[0].split()[-1]) >= header
    assert named(file, (dealer.boxes[1], *dealer.boxes[1:])) == ["box 0"]
    assert named(file, dealer.boxes[:-1]) == ["boxes"]


# --- what a trustee refuses ----------------------------------------------------------------------------------------------------------


def test_too_few_officials_and_the_same_one_twice() -> None:
    officials().check(MADE.escrow.digest, MADE.escrow.signatures, errors.EscrowNotSigned)
    twice = (MADE.escrow.signatures[0],) * 2
    forged = (MADE.escrow.signatures[0], (MADE.escrow.signatures[1][0], MADE.escrow.signatures[0][1]))
    stranger = (MADE.escrow.signatures[0], (bytes(20), MADE.escrow.signatures[0][1]))
    for signatures in ((), MADE.escrow.signatures[:1], twice, forged, stranger):
        with pytest.raises(errors.EscrowNotSigned):
            officials().check(MADE.escrow.digest, signatures, errors.EscrowNotSigned)


def test_a_box_that_is_not_the_own() -> None:
    own = MADE.seats[1]
    for box in (MADE.dealer.boxes[0], MADE.dealer.boxes[1][:-1] + b"\x00", b"", bytes(81)):
        with pytest.raises(errors.BoxNotYours):
            own.share(MADE.escrow.sharing, box)
    with pytest.raises(errors.OwnTransportChanged):
        replace(own, seat=0).share(MADE.escrow.sharing, MADE.dealer.boxes[0])
    with pytest.raises(errors.OwnTransportChanged):
        replace(own, seat=6).share(MADE.escrow.sharing, MADE.dealer.boxes[0])


def test_a_share_off_the_polynomial() -> None:
    from verifier.shares import boxes

    false = boxes.sealed(4711, 99, MADE.escrow.sharing.transports[1], MADE.escrow.sharing.context, 1)
    with pytest.raises(errors.EscrowShareWrong) as refused:
        MADE.seats[1].share(MADE.escrow.sharing, false)
    assert refused.value.facts == {"seat": 1}


def test_the_file_of_another_register() -> None:
    check_about(held_of(2), MADE.escrow, "key")
    other = replace(MADE.escrow, register=replace(MADE.escrow.register, register_number=5))
    with pytest.raises(errors.EscrowFileOfAnother):
        check_about(held_of(2), other, "key")


@pytest.mark.parametrize("field", ["root", "leaf_count", "threshold", "transports", "register_number", "chain_id", "classes_hash", "case"])
def test_a_context_that_does_not_follow(field: str) -> None:
    paper = MADE.escrow.paper()
    assert Escrow.read(Paper("escrow.json", paper)) == MADE.escrow
    spoiled: Any = {
        "root": hex_of(bytes(32)),
        "leaf_count": 8,
        "transports": [*paper["transports"][1:], paper["transports"][0]],
        "register_number": 5,
        "chain_id": CHAIN_ID + 1,
        "classes_hash": hex_of(bytes(32)),
        "case": hex_of(bytes(20)),
        "threshold": 2,
    }[field]
    extra = {"commitments": paper["commitments"][:2]} if field == "threshold" else {}
    with pytest.raises(errors.EscrowContextWrong):
        Escrow.read(Paper("escrow.json", paper | {field: spoiled} | extra))


def test_another_copy_of_the_file(tmp_path: Path) -> None:
    path = MADE.file(tmp_path)
    MADE.escrow.check_file(path)
    path.write_bytes(path.read_bytes()[:-1] + b"\x00")
    with pytest.raises(errors.FileDigestWrong):
        MADE.escrow.check_file(path)


# --- order and opening -----------------------------------------------------------------------------------------------------------------


def test_an_order_that_too_few_signed_or_for_another_register() -> None:
    MADE.order().check(MADE.escrow, officials())
    with pytest.raises(errors.OrderNotSigned):
        MADE.order(signers=1).check(MADE.escrow, officials())
    with pytest.raises(errors.OrderNotSigned):
        replace(MADE.order(), recipient=Point.of(5)).check(MADE.escrow, officials())
    with pytest.raises(errors.OrderOfAnother):
        replace(MADE.order(), register_number=5).check(MADE.escrow, officials())


def test_a_handing_is_for_one_recipient_one_order_and_one_seat() -> None:
    good, order = handings(), MADE.order()
    moved = {**good, 0: good[1]}
    other_order = replace(order, purpose_hash=bytes(32))
    attempts: list[Callable[[], int]] = [
        lambda: received(good, RECIPIENT + 1, order, MADE.escrow, MADE.escrow.sharing),
        lambda: received(moved, RECIPIENT, order, MADE.escrow, MADE.escrow.sharing),
        lambda: received(good, RECIPIENT, other_order, MADE.escrow, MADE.escrow.sharing),
    ]
    for attempt in attempts:
        with pytest.raises(errors.HandingNotOpened):
            attempt()
    with pytest.raises(errors.EscrowShareWrong):
        received({**good, 4: handing(4, 12345, order, MADE.escrow)}, RECIPIENT, order, MADE.escrow, MADE.escrow.sharing)


def test_a_file_that_was_cut_changed_or_lengthened(tmp_path: Path) -> None:
    made = Made.of(2, 3, leaf_count=2)
    z = secret_of({0: made.shares[0], 2: made.shares[2]})
    path = made.file(tmp_path)
    data = path.read_bytes()
    for spoiled in (b"", data[:50], data[:-1], data + b"\x00", b"X" + data[1:], data[:-20] + b"\x00" + data[-19:], data[:41] + data[74:]):
        path.write_bytes(spoiled)
        with pytest.raises(errors.EscrowUnreadable):
            contents.openings(path, z, made.escrow)
    path.write_bytes(data)
    with pytest.raises(errors.EscrowUnreadable):
        contents.openings(path, z + 1, made.escrow)


def test_openings_that_are_not_the_registers() -> None:
    contents.check(MADE.leaves, MADE.classes, MADE.escrow)
    other = leaves_of(9)
    other[3] = other[3][0] + 1, other[3][1]
    wrong_classes = [1 - one for one in MADE.classes]
    totals = replace(MADE.escrow, register=replace(MADE.escrow.register, classes_hash=bytes(32)))
    for leaves, classes, escrow in (
        (other, MADE.classes, MADE.escrow),
        (MADE.leaves[:-1], MADE.classes[:-1], MADE.escrow),
        (MADE.leaves, wrong_classes, MADE.escrow),
        (MADE.leaves, MADE.classes, totals),
        ([(1, 0), *MADE.leaves[1:]], MADE.classes, MADE.escrow),
    ):
        with pytest.raises(errors.OpeningsDiffer):
            contents.check(leaves, classes, escrow)


def test_shares_that_fit_and_are_not_the_committed_key() -> None:
    """A sharing whose commitments were changed together with the shares."""
    other = Made.of(2, 3)
    sharing = replace(other.escrow.sharing, commitments=(Point.of(7), Point.of(8)))
    shares = {seat: 7 + 8 * (seat + 1) for seat in range(3)}
    boxes = {seat: handing(seat, share, other.order(), other.escrow) for seat, share in shares.items()}
    with pytest.raises(errors.EscrowKeyWrong):
        received(boxes, RECIPIENT, other.order(), other.escrow, sharing)


def test_the_drill_notices_a_lost_share_another_copy_and_an_old_answer() -> None:
    sharing, digest, challenge = MADE.escrow.sharing, MADE.escrow.file_digest, keccak(b"fresh")
    good = drill.answer(2, MADE.shares[2], sharing, challenge, digest)
    drill.check(2, good, sharing, challenge, digest)
    for seat, signature, asked, copy in (
        (1, good, challenge, digest),
        (2, good, keccak(b"another"), digest),
        (2, good, challenge, bytes(32)),
        (2, drill.answer(2, 5, sharing, challenge, digest), challenge, digest),
        (2, b"", challenge, digest),
        (9, good, challenge, digest),
    ):
        with pytest.raises(errors.DrillNotPassed):
            drill.check(seat, signature, sharing, asked, copy)


def test_signatures_of_a_paper_are_kept() -> None:
    paper = MADE.escrow.paper()
    assert [one["signer"] for one in paper["signatures"]] == [key.address for key in OFFICIALS[:2]]
    assert signed_by_officials(MADE.escrow.digest, 2) == MADE.escrow.signatures
