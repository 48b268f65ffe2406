"""Honest polls of every kind and what people do within the rules: a right poll is never called wrong. `make tampers` runs all of it."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.tampers.polls import CORNERS, PRESETS, hold, kinds
from scripts.tampers.steering import STEERINGS, Steering
from tests.contracts.chain import Chain, anvil
from tests.contracts.sealed_world import SealedWorld
from verifier.tally.recount import Recount
from verifier.tally.report import verdict

Again = Callable[..., Recount]


@pytest.mark.parametrize("steering", STEERINGS, ids=lambda one: f"{one.who}: {one.name}")
def test_nobody__can_steer_a_right_poll(steering: Steering, tmp_path: Path, count_again: Again) -> None:
    with anvil() as address:
        steering.hold(Chain(address)).publish(tmp_path)
        work = count_again(tmp_path, address)
    assert work.findings == []
    assert verdict(work) == "agrees"


@pytest.mark.parametrize("number", range(6))
def test_corner__is_called_honest(number: int, node_address: str, tmp_path: Path, count_again: Again) -> None:
    chain = Chain(node_address)
    honest = hold(chain, SealedWorld(chain), CORNERS[number], random.Random(number), tmp_path)
    work = count_again(tmp_path)
    assert work.findings == []
    assert work.result is not None
    assert ([tuple(one) for one in work.result.tallies], work.result.passed) == (honest.tallies, honest.passed)
    assert work.decision == honest.decision


SEALED_CORNERS = [kind for kind in CORNERS if kind.motions and kind.lenders < 100]


@pytest.mark.parametrize("number", range(len(SEALED_CORNERS)))
def test_sealed_corner__is_called_honest(number: int, node_address: str, tmp_path: Path, count_again: Again) -> None:
    chain, kind = Chain(node_address), SEALED_CORNERS[number]
    honest = hold(chain, SealedWorld(chain), kind, random.Random(number), tmp_path)
    work = count_again(tmp_path)
    assert work.findings == []
    assert work.result is not None
    assert [tuple(one) for one in work.result.tallies] == honest.tallies
    assert [bool(work.result.passed >> motion & 1) for motion in range(kind.motions)] == honest.passed


def test_kinds__hold_every_preset_mood_and_size() -> None:
    drawn = kinds(200, random.Random(1), large=True)
    assert len(drawn) == 200
    assert {kind.rule_name for kind in drawn} == set(PRESETS)
    assert {kind.mood for kind in drawn} == {"nobody", "abstain", "tie", "for", "mixed"}
    assert {kind.classes for kind in drawn} == {1, 2, 3, 4, 5}
    assert min(kind.lenders for kind in drawn) == 1
    assert {1_000, 3_000, 10_000} <= {kind.lenders for kind in drawn}
    assert {1, 3} <= {kind.motions for kind in drawn}
    assert {kind.claims for kind in drawn} == {"equal", "mixed", "huge"}
