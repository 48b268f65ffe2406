"""Range proofs as the second recount reads them; Node runs its own modules against a slow prover."""

from __future__ import annotations

import subprocess

from tests.verifier.second.second import ROOT, needs_node

pytestmark = needs_node


def test_range_proofs__hold_where_they_have_to_and_nowhere_else() -> None:
    command = ["node", "--test", "tests/verifier/second/ranges.test.mjs"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
