"""Cases of earlier releases go on: what they take for a sealed poll is kept as it was."""

from __future__ import annotations

import pytest

from backend.ground.chain.artifacts import sealed_poll_code
from backend.ground.common.hashing import keccak
from scripts.build.releases import NEWEST, known


@pytest.mark.parametrize("release", [number for number, contracts in known().items() if "SealedPoll" in contracts])
def test_a_release_s_sealed_poll_is_at_hand(release: int) -> None:
    told = known()[release]["SealedPoll"]
    assert "0x" + keccak(sealed_poll_code(release)).hex() == told["creation_keccak"]


def test_another_release_s_is_another() -> None:
    assert sealed_poll_code(4) != sealed_poll_code(NEWEST)
