"""Where a case's polls stand: it follows from the case's address and the poll's number (protocol §8.1)."""

from __future__ import annotations

from eth_hash.auto import keccak

#: A case has a handful of polls; beyond this many nobody is looked for.
MOST_POLLS = 4096


def poll_address(case: str, number: int) -> str:
    """The address of poll `number` of a case, 0x lower case."""
    return created(created(case, 1), number + 1)


def number_of(case: str, poll: str, polls: int) -> int | None:
    """The number of the poll at this address among the first `polls` of the case; None: it is none of them."""
    factory = created(case, 1)
    return next((number for number in range(min(polls, MOST_POLLS)) if created(factory, number + 1) == poll), None)


def created(creator: str, nonce: int) -> str:
    """The address of the contract that an account creates with its nonce, at least 1."""
    number = nonce.to_bytes((nonce.bit_length() + 7) // 8, "big")
    written = number if nonce < 0x80 else bytes([0x80 + len(number)]) + number
    inside = b"\x94" + bytes.fromhex(creator[2:]) + written
    return "0x" + keccak(bytes([0xC0 + len(inside)]) + inside)[12:].hex()
