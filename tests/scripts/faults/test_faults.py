"""A quick choice of the faults, on a real installation of backend, issuer and chain."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from scripts.faults.__main__ import run
from scripts.faults.catalogue import FAULTS, QUICK
from scripts.faults.plan import chosen
from scripts.faults.run import A_STEP
from scripts.faults.sealed.after import CLOSED
from scripts.faults.sealed.after import QUICK as QUICK_SEALED
from scripts.faults.sealed.before import CLOSING, OPEN
from scripts.faults.sealed.places import PLACES as COUNTING
from scripts.faults.served import PLACES, die_if_told


@pytest.mark.drill
def test_a_quick_choice_of_faults_is_survived(tmp_path: Path) -> None:
    figures = run(list(QUICK), seeds=1, data_dir=tmp_path)
    assert (figures["survived"], figures["faults"]) == (len(QUICK), len(QUICK)), figures
    assert (figures["lost"], figures["doubled"], figures["false_receipts"]) == (0, 0, 0)
    assert figures["receipts"] >= 12 * len(QUICK)


@pytest.mark.drill
def test_a_sealed_count_that_is_killed_goes_on_to_the_same_result(tmp_path: Path) -> None:
    figures = run(list(QUICK_SEALED), seeds=1, data_dir=tmp_path)
    assert (figures["survived"], figures["faults"], figures["sealed"]) == (1, 1, 1), figures
    assert figures["counts_killed"] == 1


def test_a_count_can_be_told_to_die_at_twenty_places_and_each_is_somebodys() -> None:
    assert len(set(COUNTING)) == len(COUNTING) == 20
    assert {COUNTING[seed * A_STEP % 20] for seed in range(1, 21)} == set(COUNTING)
    assert sorted(place for seed in range(3) for place in COUNTING[seed::3]) == sorted(COUNTING)


def test_a_process_dies_only_where_it_was_told_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order, deaths = tmp_path / "crash_at", list[int]()
    monkeypatch.setattr(os, "kill", lambda _, number: deaths.append(number))
    die_if_told(order, "piece 1 sent")
    order.write_text("piece 2 sent")
    die_if_told(order, "piece 1 sent")
    assert not deaths
    die_if_told(order, "piece 2 sent")
    die_if_told(order, "piece 2 sent")
    assert deaths == [signal.SIGKILL]


def test_faults_of_sealed_polls_have_a_lane_of_their_own() -> None:
    names = [one.name for one in chosen([]) if one.lane == "sealed"]
    assert names == [*OPEN, *CLOSING, *CLOSED]
    assert set(QUICK_SEALED) <= set(CLOSED)


def test_every_place_where_the_backend_can_be_told_to_die_exists() -> None:
    for owner, name, _ in PLACES.values():
        assert callable(getattr(owner, name))
    assert set(QUICK) <= set(FAULTS)
