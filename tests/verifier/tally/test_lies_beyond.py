"""What the second recount found beyond the catalogue, the first one finds under the same names."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.tampers.lies.kinds import Lie
from tests.verifier.second.lies_beyond import LIES
from verifier.tally.scenes import judged


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.name)
def test_lie__is_found_under_its_name(lie: Lie, tmp_path: Path) -> None:
    lie.write(tmp_path / "lie.zip")
    found = judged(tmp_path, ["--evidence", "lie.zip"])
    assert found.verdict == "differs"
    assert lie.finding in found.names
    assert "step.failed" not in found.names
