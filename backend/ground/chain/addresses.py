"""What follows from a case's address alone, so that nobody has to be asked for it (protocol §8.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backend.ground.chain.typed_data import address_bytes
from backend.ground.common.hashing import canonical_json, keccak
from backend.ground.common.hex_text import to_hex

_GROUP = 4


def poll_address(case: str, poll_number: int) -> str:
    """Where the poll of a number stands, 0x lower case; of cases since protocol 2 only."""
    return created_address(created_address(case, 1), poll_number + 1)


def case_fingerprint(case: str, chain_id: int, officials: Sequence[bytes], threshold: int, institution: bytes, *, rehearsal: bool) -> str:
    """What the working group publishes on paper: eight groups of four hex digits over address, chain, people and mark of a case."""
    people = {"officials": [to_hex(signer) for signer in officials], "threshold": threshold, "institution": to_hex(institution)}
    mark = {"rehearsal": True} if rehearsal else {}
    digits = keccak(canonical_json({"case": "0x" + address_bytes(case).hex(), "chain_id": chain_id, **people, **mark})).hex()[:32]
    return " ".join(digits[at : at + _GROUP] for at in range(0, len(digits), _GROUP))


def created_address(creator: str, nonce: int) -> str:
    """The address of what a contract or account creates under a nonce."""
    from web3.utils import get_create_address

    account: Any = "0x" + address_bytes(creator).hex()
    number: Any = nonce
    return get_create_address(account, number).lower()
