"""What binds lenders' faces to their indexes in the demo: an identity file that two officials sign at their desk, as in a real vote."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from scripts.rig.vote import Vote
from verifier.issuer.bindings.file import SALT_BYTES, Line, photo_hash


def identity_file(photos: Mapping[int, Sequence[bytes]]) -> bytes:
    """The lines for lenders by index, each with the photos that are to count."""
    lines = [Line(index, os.urandom(SALT_BYTES), tuple(map(photo_hash, of_lender)), None) for index, of_lender in sorted(photos.items())]
    return "".join(line.as_text() for line in lines).encode()


def bind(vote: Vote, content: bytes) -> None:
    """Have k officials sign the file; the service hands it to the verifier. Raises: RuntimeError when it does not get there."""
    act = vote.officials[0].api.post(
        f"/api/cases/{vote.case['id']}/identity-files", files={"file": ("identities.jsonl", content, "application/jsonl")}
    )
    for official in vote.officials[: int(act["needed"])]:
        act = official.sign_act(act)
    if act["status"] != "done":
        raise RuntimeError(f"the identity file did not reach the verifier: {act}")
