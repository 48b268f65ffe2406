"""A key of a sealed poll from a whole ceremony, held with the trustees' own tool: nothing of the recounts takes part in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tests.contracts.ballot_box import Point, secret
from tests.contracts.sealed_world import SealKeys, interpolated
from verifier.shares.hashes import canonical_json, keccak
from verifier.signing.secp256k1 import SigningKey
from verifier.trustee.confirming import Transcript, own_share
from verifier.trustee.dealing import dealt
from verifier.trustee.roll import Ceremony, OwnKeys, Roll


@dataclass(frozen=True)
class DealtKeys(SealKeys):
    """What a ceremony gives: the key, each seat's share, and the transcript that is published."""

    case: bytes = bytes(20)
    chain_id: int = 31337

    @cached_property
    def transcript(self) -> Transcript:
        """Every seat joins and deals."""
        random = keccak(repr(self.name).encode())
        ceremony = Ceremony(self.case, self.chain_id, 0, self.seats, self.threshold, random)
        roll = Roll.closed(ceremony, {one.seat: (one.entry(), self._joined(ceremony, one)) for one in self.owns(ceremony)})
        return Transcript(roll, tuple(dealt(one, roll) for one in self.owns(ceremony)))

    def owns(self, ceremony: Ceremony) -> list[OwnKeys]:
        """What each seat has of its own."""
        return [OwnKeys(seat, keccak(f"{self.name} seed {seat}".encode()), ceremony.id) for seat in range(self.seats)]

    def _joined(self, ceremony: Ceremony, own: OwnKeys) -> bytes:
        return SigningKey(secret("trustee", own.seat)).sign(own.entry().digest(ceremony))

    @cached_property
    def shares(self) -> list[int]:
        return [own_share(one, self.transcript) for one in self.owns(self.transcript.roll.ceremony)]

    @cached_property
    def secret(self) -> int:
        return interpolated(dict(enumerate(self.shares[: self.threshold])))

    @cached_property
    def point(self) -> Point:
        return self.transcript.key.xy

    @cached_property
    def values(self) -> tuple[Any, ...]:
        key = self.transcript.seal_key
        return key.x, key.y, key.threshold, self.share_keys, key.roll_hash, key.transcript_hash

    @property
    def seal_json(self) -> bytes:
        """The published transcript."""
        return canonical_json(self.transcript.paper())
