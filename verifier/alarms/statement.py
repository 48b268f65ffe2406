"""The alarms' signed word of which ballots are contested (protocol §29.2)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from eth_hash.auto import keccak

from verifier.signing.secp256k1 import SigningKey

HEAD = b"LenderVote/1/contested"


def digest_of(content: bytes) -> bytes:
    """What is signed."""
    return keccak(HEAD + keccak(content))


def signed(secret: bytes, chain_id: int, poll: str, indexes: Sequence[int], made_at: int) -> dict[str, Any]:
    """`content` as it is signed, and the signature, 0x and 130 digits."""
    said = {"chain_id": chain_id, "indexes": sorted(indexes), "made_at": made_at, "poll": poll.lower()}
    content = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return {"content": content, "signature": "0x" + SigningKey(secret).sign(digest_of(content.encode())).hex()}
