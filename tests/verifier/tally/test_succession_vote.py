"""Both recounts agree with a vote under later officials, in the middle of which they are succeeded again (protocol §24)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scripts.build.contracts import ROOT
from tests.contracts.chain import Chain, refusal
from tests.contracts.succession_world import SuccessionWorld, people_named
from tests.verifier.tally.vote import HeldVote


@pytest.mark.parametrize("tool", ["verifier.tally", "verifier.second"])
def test_recount__follows_successions(tool: str, node_address: str, tmp_path: Path) -> None:
    world = SuccessionWorld(Chain(node_address))
    world.succeed(people_named("second official", institution="liquidator"))
    vote = HeldVote.announce(world.chain, world=world)
    vote.hold()
    deciding = list(world.official_keys)
    world.succeed(people_named("third official", count=5, institution="liquidator"))

    def refused(_: HeldVote) -> None:
        world.official_keys = deciding  # those who announced the poll decide on it

    vote.close(before_opening=refused)
    with refusal("Approval_AlreadyDecided"):
        vote.poll.attest(people_named("third official", count=5).officials[0], True)
    vote.publish(tmp_path)
    command = [sys.executable, "-m", tool, "--rpc", node_address, "--published", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "succession 1, completed in" in done.stdout
    assert "succession 2, completed in" in done.stdout
