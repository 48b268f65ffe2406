"""The pieces of a credential list (protocol §5)."""

from __future__ import annotations

import itertools

from backend.ground.chain.typed_data import address_bytes


def pack_entries(entries: list[tuple[int, str]]) -> bytes:
    """The (index, ballot key) pairs of a credential list as 24 bytes each. Raises: ValueError unless strictly ascending by index."""
    indexes = [index for index, _ in entries]
    if any(later <= earlier for earlier, later in itertools.pairwise(indexes)):
        raise ValueError("entries are not strictly ascending by index")
    return b"".join(index.to_bytes(4, "big") + address_bytes(ballot_key) for index, ballot_key in entries)
