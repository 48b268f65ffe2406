"""The load with few ballots: every phase runs to its end, on a real installation, and loses nothing."""

from __future__ import annotations

import argparse
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from scripts.load import __main__ as load


@pytest.mark.drill
def test_a_small_load_runs_through_all_phases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "DATA_DIR", tmp_path)
    arguments = argparse.Namespace(per_second=10, seconds=4, overload_seconds=1, nonsense_per_second=50, web3_ballots=5)
    with ThreadPoolExecutor(1) as pool:  # a browser test before this one may have left its event loop running in this thread
        found = pool.submit(load.measure, "sqlite", arguments).result()
    line = load.summary({"sqlite": found})
    assert (line["lost"], found["on_chain_without_receipt"]) == (0, 0)
    assert found["load"]["receipts"] == found["overload"]["receipts"] == 40
    assert sum(found["overload"]["nonsense_answers"].values()) == 50
    assert not {"200", "201", "0"} & set(found["overload"]["nonsense_answers"])
    assert not [status for status in found["overload"]["nonsense_answers"] if status.startswith("5")]
    assert found["load"]["processor_ms_per_ballot"]["backend"] > 0
    assert line["ratio_vs_web3py"] > 0
