"""The load with few ballots: every phase runs to its end, on a real installation, and loses nothing."""

from __future__ import annotations

import argparse
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from scripts.load import __main__ as load
from scripts.load.line import summary


def small(**sizes: int) -> argparse.Namespace:
    few = {"per_second": 10, "seconds": 4, "overload_seconds": 1, "nonsense_per_second": 50, "web3_ballots": 5}
    return argparse.Namespace(**(few | {"sealed_per_second": 20, "sealed_seconds": 0} | sizes))


@pytest.mark.drill
def test_a_small_load_runs_through_all_phases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "DATA_DIR", tmp_path)
    found: dict[str, Any] = {}
    with ThreadPoolExecutor(1) as pool:  # a browser test before this one may have left its event loop running in this thread
        pool.submit(load.measure, "sqlite", small(), found).result()
    line = summary({"sqlite": found})
    assert (line["lost"], found["on_chain_without_receipt"]) == (0, 0)
    assert found["load"]["receipts"] == found["overload"]["receipts"] == 40
    assert sum(found["overload"]["nonsense_answers"].values()) == 50
    assert not {"200", "201", "0"} & set(found["overload"]["nonsense_answers"])
    assert not [status for status in found["overload"]["nonsense_answers"] if status.startswith("5")]
    assert found["load"]["processor_ms_per_ballot"]["backend"] > 0
    assert line["ratio_vs_web3py"] > 0


@pytest.mark.drill
def test_a_small_load_of_sealed_ballots(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as pool, load.installation(tmp_path / "sealed", None) as stack:
        found = pool.submit(load.run_sealed, stack, small(sealed_seconds=2)).result()
    line = summary({"sqlite": {"sealed": found}})
    assert (line["sealed"], line["lost"], line["given_up"], found["on_chain_without_receipt"]) == (40, 0, 0, 0)
    assert found["receipts"] == 40


def test_a_phase_that_did_not_end_leaves_whole_numbers() -> None:
    line = summary({"sqlite": {"failed": "RuntimeError: no"}, "postgresql": {}})
    assert (line["sealed"], line["lost"], line["given_up"], line["failed"]) == (0, 0, 0, 1)
    assert (line["p99_ms"], line["sealed_p99_ms"], line["sealed_in_time"], line["ratio_vs_web3py"]) == (None, None, False, None)


@pytest.mark.parametrize(("p99_ms", "recorded_s", "in_time"), [(250, 30, True), (250.1, 2, False), (10, 30.1, False)])
def test_sealed_ballots_are_in_time_or_not_on_the_slower_database(p99_ms: float, recorded_s: float, in_time: bool) -> None:
    counts = {"offered": 5, "offered_per_s": 300.0, "lost": 0, "doubled": 0, "given_up": 0}
    quick, slow = counts | {"p99_ms": 1, "all_recorded_s": 1}, counts | {"p99_ms": p99_ms, "all_recorded_s": recorded_s, "lost": 2}
    line = summary({"sqlite": {"sealed": quick}, "postgresql": {"sealed": slow}})
    assert (line["sealed"], line["sealed_in_time"], line["lost"]) == (10, in_time, 2)
