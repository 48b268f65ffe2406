"""A quick choice of the faults, on a real installation of backend, issuer and chain."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.faults.__main__ import run
from scripts.faults.catalogue import FAULTS, QUICK
from scripts.faults.served import PLACES


@pytest.mark.drill
def test_a_quick_choice_of_faults_is_survived(tmp_path: Path) -> None:
    figures = run(list(QUICK), seeds=1, data_dir=tmp_path)
    assert (figures["survived"], figures["faults"]) == (len(QUICK), len(QUICK)), figures
    assert (figures["lost"], figures["doubled"], figures["false_receipts"]) == (0, 0, 0)
    assert figures["receipts"] >= 12 * len(QUICK)


def test_every_place_where_the_backend_can_be_told_to_die_exists() -> None:
    for owner, name, _ in PLACES.values():
        assert callable(getattr(owner, name))
    assert set(QUICK) <= set(FAULTS)
