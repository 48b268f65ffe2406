"""Work in parts gives what the whole gives, whatever the parts' number and however many processes share it."""

from __future__ import annotations

from collections.abc import Iterator
from operator import neg
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contracts.ballot_box import make_large_register
from verifier.tally import curve
from verifier.tally.keccak import keccak, portable
from verifier.tally.leaves import PART
from verifier.tally.processes import in_order
from verifier.tally.published import Published
from verifier.tally.receipts import Reading, read_part


@pytest.mark.parametrize("count", [1, 257, PART, PART + 1])
def test_leaves__in_parts_have_the_root_and_the_sum_of_the_whole(count: int, tmp_path: Path) -> None:
    register = make_large_register(count)
    lines = [f"{one.index},{one.voting_class},{one.point[0]:064x},{one.point[1]:064x}" for one in register.lenders]
    (tmp_path / "leaves.csv").write_text("\n".join(["index,voting_class,x,y", *lines]) + "\n")
    leaves = Published(tmp_path).leaves(count)
    assert (len(leaves), leaves.off, leaves.wrong) == (count, [], [])
    assert leaves.root() == register.root
    heads, fen, blind = register.classes[0]
    assert sum(found for found, _ in leaves.totals[0]) == heads
    assert curve.add([total for _, total in leaves.totals[0]]) == curve.commit(fen, blind)


@pytest.mark.parametrize("much", [False, True])
def test_in_order__whoever_does_it(much: bool) -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(50):
            taken.append(number)
            yield number

    found: Iterator[int] = in_order(neg, items(), much=much)
    assert next(found) == 0
    assert len(taken) < 30, "items are taken only a few ahead"
    assert list(found) == [-number for number in range(1, 50)]


def test_both_keccaks__give_the_same_hash() -> None:
    for length in (*range(0, 300), 5000):
        data = bytes(i * 7 % 256 for i in range(length))
        assert keccak(data) == portable(data)


LINE = (
    b'{"ballot_digest":"0x%s","ballot_key":"0x%s","book":"0x%s","index":%d,"number":%d,"previous":"0x%s","received_at":%d,'
    b'"sequence":%d,"signature":"0x%s1b"}\n'
)


@given(
    st.binary(min_size=32, max_size=32),
    st.binary(min_size=20, max_size=20),
    *[st.integers(0, 2**70)] * 4,
    st.binary(min_size=64, max_size=64),
)
def test_receipt__in_the_usual_writing_is_what_it_is_in_any(
    digest: bytes, key: bytes, index: int, number: int, at: int, sequence: int, rs: bytes
) -> None:
    word = digest.hex().encode()
    usual = LINE % (word, key.hex().encode(), word, index, number, word, at, sequence % 300, rs.hex().encode())
    other = usual.replace(b'{"ballot', b'{ "ballot')
    one, two = (read_part((7, [line]), Reading(2, bytes(32)))[0] for line in (usual, other))
    assert str(one) == str(two)
