"""The proof's own tampers and honest polls, in a small choice; `make tampers` runs all of it."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from scripts.tampers.__main__ import TAMPERS, try_poll, try_tamper
from scripts.tampers.lies import NodeTamper
from scripts.tampers.polls import CORNERS, PRESETS, kinds
from tests.contracts.chain import Chain
from tests.contracts.world import World
from tests.verifier.tally.vote import HeldVote


def test_tampers__are_forty_and_touch_every_step() -> None:
    assert len({tamper.name for tamper in TAMPERS}) == len(TAMPERS) == 40
    assert Counter(tamper.step for tamper in TAMPERS).keys() == set(range(1, 13))


@pytest.mark.parametrize("tamper", TAMPERS, ids=lambda tamper: tamper.name)
def test_tamper__is_found_by_its_step_under_its_name(tamper: NodeTamper, node_address: str, published: Path, held_vote: HeldVote) -> None:
    assert try_tamper(tamper, random.Random(f"2/{tamper.name}"), node_address, published, held_vote) == ""


@pytest.mark.parametrize("number", range(6))
def test_corner__is_called_honest(number: int, node_address: str) -> None:
    chain = Chain(node_address)
    assert try_poll(CORNERS[number], random.Random(number), node_address, chain, World(chain)) == ""


def test_kinds__hold_every_preset_mood_and_size() -> None:
    drawn = kinds(200, random.Random(1), large=True)
    assert len(drawn) == 200
    assert {kind.rule_name for kind in drawn} == set(PRESETS)
    assert {kind.mood for kind in drawn} == {"nobody", "abstain", "tie", "for", "mixed"}
    assert {kind.classes for kind in drawn} == {1, 2, 3, 4, 5}
    assert min(kind.lenders for kind in drawn) == 1
    assert {1_000, 3_000, 10_000} <= {kind.lenders for kind in drawn}
    assert {kind.claims for kind in drawn} == {"equal", "mixed", "huge"}
