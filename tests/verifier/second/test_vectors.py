"""The second recount's arithmetic meets the shared vectors."""

from __future__ import annotations

import json

from tests.verifier.second.second import ROOT, needs_node, run

pytestmark = needs_node


def test_vectors__are_all_met() -> None:
    done = run("vectors.mjs", str(ROOT / "tests" / "vectors"))
    assert (done.returncode, done.stderr, done.stdout.splitlines()[:-1]) == (0, "", [])
    assert json.loads(done.stdout.splitlines()[-1])["checked"] > 3900
