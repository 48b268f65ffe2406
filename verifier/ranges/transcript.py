"""What the challenges of a proof are drawn from: register, chunk, every commitment, and all that was said before (protocol §4.2)."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.ranges.generators import BITS, DIGEST
from verifier.ranges.group import ORDER, XY_BYTES, keccak, word

VERSION = 1


class ChallengeZero(Exception):
    """A challenge of 0, which proves nothing; whoever proves draws anew."""


@dataclass(frozen=True)
class Frozen:
    """The register as officials sign it; `case` 20 bytes, hashes 32."""

    chain_id: int
    case: bytes
    register_number: int
    root: bytes
    leaf_count: int
    classes_hash: bytes

    @property
    def context(self) -> bytes:
        """The 32 bytes that every proof of the register begins from."""
        place = word(self.chain_id) + bytes(12) + self.case + word(self.register_number)
        register = self.root + word(self.leaf_count) + self.classes_hash
        return keccak(keccak(b"LenderVote/1/ranges") + word(VERSION) + place + register + word(BITS) + DIGEST)


class Transcript:
    """The running hash over one chunk; `points` are its commitments, 64 bytes x ‖ y each."""

    def __init__(self, context: bytes, start: int, points: bytes) -> None:
        leaves = len(points) // XY_BYTES
        self.state = keccak(context + start.to_bytes(4, "big") + leaves.to_bytes(4, "big") + points)

    def challenge(self, letter: bytes, said: bytes = b"") -> int:
        """1 to n - 1, from all before and what was said now. Raises: ChallengeZero."""
        self.state = keccak(self.state + letter + said)
        value = int.from_bytes(self.state, "big") % ORDER
        if not value:
            raise ChallengeZero
        return value
