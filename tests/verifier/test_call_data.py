"""Arguments of calls, read as a contract reads them; in the usual layout as a library does."""

from __future__ import annotations

import contextlib

import pytest
from eth_abi.abi import encode
from hypothesis import given
from hypothesis import strategies as st

from verifier.call_data import ArgumentsNotReadable, read_arguments

ADDRESS = st.binary(min_size=20, max_size=20).map(lambda one: "0x" + one.hex())
WORD = st.binary(min_size=32, max_size=32)
BATCH = ["(bytes,uint64,(bytes32,bytes32))", "bytes", "bytes", "bytes32[]"]
SINGLE = ["(uint256,uint8,uint8,address,(bytes32,bytes32),uint64,(bytes32,bytes32))", "(uint8,uint256,uint256)", "bytes32[]"]
U8, U64, U256 = (st.integers(0, 2**bits - 1) for bits in (8, 64, 256))


@given(st.tuples(st.tuples(st.binary(), U64, st.tuples(WORD, WORD)), st.binary(), st.binary(), st.lists(WORD, max_size=5)))
def test_a_batch_in_the_usual_layout(values: tuple[object, ...]) -> None:
    assert read_arguments(BATCH, encode(BATCH, values)) == values


@given(
    st.tuples(
        st.tuples(U256, U8, U8, ADDRESS, st.tuples(WORD, WORD), U64, st.tuples(WORD, WORD)),
        st.tuples(U8, U256, U256),
        st.lists(WORD, max_size=5),
    )
)
def test_a_single_ballot_in_the_usual_layout(values: tuple[object, ...]) -> None:
    assert read_arguments(SINGLE, encode(SINGLE, values)) == values


@given(st.binary(max_size=500))
def test_any_bytes_are_arguments_or_refused(data: bytes) -> None:
    for kinds in (BATCH, SINGLE):
        with contextlib.suppress(ArgumentsNotReadable):
            read_arguments(kinds, data)


@pytest.mark.parametrize(("kind", "value"), [("uint8", 256), ("uint64", 2**64), ("address", 2**160), ("bool", 2)])
def test_a_number_larger_than_its_type_is_refused_as_by_the_contract(kind: str, value: int) -> None:
    with pytest.raises(ArgumentsNotReadable):
        read_arguments([kind], value.to_bytes(32, "big"))
