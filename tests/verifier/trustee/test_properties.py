"""What holds for any numbers: sharing, seals, boxes, files, papers (protocol §21.8, §22, §23)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from verifier.escrow.files import LEAF_BYTES, TAG_BYTES, header_of, leaves_in, size_of, written
from verifier.shares import boxes
from verifier.shares.curve import ORDER, NotAPoint, Point
from verifier.shares.hashes import canonical_json
from verifier.shares.polynomials import point_at, secret_of, value_at, weights
from verifier.trustee import key_files
from verifier.trustee.errors import FileDamaged, PaperUnreadable, WrongPassword
from verifier.trustee.key_errors import SealHoldsAnother
from verifier.trustee.key_files import KEY, Secret
from verifier.trustee.papers import Paper
from verifier.trustee.refusal import Refused
from verifier.trustee.roll import Ceremony, Roll, appointed_from
from verifier.trustee.seals import Seal, is_valid

SCALARS = some.integers(1, ORDER - 1)
BYTES_32 = some.binary(min_size=32, max_size=32)
MANY = settings(max_examples=60, deadline=None)


@MANY
@given(some.lists(SCALARS, min_size=2, max_size=8), some.sets(some.integers(0, 31), min_size=2, max_size=12))
def test_t_values_give_the_secret_and_fewer_another(coefficients: list[int], seats: set[int]) -> None:
    values = {seat: value_at(coefficients, seat + 1) for seat in seats}
    assert (secret_of(values) == coefficients[0]) or len(values) < len(coefficients)
    if len(values) == len(coefficients) - 1:
        assert secret_of(values) != coefficients[0]
    assert sum(weights(seats).values()) % ORDER == 1


@MANY
@given(some.lists(SCALARS, min_size=2, max_size=5), some.integers(1, 32))
def test_commitments_are_the_polynomial_in_the_exponent(coefficients: list[int], place: int) -> None:
    value = value_at(coefficients, place)
    commitments = [Point.of(one) for one in coefficients]
    if value:
        assert point_at(commitments, place) == Point.of(value)
    else:
        with pytest.raises(NotAPoint):
            point_at(commitments, place)


def test_seats_that_stand_twice_have_no_weight() -> None:
    with pytest.raises(ValueError, match="twice"):
        weights([1, 2, 1])


@MANY
@given(SCALARS, SCALARS, BYTES_32, some.integers(0, 2**24), some.integers(1, 63), some.integers(1, 16), some.data())
def test_what_was_sealed_is_what_is_opened(
    x: int, drawn: int, separator: bytes, index: int, sequence: int, motions: int, data: some.DataObject
) -> None:
    choices = data.draw(some.lists(some.integers(1, 3), min_size=motions, max_size=motions))
    plain = sum(choice << 2 * place for place, choice in enumerate(choices))
    point = Point.of(drawn)
    k = drawn if point.compressed[0] == 2 else ORDER - drawn
    blank = Seal(separator, index, sequence, point.xy[0], 0)
    sealed = Seal(separator, index, sequence, point.xy[0], plain ^ blank._word(Point.of(x).times(k)))
    assert sealed.opened(x, motions) == plain
    sealed.check(k, plain, Point.of(x))
    with pytest.raises(SealHoldsAnother):
        sealed.check(k, plain ^ 1, Point.of(x))
    moved = Seal(separator, index + 1, sequence, sealed.seal, sealed.sealed_choice)
    assert moved.opened(x, 1) != plain or motions > 1


@MANY
@given(some.integers(0, 2**256 - 1), some.integers(0, 2**64 - 1), some.integers(1, 16))
def test_no_seal_stops_the_opening(seal: int, sealed: int, motions: int) -> None:
    plain = Seal(bytes(32), 1, 1, seal, sealed).opened(7, motions)
    assert plain == 0 or is_valid(plain, motions)


@MANY
@given(SCALARS, SCALARS, SCALARS, BYTES_32, some.integers(0, 31), some.integers(0, 80))
def test_a_box_opens_for_its_receiver_alone(value: int, e: int, receiver: int, salt: bytes, seat: int, place: int) -> None:
    box = boxes.sealed(value, e, Point.of(receiver), salt, seat)
    assert len(box) == boxes.BOX_BYTES
    assert boxes.opened(box, receiver, salt, seat) == value
    changed = box[:place] + bytes([box[place] ^ 1]) + box[place + 1 :]
    for spoiled, secret, about, at in (
        (changed, receiver, salt, seat),
        (box, receiver % (ORDER - 1) + 1, salt, seat),
        (box, receiver, bytes(a ^ 1 for a in salt), seat),
        (box, receiver, salt, seat + 1),
    ):
        with pytest.raises(boxes.BoxNotOpened):
            boxes.opened(spoiled, secret, about, at)


@MANY
@given(SCALARS, BYTES_32, some.lists(some.tuples(some.integers(0, 2**64 - 1), SCALARS), min_size=1, max_size=12))
def test_a_file_gives_back_its_leaves(z: int, context: bytes, leaves: list[tuple[int, int]]) -> None:
    from io import BytesIO

    header = header_of(context, [Point.of(z), Point.of(5)])
    file = b"".join(written(header, z, leaves, len(leaves)))
    assert len(file) == size_of(2, len(leaves)) == len(header) + LEAF_BYTES * len(leaves) + TAG_BYTES
    stream = BytesIO(file)
    stream.seek(len(header))
    assert list(leaves_in(stream, header, z, len(leaves))) == leaves


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(secret=BYTES_32, password=some.text(min_size=12), seat=some.integers(0, 31), data=some.data())
def test_a_file_opens_with_its_password_and_no_changed_one_opens(
    few_rounds: None, secret: bytes, password: str, seat: int, data: Any
) -> None:
    if len(key_files.password_bytes(password).decode("utf-8", "replace")) < key_files.LEAST_PASSWORD:
        return
    ceremony = Ceremony(bytes(20), 1, 0, 32, 2, bytes(32))
    held = Secret(KEY, ceremony.about(seat), secret)
    paper = key_files.sealed(held, password)
    assert key_files.opened(Paper("key", paper), KEY, f" {password}\n") == held
    with pytest.raises(WrongPassword):
        key_files.opened(Paper("key", paper), KEY, password + "x")
    field = data.draw(some.sampled_from(sorted(paper)))
    with pytest.raises(FileDamaged):
        key_files.opened(Paper("key", paper | {field: "0x00"}), KEY, password)


JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text() | some.binary(max_size=40).map(lambda data: "0x" + data.hex()),
    lambda inside: some.lists(inside, max_size=4) | some.dictionaries(some.text(max_size=8), inside, max_size=4),
    max_leaves=12,
)
FIELDS = ("case", "ceremony", "chain_id", "number", "random", "seats", "threshold", "trustees", "signatures")


@MANY
@given(some.dictionaries(some.sampled_from(FIELDS), JSON))
def test_papers_of_any_content_are_read_or_refused_by_name(content: dict[str, Any]) -> None:
    ceremony = Ceremony(bytes(20), 1, 0, 3, 2, bytes(32))
    kinds: list[Callable[[Paper], object]] = [
        Ceremony.read,
        lambda paper: Roll.read(paper, ceremony),
        lambda paper: appointed_from(paper, ceremony),
    ]
    for paper in (content, ceremony.paper() | content, ceremony.paper() | {"trustees": [], "signatures": content.get("trustees")}):
        for read in kinds:
            with suppress(Refused):
                read(Paper("paper", paper))
    with pytest.raises(PaperUnreadable):
        Paper("paper", list(content))
    assert canonical_json({"b": 1, "a": "é"}) == '{"a":"é","b":1}'.encode()
