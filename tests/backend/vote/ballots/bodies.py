"""What a lender's device hands in."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from backend.ground.common.hex_text import to_hex
from backend.vote.ballots.rules import SignedBallot


def body_of(ballot: SignedBallot) -> dict[str, Any]:
    """A ballot as a lender's device hands it in."""
    body = asdict(ballot)
    sealed = body.pop("sealed")
    if sealed is None:
        return body
    del body["choice"]
    return body | {name: to_hex(value) for name, value in sealed.items()}
