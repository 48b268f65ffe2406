"""Sums of commitments in whole multiples: a condition is proved exactly where it is true (protocol §9.2)."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vectors.papers import canonical
from tests.verifier.ranges.ranged import CONTEXT, committed, raw
from verifier.ranges.group import ORDER, keccak
from verifier.ranges.linear import MOST_BITS, Term, context_of, difference, difference_of, is_proved, prove_difference
from verifier.ranges.proving import OutOfRange

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "conditions.json").read_bytes())
GROUPS = [(3, 70_000, 11), (-2, 30_000, 12), (10**6, 1, 13)]
SUM = sum(times * amount for times, amount, _ in GROUPS)
BLIND = sum(times * blind for times, _, blind in GROUPS)
TERMS: list[Term] = [(times, committed(amount, blind)) for times, amount, blind in GROUPS]


def proved(at_least: int, *, holds: bool, context: bytes = CONTEXT) -> tuple[bytes, bytes]:
    return prove_difference(context, difference_of(SUM, at_least, holds=holds), BLIND if holds else -BLIND)


def believed(at_least: int, shown: tuple[bytes, bytes], *, holds: bool, terms: list[Term] = TERMS, context: bytes = CONTEXT) -> bool:
    return is_proved(context, difference(terms, at_least, holds=holds), *shown)


@pytest.mark.parametrize("case", VECTORS["conditions"], ids=lambda case: case["condition"]["title"])
def test_vectors__hold_as_they_are_said(case: dict[str, Any]) -> None:
    register, said = VECTORS["register"], dict(case["condition"])
    high, proof = raw(said.pop("high")), raw(said.pop("proof"))
    leaves = [(one["voting_class"], int(one["amount_fen"]), int(one["blind"], 16)) for one in register["leaves"]]
    context = context_of(raw(register["context"]), raw(VECTORS["poll"]), keccak(canonical(said).encode()))
    assert context == raw(case["context"])
    terms = []
    for sign, groups in ((1, said["plus"]), (-1, said["minus"])):
        for group in groups:
            mine = [leaf for index, leaf in enumerate(leaves) if index in group.get("indexes", []) or leaf[0] == group.get("class")]
            terms.append((sign * group["times"], committed(sum(leaf[1] for leaf in mine), sum(leaf[2] for leaf in mine))))
    assert is_proved(context, difference(terms, said["at_least_fen"], holds=said["holds"]), high, proof)
    assert not is_proved(context, difference(terms, said["at_least_fen"], holds=not said["holds"]), high, proof)


@settings(max_examples=6, deadline=None)
@given(off=st.integers(-(2**80), 2**80))
def test_condition__is_proved_where_it_is_true_and_nowhere_else(off: int) -> None:
    at_least = SUM - off
    holds = off >= 0
    assert believed(at_least, proved(at_least, holds=holds), holds=holds)
    with pytest.raises(OutOfRange):
        proved(at_least, holds=not holds)


def test_threshold__is_met_to_the_fen() -> None:
    assert believed(SUM, proved(SUM, holds=True), holds=True)
    assert believed(SUM + 1, proved(SUM + 1, holds=False), holds=False)
    with pytest.raises(OutOfRange):
        proved(SUM + 1, holds=True)
    with pytest.raises(OutOfRange):
        proved(SUM, holds=False)


@pytest.mark.parametrize("value", [-1, 2**MOST_BITS, ORDER - 1])
def test_value_out_of_range__cannot_be_proved(value: int) -> None:
    with pytest.raises(OutOfRange):
        prove_difference(CONTEXT, value, 1)


def test_largest_value__is_proved() -> None:
    shown = prove_difference(CONTEXT, 2**MOST_BITS - 1, 5)
    assert is_proved(CONTEXT, difference([(1, committed(2**MOST_BITS - 1, 5))], 0, holds=True), *shown)


def test_liar__who_takes_a_negative_number_modulo_the_order_is_not_believed() -> None:
    lowest = (SUM - (SUM + 5)) % 2**MOST_BITS
    shown = prove_difference(CONTEXT, lowest, BLIND)
    assert not believed(SUM + 5, shown, holds=True)


def test_each_part__is_bound() -> None:
    high, proof = proved(1_000, holds=True)
    assert believed(1_000, (high, proof), holds=True)
    others = [
        TERMS[:2],
        [*TERMS[:2], (10**6 - 1, TERMS[2][1])],
        [TERMS[1], TERMS[0], (1, TERMS[2][1])],
        [(-times, one) for times, one in TERMS],
    ]
    assert not any(believed(1_000, (high, proof), holds=True, terms=terms) for terms in others)
    assert not believed(999, (high, proof), holds=True)
    assert not believed(1_000, (high, proof), holds=False)
    assert not believed(1_000, (high, proof), holds=True, context=bytes(32))
    assert not believed(1_000, (bytes([5 - high[0]]) + high[1:], proof), holds=True)
    assert not believed(1_000, (bytes(33), proof), holds=True)
    assert not believed(1_000, (high, proof[:-1]), holds=True)


def test_order_of_groups__does_not_matter_to_the_sum_and_the_statement_tells_it_apart() -> None:
    shown = proved(1_000, holds=True)
    assert believed(1_000, shown, holds=True, terms=TERMS[::-1])
    statements = [keccak(canonical({"plus": [one]}).encode()) for one in range(3)]
    contexts = [context_of(CONTEXT, bytes(20), one) for one in statements]
    assert all(one != other for one, other in pairwise(contexts))


def test_sum_of_nobody__counts_as_nothing() -> None:
    shown = proved(1_000, holds=True)
    assert believed(1_000, shown, holds=True, terms=[*TERMS, (7, bytes(64))])
