"""Every amount in range can be proved, however leaves are put together; nothing else can, and no single value can be exchanged."""

from __future__ import annotations

import os
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifier.ranges.ranged import CONTEXT, Proved, committed, file_of, judged, multiple
from verifier.ranges import proving
from verifier.ranges.checking import Claimed, wrong_chunks
from verifier.ranges.file import Chunk, chunks, size_of
from verifier.ranges.generators import H
from verifier.ranges.group import ORDER
from verifier.ranges.products import product
from verifier.ranges.proofs import length_of
from verifier.ranges.proving import OutOfRange, prove
from verifier.ranges.transcript import Transcript

#: 1,000 mutations by default; many more by hand.
MUTATIONS = int(os.environ.get("RANGE_MUTATIONS", "1000"))
REGISTERS = int(os.environ.get("RANGE_REGISTERS", "4"))
AMOUNTS = st.one_of(st.sampled_from([0, 1, 2**63 - 1, 2**63, 2**64 - 1]), st.integers(0, 2**64 - 1))
BLINDS = st.integers(1, ORDER - 1)
THREE = [(10_000 + 137 * i, 77 + i) for i in range(3)]


@pytest.fixture(scope="module")
def two() -> Proved:
    return Proved.of([(123_456, 789), (2**63 - 1, ORDER - 1)])


@pytest.fixture(scope="module")
def three() -> tuple[bytes, bytes]:
    return file_of(THREE)


@settings(max_examples=8, deadline=None)
@given(st.sampled_from([1, 2, 4]).flatmap(lambda m: st.lists(st.tuples(AMOUNTS, BLINDS), min_size=m, max_size=m)), st.integers(0, 2**24))
def test_every_amount_in_range__is_proved(openings: list[tuple[int, int]], start: int) -> None:
    assert Proved.of(openings, start=start).holds()


@pytest.mark.parametrize("count", [1, 3, 6, 15])
def test_every_number_of_leaves__is_proved(count: int) -> None:
    openings = [(i * 2**58 + i, i + 1) for i in range(count)]
    file, points = file_of(openings)
    assert len(file) == size_of(count)
    assert judged(file, points) == []


def test_honest_registers__are_clean() -> None:
    """Registers of random sizes and amounts; RANGE_REGISTERS=200 by hand."""
    drawn = random.Random(9)
    for number in range(REGISTERS):
        openings = [
            (drawn.choice([drawn.randrange(2**64), drawn.randrange(10**9)]), drawn.randrange(1, ORDER))
            for _ in range(drawn.randrange(1, 9))
        ]
        context = number.to_bytes(32, "big")
        assert judged(*file_of(openings, context), context) == []


def test_chunks__are_64_and_then_the_bits_of_the_rest() -> None:
    for count in (*range(1, 200), 4_095, 2**24):
        found = list(chunks(count)) if count < 2**20 else []
        if found:
            assert [one.number for one in found] == list(range(len(found)))
            assert sum(one.leaves for one in found) == count
            assert [one.start for one in found] == [sum(one.leaves for one in found[:place]) for place in range(len(found))]
            assert size_of(count) == 44 + sum(length_of(one.leaves) for one in found)


@pytest.mark.parametrize("amount", [-1, 2**64, ORDER - 2**63])
def test_an_amount_out_of_range__cannot_be_proved(amount: int) -> None:
    points = committed(amount, 5)
    with pytest.raises(OutOfRange):
        prove(CONTEXT, 0, [(amount, 5)], points)
    for told in (amount % 2**64, 0, 2**64 - 1):  # whoever lies proves something else
        assert not Proved(CONTEXT, 0, points, prove(CONTEXT, 0, [(told, 5)], points)).holds()


@settings(max_examples=6, deadline=None)
@given(st.integers(1, 2**70), st.integers(0, 3), st.integers(0, 2**63))
def test_leaves_with_a_right_sum__are_refused_where_one_is_out_of_range(owed: int, place: int, held: int) -> None:
    """The shifted register of the audit: what one leaf owes another has too much."""
    amounts = [held, held, held, held]
    amounts[place] -= held + owed
    amounts[place - 1] += held + owed
    blinds = [11, 12, 13, 14]
    points = b"".join(committed(*one) for one in zip(amounts, blinds, strict=True))
    told = [(amount % 2**64, blind) for amount, blind in zip(amounts, blinds, strict=True)]
    assert not Proved(CONTEXT, 0, points, prove(CONTEXT, 0, told, points)).holds()


class _AnyBits(proving._Attempt):
    """A prover that commits to digits of its own choice: the first one -1, or 2."""

    digit = -1

    def proof(self) -> bytes:
        self._bits[0] = self.digit
        return super().proof()

    def _bit_sum(self, of_g, of_h):  # type: ignore[no-untyped-def]
        return product([self._alpha, *self._bits, *(bit - 1 for bit in self._bits)], [H, *of_g, *of_h])


@pytest.mark.parametrize("digit", [-1, 2, ORDER // 2])
def test_digits_that_are_no_bits__are_refused(digit: int) -> None:
    """The amount is what the digits come to, so that only the proof that they are bits stands against it."""
    opening = (digit, 9)
    points = committed(*opening)

    class Attempt(_AnyBits):
        pass

    Attempt.digit = digit
    proof = Attempt(Transcript(CONTEXT, 0, points), [(0, 9)]).proof()
    assert not Proved(CONTEXT, 0, points, proof).holds()


def test_each_single_value__is_bound(two: Proved) -> None:
    """Every point and every number of a proof, one after another, in several ways."""
    assert two.holds()
    proof, rounds = two.proof, 7
    points = [*range(0, 132, 33), *range(228, 228 + 66 * rounds, 33)]
    scalars = [132, 164, 196, len(proof) - 64, len(proof) - 32]
    for at in points:
        for content in (multiple(at + 3), bytes([proof[at] ^ 1]) + proof[at + 1 : at + 33], bytes(33), b"\x04" + proof[at + 1 : at + 33]):
            assert not two.holds(proof=proof[:at] + content + proof[at + 33 :])
    for at in scalars:
        value = int.from_bytes(proof[at : at + 32], "big")
        for other in {(value + 1) % ORDER, (value - 1) % ORDER, ORDER - value, 0, ORDER, 2**256 - 1} - {value}:
            assert not two.holds(proof=proof[:at] + other.to_bytes(32, "big") + proof[at + 32 :])


def test_what_a_proof_is_about__is_bound(two: Proved) -> None:
    assert not two.holds(context=bytes(32))
    assert not two.holds(start=2)
    assert not two.holds(points=two.points[64:] + two.points[:64])
    assert not two.holds(points=two.points[:64] + committed(123_457, 789))
    assert not two.holds(points=two.points[:64])
    assert not two.holds(points=two.points + two.points)
    assert not two.holds(points=bytes(64) + two.points[64:])


@pytest.mark.parametrize("change", [lambda one: one[:-1], lambda one: one + b"\0", lambda one: b"", lambda one: one[33:]])
def test_another_length__is_refused(two: Proved, change) -> None:  # type: ignore[no-untyped-def]
    assert not two.holds(proof=change(two.proof))


def test_swapped_chunks__are_named() -> None:
    """Two proofs of the same size change places; what they prove is right, where they stand is not."""
    openings = [(5, 6), (7, 8)]
    one, other = Proved.of(openings), Proved.of([(9, 10), (11, 12)], start=2)
    assert one.holds()
    assert other.holds()
    swapped = [Claimed(Chunk(0, 0, 2), one.points, other.proof), Claimed(Chunk(1, 2, 2), other.points, one.proof)]
    assert [chunk.number for chunk in wrong_chunks(CONTEXT, swapped)] == [0, 1]
    twice = [Claimed(Chunk(0, 0, 2), one.points, one.proof), Claimed(Chunk(1, 2, 2), one.points, one.proof)]
    assert [chunk.number for chunk in wrong_chunks(CONTEXT, twice)] == [1]


def test_wrong_ones_among_many__are_named_and_no_others() -> None:
    right = [Proved.of([(i, i + 1)], start=i) for i in range(6)]
    claimed = [Claimed(Chunk(i, i, 1), one.points, one.proof) for i, one in enumerate(right)]
    assert wrong_chunks(CONTEXT, claimed) == []
    for places in ([0], [5], [2, 3], [0, 1, 2, 3, 4, 5]):
        bad = [
            Claimed(one.chunk, one.points, one.proof[:-1] + bytes([one.proof[-1] ^ 1])) if place in places else one
            for place, one in enumerate(claimed)
        ]
        assert [chunk.number for chunk in wrong_chunks(CONTEXT, bad)] == places


def test_two_errors_that_cancel_out__do_not_hold() -> None:
    """t more by one in one proof and less by one in the next: without weights of their own the sum would hold."""
    made = [Proved.of([(i, i + 1)], start=i) for i in range(2)]
    claimed = []
    for place, (one, by) in enumerate(zip(made, (1, -1), strict=True)):
        t = (int.from_bytes(one.proof[132:164], "big") + by) % ORDER
        claimed.append(Claimed(Chunk(place, place, 1), one.points, one.proof[:132] + t.to_bytes(32, "big") + one.proof[164:]))
    assert [chunk.number for chunk in wrong_chunks(CONTEXT, claimed)] == [0, 1]


def _mutated(file: bytes, drawn: random.Random) -> tuple[bytes, set[int]]:
    """The file with one byte, or a few, changed anywhere; and where."""
    changed, places = bytearray(file), {drawn.randrange(len(file)) for _ in range(drawn.choice([1, 1, 1, 2, 40]))}
    for at in places:
        changed[at] ^= drawn.randrange(1, 256)
    return bytes(changed), places


def test_random_bytes__are_never_believed() -> None:
    """A file of one leaf: whatever is changed, it is none, or its chunk does not hold."""
    file, points = file_of(THREE[:1])
    assert judged(file, points) == []
    drawn = random.Random(17)
    for _ in range(MUTATIONS):
        changed, places = _mutated(file, drawn)
        found = judged(changed, points)
        assert isinstance(found, str) if min(places) < 44 else found == [0]


def test_random_bytes__name_their_own_chunk(three: tuple[bytes, bytes]) -> None:
    file, points = three
    begins, drawn = [44, 44 + length_of(2), len(file)], random.Random(18)
    for _ in range(MUTATIONS // 25):
        changed, places = _mutated(file, drawn)
        found = judged(changed, points)
        expected = sorted({number for number in range(2) for at in places if begins[number] <= at < begins[number + 1]})
        assert isinstance(found, str) if min(places) < 44 else found == expected


def test_openings_of_another_number__are_no_chunk() -> None:
    for openings in ([], [(1, 1)] * 3):
        points = b"".join(committed(*one) for one in openings)
        with pytest.raises(ValueError, match="power of two"):
            prove(CONTEXT, 0, openings, points)


def test_two_proofs_of_the_same__are_not_the_same(two: Proved) -> None:
    again = Proved.of([(123_456, 789), (2**63 - 1, ORDER - 1)])
    assert again.points == two.points
    assert again.proof[:66] != two.proof[:66]
    assert again.holds()


def test_known_relation_of_generators__is_no_way_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever proves with generators of their own choice, all multiples of G, proves nothing about the real ones."""
    from verifier.ranges.generators import G
    from verifier.ranges.group import times

    known = tuple(times(i + 2, G) for i in range(64)), tuple(times(i + 1_000, G) for i in range(64))
    points = committed(ORDER - 5, 9)
    with monkeypatch.context() as patched:
        patched.setattr(proving, "generators", lambda _: known)
        proof = prove(CONTEXT, 0, [(2**64 - 5, 9)], points)
        right = prove(CONTEXT, 0, [(5, 9)], committed(5, 9))
    assert not Proved(CONTEXT, 0, points, proof).holds()
    assert not Proved(CONTEXT, 0, committed(5, 9), right).holds()
