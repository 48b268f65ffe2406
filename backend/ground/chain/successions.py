"""Successions of a case's officials and institution: hashes of generations, what is signed, and what the contract shows (protocol §24)."""

from __future__ import annotations

from dataclasses import dataclass

from backend.ground.chain.codec import decode, encode
from backend.ground.chain.sealed_fields import TYPES_OF_SUCCESSIONS
from backend.ground.chain.typed_data import TypedData, Value, typed
from backend.ground.common.hashing import keccak

PEOPLE_TYPE = "(bytes[],uint256,bytes)"
#: From the announcement of a succession until it can be completed, at least, in a case that is no rehearsal.
LEAST_NOTICE_SECONDS = 7 * 86_400
#: What stands in place of the hash of the generation before the first one.
NOBODY_BEFORE = bytes(32)
#: The first protocol whose cases know successions.
SUCCESSIONS_SINCE = 5


@dataclass(frozen=True)
class People:
    """Who decides, how many of them, and who submits: a generation by its signers."""

    officials: tuple[bytes, ...]
    threshold: int
    institution: bytes

    def as_abi(self) -> tuple[object, ...]:
        """The tuple in the order of the contract's struct."""
        return list(self.officials), self.threshold, self.institution

    def hash_after(self, before: bytes) -> bytes:
        """generationHash: of these people and of the hash of the generation before."""
        return keccak(encode(["bytes32", PEOPLE_TYPE], [before, self.as_abi()]))


@dataclass(frozen=True)
class SuccessionsOnChain:
    """How many successions were announced, the number of the one that waits (0: none), and from when it can be completed."""

    count: int
    pending: int
    holds_from: int


def read_people(encoded: bytes) -> People:
    """Who a generation is, by the contract's view of it. Raises: ValueError for bytes that are no such view."""
    _, (officials, threshold, institution) = decode(["bytes32", PEOPLE_TYPE], encoded)
    return People(tuple(bytes(one) for one in officials), int(threshold), bytes(institution))


def succession(
    place: tuple[int, str], number: int, before: bytes, after: bytes, notice_seconds: int, reason_hash: bytes, *, salt: bytes
) -> TypedData:
    """k of those in office name who comes after them; `place` is chain and case."""
    values: dict[str, Value] = {"successionNumber": number, "noticeSeconds": notice_seconds}
    values |= {"generationBefore": before, "generationAfter": after, "reasonHash": reason_hash}
    return typed("Succession", *place, values, TYPES_OF_SUCCESSIONS).under(salt)


def succession_withdrawal(place: tuple[int, str], number: int, *, salt: bytes) -> TypedData:
    """k of those in office take the succession that waits back."""
    return typed("SuccessionWithdrawal", *place, {"successionNumber": number}, TYPES_OF_SUCCESSIONS).under(salt)
